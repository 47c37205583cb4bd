#include "stats/event_rate.h"

#include <cmath>

#include "absl/status/status.h"
#include "stats/distributions.h"
#include "stats/proportion.h"
#include "stats/value_counts.h"

namespace enthesis::stats {
namespace {

absl::Status CheckRate(const RateCounts& counts) {
  if (counts.events < 0 || counts.events > kCountMax) {
    return absl::InvalidArgumentError("events must be 0 or more, 2^40 at most");
  }
  if (!(counts.exposure >= 0) || !std::isfinite(counts.exposure)) {
    return absl::InvalidArgumentError("exposure must be 0 or more and finite");
  }
  if (counts.events > 0 && counts.exposure == 0) {
    return absl::InvalidArgumentError("events need an exposure above 0");
  }
  return absl::OkStatus();
}

Effect AbsentRate(const char* why) {
  Effect effect;
  effect.absence = why;
  return effect;
}

Effect RateRatio(const RateCounts& group, const RateCounts& control,
                 double critical) {
  const auto events = static_cast<double>(group.events);
  const auto others = static_cast<double>(control.events);
  if (others == 0) {
    return AbsentRate(events == 0 ? "no events in either group"
                                  : "no events in the reference group: the "
                                    "ratio is infinite");
  }
  Effect effect;
  if (events == 0) {
    effect = AbsentRate(
        "no events in the group: the ratio is 0, its logarithm infinite");
    effect.estimate = 0;
    return effect;
  }
  SetRatio(events / group.exposure / (others / control.exposure),
           1 / events + 1 / others, critical, effect);
  return effect;
}

}  // namespace

absl::StatusOr<EventRate> EstimateRate(const RateCounts& counts,
                                       double conf_level) {
  absl::Status status = CheckRate(counts);
  if (status.ok()) status = CheckConfLevel(conf_level);
  if (!status.ok()) return status;
  EventRate rate;
  rate.counts = counts;
  if (counts.exposure == 0) return rate;
  const auto events = static_cast<double>(counts.events);
  const double tail = (1 - conf_level) / 2;
  rate.estimate = events / counts.exposure;
  rate.lower = counts.events == 0
                   ? 0
                   : ChiSquareQuantile(tail, 2 * events) / 2 / counts.exposure;
  rate.upper =
      ChiSquareUpperQuantile(tail, 2 * events + 2) / 2 / counts.exposure;
  return rate;
}

absl::StatusOr<RateContrasts> CompareRates(const RateCounts& group,
                                           const RateCounts& control,
                                           double conf_level) {
  absl::Status status = CheckRate(group);
  if (status.ok()) status = CheckRate(control);
  if (status.ok()) status = CheckConfLevel(conf_level);
  if (!status.ok()) return status;
  RateContrasts contrasts;
  if (group.exposure == 0 || control.exposure == 0) {
    contrasts.rate_difference = contrasts.rate_ratio =
        AbsentRate("a group is empty");
    return contrasts;
  }
  const double critical = NormalCriticalValue(conf_level);
  contrasts.rate_ratio = RateRatio(group, control, critical);
  const double rate = static_cast<double>(group.events) / group.exposure;
  const double other = static_cast<double>(control.events) / control.exposure;
  Effect& difference = contrasts.rate_difference;
  difference.estimate = rate - other;
  if (group.events + control.events == 0) {
    difference.absence = "no events: no error";
    return contrasts;
  }
  difference.std_error =
      std::sqrt(rate / group.exposure + other / control.exposure);
  difference.lower = *difference.estimate - critical * *difference.std_error;
  difference.upper = *difference.estimate + critical * *difference.std_error;
  const double scale = control.exposure / group.exposure;
  const auto share = EstimateProportionExactly(
      group.events, group.events + control.events, conf_level);
  if (!share.ok()) return share.status();
  contrasts.exact_lower = *share->lower / (1 - *share->lower) * scale;
  if (*share->upper < 1) {
    contrasts.exact_upper = *share->upper / (1 - *share->upper) * scale;
  }
  return contrasts;
}

absl::StatusOr<Effect> EstimateCommonRateRatio(
    absl::Span<const RatePair> strata, double conf_level) {
  absl::Status status = CheckConfLevel(conf_level);
  double r = 0, s = 0, spread = 0;
  for (const RatePair& pair : strata) {
    if (status.ok()) status = CheckRate(pair.group);
    if (status.ok()) status = CheckRate(pair.control);
    if (!status.ok()) return status;
    if (pair.group.exposure == 0 || pair.control.exposure == 0) continue;
    const double all = pair.group.exposure + pair.control.exposure;
    const double own = pair.group.exposure / all;
    const double other = pair.control.exposure / all;
    const auto events = static_cast<double>(pair.group.events);
    const auto others = static_cast<double>(pair.control.events);
    r += events * other;
    s += others * own;
    spread += own * other * (events + others);
  }
  if (!status.ok()) return status;
  if (s == 0) {
    return AbsentRate(r == 0 ? "no events in strata with both groups"
                             : "the common rate ratio is infinite");
  }
  Effect effect;
  if (r == 0) {
    effect = AbsentRate("the ratio is 0, its logarithm infinite");
    effect.estimate = 0;
    return effect;
  }
  SetRatio(r / s, spread / r / s, NormalCriticalValue(conf_level), effect);
  return effect;
}

absl::StatusOr<ChiSquareTest> TestRates(absl::Span<const RateCounts> groups) {
  double events = 0, exposure = 0;
  size_t n = 0;
  for (const RateCounts& group : groups) {
    const absl::Status status = CheckRate(group);
    if (!status.ok()) return status;
    events += static_cast<double>(group.events);
    exposure += group.exposure;
    if (group.exposure > 0) ++n;
  }
  if (n < 2 || events == 0) return MakeChiSquareTest(0, 0);
  double chi_square = 0;
  for (const RateCounts& group : groups) {
    if (group.exposure == 0) continue;
    const double expected = events * (group.exposure / exposure);
    const double gap = static_cast<double>(group.events) - expected;
    chi_square += gap * gap / expected;
  }
  return MakeChiSquareTest(chi_square, n - 1);
}

}  // namespace enthesis::stats
