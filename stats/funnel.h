// Funnel plot of sites: each site's proportion or ratio of observed to expected
// events beside its size, with limits within which sites alike would scatter.
// See: METHODS.md, "Funnel plot".

#ifndef ENTHESIS_STATS_FUNNEL_H_
#define ENTHESIS_STATS_FUNNEL_H_

#include <cstddef>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "stats/parallel.h"

namespace enthesis::stats {

enum class FunnelMeasure {
  kProportion,  // events of cases, binomial
  kRatio,       // observed over expected events, Poisson
  // Mean less expected, in units of twice the standard deviation of a case,
  // whose error then is that of the other two; normal. `events` are sums of
  // such differences, `sizes` cases.
  kDifference,
};

enum class FunnelLimitKind {
  // Between which a site at the target falls with 95 % and 99.8 %: quantiles of
  // its count, interpolated between whole counts (Spiegelhalter 2005, Stat.
  // Med. 24:1185, appendix).
  kPrediction,
  // Exact limits of an estimate whose count is that expected at the target:
  // chi-square (Garwood), beta (Clopper & Pearson).
  kConfidence,
  // Normal on the scale of the square root: of a ratio, or its arcsine of a
  // proportion.
  kNormal,
};

// How limits allow for sites that scatter more than by chance.
enum class FunnelOverdispersion {
  kNone,
  kMultiplicative,  // errors times sqrt(phi), where phi > 1
  kAdditive,        // a variance between sites, where it is above 0
};

struct FunnelOptions {
  FunnelMeasure measure = FunnelMeasure::kProportion;
  FunnelLimitKind limits = FunnelLimitKind::kPrediction;
  FunnelOverdispersion overdispersion = FunnelOverdispersion::kNone;
  // Absent: all events over all cases; of ratios 1, of differences 0.
  std::optional<double> target;
};

// Counts of k sites, of equal length. `sizes` are cases, or expected events.
struct FunnelSites {
  absl::Span<const double> events, sizes;
};

// Limits of a site of this size, at 95 % and 99.8 % (2.5 % and 0.1 % beyond
// each). A lower prediction limit is absent where no count lies below it.
struct FunnelLimits {
  double size = 0;
  std::optional<double> lower95, upper95, lower998, upper998;
};

// Beyond the limits of 95 % it is an alert, of 99.8 % an alarm.
enum class FunnelFlag { kIn, kAlertLow, kAlarmLow, kAlertHigh, kAlarmHigh };

// Without size, and so without figures, the site says nothing.
struct FunnelSite {
  std::optional<double> estimate;
  // On the scale of the square root, over its error by chance; defined without
  // events, too.
  std::optional<double> z;
  // The same over the error that overdispersion makes of it.
  std::optional<double> adjusted_z;
  std::optional<FunnelFlag> flag;  // by the limits at the site's size
};

// What z of the sites says of their scatter; winsorized at 10 % of each tail.
// phi and tau_squared are absent of one site.
struct FunnelDispersion {
  size_t k = 0;               // sites with a size
  std::optional<double> phi;  // mean of z^2: 1 by chance
  std::optional<double> tau_squared;
  std::optional<double> lowest_z, highest_z;  // z is set to these beyond them
  // Whether the limits allow for it: they then are normal.
  bool is_applied = false;
};

struct Funnel {
  FunnelOptions options;
  double target = 0;
  FunnelDispersion dispersion;
  std::vector<FunnelSite> sites;     // in the order given
  std::vector<FunnelLimits> limits;  // by size, ascending: of sites and between
};

// The largest count: beyond, doubles leave out whole numbers.
inline constexpr double kLargestFunnelCount = 9007199254740992;  // 2^53
// Expected events above 0 lie between these: so far tails of a Poisson count
// keep their digits.
inline constexpr double kSmallestExpected = 1e-100;
inline constexpr double kLargestExpected = 1e9;

// What is wrong with a site, and whether with its events or its size.
struct FunnelFault {
  bool in_events = false;
  const char* why = "";
};
std::optional<FunnelFault> FindFunnelFault(double events, double size,
                                           FunnelMeasure measure);

// Errors: INVALID_ARGUMENT "site N, ..." (from 0) for events that are no whole
// number from 0 to kLargestFunnelCount, sums that are not finite; for cases
// that are none or fewer than the events, expected events that are neither 0
// nor in their range; for a target outside (0, 1), of a ratio outside [0.01,
// 10]. FAILED_PRECONDITION when no site has a size. Figures do not depend on
// the order of sites. A site of size 0 with events (of a ratio) has no
// estimate. Cost: a few quantiles a distinct size.
absl::StatusOr<Funnel> EstimateFunnel(const FunnelSites& sites,
                                      const FunnelOptions& options,
                                      ThreadPool* pool = nullptr);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_FUNNEL_H_
