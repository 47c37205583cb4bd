// Which case a command is about: its full name, its id alone, or the clinic's
// own record, by the link file.

#ifndef ENTHESIS_CLIENT_COMMANDS_CASE_NAME_H_
#define ENTHESIS_CLIENT_COMMANDS_CASE_NAME_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "client/commands/session.h"
#include "client/link_file.h"
#include "registry/wire/resource_name.h"

namespace enthesis::client {

struct CaseNameOptions {
  std::string name;    // sites/SITE/cases/CASE, or CASE
  std::string record;  // the clinic's key; `name` is empty then
  std::string site, links;
};

// NAME, --record, --site and --links. `what_for` is said of --links, beside
// that it knows --record.
void AddCaseNameOptions(CLI::App& command, CaseNameOptions& options,
                        const std::string& what_for = "");

// The link file of `options`: that of --links, else enthesis-link-SITE.tsv in
// this folder; empty without a site.
std::string LinkPathOf(const CaseNameOptions& options);

// An id alone is looked for at the site of --site or of the link file, without
// either at every site of the registry. INVALID_ARGUMENT says what is allowed;
// NOT_FOUND: no site has the case; the errors of the link file and of the
// server. `opened` is the link file, where it had to be read.
absl::StatusOr<wire::CaseName> ReadCaseName(const CaseNameOptions& options,
                                            const Session& session);
absl::StatusOr<wire::CaseName> ReadCaseName(const CaseNameOptions& options,
                                            const Session& session,
                                            std::unique_ptr<LinkFile>& opened);

// With --record the one word that is not an option is FILE, not NAME.
void TakeFileForName(CaseNameOptions& options, std::string& file);

// Says what ReadCaseName said and returns the exit code.
int FailCaseName(const absl::Status& status);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_COMMANDS_CASE_NAME_H_
