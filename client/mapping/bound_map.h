// A mapping file on the columns of one file of the clinic: which rules make
// which columns of the import, and what else the file has.
//
// Threads: const after Bind.

#ifndef ENTHESIS_CLIENT_MAPPING_BOUND_MAP_H_
#define ENTHESIS_CLIENT_MAPPING_BOUND_MAP_H_

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/mapping/import_map.h"
#include "client/mapping/made_cell.h"

namespace enthesis::client {

struct BoundMap {
  BoundMap() = default;
  BoundMap(BoundMap&&) = default;  // rules keep their places
  BoundMap(const BoundMap&) = delete;

  // `map` outlives the result. INVALID_ARGUMENT: "PATH, line N: ..." for a
  // column that the file lacks, "line 1: ..." for columns of the file that
  // nothing is said of.
  static absl::StatusOr<BoundMap> Bind(const ImportMap& map,
                                       const std::vector<std::string>& header);

  // The rule of a column of the import; null: none.
  const BoundRule* RuleOf(absl::string_view target) const;
  // The clinic's columns of a rule, " + " between them.
  std::string ColumnsOf(const BoundRule& rule) const;

  const ImportMap* map = nullptr;
  std::vector<std::string> header;
  std::vector<BoundRule> columns;  // of the map, then what is named as ours
  std::vector<std::vector<BoundRule>> visits;                 // as in the map
  std::map<std::string, std::vector<BoundRule>> instruments;  // groups only
  int site = -1;         // positions in the header; -1: not there
  int instrument = -1;   // redcap_repeat_instrument, whatever its name
  bool partial = false;  // has the column of faults (rejected_lines.h)
  bool has_instance = false;

 private:
  absl::Status BindRules(const std::vector<ColumnRule>& rules,
                         std::vector<BoundRule>& bound, std::set<int>& used);
  absl::Status BindOthers(std::set<int>& used);
  absl::Status BindSite();
  absl::Status BindInstrument();

  // Rules that the map does not spell out: columns with our names.
  std::deque<ColumnRule> own_;
};

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_MAPPING_BOUND_MAP_H_
