// Brings a clinic's file into a registry. Ids are made and kept in the link
// file before anything is sent, so that an import that was interrupted is
// completed by running it again, and the same file twice stores nothing.

#ifndef ENTHESIS_CLIENT_IMPORTER_H_
#define ENTHESIS_CLIENT_IMPORTER_H_

#include <functional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "client/case_csv.h"
#include "client/import_report.h"
#include "client/link_file.h"
#include "client/registry_client.h"
#include "registry/model/codes.h"

namespace enthesis::client {

struct ImportOptions {
  model::CorrectionReason reason = model::CorrectionReason::kLateInformation;
  // Accepts a link file without records for a site that has cases already.
  bool new_link_file = false;
  // Stores new records although the site has cases that the link file does not
  // know.
  bool shared_site = false;
  // Takes lines that are as an earlier import had them, and a later one did
  // not; else they are conflicts.
  bool accept_older = false;
  // Nothing is stored and the link file stays as it is: the report says what
  // would happen.
  bool dry_run = false;
  // Told before the link file or the registry is changed: until then the
  // process may be ended anywhere.
  std::function<void()> on_first_change;
  // Asked now and then, on any thread; once true, nothing more is sent, what
  // was sent is waited for, and the import ends with CANCELLED; with an empty
  // report where nothing was sent at all.
  std::function<bool()> stop;
  // Told now and then how many records are done; on any thread, one at a time.
  std::function<void(size_t n_done, size_t n_all)> on_progress;
};

// Imports `file`, read from `text`, into the site of `links`. `report` is
// complete also after an error, which says why the import stopped; running it
// again goes on. Where the registry and the link file do not belong together
// (registered_cases.h), nothing is sent or reported: FAILED_PRECONDITION.
absl::Status ImportFile(absl::string_view text, CaseFile& file, LinkFile& links,
                        RegistryClient& client, const ImportOptions& options,
                        ImportReport& report);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_IMPORTER_H_
