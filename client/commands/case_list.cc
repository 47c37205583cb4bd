// enthesis case list

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <memory>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "client/analyze/json_value.h"
#include "client/calendar_day.h"
#include "client/care/case_selection.h"
#include "client/care/site_cases.h"
#include "client/commands/case_content.h"
#include "client/commands/case_verbs.h"
#include "client/commands/open_links.h"
#include "client/commands/question_command.h"
#include "client/commands/question_options.h"
#include "client/csv_text.h"
#include "client/table.h"
#include "registry/wire/resource_name.h"

namespace enthesis::client {
namespace {

constexpr size_t kTablePage = 50;

struct CaseListOptions {
  std::string site, links, procedure, status, year, missing, after, on;
  bool duplicates = false;
  std::optional<uint32_t> limit;  // most rows; 0: all
  uint64_t as_of = 0;
};

// One row of the answer.
struct ListedCase {
  const model::Case* record = nullptr;
  std::vector<const char*> missing;
  std::vector<PossibleDuplicate> duplicates;
};

// The clinic's keys; null without a link file.
using RecordKeys = std::map<model::Id, std::string>;

struct CaseListing {
  std::vector<ListedCase> rows;
  size_t n_matching = 0;
  bool more = false;  // after the last row
};

absl::StatusOr<VisitSet> ReadMissing(const std::string& text) {
  if (text.empty()) return VisitSet{0};
  if (text == "any") return static_cast<VisitSet>(0xFF);
  VisitSet missing = 0;
  for (absl::string_view part : absl::StrSplit(text, ',')) {
    const auto visit = ReadCode(part, model::kVisitCodes, "--missing");
    if (!visit.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(visit.status().message(), "; or any"));
    }
    missing |= BitOf(static_cast<model::Visit>(*visit));
  }
  return missing;
}

// "2021", or "2019..2021".
absl::Status ReadYears(const std::string& text, CaseSelection& selection) {
  if (text.empty()) return absl::OkStatus();
  std::vector<absl::string_view> ends = absl::StrSplit(text, "..");
  int32_t first = 0, last = 0;
  if (ends.size() > 2 || !absl::SimpleAtoi(ends.front(), &first) ||
      !absl::SimpleAtoi(ends.back(), &last) || first > last) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--year \"", text,
        "\" is not a year of surgery; allowed: 2021, or 2019..2021"));
  }
  selection.first_year = first;
  selection.last_year = last;
  return absl::OkStatus();
}

absl::StatusOr<CaseSelection> ReadSelection(const CaseListOptions& options) {
  CaseSelection selection;
  selection.duplicates = options.duplicates;
  absl::StatusOr<VisitSet> missing = ReadMissing(options.missing);
  if (!missing.ok()) return missing.status();
  selection.missing = *missing;
  for (absl::string_view part :
       absl::StrSplit(options.procedure, ',', absl::SkipEmpty())) {
    const auto code = ReadCode(part, model::kProcedureCodes, "--procedure");
    if (!code.ok()) return code.status();
    selection.procedures.insert(static_cast<model::Procedure>(*code));
  }
  for (absl::string_view part :
       absl::StrSplit(options.status, ',', absl::SkipEmpty())) {
    const auto code = ReadCode(part, model::kCaseStatusCodes, "--status");
    if (!code.ok()) return code.status();
    selection.statuses.insert(static_cast<model::CaseStatus>(*code));
  }
  const absl::Status years = ReadYears(options.year, selection);
  if (!years.ok()) return years;
  return selection;
}

CaseListing SelectCases(const SiteCases& held, const CaseSelection& selection,
                        size_t limit, const std::optional<model::Id>& after,
                        int32_t utc_day) {
  CaseListing listing;
  const auto duplicates = PossibleDuplicates(held.cases);
  for (const model::Case& record : held.cases) {
    const auto others = duplicates.find(record.id);
    if (selection.duplicates && others == duplicates.end()) continue;
    if (!selection.Matches(record, utc_day)) continue;
    ++listing.n_matching;
    if (after.has_value() && record.id <= *after) continue;
    if (limit > 0 && listing.rows.size() == limit) {
      listing.more = true;
      continue;
    }
    ListedCase& row = listing.rows.emplace_back();
    row.record = &record;
    row.missing = CodesOf(MissingVisits(record, utc_day));
    if (others != duplicates.end()) row.duplicates = others->second;
  }
  return listing;
}

