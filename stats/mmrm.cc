#include "stats/mmrm.h"

#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "stats/least_squares.h"
#include "stats/mmrm_design.h"
#include "stats/mmrm_inference.h"
#include "stats/mmrm_likelihood.h"
#include "stats/mmrm_optimum.h"
#include "stats/mmrm_table.h"
#include "stats/visit_covariance.h"

namespace enthesis::stats {
namespace {

void AddMmrmCoefficients(const DesignMatrix& design, const LeastSquares& fit,
                         const MmrmInference& inference, MmrmFit& result) {
  result.coefficients.push_back(
      {"(Intercept)", inference.OfColumn(std::nullopt)});
  size_t next = 0;
  for (size_t c = 0; c < design.n_columns(); ++c) {
    MmrmCoefficient& coefficient = result.coefficients.emplace_back();
    coefficient.name = design.names[c];
    if (next < fit.kept.size() && fit.kept[next] == c) {
      coefficient.value = inference.OfColumn(next++);
      continue;
    }
    result.dropped.push_back(coefficient.name);
  }
}

void AddMmrmMeans(const MmrmData& data, const LeastSquares& fit,
                  const MmrmInference& inference, MmrmFit& result) {
  result.means = MeansWanted(data);
  std::vector<std::optional<std::vector<double>>> distances;
  for (const std::vector<double>& point : PointsOf(data, fit, result.means)) {
    distances.push_back(DistancesFromMeans(fit, point));
  }
  for (size_t m = 0; m < result.means.size(); ++m) {
    MmrmMean& mean = result.means[m];
    if (!distances[m].has_value()) continue;
    mean.value = inference.Of({1, *distances[m]});
    mean.value.statistic.reset();
    mean.value.p_value.reset();
  }
  const size_t n_groups = data.groups.empty() ? 1 : data.group_names.size();
  for (size_t m = 0; m < result.means.size(); ++m) {
    const MmrmMean& mean = result.means[m];
    if (mean.group < 0 || mean.group == data.reference) continue;
    MmrmContrast contrast;
    contrast.visit = mean.visit;
    contrast.group = mean.group;
    const size_t other = static_cast<size_t>(mean.visit) * n_groups +
                         static_cast<size_t>(data.reference);
    if (distances[m].has_value() && distances[other].has_value()) {
      Combination difference{0, *distances[m]};
      for (size_t i = 0; i < difference.distances.size(); ++i) {
        difference.distances[i] -= (*distances[other])[i];
      }
      contrast.value = inference.Of(difference);
    }
    result.contrasts.push_back(contrast);
  }
}

void AddMmrmTerms(const MmrmData& data, const DesignMatrix& design,
                  const LeastSquares& fit, const MmrmInference& inference,
                  MmrmFit& result) {
  std::vector<bool> is_kept(design.n_columns(), false);
  std::vector<size_t> place_of(design.n_columns());
  for (size_t i = 0; i < fit.kept.size(); ++i) {
    is_kept[fit.kept[i]] = true;
    place_of[fit.kept[i]] = i;
  }
  for (const TestedTerm& term : MmrmTermsOf(data)) {
    TermTest& test = result.terms.emplace_back();
    test.name = term.name;
    test.numerator_df = term.rows.size();
    const auto rows = KeptRows(term, is_kept);
    if (!rows.has_value()) continue;
    std::vector<Combination> combinations;
    for (const std::vector<TermWeight>& row : *rows) {
      Combination& combination = combinations.emplace_back();
      combination.distances.assign(fit.kept.size(), 0);
      for (const TermWeight& weight : row) {
        combination.distances[place_of[weight.column]] = weight.weight;
      }
    }
    inference.Test(combinations, test);
  }
}

double LogLikelihoodOf(const MmrmTable& table, bool restricted,
                       const MmrmOptimum& optimum) {
  double df = static_cast<double>(table.n_rows);
  double value = optimum.state.log_likelihood;
  if (restricted) {
    const LeastSquares& fit = table.least_squares;
    df -= static_cast<double>(table.n_working);
    // From |X'V^-1 X| of working columns to that of the columns.
    value -= 0.5 * std::log(fit.n);
    const size_t k = fit.kept.size();
    for (size_t j = 0; j < k; ++j) {
      value += std::log(std::abs(fit.inverse_root[j * k + j]));
    }
  }
  return value - df * std::log(table.unit);
}

// Of the first covariance asked for that is determined and converges; `result`
// gets it, and why those before it were not.
absl::StatusOr<MmrmOptimum> FindCovariance(const MmrmData& data,
                                           const MmrmLikelihood& likelihood,
                                           const MmrmOptions& options,
                                           MmrmFit& result) {
  const MmrmTable& table = likelihood.table();
  std::vector<VisitCovariance> wanted = {options.covariance};
  wanted.insert(wanted.end(), options.fallbacks.begin(),
                options.fallbacks.end());
  for (const VisitCovariance kind : wanted) {
    const VisitStructure structure(kind, table.n_visits);
    std::string why = structure.WhyNotIdentified(table.products, table.together,
                                                 data.visit_levels);
    if (why.empty()) {
      auto optimum =
          MaximizeMmrmLikelihood(likelihood, structure, data.visit_levels,
                                 {options.max_iterations, options.stop});
      if (absl::IsCancelled(optimum.status())) return optimum.status();
      if (optimum.ok()) {
        result.covariance = kind;
        result.n_covariance_parameters =
            static_cast<size_t>(structure.n_parameters());
        return optimum;
      }
      why = std::string(optimum.status().message());
    }
    result.failures.push_back({kind, std::move(why)});
  }
  std::string message;
  for (const MmrmFailure& failure : result.failures) {
    absl::StrAppend(&message, message.empty() ? "" : "; ", "the ",
                    NameOf(failure.covariance),
                    " covariance did not converge: ", failure.why);
  }
  return absl::FailedPreconditionError(message);
}

}  // namespace

const char* NameOf(VisitCovariance covariance) {
  switch (covariance) {
    case VisitCovariance::kUnstructured:
      return "unstructured";
    case VisitCovariance::kCompoundSymmetry:
      return "compound symmetric";
    case VisitCovariance::kHeterogeneousCompoundSymmetry:
      return "heterogeneous compound symmetric";
    case VisitCovariance::kAutoregressive:
      return "autoregressive";
    case VisitCovariance::kHeterogeneousAutoregressive:
      return "heterogeneous autoregressive";
    case VisitCovariance::kToeplitz:
      return "Toeplitz";
  }
  return "";
}

absl::StatusOr<MmrmFit> FitMmrm(const MmrmData& data,
                                const MmrmOptions& options) {
  if (absl::Status status = CheckMmrm(data, options); !status.ok()) {
    return status;
  }
  const DesignMatrix design = MakeMmrmDesign(data);
  const absl::StatusOr<MmrmTable> table = BuildMmrmTable(
      data.response, data.subjects, data.visits, data.visit_levels, design);
  if (!table.ok()) return table.status();
  const LeastSquares& squares = table->least_squares;
  MmrmFit result;
  result.options = options;
  result.covariance = options.covariance;
  result.n = table->n_rows;
  result.n_subjects = table->n_subjects;
  result.rank = static_cast<size_t>(table->n_working);
  const size_t n_visits = data.visit_names.size();
  result.visit_covariance.assign(n_visits * n_visits, 0);
  if (!(table->unit > 0)) {
    const MmrmInference inference(*table, options, nullptr, nullptr);
    AddMmrmCoefficients(design, squares, inference, result);
    AddMmrmTerms(data, design, squares, inference, result);
    AddMmrmMeans(data, squares, inference, result);
    return result;
  }
  const MmrmLikelihood likelihood(*table, options.restricted);
  const auto optimum = FindCovariance(data, likelihood, options, result);
  if (!optimum.ok()) return optimum.status();
  for (size_t i = 0; i < result.visit_covariance.size(); ++i) {
    result.visit_covariance[i] =
        optimum->covariance.data()[i] * table->unit * table->unit;
  }
  result.log_likelihood = LogLikelihoodOf(*table, options.restricted, *optimum);
  result.iterations = optimum->iterations;
  const MmrmInference inference(*table, options, &likelihood, &*optimum);
  AddMmrmCoefficients(design, squares, inference, result);
  AddMmrmTerms(data, design, squares, inference, result);
  AddMmrmMeans(data, squares, inference, result);
  return result;
}

}  // namespace enthesis::stats
