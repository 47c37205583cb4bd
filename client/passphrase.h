// Passphrases from people and from files; never from a command line, which
// other users of the machine can read.

#ifndef ENTHESIS_CLIENT_PASSPHRASE_H_
#define ENTHESIS_CLIENT_PASSPHRASE_H_

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace enthesis::client {

inline constexpr size_t kLeastPassphrase = 8;  // bytes, of a new one

// Gives the passphrase of `what`. `is_new`: it is about to be set, so that a
// person is asked twice.
using AskPassphrase = std::function<absl::StatusOr<std::string>(
    const std::string& what, bool is_new)>;

// The first line of `path`. FAILED_PRECONDITION where others than its owner
// can read the file, or the line is empty.
absl::StatusOr<std::string> ReadPassphraseFile(const std::string& path);

// Asks at the terminal, without echo. FAILED_PRECONDITION without a terminal
// names `option`; CANCELLED at Ctrl-C and at two that differ.
absl::StatusOr<std::string> AskAtTerminal(const std::string& what, bool is_new,
                                          absl::string_view option);

// From `path`, which `option` named; at the terminal where it is empty.
AskPassphrase PassphraseFrom(const std::string& path, std::string option);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_PASSPHRASE_H_