// Of each duplicate what `text` says, `separator` between them.
template <typename Text>
std::string JoinDuplicates(const ListedCase& row, const char* separator,
                           const Text& text) {
  return absl::StrJoin(row.duplicates, separator,
                       [&](std::string* out, const PossibleDuplicate& one) {
                         out->append(text(one));
                       });
}

std::string OtherId(const PossibleDuplicate& one) {
  return model::FormatId(one.other);
}

template <typename E>
std::string CodeText(const model::CodeList& codes,
                     const std::optional<E>& value) {
  return value.has_value() ? std::string(model::CodeOf(codes, *value)) : "";
}

std::string NumberText(const std::optional<int32_t>& number) {
  return number.has_value() ? absl::StrCat(*number) : "";
}

std::optional<int32_t> LastDayOf(const model::Case& record) {
  return record.follow_ups.empty() ? std::nullopt
                                   : record.follow_ups.back().day;
}

constexpr const char* kListColumns[] = {
    "surgery_year", "primary_procedure", "laterality", "age_years", "sex",
    "status",       "assessments",       "last_day"};

// In the order of kListColumns.
std::vector<std::string> CellsOfCase(const model::Case& record) {
  return {NumberText(record.baseline.surgery_year),
          CodeText(model::kProcedureCodes, record.operation.primary_procedure),
          CodeText(model::kLateralityCodes, record.baseline.laterality),
          NumberText(record.baseline.age_years),
          CodeText(model::kSexCodes, record.baseline.sex),
          std::string(model::CodeOf(model::kCaseStatusCodes, record.status)),
          absl::StrCat(record.follow_ups.size()),
          NumberText(LastDayOf(record))};
}

std::string KeyOf(const RecordKeys& keys, const model::Case& record) {
  const auto known = keys.find(record.id);
  return known == keys.end() ? "" : known->second;
}

std::string ListTable(const SiteCases& held, const CaseListing& listing,
                      const RecordKeys* keys) {
  Table table;
  if (keys != nullptr) table.AddColumn("record", Align::kLeft);
  table.AddColumn("case", Align::kLeft);
  for (const char* heading : {"year", "procedure", "side", "age", "sex",
                              "status", "visits", "last day"}) {
    const bool number = absl::string_view(heading) == "year" ||
                        absl::string_view(heading) == "age" ||
                        absl::string_view(heading) == "visits" ||
                        absl::string_view(heading) == "last day";
    table.AddColumn(heading, number ? Align::kRight : Align::kLeft);
  }
  table.AddColumn("missing visits", Align::kLeft);
  const bool alike = std::any_of(
      listing.rows.begin(), listing.rows.end(),
      [](const ListedCase& row) { return !row.duplicates.empty(); });
  if (alike) table.AddColumn("possible duplicate of", Align::kLeft);
  for (const ListedCase& row : listing.rows) {
    std::vector<std::string> cells = CellsOfCase(*row.record);
    for (std::string& cell : cells) cell = TextOrDash(cell);
    cells.insert(cells.begin(), model::FormatId(row.record->id));
    if (keys != nullptr) {
      cells.insert(cells.begin(), TextOrDash(KeyOf(*keys, *row.record)));
    }
    cells.push_back(absl::StrJoin(row.missing, " "));
    if (alike) {
      cells.push_back(JoinDuplicates(row, "; ", [](const auto& one) {
        return absl::StrCat(OtherId(one), " (same ", RuleOf(one), ")");
      }));
    }
    table.AddRow(std::move(cells));
  }
  return absl::StrCat(table.empty() ? "" : absl::StrCat(table.Render(), "\n"),
                      CountOf(static_cast<int64_t>(listing.n_matching), "case"),
                      " of ", held.cases.size(), " in site ", held.site,
                      ", as of commit ", held.as_of, ". A case is named ",
                      wire::FormatSiteName(held.site), "/cases/CASE.\n");
}

