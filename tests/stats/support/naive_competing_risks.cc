#include "support/naive_competing_risks.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "support/naive.h"

namespace enthesis::stats::naive {
namespace {

using Matrix = std::vector<std::vector<double>>;

std::set<double> TimesOf(const Rows& rows, bool any_cause) {
  std::set<double> times;
  for (const EventRow& row : rows) {
    if (any_cause ? row.cause > 0 : row.cause == 1) times.insert(row.time);
  }
  return times;
}

// b' A^-1 b by elimination without exchange: A is positive definite.
double QuadraticForm(Matrix a, std::vector<double> b) {
  double sum = 0;
  for (size_t k = 0; k < b.size(); ++k) {
    for (size_t i = k + 1; i < b.size(); ++i) {
      const double factor = a[i][k] / a[k][k];
      for (size_t j = k; j < b.size(); ++j) a[i][j] -= factor * a[k][j];
      b[i] -= factor * b[k];
    }
    sum += b[k] * b[k] / a[k][k];
  }
  return sum;
}

double Shrink(double d, double n) { return d > 1 ? (n - d) / (n - 1) : 1; }

// One group in Gray's test, at a time and just after it.
struct Group {
  double n, survival, next_survival, incidence, own, other;
  double h() const { return n / survival; }
};

Group GroupAt(const Rows& rows, int cause, double time) {
  const double before = std::nextafter(time, -1);
  return {AtRisk(rows, time),
          Survival(rows, before),
          Survival(rows, time),
          Incidence(rows, cause, before),
          Events(rows, cause, time),
          Events(rows, 0, time) - Events(rows, cause, time)};
}

// The sums over all groups at one time.
struct Pooled {
  double time, own, h, adjusted, before, after;
};

double WeightOf(const EventRow& row) { return row.weight; }

bool IsAtRisk(const EventRow& row, double time) {
  return row.time >= time && (row.entry == 0 || row.entry < time);
}

// G(t-) H(t-) among the rows of one stratum.
double Observed(const Regression& data, int stratum,
                FineGrayConvention convention, double time) {
  const bool crr = convention == FineGrayConvention::kCrr;
  double first_exit = HUGE_VAL;
  double last_entry = 0;
  for (const EventRow& row : data.rows) {
    first_exit = std::min(first_exit, row.time);
    last_entry = std::max(last_entry, row.entry);
  }
  std::set<double> censorings, entries;
  Rows members;
  for (size_t i = 0; i < data.rows.size(); ++i) {
    if (data.strata[i] != stratum) continue;
    members.push_back(data.rows[i]);
    if (data.rows[i].cause == 0) censorings.insert(data.rows[i].time);
    entries.insert(data.rows[i].entry);
  }
  double product = 1;
  for (double c : censorings) {
    if (c >= time) break;
    double n = 0, d = 0;
    for (const EventRow& row : members) {
      const bool counts = crr || row.cause == 0 || row.time > c;
      if (IsAtRisk(row, c) && counts) ++n;
      if (row.cause == 0 && row.time == c) ++d;
    }
    product *= 1 - d / n;
  }
  for (double e : entries) {
    if (e < time || last_entry <= first_exit) continue;
    double n = 0, d = 0;
    for (const EventRow& row : members) {
      if (row.entry <= e && row.time > e) ++n;
      if (row.entry == e) ++d;
    }
    product *= 1 - d / n;
  }
  return product;
}

}  // namespace

double Gray(const std::vector<EventRow>& rows, const std::vector<int>& groups,
            int n_groups, int cause) {
  const size_t size = static_cast<size_t>(n_groups);
  std::vector<Rows> parts(size);
  for (size_t i = 0; i < rows.size(); ++i) {
    parts[static_cast<size_t>(groups[i])].push_back(rows[i]);
  }
  std::vector<Pooled> times;
  std::vector<std::vector<Group>> at;
  double pooled = 0;
  std::vector<double> score(size, 0);
  for (double t : TimesOf(rows, true)) {
    Pooled now{t, 0, 0, 0, pooled, 0};
    std::vector<Group> all;
    for (const Rows& part : parts) {
      Group group = GroupAt(part, cause, t);
      if (group.n > 0) {
        now.h += group.h();
        now.adjusted += group.h() * (1 - group.incidence);
      }
      now.own += group.own;
      all.push_back(group);
    }
    pooled += now.own / now.h;
    now.after = pooled;
    for (size_t g = 0; g < size; ++g) {
      if (all[g].n <= 0) continue;
      score[g] += all[g].own -
                  now.own * all[g].h() * (1 - all[g].incidence) / now.adjusted;
    }
    times.push_back(now);
    at.push_back(all);
  }
  const auto a = [&](size_t i, size_t g, size_t k) {
    if (at[i][g].n <= 0 || at[i][k].n <= 0) return 0.0;
    return at[i][g].h() * ((g == k ? 1 : 0) - at[i][k].h() / times[i].h);
  };
  // What is still to come of C_gk after time i.
  const auto to_come = [&](size_t i, size_t g, size_t k) {
    double sum = 0;
    for (size_t j = i + 1; j < times.size(); ++j) {
      sum += a(j, g, k) * times[j].own / times[j].h / (1 - times[j].before);
    }
    return sum;
  };
  Matrix variance(size, std::vector<double>(size, 0));
  for (size_t i = 0; i < times.size(); ++i) {
    for (size_t k = 0; k < size; ++k) {
      const Group& group = at[i][k];
      if (group.n <= 0) continue;
      const bool lives = group.next_survival > 0;
      const double ratio =
          lives ? (1 - times[i].after) / group.next_survival : 0;
      const double own = Shrink(times[i].own, times[i].h * group.survival) *
                         group.survival * times[i].own / (times[i].h * group.n);
      const double other = !lives ? 0
                                  : Shrink(group.other, group.n) *
                                        group.survival * group.survival *
                                        group.other / (group.n * group.n);
      std::vector<double> by_own(size), by_other(size);
      for (size_t g = 0; g < size; ++g) {
        by_own[g] = a(i, g, k) + (1 - ratio) * to_come(i, g, k);
        by_other[g] = ratio * to_come(i, g, k);
      }
      for (size_t g = 0; g < size; ++g) {
        for (size_t h = 0; h < size; ++h) {
          variance[g][h] +=
              own * by_own[g] * by_own[h] + other * by_other[g] * by_other[h];
        }
      }
    }
  }
  score.pop_back();
  variance.pop_back();
  for (std::vector<double>& line : variance) line.pop_back();
  return QuadraticForm(variance, score);
}

FineGrayRows Regression::View(FineGrayConvention convention) {
  times.clear();
  entries.clear();
  weights.clear();
  causes.clear();
  for (const EventRow& row : rows) {
    times.push_back(row.time);
    entries.push_back(row.entry);
    weights.push_back(row.weight);
    causes.push_back(row.cause);
  }
  FineGrayRows view{.times = times, .causes = causes};
  if (convention == FineGrayConvention::kCrr) {
    view.censoring_groups = strata;
    return view;
  }
  view.strata = strata;
  view.entries = entries;
  view.weights = weights;
  return view;
}

DesignMatrix Regression::Design() const {
  DesignMatrix design;
  design.n_rows = x.size();
  for (size_t c = 0; c < x[0].size(); ++c) {
    design.names.push_back("x" + std::to_string(c));
    for (const std::vector<double>& row : x) design.values.push_back(row[c]);
  }
  return design;
}

Regression RandomRegression(uint64_t seed, int n, size_t p, int max_day,
                            FineGrayConvention convention) {
  std::mt19937_64 random(seed);
  const auto below = [&random](int limit) {
    return static_cast<int>(random() % static_cast<uint64_t>(limit));
  };
  const bool finegray = convention == FineGrayConvention::kFineGray;
  Regression data;
  for (int i = 0; i < n; ++i) {
    EventRow row;
    row.time = 1 + below(max_day);
    row.cause = below(3);
    if (finegray) row.weight = 0.25 * (1 + below(6));
    // Some from the start, so that no risk set empties.
    if (finegray && seed % 2 == 1 && below(3) == 0) {
      row.entry = below(static_cast<int>(row.time));
    }
    data.rows.push_back(row);
    data.strata.push_back(finegray && seed % 3 == 0 ? below(3) : 0);
    std::vector<double> x(p);
    for (size_t c = 0; c < p; ++c) {
      x[c] = c == 1 ? below(2) : 0.1 * below(30) - 1 + row.cause * 0.3;
    }
    data.x.push_back(x);
  }
  return data;
}

FineGrayEvaluation EvaluateFineGray(const Regression& data,
                                    FineGrayConvention convention,
                                    FineGrayTies ties,
                                    const std::vector<double>& coefficients) {
  const size_t n = data.rows.size();
  const size_t p = coefficients.size();
  const bool crr = convention == FineGrayConvention::kCrr;
  FineGrayEvaluation result;
  result.gradient.assign(p, 0);
  result.information.assign(p, std::vector<double>(p, 0));
  result.meat = result.information;
  Matrix influence(n, std::vector<double>(p, 0));
  std::vector<double> predictor(n, 0), risk(n);
  for (size_t i = 0; i < n; ++i) {
    for (size_t c = 0; c < p; ++c) {
      predictor[i] += coefficients[c] * data.x[i][c];
    }
    risk[i] = WeightOf(data.rows[i]) * std::exp(predictor[i]);
  }
  // Weight of row i at t, within its stratum.
  const auto share = [&](size_t i, double t) {
    const EventRow& row = data.rows[i];
    if (IsAtRisk(row, t)) return 1.0;
    if (row.cause < 2 || row.time >= t) return 0.0;
    return Observed(data, data.strata[i], convention, t) /
           Observed(data, data.strata[i], convention, row.time);
  };
  struct Jump {
    double time, hazard;
    std::vector<double> mean;
  };
  std::vector<Jump> jumps;  // crr only, whose strata are all 0
  const std::set<int> strata(data.strata.begin(), data.strata.end());
  for (int stratum : strata) {
    for (double t : TimesOf(data.rows, false)) {
      std::vector<double> w(n, 0);
      std::vector<size_t> events;
      double event_weight = 0;
      for (size_t i = 0; i < n; ++i) {
        if (data.strata[i] != stratum) continue;
        w[i] = share(i, t);
        if (data.rows[i].cause != 1 || data.rows[i].time != t) continue;
        events.push_back(i);
        event_weight += WeightOf(data.rows[i]);
      }
      const double d = static_cast<double>(events.size());
      for (size_t k = 0; k < events.size(); ++k) {
        const double f = ties == FineGrayTies::kEfron && !crr
                             ? static_cast<double>(k) / d
                             : 0;
        std::vector<double> kept = w;
        for (size_t i : events) kept[i] = 1 - f;
        double sum = 0;
        std::vector<double> mean(p, 0);
        for (size_t i = 0; i < n; ++i) {
          sum += kept[i] * risk[i];
          for (size_t c = 0; c < p; ++c) {
            mean[c] += kept[i] * risk[i] * data.x[i][c];
          }
        }
        for (double& m : mean) m /= sum;
        const double hazard = event_weight / d / sum;
        result.log_likelihood -= event_weight / d * std::log(sum);
        for (size_t i = 0; i < n; ++i) {
          for (size_t c = 0; c < p; ++c) {
            influence[i][c] -=
                kept[i] * risk[i] * hazard * (data.x[i][c] - mean[c]);
            for (size_t e = 0; e < p; ++e) {
              result.information[c][e] += kept[i] * risk[i] * hazard *
                                          (data.x[i][c] - mean[c]) *
                                          (data.x[i][e] - mean[e]);
            }
          }
        }
        for (size_t i : events) {
          for (size_t c = 0; c < p; ++c) {
            const double own =
                WeightOf(data.rows[i]) * (data.x[i][c] - mean[c]) / d;
            influence[i][c] += own;
            result.gradient[c] += own;
          }
        }
        jumps.push_back({t, hazard, mean});
      }
      for (size_t i : events) {
        result.log_likelihood += WeightOf(data.rows[i]) * predictor[i];
      }
    }
  }
  if (crr) {
    std::set<double> censorings;
    for (const EventRow& row : data.rows) {
      if (row.cause == 0) censorings.insert(row.time);
    }
    for (double u : censorings) {
      double at_risk = 0, censored = 0;
      std::vector<double> q(p, 0);
      for (size_t j = 0; j < n; ++j) {
        if (data.rows[j].time >= u) ++at_risk;
        if (data.rows[j].time == u && data.rows[j].cause == 0) ++censored;
        if (data.rows[j].cause != 2 || data.rows[j].time >= u) continue;
        for (const Jump& jump : jumps) {
          if (jump.time < u) continue;
          for (size_t c = 0; c < p; ++c) {
            q[c] += (data.x[j][c] - jump.mean[c]) * share(j, jump.time) *
                    risk[j] * jump.hazard;
          }
        }
      }
      for (size_t i = 0; i < n; ++i) {
        if (data.rows[i].time < u) continue;
        const bool own = data.rows[i].time == u && data.rows[i].cause == 0;
        for (size_t c = 0; c < p; ++c) {
          influence[i][c] +=
              q[c] / at_risk * ((own ? 1 : 0) - censored / at_risk);
        }
      }
    }
  }
  for (const std::vector<double>& one : influence) {
    for (size_t c = 0; c < p; ++c) {
      for (size_t e = 0; e < p; ++e) result.meat[c][e] += one[c] * one[e];
    }
  }
  return result;
}

}  // namespace enthesis::stats::naive
