#include "registry/analysis/predictions.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace enthesis::analysis {
namespace {

// What a profile says of one covariate: its number, or the levels it has.
struct ProfileValue {
  double number = 0;
  std::vector<std::string> levels;  // of a factor one, of a set any
};

ProfileValue ValueOf(const model::PredictionProfile& profile,
                     const model::CovariateTerm& term) {
  const model::Covariate& covariate = *model::FindCovariate(term.name);
  const auto named = std::find_if(
      profile.values.begin(), profile.values.end(),
      [&](const model::CovariateValue& one) { return one.name == term.name; });
  ProfileValue value;
  if (named == profile.values.end()) return value;
  int32_t level = 0;
  if (covariate.is_set) {
    value.levels = absl::StrSplit(named->value, '+', absl::SkipEmpty());
  } else if (covariate.is_number && !term.factor) {
    if (!absl::SimpleAtod(named->value, &value.number)) value.number = 0;
  } else if (covariate.is_number && absl::SimpleAtoi(named->value, &level)) {
    value.levels = {absl::StrCat(level)};
  } else {
    value.levels = {named->value};
  }
  return value;
}

bool Holds(absl::Span<const std::string> names, absl::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool HasKnownLevels(const model::PredictionProfile& profile,
                    absl::Span<const model::CovariateTerm> covariates,
                    const ModelColumns& columns) {
  for (size_t t = 0; t < covariates.size(); ++t) {
    for (const std::string& level : ValueOf(profile, covariates[t]).levels) {
      if (!Holds(columns.levels[t], level)) return false;
    }
  }
  return true;
}

// [day as asked] rows of a stratum that have not left before it.
std::vector<int64_t> CountAtRisk(absl::Span<const int32_t> days,
                                 absl::Span<const double> times,
                                 absl::Span<const int> strata, int stratum) {
  std::vector<int32_t> sorted(days.begin(), days.end());
  std::sort(sorted.begin(), sorted.end());
  // [k]: rows that leave on or after k of the sorted days.
  std::vector<int64_t> passed(days.size() + 1);
  for (size_t i = 0; i < times.size(); ++i) {
    if (!strata.empty() && strata[i] != stratum) continue;
    const auto past = std::upper_bound(sorted.begin(), sorted.end(), times[i]);
    ++passed[static_cast<size_t>(past - sorted.begin())];
  }
  for (size_t k = days.size(); k-- > 0;) passed[k] += passed[k + 1];
  std::vector<int64_t> at_risk;
  for (const int32_t day : days) {
    const auto past = std::upper_bound(sorted.begin(), sorted.end(), day);
    at_risk.push_back(passed[static_cast<size_t>(past - sorted.begin())]);
  }
  return at_risk;
}

bool IsFinite(std::optional<double> value) {
  return value.has_value() && std::isfinite(*value);
}

}  // namespace

stats::DesignMatrix ProfileRows(
    const model::PredictionQuestion& question,
    absl::Span<const model::CovariateTerm> covariates,
    const ModelColumns& columns) {
  stats::DesignMatrix rows;
  rows.n_rows = question.profiles.size();
  rows.names = columns.design.names;
  rows.terms = columns.design.terms;
  rows.values.reserve(rows.n_rows * rows.n_columns());
  for (size_t c = 0; c < rows.n_columns(); ++c) {
    const auto term = static_cast<size_t>(rows.terms[c]);
    const std::string& level = columns.labels[c].level;
    for (const model::PredictionProfile& profile : question.profiles) {
      const ProfileValue value = ValueOf(profile, covariates[term]);
      rows.values.push_back(level.empty()                ? value.number
                            : Holds(value.levels, level) ? 1
                                                         : 0);
    }
  }
  return rows;
}

std::vector<Prediction> StartPredictions(
    const model::PredictionQuestion& question,
    absl::Span<const model::CovariateTerm> covariates, const ModelRows& data,
    absl::Span<const int> strata, absl::Span<const Group> groups) {
  std::vector<Prediction> predictions;
  const size_t n_strata = std::max<size_t>(groups.size(), 1);
  for (size_t stratum = 0; stratum < n_strata; ++stratum) {
    const std::vector<int64_t> at_risk = CountAtRisk(
        question.at_days, data.rows.times, strata, static_cast<int>(stratum));
    for (size_t p = 0; p < question.profiles.size(); ++p) {
      const model::PredictionProfile& profile = question.profiles[p];
      Prediction& added = predictions.emplace_back();
      added.profile = static_cast<int32_t>(p) + 1;
      added.values = profile.values;
      if (!groups.empty()) added.stratum = groups[stratum];
      const bool known = HasKnownLevels(profile, covariates, data.columns);
      for (size_t i = 0; i < at_risk.size(); ++i) {
        PredictedPoint& point = added.at.emplace_back();
        point.day = question.at_days[i];
        point.at_risk = at_risk[i];
        if (!known) point.absence = Absence::kUndefined;
      }
    }
  }
  return predictions;
}

void LeaveOut(Absence absence, std::vector<Prediction>& predictions) {
  for (Prediction& prediction : predictions) {
    for (PredictedPoint& point : prediction.at) {
      if (point.absence == Absence::kNone) point.absence = absence;
    }
  }
}

void SetFigures(std::optional<double> estimate, std::optional<double> std_error,
                std::optional<double> lower, std::optional<double> upper,
                PredictedPoint& point) {
  if (point.absence != Absence::kNone) return;
  if (IsFinite(estimate)) point.estimate = estimate;
  if (IsFinite(std_error)) point.std_error = std_error;
  if (IsFinite(lower)) point.lower = lower;
  if (IsFinite(upper)) point.upper = upper;
  if (!point.estimate || !point.std_error || !point.lower || !point.upper) {
    point.absence = Absence::kUndefined;
  }
}

}  // namespace enthesis::analysis
