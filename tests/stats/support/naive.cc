#include "support/naive.h"

#include <cmath>
#include <cstddef>
#include <random>
#include <set>
#include <utility>
#include <vector>

namespace enthesis::stats::naive {
namespace {

std::set<double> EventTimes(const Rows& rows, double until) {
  std::set<double> times;
  for (const EventRow& row : rows) {
    if (row.cause > 0 && row.time <= until) times.insert(row.time);
  }
  return times;
}

// Survival just before `time`.
double SurvivalBefore(const Rows& rows, double time) {
  double survival = 1;
  for (double t : EventTimes(rows, time)) {
    if (t < time) survival *= 1 - Events(rows, 0, t) / AtRisk(rows, t);
  }
  return survival;
}

// Variance of d / n, hypergeometric for more than one event.
double ShareVariance(double d, double n) {
  if (d <= 1) return d / (n * n);
  return d * (n - d) / (n - 1) / (n * n);
}

// x with a x = b by Gauss's elimination with row exchange; `a` is square.
std::vector<double> Solve(std::vector<std::vector<double>> a,
                          std::vector<double> b) {
  const size_t n = b.size();
  for (size_t k = 0; k < n; ++k) {
    size_t best = k;
    for (size_t i = k; i < n; ++i) {
      if (std::abs(a[i][k]) > std::abs(a[best][k])) best = i;
    }
    std::swap(a[k], a[best]);
    std::swap(b[k], b[best]);
    for (size_t i = k + 1; i < n; ++i) {
      const double factor = a[i][k] / a[k][k];
      for (size_t j = k; j < n; ++j) a[i][j] -= factor * a[k][j];
      b[i] -= factor * b[k];
    }
  }
  for (size_t k = n; k-- > 0;) {
    for (size_t j = k + 1; j < n; ++j) b[k] -= a[k][j] * b[j];
    b[k] /= a[k][k];
  }
  return b;
}

int Below(std::mt19937_64& random, int n) {
  return static_cast<int>(random() % static_cast<uint64_t>(n));
}

}  // namespace

double AtRisk(const Rows& rows, double time) {
  double n = 0;
  for (const EventRow& row : rows) {
    const bool entered = row.entry == 0 || row.entry < time;
    if (entered && row.time >= time) n += row.weight;
  }
  return n;
}

double Events(const Rows& rows, int cause, double time) {
  double d = 0;
  for (const EventRow& row : rows) {
    const bool counts = cause == 0 ? row.cause > 0 : row.cause == cause;
    if (counts && row.time == time) d += row.weight;
  }
  return d;
}

double Survival(const Rows& rows, double time) {
  return SurvivalBefore(rows, std::nextafter(time, HUGE_VAL));
}

double SurvivalVariance(const Rows& rows, double time) {
  double sum = 0;
  for (double t : EventTimes(rows, time)) {
    const double n = AtRisk(rows, t);
    const double d = Events(rows, 0, t);
    sum += d / (n * (n - d));
  }
  const double survival = Survival(rows, time);
  return survival * survival * sum;
}

double Hazard(const Rows& rows, double time) {
  double sum = 0;
  for (double t : EventTimes(rows, time)) {
    sum += Events(rows, 0, t) / AtRisk(rows, t);
  }
  return sum;
}

double Incidence(const Rows& rows, int cause, double time) {
  double incidence = 0;
  for (double t : EventTimes(rows, time)) {
    incidence +=
        SurvivalBefore(rows, t) * Events(rows, cause, t) / AtRisk(rows, t);
  }
  return incidence;
}

// Aalen (1978): the share of each time enters the incidence directly, and
// through the survival of all later times.
double IncidenceVariance(const Rows& rows, int cause, double time) {
  const double end = Incidence(rows, cause, time);
  double variance = 0;
  for (double t : EventTimes(rows, time)) {
    const double before = SurvivalBefore(rows, t);
    if (before <= 0) break;
    const double after = Survival(rows, t);
    const double later = end - Incidence(rows, cause, t);
    const double lost = after > 0 ? later / after : 0;
    const double n = AtRisk(rows, t);
    const double own = Events(rows, cause, t);
    const double other = Events(rows, 0, t) - own;
    variance += before * before *
                ((1 - lost) * (1 - lost) * ShareVariance(own, n) +
                 lost * lost * ShareVariance(other, n));
  }
  return variance;
}

double LogRank(const Rows& rows, const std::vector<int>& groups, int n_groups) {
  const auto size = static_cast<size_t>(n_groups);
  std::vector<Rows> parts(size);
  for (size_t i = 0; i < rows.size(); ++i) {
    parts[static_cast<size_t>(groups[i])].push_back(rows[i]);
  }
  std::vector<double> difference(size, 0);
  std::vector<std::vector<double>> variance(size, std::vector<double>(size, 0));
  for (double t : EventTimes(rows, HUGE_VAL)) {
    const double n = AtRisk(rows, t);
    const double d = Events(rows, 0, t);
    for (size_t g = 0; g < size; ++g) {
      const double share = AtRisk(parts[g], t) / n;
      difference[g] += Events(parts[g], 0, t) - d * share;
      if (n <= 1) continue;
      for (size_t h = 0; h < size; ++h) {
        const double other = AtRisk(parts[h], t) / n;
        variance[g][h] +=
            d * (n - d) / (n - 1) * share * ((g == h ? 1 : 0) - other);
      }
    }
  }
  // The last group is left out; the library leaves out the first.
  difference.pop_back();
  variance.pop_back();
  for (std::vector<double>& line : variance) line.pop_back();
  const std::vector<double> solved = Solve(variance, difference);
  double chi_square = 0;
  for (size_t g = 0; g < solved.size(); ++g) {
    chi_square += difference[g] * solved[g];
  }
  return chi_square;
}

Rows RandomRows(uint64_t seed, int n, int n_causes, int max_day, bool delayed) {
  std::mt19937_64 random(seed);
  Rows rows;
  for (int i = 0; i < n; ++i) {
    EventRow row;
    row.time = (delayed ? 1 : 0) + Below(random, max_day);
    row.cause = Below(random, 3) == 0 ? 0 : 1 + Below(random, n_causes);
    if (delayed && Below(random, 4) > 0) {
      row.entry = Below(random, static_cast<int>(row.time));
    }
    rows.push_back(row);
  }
  return rows;
}

std::vector<int> RandomLabels(uint64_t seed, int size, int n) {
  std::mt19937_64 random(seed);
  std::vector<int> labels;
  for (int i = 0; i < size; ++i) labels.push_back(Below(random, n));
  return labels;
}

}  // namespace enthesis::stats::naive
