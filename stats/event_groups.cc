#include "stats/event_groups.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "stats/binomial_density.h"

namespace enthesis::stats {
namespace {

constexpr double kVanishing = 1e-18;

}  // namespace

EventGroups::EventGroups(std::vector<int64_t> sizes, double p, double q,
                         int64_t events)
    : sizes_(std::move(sizes)), p_(p), q_(q) {
  constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
  remaining_.assign(n() + 1, 0);
  densities_.resize(n());
  rest_.resize(n());
  bounds_.resize(n());
  for (size_t g = n(); g-- > 0;) {
    remaining_[g] = remaining_[g + 1] + sizes_[g];
    const int64_t own = std::min(sizes_[g], events);
    const int64_t all = std::min(remaining_[g], events);
    densities_[g].assign(static_cast<size_t>(own) + 1, kUnknown);
    rest_[g].assign(static_cast<size_t>(all) + 1, kUnknown);
    bounds_[g] = rest_[g];
  }
}

double EventGroups::LogDensity(int64_t x, int64_t size) const {
  return LogBinomialDensity(static_cast<double>(x), static_cast<double>(size),
                            p_, q_);
}

// Lagrange's dual at the odds of r events in these groups: never below the
// largest probability, and close to it.
double EventGroups::FindBound(size_t g, int64_t r) const {
  const auto events = static_cast<double>(r);
  const double up = std::max(0.5, events);
  const double down =
      std::max(0.5, static_cast<double>(remaining_[g]) - events);
  const double tilt = std::log(up / down) - std::log(p_ / q_);
  double bound = -tilt * events;
  for (size_t j = g; j < n(); ++j) {
    const auto most = static_cast<int64_t>(densities_[j].size()) - 1;
    const double share = up / (up + down);
    const auto mode = std::min(
        most,
        static_cast<int64_t>((static_cast<double>(sizes_[j]) + 1) * share));
    double best = LogP(j, mode) + tilt * static_cast<double>(mode);
    for (const int64_t x : {mode - 1, mode + 1}) {
      if (x < 0 || x > most) continue;
      best = std::max(best, LogP(j, x) + tilt * static_cast<double>(x));
    }
    bound += best;
  }
  return bound + 1e-11 * (1 + std::abs(bound));
}

int64_t EventGroups::Lowest(size_t g, int64_t r) const {
  return std::max<int64_t>(0, r - remaining_[g + 1]);
}

int64_t EventGroups::Highest(size_t g, int64_t r) const {
  return std::min(sizes_[g], r);
}

int64_t EventGroups::Mode(size_t g, int64_t r) const {
  const auto mode = static_cast<int64_t>(
      (static_cast<double>(sizes_[g]) + 1) * (static_cast<double>(r) + 1) /
      (static_cast<double>(remaining_[g]) + 2));
  return std::clamp(mode, Lowest(g, r), Highest(g, r));
}

double EventGroups::SumFrom(int64_t x, int64_t way, size_t g, int64_t r,
                            double past, double& steps) const {
  const int64_t low = Lowest(g, r), high = Highest(g, r);
  double last = 0, sum = 0;
  for (; x >= low && x <= high; x += way) {
    ++steps;
    const double term = std::exp(past + LogP(g, x) + LogRest(g + 1, r - x));
    sum += term;
    // Terms fall ever faster: those to come are below a geometric series.
    if (term == 0 || (term < last / 2 && term < kVanishing * sum)) break;
    last = term;
  }
  return sum;
}

}  // namespace enthesis::stats
