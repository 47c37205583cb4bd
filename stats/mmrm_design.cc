#include "stats/mmrm_design.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "stats/distributions.h"
#include "stats/held_covariates.h"
#include "stats/term_test.h"

namespace enthesis::stats {
namespace {

absl::Status CheckShapes(const MmrmData& data) {
  const size_t n = data.response.size();
  const size_t n_columns = data.covariates.n_columns();
  if (data.subjects.size() != n || data.visits.size() != n ||
      (!data.groups.empty() && data.groups.size() != n) ||
      (n_columns > 0 && data.covariates.n_rows != n)) {
    return absl::InvalidArgumentError(
        "response, subjects, visits, groups and covariates have different "
        "numbers of rows");
  }
  if (data.visit_levels.size() != data.visit_names.size()) {
    return absl::InvalidArgumentError("visits need a level and a name each");
  }
  if (!data.columns.empty() && data.columns.size() != n_columns) {
    return absl::InvalidArgumentError(
        "what a covariate is held at is said of each or of none");
  }
  const int n_groups = static_cast<int>(data.group_names.size());
  if (!data.groups.empty() &&
      (data.reference < 0 || data.reference >= n_groups)) {
    return absl::InvalidArgumentError("the reference group is out of range");
  }
  return absl::OkStatus();
}

// Responses whose squares are numbers with all their digits.
constexpr double kResponseMin = 1e-140;
constexpr double kResponseMax = 1e140;

absl::Status CheckValues(const MmrmData& data) {
  const int n_visits = static_cast<int>(data.visit_names.size());
  const int n_groups = static_cast<int>(data.group_names.size());
  const auto refuse = [](size_t row, const char* what) {
    return absl::InvalidArgumentError(absl::StrCat("row ", row, ": ", what));
  };
  double largest = 0;
  for (size_t row = 0; row < data.response.size(); ++row) {
    if (!(std::abs(data.response[row]) <= kResponseMax)) {
      return refuse(row, "the response must be a number within 1e140 of 0");
    }
    largest = std::max(largest, std::abs(data.response[row]));
    if (data.visits[row] < 0 || data.visits[row] >= n_visits) {
      return refuse(row, "the visit is out of range");
    }
    if (data.groups.empty()) continue;
    if (data.groups[row] < 0 || data.groups[row] >= n_groups) {
      return refuse(row, "the group is out of range");
    }
  }
  if (largest > 0 && largest < kResponseMin) {
    return absl::InvalidArgumentError("every response is within 1e-140 of 0");
  }
  return absl::OkStatus();
}

// Adds an indicator of the rows for which `is_one`.
template <typename IsOne>
void AddIndicator(std::string name, int term, size_t n_rows, IsOne is_one,
                  DesignMatrix& design) {
  design.names.push_back(std::move(name));
  design.terms.push_back(term);
  for (size_t row = 0; row < n_rows; ++row) {
    design.values.push_back(is_one(row) ? 1 : 0);
  }
}

// Calls add(name, term, visit, group) for each indicator of the design in
// order; -1 is any. Terms count from 0.
template <typename Add>
void ForEachIndicator(const MmrmData& data, Add add) {
  if (data.groups.empty()) return;
  const int n_visits = static_cast<int>(data.visit_names.size());
  const int n_groups = static_cast<int>(data.group_names.size());
  const auto visit_name = [&](int v) {
    return data.visit_names[static_cast<size_t>(v)];
  };
  const auto group_name = [&](int g) {
    return data.group_names[static_cast<size_t>(g)];
  };
  for (int v = 1; v < n_visits; ++v) add(visit_name(v), 0, v, -1);
  for (int g = 0; g < n_groups; ++g) {
    if (g != data.reference) add(group_name(g), 1, -1, g);
  }
  for (int g = 0; g < n_groups; ++g) {
    if (g == data.reference) continue;
    for (int v = 1; v < n_visits; ++v) {
      add(absl::StrCat(visit_name(v), ":", group_name(g)), 2, v, g);
    }
  }
}

}  // namespace

absl::Status CheckMmrm(const MmrmData& data, const MmrmOptions& options) {
  absl::Status status = CheckConfLevel(options.conf_level);
  if (!status.ok()) return status;
  if (options.max_iterations < 1) {
    return absl::InvalidArgumentError("at least one iteration is needed");
  }
  if (!options.restricted && options.df == MmrmDf::kKenwardRoger) {
    return absl::InvalidArgumentError(
        "Kenward-Roger needs restricted maximum likelihood");
  }
  if (status = CheckShapes(data); !status.ok()) return status;
  if (data.response.empty()) return absl::FailedPreconditionError("no rows");
  if (data.visit_names.size() > kMmrmVisitsMax) {
    return absl::InvalidArgumentError(absl::StrCat(
        data.visit_names.size(), " visits; a model may have ", kMmrmVisitsMax));
  }
  if (status = CheckValues(data); !status.ok()) return status;
  return CheckDesignMatrix(data.covariates);
}

DesignMatrix MakeMmrmDesign(const MmrmData& data) {
  DesignMatrix design = data.covariates;
  design.n_rows = data.response.size();
  design.term_names.clear();
  if (design.terms.empty()) {
    for (size_t c = 0; c < design.n_columns(); ++c) {
      design.terms.push_back(static_cast<int>(c));
    }
  }
  const int first = design.terms.empty() ? 0 : design.terms.back() + 1;
  ForEachIndicator(data, [&](std::string name, int term, int visit, int group) {
    AddIndicator(
        std::move(name), first + term, design.n_rows,
        [&](size_t row) {
          return (visit < 0 || data.visits[row] == visit) &&
                 (group < 0 || data.groups[row] == group);
        },
        design);
  });
  return design;
}

std::vector<TestedTerm> MmrmTermsOf(const MmrmData& data) {
  std::vector<TestedTerm> terms = TermsOf(data.covariates);
  if (data.groups.empty()) return terms;
  TestedTerm factors[3];
  factors[0].name = data.visit_term;
  factors[1].name = data.group_term;
  factors[2].name = absl::StrCat(data.visit_term, ":", data.group_term);
  const size_t n_visits = data.visit_names.size();
  const size_t n_groups = data.group_names.size();
  // Of each visit, and of each group, its own row.
  std::vector<size_t> row_of_visit(n_visits), row_of_group(n_groups);
  size_t column = data.covariates.n_columns();
  ForEachIndicator(data,
                   [&](const std::string&, int term, int visit, int group) {
                     const size_t v = static_cast<size_t>(std::max(visit, 0));
                     const size_t g = static_cast<size_t>(std::max(group, 0));
                     if (term == 0) row_of_visit[v] = factors[0].rows.size();
                     if (term == 1) row_of_group[g] = factors[1].rows.size();
                     factors[term].rows.push_back({{column, 1}});
                     if (term == 2) {
                       factors[0].rows[row_of_visit[v]].push_back(
                           {column, 1 / static_cast<double>(n_groups)});
                       factors[1].rows[row_of_group[g]].push_back(
                           {column, 1 / static_cast<double>(n_visits)});
                     }
                     ++column;
                   });
  for (TestedTerm& term : factors) terms.push_back(std::move(term));
  return terms;
}

std::vector<MmrmMean> MeansWanted(const MmrmData& data) {
  std::vector<MmrmMean> means;
  if (data.groups.empty() && !data.means_by_visit) return means;
  const int n_groups =
      data.groups.empty() ? 1 : static_cast<int>(data.group_names.size());
  for (size_t v = 0; v < data.visit_names.size(); ++v) {
    for (int g = 0; g < n_groups; ++g) {
      MmrmMean& mean = means.emplace_back();
      mean.visit = static_cast<int>(v);
      mean.group = data.groups.empty() ? -1 : g;
      mean.has_rows = false;
    }
  }
  for (size_t row = 0; row < data.visits.size(); ++row) {
    const int group = data.groups.empty() ? 0 : data.groups[row];
    means[static_cast<size_t>(data.visits[row] * n_groups + group)].has_rows =
        true;
  }
  return means;
}

std::vector<std::vector<double>> PointsOf(const MmrmData& data,
                                          const LeastSquares& fit,
                                          const std::vector<MmrmMean>& means) {
  const size_t n_covariates = data.covariates.n_columns();
  std::vector<double> held(
      fit.column_means.begin(),
      fit.column_means.begin() + static_cast<std::ptrdiff_t>(n_covariates));
  std::vector<absl::Span<const double>> columns;
  for (size_t c = 0; c < n_covariates; ++c) {
    columns.push_back(data.covariates.Column(c));
  }
  WeightLevelsEqually(columns, data.covariates.terms, absl::MakeSpan(held));
  std::vector<std::vector<double>> points;
  for (const MmrmMean& mean : means) {
    std::vector<double>& point = points.emplace_back(held);
    for (size_t c = 0; c < data.columns.size(); ++c) {
      if (data.columns[c] == MmrmColumn::kHeld) continue;
      const bool by_visit = data.columns[c] == MmrmColumn::kOfVisit;
      for (size_t row = 0; row < data.visits.size(); ++row) {
        if (by_visit ? data.visits[row] != mean.visit
                     : data.groups[row] != mean.group) {
          continue;
        }
        point[c] = columns[c][row];
        break;
      }
    }
    ForEachIndicator(data, [&](const std::string&, int, int visit, int group) {
      const bool is_one = (visit < 0 || visit == mean.visit) &&
                          (group < 0 || group == mean.group);
      point.push_back(is_one ? 1 : 0);
    });
  }
  return points;
}

}  // namespace enthesis::stats
