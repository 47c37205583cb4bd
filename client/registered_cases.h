// Whether the registry is the one that a link file is about: does it hold the
// cases that the file knows? Asked before an import sends anything, because a
// line that is "as last sent" says nothing of a registry that lost it.

#ifndef ENTHESIS_CLIENT_REGISTERED_CASES_H_
#define ENTHESIS_CLIENT_REGISTERED_CASES_H_

#include <map>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/case_csv.h"
#include "client/link_file.h"
#include "client/registry_client.h"

namespace enthesis::client {

enum class Loss {
  kMissing,    // the registry has no such case
  kWithdrawn,  // it was withdrawn there
};
// What the report of an import says of it.
const char* Describe(Loss loss);

// Records whose case was stored and is not in the registry any more, by the
// clinic's key; those that the link file knows as withdrawn are among them.
using LostCases = std::map<std::string, Loss>;

struct RegisteredCases {
  LostCases lost;
  std::set<model::Id> held;  // every case of the site
};

// Reads the names of all cases of the site once; asks for a case by itself only
// where its name is not among them.
//
// `new_link_file`: a link file without records is accepted although the site
// has cases.
// Errors: NOT_FOUND, the registry has no such site and `links` knows no case of
// it; FAILED_PRECONDITION, the registry and the link file do not belong
// together: it has none of the cases that the file knows, or the file knows
// none and the site has some; those of the server.
absl::StatusOr<RegisteredCases> FindRegisteredCases(const LinkFile& links,
                                                    bool new_link_file,
                                                    RegistryClient& client);

// FAILED_PRECONDITION where `file` has new records and the site has cases that
// `known` does not know: an old copy of a link file looks like that, and would
// store records twice. `known` has the cases that `file` names; `path` is that
// of the link file.
absl::Status CheckNewRecords(const CaseFile& file, const Links& known,
                             const std::set<model::Id>& held,
                             const std::string& path);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_REGISTERED_CASES_H_
