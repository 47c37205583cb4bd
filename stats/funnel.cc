#include "stats/funnel.h"

#include <algorithm>
#include <cmath>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "stats/distributions.h"
#include "stats/funnel_limits.h"
#include "stats/whole_number.h"

namespace enthesis::stats {
namespace {

constexpr double kWinsorizedShare = 0.1;  // of each tail
// Limits between the sizes of sites: closer together where they curve more.
constexpr int kGridSteps = 160;
constexpr double kGridReach = 1.05;  // beyond the largest site
// Expected events from which limits are worth drawing.
constexpr double kGridStart = 0.05;

bool IsCountOfFunnel(double x) {
  return x >= 0 && x <= kLargestFunnelCount && x == std::floor(x);
}

absl::Status CheckSites(const FunnelSites& sites, FunnelMeasure measure) {
  if (sites.events.size() != sites.sizes.size()) {
    return absl::InvalidArgumentError("events and sizes differ in number");
  }
  bool has_size = false;
  for (size_t i = 0; i < sites.events.size(); ++i) {
    const double events = sites.events[i], size = sites.sizes[i];
    if (const auto fault = FindFunnelFault(events, size, measure)) {
      return absl::InvalidArgumentError(
          absl::StrCat("site ", i, fault->in_events ? ", events " : ", size ",
                       fault->in_events ? events : size, ": ", fault->why));
    }
    has_size = has_size || sites.sizes[i] > 0;
  }
  if (has_size) return absl::OkStatus();
  return absl::FailedPreconditionError(measure == FunnelMeasure::kRatio
                                           ? "no site expects events"
                                           : "no site has cases");
}

absl::StatusOr<double> TargetOf(const FunnelSites& sites,
                                const FunnelOptions& options) {
  const bool is_ratio = options.measure == FunnelMeasure::kRatio;
  if (options.target.has_value()) {
    const double target = *options.target;
    if (options.measure == FunnelMeasure::kDifference) {
      if (std::isfinite(target)) return target;
      return absl::InvalidArgumentError(absl::StrCat(
          "the target is ", target, "; allowed: a finite difference"));
    }
    if (is_ratio ? target >= 0.01 && target <= 10 : target > 0 && target < 1) {
      return target;
    }
    return absl::InvalidArgumentError(absl::StrCat(
        "the target is ", target, "; allowed: ",
        is_ratio ? "a ratio from 0.01 to 10" : "a share between 0 and 1"));
  }
  if (is_ratio) return 1.0;
  if (options.measure == FunnelMeasure::kDifference) return 0.0;
  Int128 events = 0, cases = 0;
  for (size_t i = 0; i < sites.events.size(); ++i) {
    events += static_cast<Int128>(sites.events[i]);
    cases += static_cast<Int128>(sites.sizes[i]);
  }
  return static_cast<double>(events) / static_cast<double>(cases);
}

// R's quantile of type 7 of ascending values.
double SortedQuantile(const std::vector<double>& sorted, double share) {
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<size_t>(std::floor(place));
  const double rest = place - std::floor(place);
  if (below + 1 == sorted.size()) return sorted[below];
  return sorted[below] + rest * (sorted[below + 1] - sorted[below]);
}

FunnelDispersion DispersionOf(const FunnelSites& sites,
                              const std::vector<FunnelSite>& figures) {
  FunnelDispersion dispersion;
  // Ascending, so that sums do not depend on the order of sites.
  std::vector<double> z, weights;
  for (size_t i = 0; i < figures.size(); ++i) {
    if (!figures[i].z.has_value()) continue;
    z.push_back(*figures[i].z);
    const double error = FunnelScaleError(sites.sizes[i]);
    weights.push_back(1 / (error * error));
  }
  dispersion.k = z.size();
  if (z.size() < 2) return dispersion;
  std::sort(z.begin(), z.end());
  std::sort(weights.begin(), weights.end());
  const double low = SortedQuantile(z, kWinsorizedShare);
  const double high = SortedQuantile(z, 1 - kWinsorizedShare);
  const auto k = static_cast<double>(z.size());
  double squares = 0, w = 0, w2 = 0;
  for (size_t i = 0; i < z.size(); ++i) {
    const double kept = std::clamp(z[i], low, high);
    squares += kept * kept;
    w += weights[i];
    w2 += weights[i] * weights[i];
  }
  dispersion.lowest_z = low;
  dispersion.highest_z = high;
  dispersion.phi = squares / k;
  dispersion.tau_squared =
      squares < k - 1 ? 0 : (squares - (k - 1)) / (w - w2 / w);
  return dispersion;
}

bool IsApplied(const FunnelDispersion& dispersion,
               FunnelOverdispersion overdispersion) {
  switch (overdispersion) {
    case FunnelOverdispersion::kNone:
      return false;
    case FunnelOverdispersion::kMultiplicative:
      return dispersion.phi.value_or(0) > 1;
    case FunnelOverdispersion::kAdditive:
      return dispersion.tau_squared.value_or(0) > 0;
  }
  return false;
}

// The error of a site of this size, with overdispersion where it applies.
double ErrorAt(const Funnel& funnel, double size) {
  const double error = FunnelScaleError(size);
  if (!funnel.dispersion.is_applied) return error;
  if (funnel.options.overdispersion == FunnelOverdispersion::kMultiplicative) {
    return error * std::sqrt(*funnel.dispersion.phi);
  }
  return std::sqrt(error * error + *funnel.dispersion.tau_squared);
}

FunnelLimits LimitsAt(const Funnel& funnel, double size) {
  const FunnelMeasure measure = funnel.options.measure;
  if (!funnel.dispersion.is_applied && measure != FunnelMeasure::kDifference) {
    switch (funnel.options.limits) {
      case FunnelLimitKind::kPrediction:
        return PredictionFunnelLimits(measure, funnel.target, size);
      case FunnelLimitKind::kConfidence:
        return ConfidenceFunnelLimits(measure, funnel.target, size);
      case FunnelLimitKind::kNormal:
        break;
    }
  }
  return NormalFunnelLimits(measure, funnel.target, size,
                            ErrorAt(funnel, size));
}

FunnelFlag FlagOf(double estimate, const FunnelLimits& limits) {
  if (limits.upper998 && estimate > *limits.upper998) {
    return FunnelFlag::kAlarmHigh;
  }
  if (limits.lower998 && estimate < *limits.lower998) {
    return FunnelFlag::kAlarmLow;
  }
  if (limits.upper95 && estimate > *limits.upper95) {
    return FunnelFlag::kAlertHigh;
  }
  if (limits.lower95 && estimate < *limits.lower95) {
    return FunnelFlag::kAlertLow;
  }
  return FunnelFlag::kIn;
}

// Sizes at which limits are given, ascending.
std::vector<double> SizesOf(const FunnelSites& sites, FunnelMeasure measure) {
  std::vector<double> sizes;
  for (const double size : sites.sizes) {
    if (size > 0) sizes.push_back(size);
  }
  const double smallest = *std::min_element(sizes.begin(), sizes.end());
  const double end = kGridReach * *std::max_element(sizes.begin(), sizes.end());
  for (int i = 1; i <= kGridSteps; ++i) {
    const double share = static_cast<double>(i) / kGridSteps;
    const double size = end * share * share;
    if (measure != FunnelMeasure::kRatio) {
      sizes.push_back(std::ceil(size));
    } else if (size >= std::min(kGridStart, smallest)) {
      sizes.push_back(size);
    }
  }
  std::sort(sizes.begin(), sizes.end());
  sizes.erase(std::unique(sizes.begin(), sizes.end()), sizes.end());
  return sizes;
}

}  // namespace

std::optional<FunnelFault> FindFunnelFault(double events, double size,
                                           FunnelMeasure measure) {
  if (measure == FunnelMeasure::kDifference) {
    if (!std::isfinite(events)) return FunnelFault{true, "a sum is finite"};
    if (IsCountOfFunnel(size)) return std::nullopt;
    return FunnelFault{false, "a count is a whole number from 0 to 2^53"};
  }
  if (!IsCountOfFunnel(events)) {
    return FunnelFault{true, "a count is a whole number from 0 to 2^53"};
  }
  if (measure == FunnelMeasure::kRatio) {
    if (size == 0 || (size >= kSmallestExpected && size <= kLargestExpected)) {
      return std::nullopt;
    }
    return FunnelFault{false, "expected events are 0, or from 1e-100 to 1e9"};
  }
  if (!IsCountOfFunnel(size)) {
    return FunnelFault{false, "a count is a whole number from 0 to 2^53"};
  }
  if (events > size) {
    return FunnelFault{true, "there are more events than cases"};
  }
  return std::nullopt;
}

absl::StatusOr<Funnel> EstimateFunnel(const FunnelSites& sites,
                                      const FunnelOptions& options,
                                      ThreadPool* pool) {
  if (absl::Status status = CheckSites(sites, options.measure); !status.ok()) {
    return status;
  }
  const absl::StatusOr<double> target = TargetOf(sites, options);
  if (!target.ok()) return target.status();
  Funnel funnel;
  funnel.options = options;
  funnel.target = *target;
  funnel.sites.resize(sites.events.size());
  const double middle = ToFunnelScale(options.measure, *target);
  for (size_t i = 0; i < funnel.sites.size(); ++i) {
    if (!(sites.sizes[i] > 0)) continue;
    FunnelSite& site = funnel.sites[i];
    site.estimate = sites.events[i] / sites.sizes[i];
    site.z = (ToFunnelScale(options.measure, *site.estimate) - middle) /
             FunnelScaleError(sites.sizes[i]);
  }
  funnel.dispersion = DispersionOf(sites, funnel.sites);
  funnel.dispersion.is_applied =
      IsApplied(funnel.dispersion, options.overdispersion);
  const std::vector<double> sizes = SizesOf(sites, options.measure);
  funnel.limits.resize(sizes.size());
  constexpr size_t kPerTask = 16;
  RunTasks(pool, (sizes.size() + kPerTask - 1) / kPerTask, [&](size_t task) {
    const size_t end = std::min(sizes.size(), (task + 1) * kPerTask);
    for (size_t i = task * kPerTask; i < end; ++i) {
      funnel.limits[i] = LimitsAt(funnel, sizes[i]);
    }
  });
  for (size_t i = 0; i < funnel.sites.size(); ++i) {
    FunnelSite& site = funnel.sites[i];
    if (!site.estimate.has_value()) continue;
    const auto place =
        std::lower_bound(sizes.begin(), sizes.end(), sites.sizes[i]) -
        sizes.begin();
    site.flag =
        FlagOf(*site.estimate, funnel.limits[static_cast<size_t>(place)]);
    if (funnel.dispersion.is_applied) {
      site.adjusted_z = *site.z * FunnelScaleError(sites.sizes[i]) /
                        ErrorAt(funnel, sites.sizes[i]);
    }
  }
  return funnel;
}

}  // namespace enthesis::stats
