// Parts of `enthesis link` that have a file of their own.

#ifndef ENTHESIS_CLIENT_COMMANDS_LINK_VERBS_H_
#define ENTHESIS_CLIENT_COMMANDS_LINK_VERBS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "client/commands/session.h"
#include "client/link_merge.h"

namespace enthesis::client {

struct LinkOptions {
  std::string file, other, site, prefer;
  std::string new_passphrase_file, other_passphrase_file;
  bool force = false;
  bool registry = false;
};

// What the registry holds otherwise than the link file, added to `problems`;
// `more` says how many cases of the site the file does not know. `links`
// forgets the records whose case was withdrawn. The errors of the server.
absl::Status CompareWithRegistry(Links& links, const Session& session,
                                 std::vector<LinkProblem>& problems,
                                 std::string& more);

// How OpenKnownLinks says where another path goes: FILE, not --links.
inline constexpr char kNamedByFile[] = "give its path as FILE";

// What can and what cannot be done without the link file.
const char* LostLinkText();

void AddLinkDatesVerb(CLI::App& verbs, Command& chosen);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_COMMANDS_LINK_VERBS_H_
