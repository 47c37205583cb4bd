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

// All times of a test.
struct GrayTimes {
  std::vector<Pooled> pooled;
  std::vector<std::vector<Group>> groups;  // [time][group]

  double A(size_t i, size_t g, size_t k) const {
    if (groups[i][g].n <= 0 || groups[i][k].n <= 0) return 0;
    const double share = groups[i][k].h() / pooled[i].h;
    return groups[i][g].h() * ((g == k ? 1 : 0) - share);
  }

  // What is still to come of C_gk after time i.
  double ToCome(size_t i, size_t g, size_t k) const {
    double sum = 0;
    for (size_t j = i + 1; j < pooled.size(); ++j) {
      sum += A(j, g, k) * pooled[j].own / pooled[j].h / (1 - pooled[j].before);
    }
    return sum;
  }

  Matrix Variance(size_t size) const {
    Matrix variance(size, std::vector<double>(size, 0));
    for (size_t i = 0; i < pooled.size(); ++i) {
      for (size_t k = 0; k < size; ++k) {
        if (groups[i][k].n > 0) AddResponses(i, k, variance);
      }
    }
    return variance;
  }

  void AddResponses(size_t i, size_t k, Matrix& variance) const {
    const Pooled& now = pooled[i];
    const Group& group = groups[i][k];
    const bool lives = group.next_survival > 0;
    const double ratio = lives ? (1 - now.after) / group.next_survival : 0;
    const double own = Shrink(now.own, now.h * group.survival) *
                       group.survival * now.own / (now.h * group.n);
    const double other = !lives ? 0
                                : Shrink(group.other, group.n) *
                                      group.survival * group.survival *
                                      group.other / (group.n * group.n);
    for (size_t g = 0; g < variance.size(); ++g) {
      for (size_t h = 0; h < variance.size(); ++h) {
        const double left = A(i, g, k) + (1 - ratio) * ToCome(i, g, k);
        const double right = A(i, h, k) + (1 - ratio) * ToCome(i, h, k);
        variance[g][h] += own * left * right + other * ratio * ratio *
                                                   ToCome(i, g, k) *
                                                   ToCome(i, h, k);
      }
    }
  }
};

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

// A jump of the baseline hazard, and the mean at risk it is held against.
struct Jump {
  double time, hazard;
  std::vector<double> mean;
};

class Evaluation {
 public:
  Evaluation(const Regression& data, FineGrayConvention convention,
             FineGrayTies ties, const std::vector<double>& coefficients)
      : data_(data),
        convention_(convention),
        efron_(ties == FineGrayTies::kEfron &&
               convention == FineGrayConvention::kFineGray),
        n_(data.rows.size()),
        p_(coefficients.size()),
        predictor_(n_, 0),
        risk_(n_),
        influence_(n_, std::vector<double>(p_, 0)) {
    result_.gradient.assign(p_, 0);
    result_.information.assign(p_, std::vector<double>(p_, 0));
    result_.meat = result_.information;
    for (size_t i = 0; i < n_; ++i) {
      for (size_t c = 0; c < p_; ++c) {
        predictor_[i] += coefficients[c] * data.x[i][c];
      }
      risk_[i] = data.rows[i].weight * std::exp(predictor_[i]);
    }
  }

  void AddTime(int stratum, double t) {
    std::vector<double> w(n_, 0);
    std::vector<size_t> events;
    double weight = 0;
    for (size_t i = 0; i < n_; ++i) {
      if (data_.strata[i] != stratum) continue;
      w[i] = Share(i, t);
      if (data_.rows[i].cause != 1 || data_.rows[i].time != t) continue;
      events.push_back(i);
      weight += data_.rows[i].weight;
      result_.log_likelihood += data_.rows[i].weight * predictor_[i];
    }
    const double d = static_cast<double>(events.size());
    for (size_t k = 0; k < events.size(); ++k) {
      std::vector<double> kept = w;
      for (size_t i : events) {
        kept[i] = efron_ ? 1 - static_cast<double>(k) / d : 1;
      }
      const Jump jump = AddRiskSet(t, kept, weight / d);
      for (size_t i : events) {
        for (size_t c = 0; c < p_; ++c) {
          const double own =
              data_.rows[i].weight * (data_.x[i][c] - jump.mean[c]) / d;
          influence_[i][c] += own;
          result_.gradient[c] += own;
        }
      }
      jumps_.push_back(jump);
    }
  }

