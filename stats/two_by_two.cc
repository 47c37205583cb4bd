#include "stats/two_by_two.h"

#include <cmath>

#include "stats/distributions.h"
#include "stats/proportion.h"
#include "stats/value_counts.h"
#include "stats/whole_number.h"

namespace enthesis::stats {
namespace {

// The cells as they enter a ratio.
struct Cells {
  double a = 0, b = 0;  // with and without the event in the group
  double c = 0, d = 0;  // and in the other
};

Effect AbsentEffect(std::string why) {
  Effect effect;
  effect.absence = std::move(why);
  return effect;
}

Effect RiskDifference(const TwoByTwo& table, double conf_level) {
  const auto group = EstimateProportion(table.events, table.n, conf_level);
  const auto control =
      EstimateProportion(table.control_events, table.control_n, conf_level);
  const double p1 = *group->estimate, p0 = *control->estimate;
  const double n1 = static_cast<double>(table.n);
  const double n0 = static_cast<double>(table.control_n);
  const double q1 = static_cast<double>(table.n - table.events) / n1;
  const double q0 =
      static_cast<double>(table.control_n - table.control_events) / n0;
  Effect effect;
  effect.estimate = p1 - p0;
  effect.std_error = std::sqrt(p1 * q1 / n1 + p0 * q0 / n0);
  effect.lower =
      *effect.estimate - std::hypot(p1 - *group->lower, *control->upper - p0);
  effect.upper =
      *effect.estimate + std::hypot(*group->upper - p1, p0 - *control->lower);
  return effect;
}

// Why a ratio with `over` 0 and `under` 0 or not has no figures.
constexpr char kNeither[] = "no events in either group";
constexpr char kInfinite[] =
    "no events in the reference group: the ratio is infinite";
constexpr char kZero[] =
    "no events in the group: the ratio is 0, its logarithm"
    " infinite";

Effect RiskRatio(const Cells& cells, double critical) {
  if (cells.c == 0) return AbsentEffect(cells.a == 0 ? kNeither : kInfinite);
  const double n1 = cells.a + cells.b, n0 = cells.c + cells.d;
  const double ratio = cells.a / n1 / (cells.c / n0);
  Effect effect;
  if (cells.a == 0) {
    effect = AbsentEffect(kZero);
    effect.estimate = 0;
    return effect;
  }
  // 1/a - 1/n1 = b / (a n1), without cancellation.
  const double variance = cells.b / cells.a / n1 + cells.d / cells.c / n0;
  SetRatio(ratio, variance, critical, effect);
  if (variance == 0) effect.absence = "all have the event: no error";
  return effect;
}

Effect OddsRatio(const Cells& cells, double critical) {
  const bool none = cells.a * cells.d == 0, all = cells.b * cells.c == 0;
  if (none && all) {
    return AbsentEffect("one outcome only in a group and in the table");
  }
  if (all) {
    return AbsentEffect(cells.c == 0 ? kInfinite
                                     : "all of the group have the event: the "
                                       "ratio is infinite");
  }
  Effect effect;
  if (none) {
    effect = AbsentEffect(cells.a == 0
                              ? kZero
                              : "all of the reference group have the event: "
                                "the ratio is 0, its logarithm infinite");
    effect.estimate = 0;
    return effect;
  }
  SetRatio(cells.a / cells.c * (cells.d / cells.b),
           1 / cells.a + 1 / cells.b + 1 / cells.c + 1 / cells.d, critical,
           effect);
  return effect;
}

}  // namespace

absl::Status CheckTwoByTwo(const TwoByTwo& table) {
  if (table.events < 0 || table.events > table.n || table.control_events < 0 ||
      table.control_events > table.control_n) {
    return absl::InvalidArgumentError("events must lie between 0 and n");
  }
  if (table.n > kCountMax || table.control_n > kCountMax) {
    return absl::InvalidArgumentError("counts must be 2^40 at most");
  }
  return absl::OkStatus();
}

double ExcessEvents(const TwoByTwo& table) {
  // Whole until divided.
  return static_cast<double>(Int128{table.events} * table.total() -
                             Int128{table.n} * table.total_events()) /
         static_cast<double>(table.total());
}

double HypergeometricVariance(const TwoByTwo& table) {
  const auto total = static_cast<double>(table.total());
  const auto events = static_cast<double>(table.total_events());
  return static_cast<double>(table.n) / total *
         (static_cast<double>(table.control_n) / total) *
         (events * ((total - events) / (total - 1)));
}

Coefficient LogOf(const Effect& ratio, double conf_level) {
  Coefficient log_ratio;
  if (!ratio.std_error.has_value()) return log_ratio;
  SetEstimate(std::log(*ratio.estimate), *ratio.std_error * *ratio.std_error,
              NormalCriticalValue(conf_level), log_ratio);
  return log_ratio;
}

void SetRatio(double estimate, double variance, double critical,
              Effect& effect) {
  effect.estimate = estimate;
  if (!(variance > 0)) return;
  effect.std_error = std::sqrt(variance);
  effect.lower = estimate * std::exp(-critical * *effect.std_error);
  effect.upper = estimate * std::exp(critical * *effect.std_error);
}

absl::StatusOr<Contrasts> EstimateContrasts(const TwoByTwo& table,
                                            double conf_level,
                                            double correction) {
  absl::Status status = CheckTwoByTwo(table);
  if (status.ok()) status = CheckConfLevel(conf_level);
  if (!status.ok()) return status;
  if (!(correction >= 0) || !std::isfinite(correction)) {
    return absl::InvalidArgumentError(
        "the correction must be 0 or more and finite");
  }
  Contrasts contrasts;
  if (table.n == 0 || table.control_n == 0) {
    const Effect absent = AbsentEffect("a group is empty");
    contrasts.risk_difference = contrasts.risk_ratio = contrasts.odds_ratio =
        absent;
    return contrasts;
  }
  contrasts.is_corrected = correction > 0 && table.HasZeroCell();
  const double added = contrasts.is_corrected ? correction : 0;
  const Cells cells = {
      static_cast<double>(table.events) + added,
      static_cast<double>(table.n - table.events) + added,
      static_cast<double>(table.control_events) + added,
      static_cast<double>(table.control_n - table.control_events) + added};
  const double critical = NormalCriticalValue(conf_level);
  contrasts.risk_difference = RiskDifference(table, conf_level);
  contrasts.risk_ratio = RiskRatio(cells, critical);
  contrasts.odds_ratio = OddsRatio(cells, critical);
  return contrasts;
}

}  // namespace enthesis::stats
