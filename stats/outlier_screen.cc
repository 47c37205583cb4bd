#include "stats/outlier_screen.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "stats/distributions.h"
#include "stats/exact_weights.h"
#include "stats/whole_number.h"

namespace enthesis::stats {
namespace {

constexpr double kLargestCount = 9007199254740992;  // 2^53
constexpr double kPer = 100;                        // of exposure
constexpr double kShareLeftOut = 0.25;
constexpr double kRateRatio = 2;
constexpr double kLevel = 0.05;
constexpr double kCasesEnough = 10;
constexpr double kShareOfEvents = 0.75;
constexpr double kEventsEnough = 2;

absl::Status CheckGroups(absl::Span<const ScreenedGroup> groups) {
  for (size_t i = 0; i < groups.size(); ++i) {
    const auto& [cases, events, exposure] = groups[i];
    for (const double count : {cases, events}) {
      if (count >= 0 && count <= kLargestCount && count == std::floor(count)) {
        continue;
      }
      return absl::InvalidArgumentError(
          absl::StrCat("group ", i, ": ", count,
                       " is no count; allowed: a whole number from 0 to 2^53"));
    }
    if (events > cases) {
      return absl::InvalidArgumentError(absl::StrCat(
          "group ", i, ": ", events, " events are more than its cases"));
    }
    if (!(exposure >= 0) || !std::isfinite(exposure)) {
      return absl::InvalidArgumentError(
          absl::StrCat("group ", i, ": the exposure is ", exposure,
                       "; allowed: 0 or more, finite"));
    }
  }
  return absl::OkStatus();
}

double UpperPoissonP(double events, double mean) {
  if (events == 0) return 1;
  if (!(mean > 0)) return 0;
  return PoissonUpperTail(events - 1, mean);
}

bool IsLargeEnough(const ScreenedGroup& group) {
  return group.cases >= kCasesEnough ||
         (group.events >= kShareOfEvents * group.cases &&
          group.events >= kEventsEnough);
}

}  // namespace

absl::StatusOr<std::vector<OutlierScreen>> ScreenOutliers(
    absl::Span<const ScreenedGroup> groups) {
  if (absl::Status status = CheckGroups(groups); !status.ok()) return status;
  double largest = 0;
  for (const ScreenedGroup& group : groups) {
    largest = std::max(largest, group.exposure);
  }
  const WeightUnit unit(largest, groups.size());
  Int128 cases = 0, events = 0;
  WeightSum exposure = 0;
  for (const ScreenedGroup& group : groups) {
    cases += static_cast<Int128>(group.cases);
    events += static_cast<Int128>(group.events);
    exposure += unit.ToUnits(group.exposure);
  }
  std::vector<OutlierScreen> screens(groups.size());
  for (size_t i = 0; i < groups.size(); ++i) {
    const ScreenedGroup& group = groups[i];
    OutlierScreen& screen = screens[i];
    screen.is_left_out =
        group.cases > kShareLeftOut * static_cast<double>(cases);
    Int128 other_events = events;
    WeightSum other_exposure = exposure;
    if (screen.is_left_out) {
      other_events -= static_cast<Int128>(group.events);
      other_exposure -= unit.ToUnits(group.exposure);
    }
    if (!(group.exposure > 0) || other_exposure <= 0) continue;
    screen.rate = kPer * group.events / group.exposure;
    screen.comparator_rate = kPer * static_cast<double>(other_events) /
                             unit.ToWeight(other_exposure);
    const double twice = kRateRatio * *screen.comparator_rate;
    if (*screen.comparator_rate > 0) {
      screen.rate_ratio = *screen.rate / *screen.comparator_rate;
    }
    screen.p_value = UpperPoissonP(
        group.events, *screen.comparator_rate / kPer * group.exposure);
    screen.is_outlier = *screen.rate > twice && *screen.p_value < kLevel &&
                        IsLargeEnough(group);
  }
  return screens;
}

}  // namespace enthesis::stats
