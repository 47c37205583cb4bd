// A site's mapping file: what its columns, codes, units, dates and events are
// in the columns of `enthesis import`. The schema: client/mapping/README.md.
//
// Threads: pure functions.

#ifndef ENTHESIS_CLIENT_MAPPING_IMPORT_MAP_H_
#define ENTHESIS_CLIENT_MAPPING_IMPORT_MAP_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/clinic_text.h"
#include "client/csv_columns.h"
#include "client/mapping/date_format.h"

namespace enthesis::client {

// What each value of the clinic is; absent: left out, as if blank.
struct ValueMap {
  int line = 0;  // of the mapping file
  std::map<std::string, std::optional<std::string>, std::less<>> values;

  std::string Allowed() const;  // "f, m"
};

enum class Source {
  kColumn,    // one column
  kFirst,     // the first of several that is not blank
  kJoin,      // several, one after the other
  kCombine,   // several, each a code of a list
  kCheckbox,  // the columns GROUP___CODE, or "GROUP (choice=LABEL)"
  kConstant,  // the same for each line
};

enum class Rounding { kNone, kNearest, kDown, kUp };

// How one column of the import is made.
struct ColumnRule {
  std::string target;  // in an instrument that repeats: without its prefix
  const Column* column = nullptr;  // of the target
  int line = 0;                    // of the mapping file
  Source source = Source::kColumn;
  std::vector<std::string> from;  // of a checkbox: the group
  std::string text;               // the constant, or what joins
  std::optional<ValueMap> values;
  std::optional<DateFormat> date;
  // A number times factor, plus offset, rounded.
  bool is_number = false;
  double factor = 1;
  double offset = 0;
  Rounding round = Rounding::kNone;
};

// An instrument of REDCap that repeats within an event.
struct InstrumentRule {
  int line = 0;
  bool left_out = false;
  std::string event;  // each instance is an assessment of this event
  // Or each is one of "complication" or "reoperation", of the assessment of its
  // event, or of the first one on or after its day.
  std::string group;
  bool attach_by_day = false;
  std::vector<ColumnRule> columns;
};

// A further line that each line of the file stands for: one row a record.
struct VisitRule {
  int line = 0;
  std::string event;
  std::vector<ColumnRule> columns;
};

struct ImportMap {
  std::string path;  // for messages
  std::string site;  // may be empty
  TextOptions text;
  bool labels = false;         // cells hold the labels of codes
  bool decimal_comma = false;  // in numbers with a factor or a rounding
  std::set<std::string> missing;
  // The day of the import: later dates are faults. Absent: any day may be.
  std::optional<Date> today;
  std::string site_column;  // empty: REDCap's data access group
  std::optional<ValueMap> sites;
  std::optional<ValueMap> events;
  std::map<std::string, InstrumentRule> instruments;
  int instruments_line = 0;       // of the mapping file
  std::string instrument_column;  // empty: as REDCap names it
  int instrument_line = 0;        // of the mapping file
  std::vector<ColumnRule> columns;
  std::vector<VisitRule> visits;
  std::vector<std::string> ignored;  // names, with * for any characters
  bool ignore_others = false;

  bool Ignores(absl::string_view column) const;
};

// The column of the file that `sites` is about; -1: it has none.
int SiteColumnIn(const ImportMap& map, const std::vector<std::string>& header);

// INVALID_ARGUMENT: "PATH, line N: what is wrong; what is allowed".
absl::StatusOr<ImportMap> ParseImportMap(absl::string_view yaml,
                                         const std::string& path);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_MAPPING_IMPORT_MAP_H_
