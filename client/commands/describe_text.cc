#include "client/commands/describe_text.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/commands/answer_csv.h"
#include "client/figure_text.h"
#include "client/table.h"
#include "client/time_text.h"

namespace enthesis::client {
namespace {

// Groups beside one another on a page.
constexpr int kBesideAtMost = 6;

// A share of a whole, where both are shown.
std::string PartText(std::optional<int32_t> part,
                     std::optional<int32_t> whole) {
  if (!part.has_value() || !whole.has_value() || *whole == 0) return "";
  return absl::StrFormat("%.1f %%", 100.0 * *part / *whole);
}

std::string GroupsTable(const v1::DescribeCohortResponse& answer,
                        const FigureText& figures) {
  Table table;
  table.AddColumn("group", Align::kLeft);
  for (const char* heading : {"cases", "patients", "sites", "athletes"}) {
    table.AddColumn(heading, Align::kRight);
  }
  table.AddColumn("mean age", Align::kRight);
  table.AddColumn("median follow-up", Align::kRight);
  for (const v1::CohortGroup& group : answer.groups()) {
    const std::string name = GroupText(group.group());
    if (!group.has_n_cases()) {  // nothing of the group is there: said once
      table.AddRow({name, figures.Absent(group.absence())});
      continue;
    }
    const auto count = [&](std::optional<int32_t> n) {
      return figures.Count(n, v1::ABSENCE_SUPPRESSED);
    };
    table.AddRow({name, count(group.n_cases()),
                  count(ENTHESIS_OPTIONAL(group, n_patients)),
                  count(ENTHESIS_OPTIONAL(group, n_sites)),
                  count(ENTHESIS_OPTIONAL(group, n_athletes)),
                  group.has_mean_age_years()
                      ? absl::StrFormat("%.1f y", group.mean_age_years())
                      : figures.Absent(group.absence()),
                  group.has_median_follow_up_days()
                      ? FormatDays(group.median_follow_up_days())
                      : figures.Absent(group.absence())});
  }
  return table.Render();
}

std::string VisitsTable(const v1::DescribeCohortResponse& answer,
                        const FigureText& figures) {
  Table table;
  table.AddColumn("group", Align::kLeft);
  table.AddColumn("visit", Align::kLeft);
  table.AddColumn("due", Align::kRight);
  table.AddColumn("completed", Align::kRight);
  table.AddColumn("completeness", Align::kRight);
  for (const v1::CohortGroup& group : answer.groups()) {
    bool first = true;
    for (const v1::VisitCompleteness& visit : group.visits()) {
      table.AddRow(
          {std::exchange(first, false) ? GroupText(group.group()) : "",
           visit.visit(),
           figures.Count(ENTHESIS_OPTIONAL(visit, due), visit.absence()),
           figures.Count(ENTHESIS_OPTIONAL(visit, completed), visit.absence()),
           figures.Percent(ENTHESIS_OPTIONAL(visit, completeness), std::nullopt,
                           std::nullopt, visit.absence())});
    }
  }
  return table.empty() ? "" : absl::StrCat("\n", table.Render());
}

std::string DimensionsTable(const v1::CohortGroup& group,
                            const FigureText& figures) {
  Table table;
  table.AddColumn("dimension", Align::kLeft);
  table.AddColumn("value", Align::kLeft);
  table.AddColumn("cases", Align::kRight);
  table.AddColumn("share", Align::kRight);
  for (const v1::DimensionCounts& dimension : group.dimensions()) {
    bool first = true;
    for (const v1::ValueCount& value : dimension.values()) {
      table.AddRow({first ? dimension.dimension() : "", value.value(),
                    figures.Count(ENTHESIS_OPTIONAL(value, n), value.absence()),
                    PartText(ENTHESIS_OPTIONAL(value, n),
                             ENTHESIS_OPTIONAL(group, n_cases))});
      first = false;
    }
  }
  return table.empty() ? "" : absl::StrCat("\n", table.Render());
}

// How many cases of `group` have the value, and their share.
std::string ValueText(const v1::CohortGroup& group,
                      const std::string& dimension, const std::string& value,
                      const FigureText& figures) {
  if (!group.has_n_cases()) return figures.Absent(group.absence());
  for (const v1::DimensionCounts& counts : group.dimensions()) {
    if (counts.dimension() != dimension) continue;
    for (const v1::ValueCount& count : counts.values()) {
      if (count.value() != value) continue;
      const std::string share = PartText(ENTHESIS_OPTIONAL(count, n),
                                         ENTHESIS_OPTIONAL(group, n_cases));
      return absl::StrCat(
          figures.Count(ENTHESIS_OPTIONAL(count, n), count.absence()),
          share.empty() ? "" : absl::StrCat(" (", share, ")"));
    }
    return "0";  // a value without a case is not in the answer
  }
  return figures.Absent(group.absence());
}

// The values of each dimension, as the groups have them, in their order.
std::vector<std::pair<std::string, std::vector<std::string>>> CaseMixOf(
    const v1::DescribeCohortResponse& answer) {
  std::vector<std::pair<std::string, std::vector<std::string>>> mix;
  for (const v1::CohortGroup& group : answer.groups()) {
    for (const v1::DimensionCounts& counts : group.dimensions()) {
      auto dimension = std::find_if(mix.begin(), mix.end(), [&](const auto& m) {
        return m.first == counts.dimension();
      });
      if (dimension == mix.end()) {
        dimension = mix.insert(mix.end(), {counts.dimension(), {}});
      }
      std::vector<std::string>& values = dimension->second;
      auto next = values.begin();  // values are in one order everywhere
      for (const v1::ValueCount& count : counts.values()) {
        const auto found =
            std::find(values.begin(), values.end(), count.value());
        next =
            found == values.end() ? values.insert(next, count.value()) : found;
        ++next;
      }
    }
  }
  return mix;
}

// The standardized difference of two groups, or why there is none; nothing of
// what none is asked of.
std::string DifferenceText(const v1::DescribeCohortResponse& answer,
                           const std::string& name, const FigureText& figures) {
  for (const v1::StandardizedDifference& difference : answer.differences()) {
    if (difference.name() != name) continue;
    std::optional<double> estimate = ENTHESIS_OPTIONAL(difference, estimate);
    // No minus before what is rounded to 0.
    if (estimate.has_value() && std::abs(*estimate) < 0.005) estimate = 0;
    return figures.Number(estimate, std::nullopt, std::nullopt, 2,
                          difference.absence());
  }
  return "";
}

void AddGroupColumns(const v1::DescribeCohortResponse& answer, Table& table) {
  for (const v1::CohortGroup& group : answer.groups()) {
    table.AddColumn(GroupText(group.group()), Align::kRight);
  }
  if (!answer.differences().empty()) {
    table.AddColumn("difference", Align::kRight);
  }
}

std::string SpreadText(const v1::BaselineNumber& number,
                       const FigureText& figures) {
  if (!number.has_mean()) return figures.Absent(number.absence());
  return number.has_std_dev()
             ? absl::StrFormat("%.1f (%.1f)", number.mean(), number.std_dev())
             : absl::StrFormat("%.1f", number.mean());
}

std::string QuartilesText(const v1::BaselineNumber& number,
                          const FigureText& figures) {
  if (!number.has_median()) {
    return number.has_mean() ? figures.Absent(number.quantiles_absence())
                             : figures.Absent(number.absence());
  }
  return number.has_q1() && number.has_q3()
             ? absl::StrFormat("%g (%g to %g)", number.median(), number.q1(),
                               number.q3())
             : absl::StrFormat("%g", number.median());
}

// What a cell says of a number in a group.
using NumberCell = std::string (*)(const v1::BaselineNumber&,
                                   const FigureText&);

std::string MissingText(const v1::BaselineNumber& number,
                        const FigureText& figures) {
  return figures.Count(ENTHESIS_OPTIONAL(number, missing), number.absence());
}

// Nobody of a group that is shown has it, as where no clinic asks for it.
bool IsAsked(const v1::DescribeCohortResponse& answer, int index) {
  return std::any_of(answer.groups().begin(), answer.groups().end(),
                     [index](const v1::CohortGroup& group) {
                       if (group.numbers_size() <= index) return false;
                       const v1::BaselineNumber& number = group.numbers(index);
                       return !number.has_n() || number.n() > 0;
                     });
}

// What groups had before surgery as a number.
std::string NumbersTable(const v1::DescribeCohortResponse& answer,
                         const FigureText& figures) {
  const v1::CohortGroup* named = nullptr;
  for (const v1::CohortGroup& group : answer.groups()) {
    if (!group.numbers().empty()) named = &group;
  }
  if (named == nullptr) return "";
  Table table;
  table.AddColumn("before surgery", Align::kLeft);
  table.AddColumn("figure", Align::kLeft);
  AddGroupColumns(answer, table);
  for (int i = 0; i < named->numbers_size(); ++i) {
    if (!IsAsked(answer, i)) continue;
    std::string name = named->numbers(i).name();
    std::string difference = DifferenceText(answer, name, figures);
    for (const auto& [figure, cell] :
         {std::pair<const char*, NumberCell>("mean (SD)", SpreadText),
          std::pair<const char*, NumberCell>("median (quartiles)",
                                             QuartilesText),
          std::pair<const char*, NumberCell>("missing", MissingText)}) {
      std::vector<std::string> row = {std::exchange(name, ""), figure};
      for (const v1::CohortGroup& group : answer.groups()) {
        row.push_back(group.numbers_size() > i
                          ? cell(group.numbers(i), figures)
                          : figures.Absent(group.absence()));
      }
      if (!answer.differences().empty()) {
        row.push_back(std::exchange(difference, ""));
      }
      table.AddRow(std::move(row));
    }
  }
  return table.empty() ? "" : absl::StrCat("\n", table.Render());
}

// The case mix of several groups side by side.
std::string CaseMixTable(const v1::DescribeCohortResponse& answer,
                         const FigureText& figures) {
  Table table;
  table.AddColumn("dimension", Align::kLeft);
  table.AddColumn("value", Align::kLeft);
  AddGroupColumns(answer, table);
  for (const auto& [dimension, values] : CaseMixOf(answer)) {
    std::string name = dimension;
    std::string difference = DifferenceText(answer, name, figures);
    for (const std::string& value : values) {
      std::vector<std::string> row = {std::exchange(name, ""), value};
      for (const v1::CohortGroup& group : answer.groups()) {
        row.push_back(ValueText(group, dimension, value, figures));
      }
      if (!answer.differences().empty()) {
        row.push_back(std::exchange(difference, ""));
      }
      table.AddRow(std::move(row));
    }
  }
  return table.empty() ? "" : absl::StrCat("\n", table.Render());
}

// From what was submitted to what is analyzed.
std::string FlowTable(const v1::DescribeCohortResponse& answer,
                      const std::optional<v1::Provenance>& registry,
                      const FigureText& figures) {
  Table table;
  table.AddColumn("flow", Align::kLeft);
  table.AddColumn("cases", Align::kRight);
  const auto add = [&](const std::string& step, const v1::Provenance& of) {
    table.AddRow({step, figures.Count(ENTHESIS_OPTIONAL(of, n_cases),
                                      v1::ABSENCE_SUPPRESSED)});
  };
  if (registry.has_value()) {
    add("in the registry, not withdrawn", *registry);
    add("of the cohort asked for", answer.provenance());
  } else {
    add("in the registry, not withdrawn: the cohort", answer.provenance());
  }
  if (answer.groups_size() != 1) return absl::StrCat("\n", table.Render());
  for (const v1::VisitCompleteness& visit : answer.groups(0).visits()) {
    if (visit.visit() != "12_months" && visit.visit() != "24_months") continue;
    table.AddRow(
        {absl::StrCat("due for the visit ", visit.visit()),
         figures.Count(ENTHESIS_OPTIONAL(visit, due), visit.absence())});
    table.AddRow(
        {"  with a VISA-A then",
         figures.Count(ENTHESIS_OPTIONAL(visit, completed), visit.absence())});
  }
  return absl::StrCat("\n", table.Render());
}

void AddNumberRows(const v1::CohortGroup& group, AnswerCsv& csv) {
  for (const v1::BaselineNumber& number : group.numbers()) {
    const auto add = [&](const char* figure, std::optional<int32_t> n,
                         std::optional<double> estimate, v1::Absence absence) {
      csv.Add(group.group(),
              {"number", number.name(), figure, CsvNumber(n), "",
               CsvNumber(estimate)},
              n.has_value() || estimate.has_value() ? v1::ABSENCE_UNSPECIFIED
                                                    : absence);
    };
    const v1::Absence absence = number.absence();
    const v1::Absence quantiles =
        number.has_n() ? number.quantiles_absence() : absence;
    add("n", ENTHESIS_OPTIONAL(number, n), std::nullopt, absence);
    add("missing", ENTHESIS_OPTIONAL(number, missing), std::nullopt, absence);
    add("mean", std::nullopt, ENTHESIS_OPTIONAL(number, mean), absence);
    add("std_dev", std::nullopt, ENTHESIS_OPTIONAL(number, std_dev), absence);
    add("median", std::nullopt, ENTHESIS_OPTIONAL(number, median), quantiles);
    add("q1", std::nullopt, ENTHESIS_OPTIONAL(number, q1), quantiles);
    add("q3", std::nullopt, ENTHESIS_OPTIONAL(number, q3), quantiles);
  }
}

}  // namespace

std::string DescribeTable(const v1::DescribeCohortResponse& answer,
                          const std::optional<v1::Provenance>& registry) {
  const FigureText figures(answer.provenance());
  std::string text =
      absl::StrCat(GroupsTable(answer, figures), VisitsTable(answer, figures),
                   FlowTable(answer, registry, figures));
  if (answer.groups_size() > kBesideAtMost) {
    // It would fill pages.
    absl::StrAppend(&text, "\nWhat ", answer.groups_size(),
                    " groups had before surgery is in --format csv and "
                    "json.\n");
  } else {
    absl::StrAppend(&text, NumbersTable(answer, figures),
                    answer.groups_size() == 1
                        ? DimensionsTable(answer.groups(0), figures)
                        : CaseMixTable(answer, figures));
  }
  return absl::StrCat(text, figures.Footer());
}

std::string DescribeCsv(const v1::DescribeCohortResponse& answer,
                        const std::optional<v1::Provenance>& registry) {
  AnswerCsv csv({"kind", "name", "value", "n", "of", "estimate"},
                answer.provenance());
  for (const v1::CohortGroup& group : answer.groups()) {
    const auto add = [&](const char* name, std::optional<int32_t> n,
                         std::optional<double> estimate) {
      csv.Add(group.group(),
              {"summary", name, "", CsvNumber(n), "", CsvNumber(estimate)},
              n.has_value() || estimate.has_value() ? v1::ABSENCE_UNSPECIFIED
                                                    : group.absence());
    };
    add("cases", ENTHESIS_OPTIONAL(group, n_cases), std::nullopt);
    add("patients", ENTHESIS_OPTIONAL(group, n_patients), std::nullopt);
    add("sites", ENTHESIS_OPTIONAL(group, n_sites), std::nullopt);
    add("athletes", ENTHESIS_OPTIONAL(group, n_athletes), std::nullopt);
    add("mean_age_years", std::nullopt,
        ENTHESIS_OPTIONAL(group, mean_age_years));
    add("median_follow_up_days", std::nullopt,
        ENTHESIS_OPTIONAL(group, median_follow_up_days));
    for (const v1::VisitCompleteness& visit : group.visits()) {
      csv.Add(group.group(),
              {"visit", visit.visit(), "",
               CsvNumber(ENTHESIS_OPTIONAL(visit, completed)),
               CsvNumber(ENTHESIS_OPTIONAL(visit, due)),
               CsvNumber(ENTHESIS_OPTIONAL(visit, completeness))},
              visit.absence());
    }
    AddNumberRows(group, csv);
    for (const v1::DimensionCounts& dimension : group.dimensions()) {
      for (const v1::ValueCount& value : dimension.values()) {
        csv.Add(group.group(),
                {"dimension", dimension.dimension(), value.value(),
                 CsvNumber(ENTHESIS_OPTIONAL(value, n)), "", ""},
                value.absence());
      }
    }
  }
  const google::protobuf::RepeatedPtrField<v1::GroupValue> all;
  for (const v1::StandardizedDifference& difference : answer.differences()) {
    csv.Add(all,
            {"difference", difference.name(), "", "", "",
             CsvNumber(ENTHESIS_OPTIONAL(difference, estimate))},
            difference.absence());
  }
  const auto add_flow = [&](const char* step, const v1::Provenance& of) {
    csv.Add(
        all,
        {"flow", step, "", CsvNumber(ENTHESIS_OPTIONAL(of, n_cases)), "", ""},
        of.has_n_cases() ? v1::ABSENCE_UNSPECIFIED : v1::ABSENCE_SUPPRESSED);
  };
  add_flow("registry", registry.value_or(answer.provenance()));
  add_flow("cohort", answer.provenance());
  return csv.text();
}

}  // namespace enthesis::client
