// Two groups and an event that happened or not: the difference of risks, their
// ratio and the odds ratio, with intervals.
// See: METHODS.md, "Contrasts of proportions".

#ifndef ENTHESIS_STATS_TWO_BY_TWO_H_
#define ENTHESIS_STATS_TWO_BY_TWO_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "stats/regression.h"

namespace enthesis::stats {

// The counts of a group and of the one it is compared with.
struct TwoByTwo {
  int64_t events = 0, n = 0;
  int64_t control_events = 0, control_n = 0;

  int64_t total() const { return n + control_n; }
  int64_t total_events() const { return events + control_events; }
  // Both groups and both outcomes occur: else no odds ratio follows from it.
  bool IsInformative() const {
    return n > 0 && control_n > 0 && total_events() > 0 &&
           total_events() < total();
  }
  bool HasZeroCell() const {
    return events == 0 || events == n || control_events == 0 ||
           control_events == control_n;
  }
};

// INVALID_ARGUMENT (negative, events above n, more than kCountMax in all).
absl::Status CheckTwoByTwo(const TwoByTwo& table);

// Events of the group above those expected given the margins, and their
// variance then. Of an informative table.
double ExcessEvents(const TwoByTwo& table);
double HypergeometricVariance(const TwoByTwo& table);

// A difference, or a ratio, whose error is that of its logarithm.
struct Effect {
  std::optional<double> estimate, std_error, lower, upper;
  std::string absence;  // why a figure is absent; empty: none is
};

// Sets the limits exp(log estimate -+ critical * std_error) of a ratio; an
// error of 0 is none.
void SetRatio(double estimate, double variance, double critical,
              Effect& effect);

// The logarithm of a ratio with its z test; nothing where it has no error.
Coefficient LogOf(const Effect& ratio, double conf_level);

struct Contrasts {
  // Limits: Newcombe (1998, Stat. Med. 17:873), method 10, of Wilson's; error:
  // that of Wald.
  Effect risk_difference;
  Effect risk_ratio;  // Katz et al. (1978, Biometrics 34:469)
  Effect odds_ratio;  // Woolf (1955, Ann. Hum. Genet. 19:251)
  bool is_corrected = false;
};

// `correction` (0: none) is added to all four cells for both ratios where one
// of the cells is 0.
// Errors: INVALID_ARGUMENT (a table; a level outside (0, 1); a correction that
// is negative or not finite). Zero cells and groups without subjects are an
// answer: the figure is absent and says why.
absl::StatusOr<Contrasts> EstimateContrasts(const TwoByTwo& table,
                                            double conf_level,
                                            double correction = 0);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_TWO_BY_TWO_H_