std::string ListCsv(const SiteCases& held, const CaseListing& listing,
                    const RecordKeys* keys) {
  std::string csv;
  std::vector<std::string> header = {"case", "name", "patient"};
  if (keys != nullptr) header.insert(header.begin(), "record_id");
  header.insert(header.end(), std::begin(kListColumns), std::end(kListColumns));
  header.insert(header.end(), {"missing_visits", "possible_duplicates",
                               "duplicate_rules", "as_of"});
  AppendCsvRow(header, csv);
  for (const ListedCase& row : listing.rows) {
    const model::Case& record = *row.record;
    std::vector<std::string> cells = {
        model::FormatId(record.id), wire::FormatCaseName(held.site, record.id),
        model::FormatId(record.patient)};
    if (keys != nullptr) cells.insert(cells.begin(), KeyOf(*keys, record));
    for (std::string& cell : CellsOfCase(record)) {
      cells.push_back(std::move(cell));
    }
    cells.push_back(absl::StrJoin(row.missing, ";"));
    cells.push_back(JoinDuplicates(row, ";", OtherId));
    cells.push_back(JoinDuplicates(row, ";", RuleOf));
    cells.push_back(absl::StrCat(held.as_of));
    AppendCsvRow(cells, csv);
  }
  return csv;
}

std::string ListJson(const SiteCases& held, const CaseListing& listing,
                     const RecordKeys* keys) {
  const auto number = [](const std::optional<int32_t>& value) {
    return value.has_value() ? JsonValue::Number(*value) : JsonValue::Null();
  };
  const auto text = [](const std::string& code) {
    return code.empty() ? JsonValue::Null() : JsonValue::Text(code);
  };
  JsonValue rows = JsonValue::Array();
  for (const ListedCase& row : listing.rows) {
    const model::Case& record = *row.record;
    const std::vector<std::string> cells = CellsOfCase(record);
    JsonValue one = JsonValue::Object();
    if (keys != nullptr) one.Set("record", text(KeyOf(*keys, record)));
    one.Set("case", model::FormatId(record.id));
    one.Set("name", wire::FormatCaseName(held.site, record.id));
    one.Set("patient", model::FormatId(record.patient));
    one.Set("surgeryYear", number(record.baseline.surgery_year));
    one.Set("primaryProcedure", text(cells[1]));
    one.Set("laterality", text(cells[2]));
    one.Set("ageYears", number(record.baseline.age_years));
    one.Set("sex", text(cells[4]));
    one.Set("status", text(cells[5]));
    one.Set("assessments", static_cast<int64_t>(record.follow_ups.size()));
    one.Set("lastDay", number(LastDayOf(record)));
    JsonValue missing = JsonValue::Array(), duplicates = JsonValue::Array();
    for (const char* visit : row.missing) missing.Add(JsonValue::Text(visit));
    JsonValue rules = JsonValue::Array();
    for (const PossibleDuplicate& duplicate : row.duplicates) {
      duplicates.Add(JsonValue::Text(OtherId(duplicate)));
      rules.Add(JsonValue::Text(RuleOf(duplicate)));
    }
    one.Set("missingVisits", std::move(missing));
    one.Set("possibleDuplicates", std::move(duplicates));
    one.Set("duplicateRules", std::move(rules));
    rows.Add(std::move(one));
  }
  JsonValue document = JsonValue::Object();
  document.Set("site", held.site);
  document.Set("asOf", static_cast<int64_t>(held.as_of));
  document.Set("cases", std::move(rows));
  document.Set("matching", static_cast<int64_t>(listing.n_matching));
  document.Set("next", listing.more ? JsonValue::Text(model::FormatId(
                                          listing.rows.back().record->id))
                                    : JsonValue::Null());
  return document.Print();
}

