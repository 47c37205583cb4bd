#include "client/link_dates.h"

#include <map>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "client/calendar_day.h"
#include "client/csv_reader.h"

namespace enthesis::client {
namespace {

// Where the two columns are; -1: not there.
struct DateColumns {
  int record = -1, date = -1;
};

absl::StatusOr<DateColumns> FindDateColumns(const CsvReader& reader) {
  DateColumns columns;
  for (size_t i = 0; i < reader.cells().size(); ++i) {
    const auto name = absl::StripAsciiWhitespace(reader.cells()[i]);
    int* at = name == "record_id"      ? &columns.record
              : name == "surgery_date" ? &columns.date
                                       : nullptr;
    if (at == nullptr) continue;
    if (*at >= 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("line 1: column \"", name, "\" is there twice"));
    }
    *at = static_cast<int>(i);
  }
  if (columns.record >= 0 && columns.date >= 0) return columns;
  return absl::InvalidArgumentError(absl::StrCat(
      "line 1: the column \"",
      columns.record < 0 ? "record_id" : "surgery_date",
      "\" is missing; allowed: the columns record_id and surgery_date, and "
      "others, which are ignored"));
}

class DateTaker {
 public:
  DateTaker(Links& links, DatesResult& result)
      : links_(links), result_(result) {}

  void TakeLine(const CsvReader& reader, const DateColumns& columns) {
    const auto cell = [&](int at) {
      const auto i = static_cast<size_t>(at);
      return i < reader.cells().size()
                 ? std::string(absl::StripAsciiWhitespace(reader.cells()[i]))
                 : std::string();
    };
    const std::string key = cell(columns.record), text = cell(columns.date);
    const auto reject = [&](const char* column, const std::string& value,
                            std::string message) {
      result_.faults.push_back(
          {reader.line(), column, value, std::move(message)});
    };
    if (text.empty()) return;  // as the lines of visits have it
    const auto record = links_.records.find(key);
    if (record == links_.records.end()) {
      if (links_.withdrawn.count(key) > 0) {
        return reject("record_id", key,
                      "is a record whose case was withdrawn; its date is not "
                      "kept");
      }
      return reject("record_id", key,
                    "is no record of the link file; import it first");
    }
    const absl::StatusOr<Date> date = ParseDate(text);
    if (!date.ok() || date->year < 1990) {
      return reject("surgery_date", text,
                    "is not a day of surgery; allowed: YYYY-MM-DD, from "
                    "1990-01-01 on");
    }
    if (*date > TodayHere()) {
      return reject("surgery_date", text,
                    absl::StrCat("is in the future; allowed: days up to today, ",
                                 FormatDate(TodayHere())));
    }
    const auto [earlier, is_new] = seen_.emplace(key, *date);
    if (!is_new && earlier->second != *date) {
      return reject("surgery_date", text,
                    absl::StrCat("is another day than on an earlier line, ",
                                 FormatDate(earlier->second)));
    }
    Set(*date, record->second);
  }

 private:
  void Set(const Date& date, LinkedRecord& record) {
    if (record.surgery_date == date) {
      ++result_.n_unchanged;
      return;
    }
    if (record.surgery_date.has_value()) record.operation_sequence.reset();
    record.surgery_date = date;
    ++result_.n_set;
  }

  Links& links_;
  DatesResult& result_;
  std::map<std::string, Date> seen_;
};

}  // namespace

absl::StatusOr<DatesResult> TakeSurgeryDates(const ClinicText& file,
                                             Links& links) {
  CsvReader reader(file.text, 1, file.separator);
  if (!reader.Next()) {
    if (!reader.status().ok()) return reader.status();
    return absl::InvalidArgumentError(
        "the file is empty; its first line names the columns");
  }
  const absl::StatusOr<DateColumns> columns = FindDateColumns(reader);
  if (!columns.ok()) return columns.status();
  Links taken = links;
  DatesResult result;
  DateTaker taker(taken, result);
  while (reader.Next()) taker.TakeLine(reader, *columns);
  if (!reader.status().ok()) return reader.status();
  links = std::move(taken);
  for (const auto& [key, record] : links.records) {
    if (!record.surgery_date.has_value()) ++result.n_without;
  }
  return result;
}

}  // namespace enthesis::client
