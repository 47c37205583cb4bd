// Ids that a file brings along, as `enthesis case export` wrote them: they join
// its records to cases of the registry where the link file does not, so that
// what comes out goes in again, with the clinic's link file or without one.
//
// The etag of a record says which version the file was made of. Changes are
// told against that version, line by line: what differs from it was changed in
// the file, what the registry holds otherwise was changed there.

#ifndef ENTHESIS_CLIENT_EXPORTED_IDS_H_
#define ENTHESIS_CLIENT_EXPORTED_IDS_H_

#include "absl/status/statusor.h"
#include "client/case_csv.h"
#include "client/link_file.h"
#include "client/registered_cases.h"
#include "client/registry_client.h"

namespace enthesis::client {

// Whether every record of the file names its case.
bool AllNameTheirCase(const CaseFile& file);

// Joins the records of `file` that name their case to `links`, and their lines
// to the assessments that these name. A record or line that the link file knows
// under another key goes on under that key. Ids that contradict the link file
// or each other are faults of the file. Returns the records whose case was
// withdrawn. The errors of the server.
absl::StatusOr<LostCases> AdoptIds(CaseFile& file, Links& links,
                                   RegistryClient& client);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_EXPORTED_IDS_H_
