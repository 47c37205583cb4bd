// The link file that a command names.

#ifndef ENTHESIS_CLIENT_COMMANDS_OPEN_LINKS_H_
#define ENTHESIS_CLIENT_COMMANDS_OPEN_LINKS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/commands/session.h"
#include "client/link_file.h"

namespace enthesis::client {

// LinkFile::Open with the passphrase of --passphrase-file, or of the person at
// the terminal. Says on standard error what was mended.
absl::StatusOr<std::unique_ptr<LinkFile>> OpenLinks(const std::string& path,
                                                    const std::string& site,
                                                    const Session& session);

// The same of a file that must be there: NOT_FOUND else, and nothing is made.
// `named_by` says how the command takes another path.
absl::StatusOr<std::unique_ptr<LinkFile>> OpenKnownLinks(
    const std::string& path, const std::string& site, const Session& session,
    absl::string_view named_by = "name it (--links FILE)");

// "enthesis-link-SITE.tsv", in this folder.
std::string LinkPathOf(const std::string& site);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_COMMANDS_OPEN_LINKS_H_
