#include "client/analyze/regression_report.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/analyze/score_json.h"
#include "client/analyze/time_data.h"

namespace enthesis::client {
namespace {

std::optional<double> Exp(std::optional<double> value) {
  if (!value.has_value()) return std::nullopt;
  return std::exp(*value);
}

// One row a profile.
absl::StatusOr<stats::DesignMatrix> ParseProfiles(
    const std::string& text, const Frame& frame,
    const std::vector<CovariateTerm>& terms,
    const stats::DesignMatrix& design) {
  const std::vector<std::string> profiles = SplitLists(text);
  stats::DesignMatrix result;
  result.n_rows = profiles.size();
  result.names = design.names;
  result.terms = design.terms;
  result.values.assign(design.n_columns() * result.n_rows, 0);
  for (size_t row = 0; row < profiles.size(); ++row) {
    const auto values = ParseProfile(profiles[row], terms);
    if (!values.ok()) return values.status();
    for (size_t t = 0; t < terms.size(); ++t) {
      std::string value = values->at(terms[t].column);
      const bool is_factor =
          terms[t].is_factor || !frame.IsNumeric(terms[t].column);
      double number = 0;
      if (is_factor) {
        const Factor factor = frame.FactorOf(terms[t].column);
        const std::optional<size_t> at = FindLevel(factor.levels, value);
        if (!at.has_value()) {
          return absl::InvalidArgumentError(absl::StrCat(
              "--predict ", terms[t].column, "=", value, ": the levels are ",
              absl::StrJoin(factor.levels, ", ")));
        }
        value = factor.levels[*at];
      } else if (!ParseNumber(value, number)) {
        return absl::InvalidArgumentError(absl::StrCat(
            "--predict ", terms[t].column, "=", value, " is not a number"));
      }
      for (size_t c = 0; c < design.n_columns(); ++c) {
        if (design.terms[c] != static_cast<int>(t)) continue;
        result.values[c * result.n_rows + row] =
            is_factor ? (design.names[c] == terms[t].column + value ? 1 : 0)
                      : number;
      }
    }
  }
  return result;
}

}  // namespace

absl::StatusOr<std::map<std::string, std::string>> ParseProfile(
    absl::string_view text, const std::vector<CovariateTerm>& terms) {
  std::map<std::string, std::string> values;
  for (const std::string& part : SplitList(text)) {
    // Names may have "=", so that the longest of the covariates counts.
    const std::string* column = nullptr;
    for (const CovariateTerm& term : terms) {
      if (absl::StartsWith(part, absl::StrCat(term.column, "=")) &&
          (column == nullptr || term.column.size() > column->size())) {
        column = &term.column;
      }
    }
    if (column == nullptr) {
      return absl::InvalidArgumentError(
          absl::StrCat("--predict: \"", part,
                       "\" names no covariate; allowed is COLUMN=VALUE of ",
                       absl::StrJoin(ColumnsOf(terms), ", ")));
    }
    values[*column] = part.substr(column->size() + 1);
  }
  for (const CovariateTerm& term : terms) {
    if (values.count(term.column) > 0) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("--predict lacks a value of ", term.column));
  }
  return values;
}

JsonValue RatiosJson(const std::vector<stats::Coefficient>& coefficients,
                     const char* ratio) {
  JsonValue json = JsonValue::Array();
  for (const stats::Coefficient& one : coefficients) {
    JsonValue row = JsonValue::Object();
    row.Set("name", one.name)
        .Set("estimate", one.estimate)
        .Set("stdError", one.std_error)
        .Set("robustStdError", one.robust_std_error)
        .Set("z", one.statistic)
        .Set("pValue", one.p_value)
        .Set(ratio, Exp(one.estimate))
        .Set("lower", Exp(one.lower))
        .Set("upper", Exp(one.upper));
    json.Add(std::move(row));
  }
  return json;
}

ReportTable RatioTable(const std::vector<stats::Coefficient>& coefficients,
                       const std::vector<std::string>& separated,
                       const char* ratio) {
  ReportTable table = {.kind = "coefficient",
                       .columns = {"name:coefficient", "estimate", "std_error",
                                   "robust_std_error", "z", "p_value:p", ratio,
                                   "lower", "upper"},
                       .figure = "estimate"};
  for (const stats::Coefficient& one : coefficients) {
    ReportRow(table)
        .Add(one.name)
        .Add(one.estimate)
        .Add(one.std_error)
        .Add(one.robust_std_error)
        .Add(one.statistic)
        .Add(one.p_value)
        .Add(Exp(one.estimate))
        .Add(Exp(one.lower))
        .Add(Exp(one.upper))
        .Because(WhyAbsent(one.name, separated));
  }
  return table;
}

