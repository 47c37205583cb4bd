// Surgery dates for the link file from a file of their own, for clinics whose
// export has the year alone. They stay in the clinic.

#ifndef ENTHESIS_CLIENT_LINK_DATES_H_
#define ENTHESIS_CLIENT_LINK_DATES_H_

#include <cstddef>
#include <vector>

#include "absl/status/statusor.h"
#include "client/case_csv.h"
#include "client/clinic_text.h"
#include "client/link_file.h"

namespace enthesis::client {

struct DatesResult {
  std::vector<CellFault> faults;  // of lines that were left out, by line
  size_t n_set = 0;               // new, or other than before
  size_t n_unchanged = 0;
  size_t n_without = 0;  // records that have no date now
};

// `file` has the columns record_id and surgery_date; others are ignored, as are
// lines without a date. A date that changes takes the rank that came from the
// old one with it. INVALID_ARGUMENT for a file that cannot be read.
absl::StatusOr<DatesResult> TakeSurgeryDates(const ClinicText& file,
                                             Links& links);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_LINK_DATES_H_
