#include "stats/proportional_hazards.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "stats/cox_kernels.h"
#include "stats/cox_optimum.h"
#include "stats/cox_risk_sets.h"
#include "stats/cox_table.h"
#include "stats/distributions.h"
#include "stats/event_table.h"
#include "stats/generalized_inverse.h"
#include "stats/kaplan_meier.h"
#include "stats/parallel.h"
#include "stats/stop.h"

namespace enthesis::stats {
namespace {

constexpr size_t kDistinctTimesPerTask = 4096;
constexpr size_t kNodesPerBlock = 512;

// Rows that leave at each distinct time, strata together, counted not
// weighted: with and without the event.
struct TimeCounts {
  std::vector<double> times, events, all;
};

TimeCounts CountTimes(const CoxTable& table) {
  TimeCounts counts;
  counts.times = table.group_times;
  std::sort(counts.times.begin(), counts.times.end());
  counts.times.erase(std::unique(counts.times.begin(), counts.times.end()),
                     counts.times.end());
  counts.events.resize(counts.times.size());
  counts.all.resize(counts.times.size());
  for (size_t g = 0; g < table.n_groups(); ++g) {
    const auto at = std::lower_bound(counts.times.begin(), counts.times.end(),
                                     table.group_times[g]);
    const auto t = static_cast<size_t>(at - counts.times.begin());
    for (size_t i = table.group_begin[g]; i < table.group_begin[g + 1]; ++i) {
      counts.all[t] += table.Count(i);
      if (table.IsEvent(i, g)) counts.events[t] += table.Count(i);
    }
  }
  return counts;
}

// 1 - S(t-) at each time of `counts`, all rows in one curve. A row is
// at risk from the first of those times after its entry.
std::vector<double> KaplanMeierScale(const CoxTable& table,
                                     const TimeCounts& counts) {
  const size_t n = counts.times.size();
  std::vector<double> entered(n + 1, 0);  // [time] first at risk then
  for (size_t node = 0; node < table.entries.size(); ++node) {
    const auto at = std::upper_bound(counts.times.begin(), counts.times.end(),
                                     table.entries[node]);
    entered[static_cast<size_t>(at - counts.times.begin())] +=
        table.Count(node);
  }
  std::vector<double> at_risk(n);
  double risk = 0;
  for (size_t t = n; t-- > 0;) {
    risk += counts.all[t] - entered[t + 1];
    at_risk[t] = risk;
  }
  std::vector<double> scale(n);
  double survival = 1;
  for (size_t t = 0; t < n; ++t) {
    scale[t] = 1 - survival;
    if (counts.events[t] > 0) {
      survival *= (at_risk[t] - counts.events[t]) / at_risk[t];
    }
  }
  return scale;
}

// Mean rank among all rows, as rank(): tied rows share.
std::vector<double> RankScale(const TimeCounts& counts) {
  std::vector<double> scale;
  double before = 0;
  for (double rows : counts.all) {
    scale.push_back(before + (rows + 1) / 2);
    before += rows;
  }
  return scale;
}

// g at each group, less its mean over the events.
std::vector<double> TimeScale(const CoxTable& table, TimeTransform transform) {
  const TimeCounts counts = CountTimes(table);
  std::vector<double> scale = counts.times;
  if (transform == TimeTransform::kKaplanMeier) {
    scale = KaplanMeierScale(table, counts);
  } else if (transform == TimeTransform::kRank) {
    scale = RankScale(counts);
  } else if (transform == TimeTransform::kLog) {
    // Times without an event are never used; log(0) may be among them.
    for (double& time : scale) time = time > 0 ? std::log(time) : 0;
  }
  double sum = 0;
  double n = 0;
  for (size_t t = 0; t < scale.size(); ++t) {
    sum += counts.events[t] * scale[t];
    n += counts.events[t];
  }
  std::vector<double> by_group;
  for (double time : table.group_times) {
    const auto at =
        std::lower_bound(counts.times.begin(), counts.times.end(), time);
    const double g = scale[static_cast<size_t>(at - counts.times.begin())];
    by_group.push_back(n > 0 ? g - sum / n : 0);
  }
  return by_group;
}

// Score of the products x g(t), and the information of x and of the products:
// sums over event times of V, g V, g^2 V, V the variance of x at risk.
struct TimeScore {
  std::vector<double> gradient;                    // [column]
  std::array<std::vector<double>, 3> information;  // [power][row * p + column]
};

// The part of V that comes from the means at risk, and the gradient.
void AddMeans(const CoxTable& table, const CoxRiskSets& sets,
              const std::vector<double>& scale, TimeScore& score) {
  const size_t p = sets.p;
  std::vector<double> mean(p);
  for (size_t g = 0; g < table.n_groups(); ++g) {
    if (sets.n_events[g] <= 0) continue;
    MeanAtEvents(sets, g, absl::MakeSpan(mean));
    for (size_t i = table.group_begin[g]; i < table.events_end[g]; ++i) {
      const double weight = table.totals[i] * scale[g];
      for (size_t j = 0; j < p; ++j) {
        score.gradient[j] += weight * (table.Column(j)[i] - mean[j]);
      }
    }
    const TiedSums& tied = sets.tied[g];
    const double* u = sets.at_risk_means.data() + g * p;
    const double* v = sets.event_means.data() + g * p;
    for (size_t j = 0; j < p; ++j) {
      for (size_t k = 0; k <= j; ++k) {
        double product = tied.qq * u[j] * u[k] -
                         tied.fqq * (u[j] * v[k] + v[j] * u[k]) +
                         tied.ffqq * v[j] * v[k];
        for (std::vector<double>& information : score.information) {
          information[j * p + k] -= product;
          product *= scale[g];
        }
      }
    }
  }
}

// [group] the hazard times g^power, cumulated within strata, and what rows
// with the event at the group see less of it.
struct ScaledHazard {
  std::vector<double> cumulated, deficit;
};

ScaledHazard ScaleHazard(const CoxTable& table, const CoxRiskSets& sets,
                         const std::vector<double>& scale, int power) {
  ScaledHazard result;
  result.cumulated.resize(table.n_groups());
  result.deficit.resize(table.n_groups());
  double total = 0;
  for (size_t g = 0; g < table.n_groups(); ++g) {
    if (g == 0 || table.group_strata[g] != table.group_strata[g - 1]) total = 0;
    if (sets.n_events[g] > 0) {
      double factor = 1 / sets.risk[g];
      for (int k = 0; k < power; ++k) factor *= scale[g];
      total += sets.tied[g].q * factor;
      result.deficit[g] = sets.tied[g].fq * factor;
    }
    result.cumulated[g] = total;
  }
  return result;
}

// The part of V that comes from the squares: sum of x x' times the exposure.
void AddSquares(const CoxTable& table, const CoxRiskSets& sets,
                const ScaledHazard& hazard, ThreadPool* pool,
                std::vector<double>& information) {
  const size_t p = sets.p;
  const size_t n = table.n_nodes;
  const size_t n_tasks =
      (n + kDistinctTimesPerTask - 1) / kDistinctTimesPerTask;
  std::vector<std::vector<double>> parts(n_tasks);
  RunTasks(pool, n_tasks, [&](size_t task) {
    std::vector<double>& part = parts[task];
    part.assign(p * p, 0);
    std::vector<double> weights(kNodesPerBlock);
    const ColumnsView x = {table.values.get(), n, p};
    const size_t last = std::min(n, (task + 1) * kDistinctTimesPerTask);
    size_t begin = task * kDistinctTimesPerTask;
    const auto above = std::upper_bound(table.group_begin.begin(),
                                        table.group_begin.end(), begin);
    auto g = static_cast<size_t>(above - table.group_begin.begin()) - 1;
    for (; begin < last; begin += kNodesPerBlock) {
      const size_t size = std::min(kNodesPerBlock, last - begin);
      for (size_t i = begin; i < begin + size; ++i) {
        while (i >= table.group_begin[g + 1]) ++g;
        double exposed = hazard.cumulated[g];
        if (table.IsEvent(i, g)) exposed -= hazard.deficit[g];
        if (!table.first_group.empty()) {
          const size_t first = table.first_group[i];
          if (first > table.stratum_begin[table.group_strata[g]]) {
            exposed -= hazard.cumulated[first - 1];
          }
        }
        weights[i - begin] = table.totals[i] * sets.relative_risks[i] * exposed;
      }
      AddWeightedGram(x.From(begin), weights.data(), size, part.data());
    }
  });
  for (const std::vector<double>& part : parts) {
    for (size_t k = 0; k < part.size(); ++k) information[k] += part[k];
  }
}

// The score test of `tested` products beside all `columns` of the model.
ChiSquareTest TestProducts(const TimeScore& score, size_t p,
                           const std::vector<size_t>& columns,
                           const std::vector<size_t>& tested) {
  const size_t size = columns.size() + tested.size();
  std::vector<double> information(size * size);
  std::vector<double> gradient(size, 0);
  const auto entry = [&](size_t power, size_t j, size_t k) {
    return score.information[power][std::max(j, k) * p + std::min(j, k)];
  };
  for (size_t a = 0; a < size; ++a) {
    const bool a_tested = a >= columns.size();
    const size_t j = a_tested ? tested[a - columns.size()] : columns[a];
    if (a_tested) gradient[a] = score.gradient[j];
    for (size_t b = 0; b < size; ++b) {
      const bool b_tested = b >= columns.size();
      const size_t k = b_tested ? tested[b - columns.size()] : columns[b];
      information[a * size + b] =
          entry((a_tested ? 1u : 0u) + (b_tested ? 1u : 0u), j, k);
    }
  }
  ChiSquareTest test;
  test.df = static_cast<double>(tested.size());
  const double chi_square = QuadraticForm(information, gradient);
  if (tested.empty() || !std::isfinite(chi_square)) return test;
  test.chi_square = std::max(0.0, chi_square);
  test.p_value = ChiSquareUpperTail(*test.chi_square, test.df);
  return test;
}

// The columns with an estimate, one list per column or per term.
std::vector<std::vector<size_t>> TestedColumns(const DesignMatrix& design,
                                               const CoxFit& fit,
                                               bool by_term) {
  std::vector<std::vector<size_t>> tested;
  int term_before = -1;
  for (size_t j = 0; j < design.n_columns(); ++j) {
    if (!fit.coefficients[j].estimate.has_value()) continue;
    const int term =
        design.terms.empty() ? static_cast<int>(j) : design.terms[j];
    const bool joins = by_term && !tested.empty() && term == term_before;
    if (!joins) tested.emplace_back();
    tested.back().push_back(j);
    term_before = term;
  }
  return tested;
}

std::string NameOfTest(const DesignMatrix& design,
                       const std::vector<size_t>& columns, bool by_term) {
  if (by_term && !design.term_names.empty() && !design.terms.empty()) {
    return design.term_names[static_cast<size_t>(design.terms[columns[0]])];
  }
  return absl::StrJoin(columns, "+", [&](std::string* out, size_t j) {
    absl::StrAppend(out, design.names[j]);
  });
}

absl::StatusOr<TimeScore> ScoreTimes(const CoxRows& rows,
                                     const DesignMatrix& design,
                                     const CoxFit& fit,
                                     const ProportionalHazardsOptions& options,
                                     ThreadPool* pool) {
  const TimeTransform transform = options.transform;
  if (absl::Status status = CheckStop(options.stop); !status.ok()) {
    return status;
  }
  const absl::StatusOr<CoxTable> table =
      BuildCoxTable(rows, design, false, pool);
  if (!table.ok()) return table.status();
  const absl::StatusOr<std::vector<double>> scaled =
      ScaledEstimates(fit, design, *table);
  if (!scaled.ok()) return scaled.status();
  for (size_t g = 0; g < table->n_groups(); ++g) {
    if (transform == TimeTransform::kLog && table->group_times[g] <= 0 &&
        table->events_end[g] > table->group_begin[g]) {
      return absl::InvalidArgumentError("log of an event at time 0");
    }
  }
  const CoxRiskSets sets = SumCoxRiskSets(*table, fit.options.ties, *scaled);
  const std::vector<double> scale = TimeScale(*table, transform);
  const size_t p = sets.p;
  TimeScore score;
  score.gradient.assign(p, 0);
  for (std::vector<double>& information : score.information) {
    information.assign(p * p, 0);
  }
  AddMeans(*table, sets, scale, score);
  for (int power = 0; power < 3; ++power) {
    if (absl::Status status = CheckStop(options.stop); !status.ok()) {
      return status;
    }
    AddSquares(*table, sets, ScaleHazard(*table, sets, scale, power), pool,
               score.information[static_cast<size_t>(power)]);
  }
  return score;
}

}  // namespace

absl::StatusOr<ProportionalHazards> TestProportionalHazards(
    const CoxRows& rows, const DesignMatrix& design, const CoxFit& fit,
    const ProportionalHazardsOptions& options, ThreadPool* pool) {
  const absl::StatusOr<TimeScore> score =
      ScoreTimes(rows, design, fit, options, pool);
  if (!score.ok()) return score.status();
  const size_t p = design.n_columns();
  ProportionalHazards result;
  result.options = options;
  std::vector<size_t> columns;
  const std::vector<std::vector<size_t>> tested =
      TestedColumns(design, fit, options.by_term);
  for (const std::vector<size_t>& term : tested) {
    columns.insert(columns.end(), term.begin(), term.end());
  }
  for (const std::vector<size_t>& term : tested) {
    result.tests.push_back({NameOfTest(design, term, options.by_term),
                            TestProducts(*score, p, columns, term)});
  }
  result.tests.push_back({"GLOBAL", TestProducts(*score, p, columns, columns)});
  return result;
}

}  // namespace enthesis::stats
