#include "client/commands/surgery_day.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/calendar_day.h"
#include "client/commands/open_links.h"
#include "client/day_check.h"

namespace enthesis::client {
namespace {

const LinkedRecord* FindCase(const Links& links, const wire::CaseName& which) {
  for (const auto& [key, record] : links.records) {
    if (record.case_id == which.id) return &record;
  }
  return nullptr;
}

}  // namespace

DayOfDate DaysSinceSurgery(const CaseNameOptions& options,
                           const wire::CaseName& which, const Session& session,
                           std::unique_ptr<LinkFile>& opened) {
  return [&options, &which, &session,
          &opened](const Date& date) -> absl::StatusOr<int32_t> {
    if (opened == nullptr) {
      const std::string path =
          options.links.empty() ? LinkPathOf(which.site) : options.links;
      auto links = OpenKnownLinks(path, which.site, session);
      if (!links.ok()) {
        return absl::Status(
            links.status().code(),
            absl::StrCat(FormatDate(date),
                         ": a date needs the link file, which has that of "
                         "surgery (--links FILE): ",
                         links.status().message()));
      }
      opened = *std::move(links);
    }
    const LinkedRecord* record = FindCase(opened->links(), which);
    if (record == nullptr || !record->surgery_date.has_value()) {
      return absl::InvalidArgumentError(absl::StrCat(
          FormatDate(date), ": ", opened->path(), " has no ",
          record == nullptr ? "such case" : "date of surgery of the case",
          "; allowed: days since surgery",
          record == nullptr ? ""
                            : ", or a date after `enthesis link dates FILE`"));
    }
    const int32_t day = DayNumber(date) - DayNumber(*record->surgery_date);
    const std::string problem =
        ProblemOfDay(day, *record->surgery_date, TodayHere());
    if (!problem.empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat(FormatDate(date), ": day ", day, " ", problem));
    }
    PrintMessage(absl::StrCat("enthesis: ", FormatDate(date), " is day ", day,
                              " since surgery by ", opened->path(),
                              "; the day alone is sent\n"));
    return day;
  };
}

std::string NoDate(absl::string_view text) {
  return absl::StrCat("\"", text,
                      "\" is no date; allowed: YYYY-MM-DD, such as 2025-07-02");
}

absl::Status CheckDayHasCome(int32_t day, const wire::CaseName& which,
                             const LinkFile* opened) {
  const LinkedRecord* record =
      opened == nullptr ? nullptr : FindCase(opened->links(), which);
  if (record == nullptr || !record->surgery_date) return absl::OkStatus();
  const std::string problem =
      ProblemOfDay(day, *record->surgery_date, TodayHere());
  if (problem.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("day: ", day, " ", problem));
}

}  // namespace enthesis::client