  // Fine & Gray's psi; the strata are all 0.
  void AddCensoring(double u) {
    double at_risk = 0, censored = 0;
    std::vector<double> q(p_, 0);
    for (size_t j = 0; j < n_; ++j) {
      const EventRow& row = data_.rows[j];
      if (row.time >= u) ++at_risk;
      if (row.time == u && row.cause == 0) ++censored;
      if (row.cause != 2 || row.time >= u) continue;
      for (const Jump& jump : jumps_) {
        if (jump.time < u) continue;
        const double expected = Share(j, jump.time) * risk_[j] * jump.hazard;
        for (size_t c = 0; c < p_; ++c) {
          q[c] += expected * (data_.x[j][c] - jump.mean[c]);
        }
      }
    }
    for (size_t i = 0; i < n_; ++i) {
      const EventRow& row = data_.rows[i];
      if (row.time < u) continue;
      const double own = row.time == u && row.cause == 0 ? 1 : 0;
      for (size_t c = 0; c < p_; ++c) {
        influence_[i][c] += q[c] / at_risk * (own - censored / at_risk);
      }
    }
  }

  FineGrayEvaluation Result() {
    for (const std::vector<double>& one : influence_) {
      for (size_t c = 0; c < p_; ++c) {
        for (size_t e = 0; e < p_; ++e) result_.meat[c][e] += one[c] * one[e];
      }
    }
    return result_;
  }

 private:
  // Weight of row i at t, within its stratum.
  double Share(size_t i, double t) const {
    const EventRow& row = data_.rows[i];
    if (IsAtRisk(row, t)) return 1;
    if (row.cause < 2 || row.time >= t) return 0;
    return Observed(data_, data_.strata[i], convention_, t) /
           Observed(data_, data_.strata[i], convention_, row.time);
  }

  Jump AddRiskSet(double t, const std::vector<double>& kept, double weight) {
    double sum = 0;
    Jump jump{t, 0, std::vector<double>(p_, 0)};
    for (size_t i = 0; i < n_; ++i) {
      sum += kept[i] * risk_[i];
      for (size_t c = 0; c < p_; ++c) {
        jump.mean[c] += kept[i] * risk_[i] * data_.x[i][c];
      }
    }
    for (double& mean : jump.mean) mean /= sum;
    jump.hazard = weight / sum;
    result_.log_likelihood -= weight * std::log(sum);
    for (size_t i = 0; i < n_; ++i) {
      const double expected = kept[i] * risk_[i] * jump.hazard;
      for (size_t c = 0; c < p_; ++c) {
        const double distance = data_.x[i][c] - jump.mean[c];
        influence_[i][c] -= expected * distance;
        for (size_t e = 0; e < p_; ++e) {
          result_.information[c][e] +=
              expected * distance * (data_.x[i][e] - jump.mean[e]);
        }
      }
    }
    return jump;
  }

  const Regression& data_;
  FineGrayConvention convention_;
  bool efron_;
  size_t n_, p_;
  std::vector<double> predictor_, risk_;
  Matrix influence_;
  std::vector<Jump> jumps_;
  FineGrayEvaluation result_;
};

}  // namespace

double Gray(const std::vector<EventRow>& rows, const std::vector<int>& groups,
            int n_groups, int cause) {
  const size_t size = static_cast<size_t>(n_groups);
  std::vector<Rows> parts(size);
  for (size_t i = 0; i < rows.size(); ++i) {
    parts[static_cast<size_t>(groups[i])].push_back(rows[i]);
  }
  GrayTimes times;
  double pooled = 0;
  std::vector<double> score(size, 0);
  for (double t : TimesOf(rows, true)) {
    Pooled now{t, 0, 0, 0, pooled, 0};
    std::vector<Group> all;
    for (const Rows& part : parts) {
      const Group group = GroupAt(part, cause, t);
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
    times.pooled.push_back(now);
    times.groups.push_back(all);
  }
  Matrix variance = times.Variance(size);
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
  Evaluation evaluation(data, convention, ties, coefficients);
  const std::set<int> strata(data.strata.begin(), data.strata.end());
  for (int stratum : strata) {
    for (double t : TimesOf(data.rows, false)) evaluation.AddTime(stratum, t);
  }
  if (convention == FineGrayConvention::kCrr) {
    std::set<double> censorings;
    for (const EventRow& row : data.rows) {
      if (row.cause == 0) censorings.insert(row.time);
    }
    for (double u : censorings) evaluation.AddCensoring(u);
  }
  return evaluation.Result();
}

}  // namespace enthesis::stats::naive