ReportTable ChiSquareTable(const char* title) {
  return {.kind = "test",
          .title = title,
          .columns = {"name:test", "chi_square", "df", "p_value:p"},
          .figure = "p_value"};
}

void AddChiSquareRow(const char* name, const stats::ChiSquareTest& test,
                     ReportTable& table) {
  ReportRow(table)
      .Add(name)
      .Add(test.chi_square)
      .Add(test.df)
      .Add(test.p_value);
}

std::vector<size_t> ShownPoints(size_t n, bool all) {
  constexpr size_t kShown = 12;
  const size_t shown = all ? n : std::min(n, kShown);
  std::vector<size_t> points;
  for (size_t i = 1; i <= shown; ++i) points.push_back(i * n / shown - 1);
  return points;
}

PredictionTables::PredictionTables(const char* figure,
                                   const std::vector<std::string>& counts) {
  at = {.kind = "at",
        .title = absl::StrCat("Predicted ", figure),
        .columns = {"profile", "stratum", "time"},
        .figure = figure};
  at.columns.insert(at.columns.end(), counts.begin(), counts.end());
  for (const char* column :
       {figure, "std_error", "lower", "upper", "cumulative_hazard"}) {
    at.columns.push_back(column);
  }
  points = at;
  points.kind = "point";
  points.title = absl::StrCat("Predicted ", figure,
                              ", at 12 times at most (--at asks for others)");
}

void StartCurveRow(size_t profile, std::optional<int> stratum, ReportRow& row) {
  row.Add(static_cast<double>(profile + 1));
  if (stratum.has_value()) {
    row.Add(static_cast<double>(*stratum));
  } else {
    row.Skip();
  }
}

JsonValue ChiSquareJson(const stats::ChiSquareTest& test) {
  JsonValue json = JsonValue::Object();
  json.Set("chiSquare", test.chi_square)
      .Set("df", test.df)
      .Set("pValue", test.p_value);
  return json;
}

void WarnOfColumns(const std::vector<std::string>& dropped,
                   const std::vector<std::string>& separated, Report& report) {
  for (const std::string& name : dropped) {
    report.warnings.push_back(absl::StrCat(
        name,
        " was dropped: it is constant, a combination of columns before it, or "
        "there are no events to learn from"));
  }
  for (const std::string& name : separated) {
    report.warnings.push_back(absl::StrCat(
        name,
        " separates the events: its estimate is infinite, and the others "
        "are those at that limit"));
  }
}

void WarnOfVariance(const std::vector<std::string>& out_of_range, size_t rank,
                    size_t n_estimates, Report& report) {
  for (const std::string& name : out_of_range) {
    report.warnings.push_back(absl::StrCat(
        name,
        " is so large or small that figures of it are beyond the range of "
        "numbers; those are absent"));
  }
  if (rank >= n_estimates) return;
  report.warnings.push_back(absl::StrCat(
      "the robust variance has rank ", rank, ", below the ", n_estimates,
      " coefficients: there are too few clusters, and no Wald test"));
}

absl::StatusOr<ProfileQuestion> ReadProfiles(
    const AnalyzeOptions& options, const Frame& frame,
    const std::vector<CovariateTerm>& terms,
    const stats::DesignMatrix& design) {
  ProfileQuestion asked;
  absl::StatusOr<stats::DesignMatrix> profiles =
      ParseProfiles(options.predict, frame, terms, design);
  if (!profiles.ok()) return profiles.status();
  asked.profiles = *std::move(profiles);
  absl::StatusOr<std::vector<double>> times = TimeList(options.at, "--at");
  if (!times.ok()) return times.status();
  asked.times = *std::move(times);
  const auto transform = ParseTransform(options.conf_type);
  if (!transform.ok()) return transform.status();
  asked.transform = *transform;
  return asked;
}

std::vector<int> CodesOf(const Frame& frame, const std::string& columns) {
  if (columns.empty()) return {};
  return MakeGroups(frame, columns).codes;
}

}  // namespace enthesis::client