int ListCases(const CaseListOptions& options, const Session& session) {
  const auto selection = ReadSelection(options);
  if (!selection.ok()) {
    return FailUsage(std::string(selection.status().message()));
  }
  const absl::StatusOr<Date> day = DateOrToday(options.on, "--on");
  if (!day.ok()) return FailUsage(std::string(day.status().message()));
  std::optional<model::Id> after;
  if (!options.after.empty()) {
    const absl::StatusOr<model::Id> id = model::ParseId(options.after);
    if (!id.ok()) {
      return FailUsage(
          absl::StrCat("--after \"", options.after, "\" is no id of a case"));
    }
    after = *id;
  }
  if (options.site.empty() && options.links.empty()) {
    return FailUsage("case list: --site or --links is required");
  }
  std::string site = options.site;
  RecordKeys known;
  if (!options.links.empty()) {
    const auto links = OpenKnownLinks(options.links, site, session);
    if (!links.ok()) return FailQuestion(links.status());
    site = (*links)->links().site;
    for (const auto& [key, record] : (*links)->links().records) {
      known[record.case_id] = key;
    }
  }
  const RecordKeys* keys = options.links.empty() ? nullptr : &known;
  const auto held = ReadSiteCases(*session.Connect(), site,
                                  options.as_of == 0
                                      ? std::nullopt
                                      : std::optional<uint64_t>(options.as_of));
  if (!held.ok()) return FailContent(held.status());
  // A program that asks for no page wants them all.
  const size_t limit =
      options.limit.value_or(session.format == Format::kTable ? kTablePage : 0);
  const CaseListing listing =
      SelectCases(*held, *selection, limit, after, DayNumber(*day));
  switch (session.format) {
    case Format::kTable:
      PrintText(ListTable(*held, listing, keys));
      break;
    case Format::kCsv:
      PrintDocument(ListCsv(*held, listing, keys));
      break;
    case Format::kJson:
      PrintDocument(ListJson(*held, listing, keys));
      break;
  }
  if (listing.more) {
    PrintMessage(absl::StrCat("There are more: --after ",
                              model::FormatId(listing.rows.back().record->id),
                              " --as-of ", held->as_of,
                              " goes on, --limit 0 shows all.\n"));
  }
  return kExitDone;
}

}  // namespace

void AddCaseListVerb(CLI::App& verbs, Command& chosen) {
  CLI::App* list = verbs.add_subcommand(
      "list", "List the cases of a site, or those that need a look.");
  list->fallthrough();
  const auto options = std::make_shared<CaseListOptions>();
  list->add_option("--site", options->site,
                   "Site of the cases; needed where --links is not given");
  list->add_option("--links,--link", options->links,
                   "Link file: the clinic's own key in a first column")
      ->type_name("FILE");
  list->add_option("--procedure", options->procedure,
                   absl::StrCat("Only these primary procedures, by commas: ",
                                model::kProcedureCodes.Allowed()))
      ->type_name("CODES");
  list->add_option("--status", options->status,
                   absl::StrCat("Only of this status, by commas: ",
                                model::kCaseStatusCodes.Allowed()))
      ->type_name("CODES");
  list->add_option("--year", options->year,
                   "Only operated in this year, or from one to another")
      ->type_name("YEAR|FIRST..LAST");
  list->add_option("--missing", options->missing,
                   absl::StrCat("Only cases that miss one of these visits, by "
                                "commas, once it is due: any, ",
                                model::kVisitCodes.Allowed()))
      ->type_name("VISITS");
  list->add_flag("--duplicates", options->duplicates,
                 "Only possible duplicates: another patient's case with the "
                 "same baseline and procedure, or the same year and rank where "
                 "sex, side, age and procedure agree, too; the rule is named");
  list->add_option("--limit", options->limit,
                   "Most cases to show, 0 for all; without it 50 in a table, "
                   "all in csv and json");
  list->add_option("--after", options->after, "Go on after this case")
      ->type_name("CASE");
  list->add_option("--as-of", options->as_of, "As it was after this commit")
      ->type_name("COMMIT");
  list->add_option("--on", options->on,
                   "The day on which visits are due; without it today (UTC)")
      ->type_name("YYYY-MM-DD");
  list->footer(
      "A visit is missing once 31 December of the year of surgery plus the "
      "last day of its window has\npassed and it has no VISA-A total (at 2 "
      "weeks: no assessment); `enthesis due` reckons with the\ndates of the "
      "link file.\n"
      "Examples:\n"
      "  enthesis case list --site site-01\n"
      "  enthesis case list --links enthesis-link-site-01.tsv\n"
      "  enthesis case list --site site-01 --missing 12_months --year "
      "2022..2023\n"
      "  enthesis case list --site site-01 --procedure zadek_osteotomy "
      "--limit 0 --format csv\n"
      "  enthesis case list --site site-01 --duplicates");
  RunWhenChosen(*list, options, ListCases, chosen);
}

}  // namespace enthesis::client
