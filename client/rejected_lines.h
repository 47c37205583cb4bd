// The lines of a clinic's file that an import did not take, as a file of their
// own: each as it was, with what is wrong with it in a column in front. It is
// mended in a spreadsheet and imported as it is; the column is not read.
//
// Threads: pure functions.

#ifndef ENTHESIS_CLIENT_REJECTED_LINES_H_
#define ENTHESIS_CLIENT_REJECTED_LINES_H_

#include <string>

#include "absl/strings/string_view.h"
#include "client/clinic_text.h"
#include "client/import_report.h"

namespace enthesis::client {

// Of the column in front. A file that has it is a part of another one.
inline constexpr char kFaultsColumn[] = "import_faults";

// The header, and every line of `file` that was rejected or is in conflict, or
// that goes with such a line, in
// UTF-8 with a byte order mark (so that a spreadsheet knows), separated as the
// file is, lines ended by CRLF. Faults name the line of `file`.
std::string RejectedLines(const ClinicText& file, const ImportReport& report);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_REJECTED_LINES_H_
