// enthesis due

#include <CLI/CLI.hpp>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "client/analyze/json_value.h"
#include "client/calendar_day.h"
#include "client/care/due_visits.h"
#include "client/care/icalendar.h"
#include "client/commands/case_content.h"
#include "client/commands/open_links.h"
#include "client/commands/question_command.h"
#include "client/commands/question_options.h"
#include "client/csv_text.h"
#include "client/table.h"
#include "registry/model/limits.h"

namespace enthesis::client {
namespace {

struct DueOptions {
  std::string site, links, on, visits;
  int32_t ahead = 0;
  bool missed = false;
  bool calendar = false;
};

const model::VisitWindow& WindowOf(model::Visit visit) {
  return model::kVisitWindows[static_cast<size_t>(visit) - 1];
}

absl::StatusOr<DueQuestion> ReadDueQuestion(const DueOptions& options) {
  DueQuestion question;
  question.on = TodayHere();
  if (!options.on.empty()) {
    const absl::StatusOr<Date> on = DateOrToday(options.on, "--on");
    if (!on.ok()) return on.status();
    question.on = *on;
  }
  if (options.ahead < 0 || options.ahead > model::kMaxDay) {
    return absl::InvalidArgumentError(absl::StrCat("--ahead is ", options.ahead,
                                                   "; allowed: 0 to ",
                                                   model::kMaxDay, " days"));
  }
  question.ahead = options.ahead;
  question.missed = options.missed;
  if (options.visits.empty()) return question;
  question.visits = 0;
  for (absl::string_view part : absl::StrSplit(options.visits, ',')) {
    const auto visit = ReadCode(part, model::kVisitCodes, "--visits");
    if (!visit.ok()) return visit.status();
    if (*visit == static_cast<int32_t>(model::Visit::kBaseline)) {
      return absl::InvalidArgumentError(
          "--visits baseline: is before surgery and is never due; `case list "
          "--missing baseline` tells who lacks it");
    }
    question.visits |= BitOf(static_cast<model::Visit>(*visit));
  }
  return question;
}

std::string LatenessText(const DueVisit& visit) {
  if (visit.days_late == 0) return "today";
  return visit.days_late > 0
             ? absl::StrCat(CountOf(visit.days_late, "day"), " late")
             : absl::StrCat("in ", CountOf(-visit.days_late, "day"));
}

std::string SeenText(const DueVisit& visit) {
  return visit.seen_on_day.has_value()
             ? absl::StrCat("seen on day ", *visit.seen_on_day,
                            ", without a VISA-A total")
             : "";
}

std::string DueTable(const DueReport& report, const Date& on) {
  Table table;
  for (const char* heading : {"record", "visit", "state", "target", "",
                              "first day", "last day", "note"}) {
    table.AddColumn(heading, Align::kLeft);
  }
  std::map<DueState, int64_t> counts;
  for (const DueVisit& visit : report.visits) {
    ++counts[visit.state];
    table.AddRow({visit.record, WindowOf(visit.visit).label,
                  NameOf(visit.state), FormatDate(visit.target),
                  LatenessText(visit), FormatDate(visit.first),
                  FormatDate(visit.last), SeenText(visit)});
  }
  std::vector<std::string> parts;
  for (const auto& [state, n] : counts) {
    parts.push_back(absl::StrCat(n, " ", NameOf(state)));
  }
  return absl::StrCat(
      table.empty() ? "" : table.Render() + "\n",
      parts.empty() ? "nothing due" : absl::StrJoin(parts, ", "), " on ",
      FormatDate(on), "; ",
      CountOf(static_cast<int64_t>(report.n_active), "record"),
      " in follow-up\n");
}

std::string DueCsv(const DueReport& report) {
  std::string csv;
  AppendCsvRow({"record_id", "case", "visit", "state", "target_date",
                "first_date", "last_date", "days_late", "seen_on_day"},
               csv);
  for (const DueVisit& visit : report.visits) {
    AppendCsvRow({visit.record, model::FormatId(visit.case_id),
                  WindowOf(visit.visit).code, NameOf(visit.state),
                  FormatDate(visit.target), FormatDate(visit.first),
                  FormatDate(visit.last), absl::StrCat(visit.days_late),
                  CsvNumber(visit.seen_on_day)},
                 csv);
  }
  return csv;
}

JsonValue KeysJson(const std::vector<std::string>& keys) {
  JsonValue list = JsonValue::Array();
  for (const std::string& key : keys) list.Add(JsonValue::Text(key));
  return list;
}

std::string DueJson(const DueReport& report, const std::string& site,
                    const Date& on) {
  JsonValue visits = JsonValue::Array();
  for (const DueVisit& visit : report.visits) {
    JsonValue one = JsonValue::Object();
    one.Set("record", visit.record);
    one.Set("case", model::FormatId(visit.case_id));
    one.Set("visit", WindowOf(visit.visit).code);
    one.Set("state", NameOf(visit.state));
    one.Set("targetDate", FormatDate(visit.target));
    one.Set("firstDate", FormatDate(visit.first));
    one.Set("lastDate", FormatDate(visit.last));
    one.Set("daysLate", static_cast<int64_t>(visit.days_late));
    one.Set("seenOnDay", visit.seen_on_day.has_value()
                             ? JsonValue::Number(*visit.seen_on_day)
                             : JsonValue::Null());
    visits.Add(std::move(one));
  }
  JsonValue document = JsonValue::Object();
  document.Set("site", site);
  document.Set("on", FormatDate(on));
  document.Set("visits", std::move(visits));
  document.Set("inFollowUp", static_cast<int64_t>(report.n_active));
  document.Set("followUpEnded", static_cast<int64_t>(report.n_ended));
  document.Set("withoutDate", KeysJson(report.undated));
  document.Set("otherYear", KeysJson(report.other_year));
  document.Set("notInLinkFile", static_cast<int64_t>(report.n_unlinked));
  return document.Print();
}

// What is late stands on the day of the question, so that it is seen.
std::string DueCalendar(const DueReport& report, const Date& on) {
  std::vector<CalendarEvent> events;
  for (const DueVisit& visit : report.visits) {
    const model::VisitWindow& window = WindowOf(visit.visit);
    CalendarEvent& event = events.emplace_back();
    event.uid = absl::StrCat(model::FormatId(visit.case_id), "-", window.code,
                             "@enthesis");
    event.day = std::max(visit.target, on);
    event.summary =
        absl::StrCat(visit.record, ": ", window.label, " visit",
                     visit.state == DueState::kOverdue  ? " (overdue)"
                     : visit.state == DueState::kMissed ? " (missed)"
                                                        : "");
    event.description = absl::StrCat(
        "Target ", FormatDate(visit.target), ", counts from ",
        FormatDate(visit.first), " to ", FormatDate(visit.last), ".",
        visit.seen_on_day.has_value() ? absl::StrCat("\n", SeenText(visit))
                                      : "");
  }
  return PrintCalendar(events, on);
}

std::string SomeKeys(const std::vector<std::string>& keys) {
  constexpr size_t kMost = 5;
  const std::vector<std::string> first(
      keys.begin(),
      keys.begin() + static_cast<std::ptrdiff_t>(std::min(keys.size(), kMost)));
  return absl::StrCat(absl::StrJoin(first, ", "),
                      keys.size() > kMost ? ", ..." : "");
}

// What keeps records out of the answer.
void TellWhoIsLeftOut(const DueReport& report) {
  if (!report.undated.empty()) {
    PrintMessage(absl::StrCat(
        CountOf(static_cast<int64_t>(report.undated.size()), "record"),
        " without a surgery date in the link file: ", SomeKeys(report.undated),
        "; `enthesis link dates` adds dates.\n"));
  }
  if (!report.other_year.empty()) {
    PrintMessage(absl::StrCat(
        "The surgery date is not in the year that the registry has: ",
        SomeKeys(report.other_year), ".\n"));
  }
  if (report.n_unlinked > 0) {
    PrintMessage(
        absl::StrCat(CountOf(static_cast<int64_t>(report.n_unlinked), "case"),
                     " of the site not in this link file.\n"));
  }
}

int ShowDue(const DueOptions& options, const Session& session) {
  const absl::StatusOr<DueQuestion> question = ReadDueQuestion(options);
  if (!question.ok()) {
    return FailUsage(std::string(question.status().message()));
  }
  if (options.site.empty() && options.links.empty()) {
    return FailUsage("due: --site or --links is required");
  }
  if (options.calendar && session.format != Format::kTable) {
    return FailUsage("--ical is a form of its own; leave out --format");
  }
  const auto links = OpenKnownLinks(
      options.links.empty() ? LinkPathOf(options.site) : options.links,
      options.site, session);
  if (!links.ok()) return FailQuestion(links.status());
  const std::string& site = (*links)->links().site;
  const auto held = ReadSiteCases(*session.Connect(), site, std::nullopt);
  if (!held.ok()) return FailContent(held.status());
  const DueReport report = FindDueVisits((*links)->links(), *held, *question);
  if (options.calendar) {
    PrintDocument(DueCalendar(report, question->on));
  } else if (session.format == Format::kCsv) {
    PrintDocument(DueCsv(report));
  } else if (session.format == Format::kJson) {
    PrintDocument(DueJson(report, site, question->on));
  } else {
    PrintText(DueTable(report, question->on));
  }
  TellWhoIsLeftOut(report);
  return kExitDone;
}

}  // namespace

void AddDueCommand(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "due",
      "Tell who is due or overdue for which visit, from the surgery dates of "
      "the link file and the assessments of the registry. No date leaves this "
      "machine.");
  command->fallthrough();
  const auto options = std::make_shared<DueOptions>();
  command->add_option("--site", options->site,
                      "Site; needed where --links is not given");
  command
      ->add_option("--links,--link", options->links,
                   "Link file; without it enthesis-link-SITE.tsv in this "
                   "folder")
      ->type_name("FILE");
  command->add_option("--on", options->on, "The day to tell; without it today")
      ->type_name("YYYY-MM-DD");
  command
      ->add_option("--ahead", options->ahead,
                   "Also visits whose window opens within so many days")
      ->type_name("DAYS")
      ->capture_default_str();
  command->add_flag("--missed", options->missed,
                    "Also visits whose window is over");
  command
      ->add_option(
          "--visits", options->visits,
          absl::StrCat("Only these, by commas: ", model::kVisitCodes.Allowed()))
      ->type_name("VISITS");
  command->add_flag("--ical", options->calendar,
                    "Write iCalendar (RFC 5545), one event a visit");
  command->footer(
      "A visit is due from the first day of its window to its target day, and "
      "overdue from then to the last\nday of the window; one whose window is "
      "over is missed. It is made by a VISA-A total (at 2 weeks by any\n"
      "assessment). Nobody is due whose follow-up ended: lost, declined, "
      "died.\n"
      "What is printed names records and days of the clinic: keep it there.\n"
      "Examples:\n"
      "  enthesis due --site site-01\n"
      "  enthesis due --links enthesis-link-site-01.tsv --ahead 30 --format "
      "csv\n"
      "  enthesis due --site site-01 --ahead 365 --ical > visits.ics");
  RunWhenChosen(*command, options, ShowDue, chosen);
}

}  // namespace enthesis::client
