#include "stats/indirect_standardization.h"

#include <algorithm>
#include <cmath>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "stats/distributions.h"
#include "stats/exact_weights.h"
#include "stats/whole_number.h"

namespace enthesis::stats {
namespace {

constexpr double kLargestOutcome = 9007199254740992;  // 2^53

absl::Status CheckCases(const StandardizedCases& cases) {
  const size_t n = cases.outcome.size();
  if (cases.expected.size() != n ||
      (!cases.groups.empty() && cases.groups.size() != n)) {
    return absl::InvalidArgumentError(
        "outcome, expected and groups differ in number");
  }
  if (n == 0) return absl::FailedPreconditionError("no cases");
  for (size_t i = 0; i < n; ++i) {
    const double events = cases.outcome[i], expected = cases.expected[i];
    if (!(events >= 0 && events <= kLargestOutcome) ||
        events != std::floor(events)) {
      return absl::InvalidArgumentError(
          absl::StrCat("row ", i, ", outcome ", events,
                       ": allowed: a whole number from 0 to 2^53"));
    }
    if (!(expected >= 0 && expected <= kLargestExpectedOfCase)) {
      return absl::InvalidArgumentError(absl::StrCat(
          "row ", i, ", expected ", expected, ": allowed: from 0 to 1e9"));
    }
    if (!cases.groups.empty() &&
        (cases.groups[i] < 0 || cases.groups[i] >= cases.n_groups)) {
      return absl::InvalidArgumentError(
          absl::StrCat("row ", i, ", group ", cases.groups[i],
                       ": allowed: from 0 to ", cases.n_groups - 1));
    }
  }
  return absl::OkStatus();
}

RatioInterval ExactRatioInterval(double observed, double expected,
                                 double tail) {
  RatioInterval interval;
  if (observed > 0) {
    interval.lower = ChiSquareQuantile(tail, 2 * observed) / 2 / expected;
  }
  interval.upper =
      ChiSquareUpperQuantile(tail, 2 * (observed + 1)) / 2 / expected;
  return interval;
}

RatioInterval ByarRatioInterval(double observed, double expected, double z) {
  const auto limit = [z](double count, double side) {
    const double root = 1 - 1 / (9 * count) + side * z / (3 * std::sqrt(count));
    return count * std::pow(std::max(0.0, root), 3);
  };
  RatioInterval interval;
  if (observed > 0) interval.lower = limit(observed, -1) / expected;
  interval.upper = limit(observed + 1, 1) / expected;
  return interval;
}

}  // namespace

absl::StatusOr<std::vector<StandardizedRatio>> StandardizeIndirectly(
    const StandardizedCases& cases, double conf_level) {
  if (absl::Status level = CheckConfLevel(conf_level); !level.ok()) {
    return level;
  }
  if (absl::Status status = CheckCases(cases); !status.ok()) return status;
  const auto n_groups = static_cast<size_t>(std::max(1, cases.n_groups));
  std::vector<StandardizedRatio> ratios(n_groups);
  // Whole numbers of units, so that sums do not depend on the order.
  const WeightUnit unit(
      *std::max_element(cases.expected.begin(), cases.expected.end()),
      cases.expected.size());
  std::vector<WeightSum> expected(n_groups, 0);
  std::vector<Int128> observed(n_groups, 0);
  for (size_t i = 0; i < cases.outcome.size(); ++i) {
    const size_t group =
        cases.groups.empty() ? 0 : static_cast<size_t>(cases.groups[i]);
    ++ratios[group].n;
    observed[group] += static_cast<Int128>(cases.outcome[i]);
    expected[group] += unit.ToUnits(cases.expected[i]);
  }
  const double tail = (1 - conf_level) / 2;
  const double z = NormalUpperQuantile(tail);
  for (size_t group = 0; group < n_groups; ++group) {
    StandardizedRatio& one = ratios[group];
    one.observed = static_cast<double>(observed[group]);
    one.expected = unit.ToWeight(expected[group]);
    const double ratio = one.observed / one.expected;
    const double most = (one.observed + 100) / one.expected;
    if (!(one.expected > 0) || !std::isfinite(most)) continue;
    one.ratio = ratio;
    one.exact = ExactRatioInterval(one.observed, one.expected, tail);
    one.byar = ByarRatioInterval(one.observed, one.expected, z);
  }
  return ratios;
}

std::optional<LogRatio> LogRatioOf(const StandardizedRatio& ratio) {
  if (!ratio.ratio.has_value()) return std::nullopt;
  const double events = ratio.observed > 0 ? ratio.observed : 0.5;
  return LogRatio{std::log(events / ratio.expected), 1 / std::sqrt(events)};
}

}  // namespace enthesis::stats
