#include "client/day_check.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/calendar_day.h"

namespace enthesis::client {
namespace {

class DayCheck {
 public:
  DayCheck(const Links& links, const Date& today, CaseFile& file)
      : links_(links), today_(today), file_(file) {}

  void CheckRecord(CsvRecord& record) {
    const std::optional<Date> surgery = SurgeryOf(record);
    if (surgery.has_value() && *surgery > today_) {
      // Of the file only: what the link file has was checked when it came.
      if (!record.baseline.surgery_date.has_value()) return;
      return AddFault(*record.baseline_line, "surgery_date",
                      FormatDate(*surgery),
                      absl::StrCat("is in the future; allowed: days up to "
                                   "today, ",
                                   FormatDate(today_)));
    }
    if (record.baseline_line.has_value()) {
      CheckLine(surgery, *record.baseline_line);
    }
    for (CsvLine& line : record.follow_ups) CheckLine(surgery, line);
  }

 private:
  std::optional<Date> SurgeryOf(const CsvRecord& record) const {
    if (record.baseline.surgery_date.has_value()) {
      return record.baseline.surgery_date;
    }
    const auto known = links_.records.find(record.key);
    return known == links_.records.end() ? std::nullopt
                                         : known->second.surgery_date;
  }

  void CheckLine(const std::optional<Date>& surgery, CsvLine& line) {
    if (!line.assessment.has_value()) return;
    const std::optional<int32_t>& day = line.assessment->follow_up.day;
    if (!day.has_value()) return;
    if (*day < 0 && !line.is_baseline && !line.follow_up_id.has_value()) {
      return AddFault(line, "day", absl::StrCat(*day),
                      "is before the surgery; allowed: 0 or more, or the event "
                      "baseline");
    }
    if (!surgery.has_value()) return;
    std::string problem = ProblemOfDay(*day, *surgery, today_);
    if (problem.empty()) return;
    AddFault(line, "day", absl::StrCat(*day), std::move(problem));
  }

  void AddFault(CsvLine& line, const char* column, std::string value,
                std::string message) {
    line.faulty = true;
    file_.faults.push_back(
        {line.line, column, std::move(value), std::move(message), line.offset});
  }

  const Links& links_;
  const Date& today_;
  CaseFile& file_;
};

}  // namespace

std::string ProblemOfDay(int32_t day, const Date& surgery, const Date& today) {
  const int32_t most = DayNumber(today) - DayNumber(surgery);
  if (day <= most) return "";
  return absl::StrCat("is in the future, ",
                      FormatDate(DateOfDayNumber(DayNumber(surgery) + day)),
                      "; allowed: up to ", most, ", which is today, ",
                      FormatDate(today));
}

void CheckDays(const Links& links, const Date& today, CaseFile& file) {
  DayCheck check(links, today, file);
  for (CsvRecord& record : file.records) check.CheckRecord(record);
  std::stable_sort(
      file.faults.begin(), file.faults.end(),
      [](const auto& a, const auto& b) { return a.line < b.line; });
}

}  // namespace enthesis::client
