// Answers of statistics as comma separated text. Every row starts with the
// group and ends with why figures are absent, the state, and whether the data
// are synthetic.

#ifndef ENTHESIS_CLIENT_COMMANDS_ANSWER_CSV_H_
#define ENTHESIS_CLIENT_COMMANDS_ANSWER_CSV_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/csv_text.h"
#include "client/figure_text.h"
#include "enthesis/v1/statistics_service.pb.h"

namespace enthesis::client {

// "suppressed", "not_reached", "beyond_follow_up", "undefined",
// "dropped", "separated"; empty where the
// figures are there.
std::string AbsenceCode(v1::Absence absence);

class AnswerCsv {
 public:
  // `columns` are those between the group and the common ones.
  AnswerCsv(const std::vector<std::string>& columns,
            const v1::Provenance& provenance);

  template <typename Groups>
  void Add(const Groups& group, std::vector<std::string> cells,
           v1::Absence absence) {
    std::string dimensions;
    for (const v1::GroupValue& value : group) {
      absl::StrAppend(&dimensions, dimensions.empty() ? "" : ", ",
                      value.dimension());
    }
    std::vector<std::string> row = {dimensions, GroupText(group)};
    for (std::string& cell : cells) row.push_back(std::move(cell));
    row.push_back(AbsenceCode(absence));
    row.push_back(as_of_);
    row.push_back(synthetic_);
    AppendCsvRow(row, text_);
  }

  const std::string& text() const { return text_; }

 private:
  std::string text_;
  std::string as_of_;
  std::string synthetic_;
};

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_COMMANDS_ANSWER_CSV_H_
