// Documents that a command writes where it was told to. A link file is the
// clinic's only key to its cases: no other document takes its place, whatever
// path was typed.
//
// Threads: safe, as the file system is.

#ifndef ENTHESIS_CLIENT_OUTPUT_FILE_H_
#define ENTHESIS_CLIENT_OUTPUT_FILE_H_

#include <sys/types.h>

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace enthesis::client {

// INVALID_ARGUMENT where `path` is a link file, in the clear or sealed. What
// cannot be read is left to WriteOutput.
absl::Status CheckOutput(const std::string& path);

// As CheckOutput, then as ReplaceFile.
absl::Status WriteOutput(const std::string& path, absl::string_view bytes,
                         mode_t mode);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_OUTPUT_FILE_H_
