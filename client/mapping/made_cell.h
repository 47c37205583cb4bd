// One cell of the import, made from a line of the clinic's file by a rule.
//
// Threads: const methods are safe.

#ifndef ENTHESIS_CLIENT_MAPPING_MADE_CELL_H_
#define ENTHESIS_CLIENT_MAPPING_MADE_CELL_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/mapping/import_map.h"
#include "client/time_text.h"

namespace enthesis::client {

struct MadeCell {
  std::string text;          // empty: blank, or not known because of `fault`
  int source = -1;           // column of the file that it came from; -1: none
  std::string value;         // what the file has there
  std::string fault;         // why it cannot be made; empty: it can
  std::optional<Date> date;  // that it was read as, be it at fault
};

// A rule on the columns of one file.
class BoundRule {
 public:
  // `header` names the columns of the file. INVALID_ARGUMENT where the file
  // lacks one, "line N: ...". `map` and `rule` outlive the object.
  static absl::StatusOr<BoundRule> Bind(const ImportMap& map,
                                        const ColumnRule& rule,
                                        const std::vector<std::string>& header);

  // `surgery`: of the record, where it is known.
  MadeCell Make(const std::vector<absl::string_view>& cells,
                const std::optional<Date>& surgery) const;

  // A visit is not before the surgery, as a date with another year easily is:
  // the day of a visit is then at fault. Of a surgery in the future that is
  // said already.
  void CheckVisitDay(const std::optional<Date>& surgery, MadeCell& made) const;

  const ColumnRule& rule() const { return *rule_; }
  // Columns of the file, in the order of the rule.
  const std::vector<int>& columns() const { return columns_; }

 private:
  BoundRule(const ImportMap& map, const ColumnRule& rule)
      : map_(&map), rule_(&rule) {}

  absl::Status BindCheckbox(const std::vector<std::string>& header);
  // The cell of a column, without blanks; empty where it is missing.
  std::string Text(const std::vector<absl::string_view>& cells, int at) const;
  // Value, date, number or label `text` as the import has it.
  void Translate(const std::string& text, const std::optional<Date>& surgery,
                 MadeCell& made) const;
  void TranslateList(const std::vector<std::string>& texts,
                     MadeCell& made) const;
  void TranslateDate(const std::string& text,
                     const std::optional<Date>& surgery, MadeCell& made) const;
  // False, with a fault, for one in the future.
  bool TakeDate(const Date& date, MadeCell& made) const;
  void TranslateNumber(const std::string& text, MadeCell& made) const;
  void MakeCheckbox(const std::vector<absl::string_view>& cells,
                    MadeCell& made) const;

  const ImportMap* map_;
  const ColumnRule* rule_;
  std::vector<int> columns_;
  std::vector<std::string> codes_;  // of a checkbox, by column
};

// The code of the list whose label `text` is, in any case; else `text`.
std::string CodeOfLabel(absl::string_view text, const Column& column);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_MAPPING_MADE_CELL_H_
