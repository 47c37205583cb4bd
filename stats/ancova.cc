#include "stats/ancova.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "stats/design_matrix.h"
#include "stats/distributions.h"
#include "stats/group_comparison.h"
#include "stats/held_covariates.h"
#include "stats/least_squares.h"
#include "stats/regression.h"

namespace enthesis::stats {
namespace {

absl::Status RowError(size_t row, const std::string& what) {
  return absl::InvalidArgumentError(absl::StrCat("row ", row, ": ", what));
}

absl::Status CheckData(const AncovaData& data, const AncovaOptions& options) {
  const size_t n = data.response.size();
  if (data.baseline.size() != n || data.groups.size() != n) {
    return absl::InvalidArgumentError(
        "response, baseline and groups must have one length");
  }
  if (data.covariates.n_columns() > 0 && data.covariates.n_rows != n) {
    return absl::InvalidArgumentError(
        "the covariates must have a row per response");
  }
  const int n_groups = static_cast<int>(data.group_names.size());
  if (options.reference < 0 || options.reference >= n_groups) {
    return absl::InvalidArgumentError("the reference group is out of range");
  }
  if (absl::Status status = CheckConfLevel(options.conf_level); !status.ok()) {
    return status;
  }
  for (size_t row = 0; row < n; ++row) {
    if (!std::isfinite(data.response[row])) {
      return RowError(row, "the response must be a finite number");
    }
    if (!std::isfinite(data.baseline[row])) {
      return RowError(
          row, absl::StrCat(data.baseline_name, " must be a finite number"));
    }
    if (data.groups[row] < 0 || data.groups[row] >= n_groups) {
      return RowError(row, "the group is out of range");
    }
  }
  if (data.covariates.n_columns() > 0) {
    if (absl::Status status = CheckDesignMatrix(data.covariates);
        !status.ok()) {
      return status;
    }
  }
  if (n == 0) return absl::FailedPreconditionError("no rows");
  return absl::OkStatus();
}

// Distinct rows in one total order with their counts: equal for any order of
// the rows. Covariates follow the baseline; groups stand apart.
struct DistinctRows {
  std::vector<double> counts, response;
  std::vector<int> groups;
  std::vector<std::vector<double>> covariates;  // baseline first
};

DistinctRows Collapse(const AncovaData& data) {
  std::vector<absl::Span<const double>> columns = {data.response,
                                                   data.baseline};
  for (size_t c = 0; c < data.covariates.n_columns(); ++c) {
    columns.push_back(data.covariates.Column(c));
  }
  const auto compare = [&](size_t a, size_t b) {
    for (const absl::Span<const double> column : columns) {
      if (column[a] != column[b]) return column[a] < column[b] ? -1 : 1;
    }
    return data.groups[a] - data.groups[b];
  };
  std::vector<size_t> order(data.response.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(),
            [&](size_t a, size_t b) { return compare(a, b) < 0; });
  DistinctRows rows;
  rows.covariates.resize(columns.size() - 1);
  for (size_t i = 0; i < order.size(); ++i) {
    const size_t row = order[i];
    if (i > 0 && compare(order[i - 1], row) == 0) {
      ++rows.counts.back();
      continue;
    }
    rows.counts.push_back(1);
    rows.response.push_back(data.response[row]);
    rows.groups.push_back(data.groups[row]);
    for (size_t c = 1; c < columns.size(); ++c) {
      rows.covariates[c - 1].push_back(columns[c][row]);
    }
  }
  return rows;
}

// A column of the model: of a group, or of a covariate (0: baseline).
struct Term {
  int group = -1;
  size_t covariate = 0;
  std::string name;
};

std::vector<Term> TermsOf(const AncovaData& data, int reference) {
  std::vector<Term> terms = {{-1, 0, data.baseline_name}};
  for (size_t g = 0; g < data.group_names.size(); ++g) {
    const int group = static_cast<int>(g);
    if (group != reference) terms.push_back({group, 0, data.group_names[g]});
  }
  for (size_t c = 0; c < data.covariates.n_columns(); ++c) {
    terms.push_back({-1, c + 1, data.covariates.names[c]});
  }
  return terms;
}

LeastSquares Fit(const DistinctRows& rows, absl::Span<const Term> terms) {
  RegressionRows model;
  model.weights = rows.counts;
  model.response = rows.response;
  for (const Term& term : terms) {
    if (term.group < 0) {
      model.columns.push_back(rows.covariates[term.covariate]);
      continue;
    }
    std::vector<double> indicator(rows.groups.size());
    for (size_t i = 0; i < indicator.size(); ++i) {
      indicator[i] = rows.groups[i] == term.group ? 1 : 0;
    }
    model.columns.push_back(std::move(indicator));
  }
  return FitLeastSquares(model);
}

// What turns an estimate and its variance into error, test and limits.
struct ErrorScale {
  double df = 0;
  std::optional<double> variance;  // of the residuals; absent for df 0
  double critical = 0;
};

ErrorScale ErrorScaleOf(const LeastSquares& fit, double conf_level) {
  ErrorScale scale;
  scale.df = fit.n - 1 - static_cast<double>(fit.kept.size());
  if (scale.df < 1) {
    scale.df = 0;
    return scale;
  }
  const double mean_square =
      fit.response_mean * fit.response_mean + fit.total_squares / fit.n;
  const double variance = fit.residual_squares / scale.df;
  scale.variance = variance <= kPerfectFit * mean_square ? 0 : variance;
  scale.critical = StudentTCriticalValue(conf_level, scale.df);
  return scale;
}

struct Inference {
  std::optional<double> std_error, statistic, p_value, lower, upper;
};

Inference Infer(double estimate, double variance_factor,
                const ErrorScale& scale) {
  Inference inference;
  if (!scale.variance.has_value()) return inference;
  const double std_error = std::sqrt(*scale.variance * variance_factor);
  inference.std_error = std_error;
  inference.lower = estimate - scale.critical * std_error;
  inference.upper = estimate + scale.critical * std_error;
  if (std_error > 0) {
    const double statistic = estimate / std_error;
    inference.statistic = statistic;
    inference.p_value = 2 * StudentTUpperTail(std::abs(statistic), scale.df);
  }
  return inference;
}

Coefficient CoefficientOf(std::string name, double estimate,
                          double variance_factor, const ErrorScale& scale) {
  const Inference inference = Infer(estimate, variance_factor, scale);
  Coefficient coefficient;
  coefficient.name = std::move(name);
  coefficient.estimate = estimate;
  coefficient.std_error = inference.std_error;
  coefficient.statistic = inference.statistic;
  coefficient.p_value = inference.p_value;
  coefficient.lower = inference.lower;
  coefficient.upper = inference.upper;
  return coefficient;
}

std::vector<Coefficient> CoefficientsOf(const LeastSquares& fit,
                                        absl::Span<const Term> terms,
                                        const ErrorScale& scale) {
  const size_t k = fit.kept.size();
  std::vector<double> means(k);
  for (size_t i = 0; i < k; ++i) means[i] = fit.column_means[fit.kept[i]];
  std::vector<Coefficient> coefficients;
  coefficients.push_back(CoefficientOf(
      "(Intercept)", fit.response_mean - ContrastValue(fit, means),
      1 / fit.n + ContrastVariance(fit, means), scale));
  size_t next = 0;
  for (size_t c = 0; c < terms.size(); ++c) {
    if (next == k || fit.kept[next] != c) {
      Coefficient dropped;
      dropped.name = terms[c].name;
      coefficients.push_back(std::move(dropped));
      continue;
    }
    std::vector<double> unit(k, 0);
    unit[next] = 1;
    coefficients.push_back(CoefficientOf(terms[c].name, fit.coefficients[next],
                                         ContrastVariance(fit, unit), scale));
    ++next;
  }
  return coefficients;
}

// The value of covariates for adjusted means, the baseline first.
std::vector<double> CovariatePoint(const AncovaData& data,
                                   const DistinctRows& rows,
                                   absl::Span<const double> means,
                                   AdjustedMeanWeights weights) {
  std::vector<double> point(means.begin(), means.end());
  if (weights == AdjustedMeanWeights::kProportional) return point;
  const absl::Span<double> held = absl::MakeSpan(point);
  const std::vector<absl::Span<const double>> columns(rows.covariates.begin(),
                                                      rows.covariates.end());
  WeightLevelsEqually({columns[0]}, {}, held.first(1));
  WeightLevelsEqually({columns.begin() + 1, columns.end()},
                      data.covariates.terms, held.subspan(1));
  return point;
}

// Of each group: its distances from the means at the chosen covariates.
std::vector<std::optional<std::vector<double>>> GroupPoints(
    const AncovaData& data, const DistinctRows& rows, const LeastSquares& fit,
    absl::Span<const Term> terms, AdjustedMeanWeights weights) {
  std::vector<double> means(rows.covariates.size());
  for (size_t c = 0; c < terms.size(); ++c) {
    if (terms[c].group < 0) means[terms[c].covariate] = fit.column_means[c];
  }
  const std::vector<double> held = CovariatePoint(data, rows, means, weights);
  std::vector<std::optional<std::vector<double>>> points;
  for (size_t g = 0; g < data.group_names.size(); ++g) {
    std::vector<double> point(terms.size());
    for (size_t c = 0; c < terms.size(); ++c) {
      point[c] = terms[c].group < 0 ? held[terms[c].covariate]
                 : terms[c].group == static_cast<int>(g) ? 1
                                                         : 0;
    }
    points.push_back(DistancesFromMeans(fit, point));
  }
  return points;
}

void AddAdjustedMeans(
    const LeastSquares& fit, const ErrorScale& scale,
    absl::Span<const std::optional<std::vector<double>>> points,
    Ancova& result) {
  for (const std::optional<std::vector<double>>& point : points) {
    AdjustedMean mean;
    if (point.has_value()) {
      const double estimate = fit.response_mean + ContrastValue(fit, *point);
      const Inference inference =
          Infer(estimate, 1 / fit.n + ContrastVariance(fit, *point), scale);
      mean = {estimate, inference.std_error, inference.lower, inference.upper};
    }
    result.adjusted_means.push_back(mean);
  }
  for (size_t a = 0; a < points.size(); ++a) {
    for (size_t b = a + 1; b < points.size(); ++b) {
      GroupContrast contrast;
      contrast.first = static_cast<int>(a);
      contrast.second = static_cast<int>(b);
      if (points[a].has_value() && points[b].has_value()) {
        std::vector<double> difference = *points[a];
        for (size_t i = 0; i < difference.size(); ++i) {
          difference[i] -= (*points[b])[i];
        }
        const double estimate = ContrastValue(fit, difference);
        const Inference inference =
            Infer(estimate, ContrastVariance(fit, difference), scale);
        contrast.estimate = estimate;
        contrast.std_error = inference.std_error;
        contrast.statistic = inference.statistic;
        contrast.p_value = inference.p_value;
        contrast.lower = inference.lower;
        contrast.upper = inference.upper;
      }
      result.contrasts.push_back(contrast);
    }
  }
}

// The group columns last: their effects are what they add to the rest.
FTest TestGroups(const DistinctRows& rows, std::vector<Term> terms,
                 const ErrorScale& scale) {
  std::stable_partition(terms.begin(), terms.end(),
                        [](const Term& term) { return term.group < 0; });
  const LeastSquares fit = Fit(rows, terms);
  FTest test;
  double squares = 0;
  for (size_t i = 0; i < fit.kept.size(); ++i) {
    if (terms[fit.kept[i]].group < 0) continue;
    squares += fit.effects[i] * fit.effects[i];
    ++test.df;
  }
  if (!scale.variance.has_value()) return test;
  test.residual_df = scale.df;
  if (test.df == 0 || *scale.variance == 0) return test;
  test.statistic = squares / test.df / *scale.variance;
  test.p_value = FUpperTail(*test.statistic, test.df, scale.df);
  return test;
}

}  // namespace

absl::StatusOr<Ancova> FitAncova(const AncovaData& data,
                                 const AncovaOptions& options) {
  if (absl::Status status = CheckData(data, options); !status.ok()) {
    return status;
  }
  const DistinctRows rows = Collapse(data);
  const std::vector<Term> terms = TermsOf(data, options.reference);
  const LeastSquares fit = Fit(rows, terms);
  const ErrorScale scale = ErrorScaleOf(fit, options.conf_level);
  Ancova result;
  result.n = static_cast<int64_t>(data.response.size());
  result.coefficients = CoefficientsOf(fit, terms, scale);
  result.residual_df = scale.df;
  result.residual_variance = scale.variance;
  if (fit.total_squares > 0) {
    result.r_squared = 1 - fit.residual_squares / fit.total_squares;
  }
  AddAdjustedMeans(
      fit, scale, GroupPoints(data, rows, fit, terms, options.weights), result);
  result.group_test = TestGroups(rows, terms, scale);
  return result;
}

}  // namespace enthesis::stats
