#include "stats/mantel_haenszel.h"

#include <algorithm>
#include <cmath>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "stats/distributions.h"
#include "stats/generalized_inverse.h"
#include "stats/long_sum.h"
#include "stats/whole_number.h"

namespace enthesis::stats {
namespace {

constexpr char kNoInformation[] =
    "no stratum has both groups and both outcomes";

absl::Status CheckTables(absl::Span<const TwoByTwo> strata) {
  for (size_t i = 0; i < strata.size(); ++i) {
    const absl::Status status = CheckTwoByTwo(strata[i]);
    if (status.ok()) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("stratum ", i, ": ", status.message()));
  }
  return absl::OkStatus();
}

// One stratum as the formulas have it: a, b with and without the event in the
// group, c, d in the other; shares n1 / N and n0 / N.
struct TableStratum {
  explicit TableStratum(const TwoByTwo& table)
      : a(static_cast<double>(table.events)),
        b(static_cast<double>(table.n - table.events)),
        c(static_cast<double>(table.control_events)),
        d(static_cast<double>(table.control_n - table.control_events)),
        n1(static_cast<double>(table.n)),
        n0(static_cast<double>(table.control_n)),
        total(n1 + n0),
        events(a + c) {}

  double a, b, c, d, n1, n0, total, events;
};

double SumOf(const LongSum& sum) { return sum.high + sum.low; }

Effect AbsentFrom(const char* why) {
  Effect effect;
  effect.absence = why;
  return effect;
}

// The sums over strata that the three estimates are made of.
struct CommonSums {
  LongSum r, s, pr, ps_qr, qs;           // odds ratio
  LongSum risk, control_risk, risk_var;  // risk ratio
  LongSum weight, gap, gap_side, gap_var;

  void Add(const TableStratum& x) {
    const double p = (x.a + x.d) / x.total, q = (x.b + x.c) / x.total;
    const double r_i = x.a * x.d / x.total, s_i = x.b * x.c / x.total;
    r.Add(r_i);
    s.Add(s_i);
    pr.Add(p * r_i);
    ps_qr.Add(p * s_i + q * r_i);
    qs.Add(q * s_i);
    const double w1 = x.n1 / x.total, w0 = x.n0 / x.total;
    risk.Add(x.a * w0);
    control_risk.Add(x.c * w1);
    // (n1 n0 t - a c N) / N^2, multiplied out: nothing cancels.
    risk_var.Add(w1 * r_i + w0 * s_i);
    weight.Add(x.n1 * w0);
    gap_side.Add(x.c * w1 * w1 - x.a * w0 * w0 + w1 * w0 * (x.n0 - x.n1) / 2);
    gap_var.Add((x.a * x.d + x.c * x.b) / x.total / 2);
  }
};

Effect CommonOddsRatio(const CommonSums& sums, double critical) {
  const double r = SumOf(sums.r), s = SumOf(sums.s);
  if (r == 0 && s == 0) return AbsentFrom(kNoInformation);
  if (s == 0) return AbsentFrom("the common odds ratio is infinite");
  Effect effect;
  if (r == 0) {
    effect = AbsentFrom("the ratio is 0, its logarithm infinite");
    effect.estimate = 0;
    return effect;
  }
  SetRatio(r / s,
           SumOf(sums.pr) / r / r / 2 + SumOf(sums.ps_qr) / r / s / 2 +
               SumOf(sums.qs) / s / s / 2,
           critical, effect);
  return effect;
}

Effect CommonRiskRatio(const CommonSums& sums, double critical) {
  const double r = SumOf(sums.risk), s = SumOf(sums.control_risk);
  if (r == 0 && s == 0) {
    return AbsentFrom("no events in strata with both groups");
  }
  if (s == 0) return AbsentFrom("the common risk ratio is infinite");
  Effect effect;
  if (r == 0) {
    effect = AbsentFrom("the ratio is 0, its logarithm infinite");
    effect.estimate = 0;
    return effect;
  }
  const double variance = SumOf(sums.risk_var) / r / s;
  SetRatio(r / s, variance, critical, effect);
  if (variance == 0) effect.absence = "all have the event: no error";
  return effect;
}

Effect CommonRiskDifference(const CommonSums& sums, double critical) {
  const double weight = SumOf(sums.weight);
  if (weight == 0) return AbsentFrom("no stratum has both groups");
  Effect effect;
  effect.estimate = SumOf(sums.gap) / weight;
  const double variance =
      (*effect.estimate * SumOf(sums.gap_side) + SumOf(sums.gap_var)) / weight /
      weight;
  if (!(variance > 0)) {
    effect.absence = "one outcome only in each group: no error";
    return effect;
  }
  effect.std_error = std::sqrt(variance);
  effect.lower = *effect.estimate - critical * *effect.std_error;
  effect.upper = *effect.estimate + critical * *effect.std_error;
  return effect;
}

// The events of the group that the odds ratio gives, with all margins kept:
// the root of odds_ratio (n1 - A) (t - A) = A (n0 - t + A).
double ExpectedEvents(const TableStratum& x, double odds_ratio) {
  const double b = x.n0 - x.events + odds_ratio * (x.n1 + x.events);
  const double c = odds_ratio * x.n1 * x.events;
  const double root =
      std::sqrt(std::max(0.0, b * b + 4 * (1 - odds_ratio) * c));
  return b < 0 ? (root - b) / (2 * (1 - odds_ratio)) : 2 * c / (b + root);
}

}  // namespace

absl::StatusOr<MantelHaenszel> EstimateMantelHaenszel(
    absl::Span<const TwoByTwo> strata, double conf_level) {
  absl::Status status = CheckConfLevel(conf_level);
  if (status.ok()) status = CheckTables(strata);
  if (!status.ok()) return status;
  MantelHaenszel result;
  CommonSums sums;
  LongSum excess, variance;
  for (const TwoByTwo& table : strata) {
    if (table.n == 0 || table.control_n == 0) continue;
    ++result.n_strata;
    const TableStratum stratum(table);
    sums.Add(stratum);
    sums.gap.Add(ExcessEvents(table));
    if (!table.IsInformative()) continue;
    ++result.n_informative;
    excess.Add(ExcessEvents(table));
    variance.Add(HypergeometricVariance(table));
  }
  const double critical = NormalCriticalValue(conf_level);
  result.odds_ratio = CommonOddsRatio(sums, critical);
  result.risk_ratio = CommonRiskRatio(sums, critical);
  result.risk_difference = CommonRiskDifference(sums, critical);
  if (result.n_informative == 0) return result;
  const double gap = std::abs(SumOf(excess));
  const double shrunk = gap >= 0.5 ? gap - 0.5 : gap;
  const double spread = SumOf(variance);
  result.test = MakeChiSquareTest(shrunk * shrunk / spread, 1);
  result.uncorrected = MakeChiSquareTest(gap * gap / spread, 1);
  return result;
}

absl::StatusOr<BreslowDayTest> TestHomogeneity(
    absl::Span<const TwoByTwo> strata) {
  const auto common = EstimateMantelHaenszel(strata, 0.95);
  if (!common.ok()) return common.status();
  BreslowDayTest result;
  result.n_strata = common->n_informative;
  const double ratio = common->odds_ratio.estimate.value_or(0);
  if (result.n_strata < 2 || ratio == 0) return result;
  LongSum statistic, excess, spread;
  for (const TwoByTwo& table : strata) {
    if (!table.IsInformative()) continue;
    const TableStratum x(table);
    const double events = ExpectedEvents(x, ratio);
    const double variance =
        1 / (1 / events + 1 / (x.n1 - events) + 1 / (x.events - events) +
             1 / (x.n0 - x.events + events));
    const double gap = x.a - events;
    statistic.Add(gap * gap / variance);
    excess.Add(gap);
    spread.Add(variance);
  }
  const double all = SumOf(excess);
  const double chi_square = SumOf(statistic);
  result.breslow_day = MakeChiSquareTest(chi_square, result.n_strata - 1);
  result.tarone = MakeChiSquareTest(chi_square - all * all / SumOf(spread),
                                    result.n_strata - 1);
  return result;
}

absl::StatusOr<ChiSquareTest> TestOverStrata(
    absl::Span<const GroupCounts> strata) {
  const size_t k = strata.empty() ? 0 : strata[0].n.size();
  std::vector<LongSum> gaps(k), covariance(k * k);
  for (size_t s = 0; s < strata.size(); ++s) {
    const GroupCounts& counts = strata[s];
    if (counts.n.size() != k || counts.events.size() != k) {
      return absl::InvalidArgumentError("strata differ in their groups");
    }
    int64_t total = 0, events = 0;
    for (size_t g = 0; g < k; ++g) {
      const absl::Status status =
          CheckTwoByTwo({counts.events[g], counts.n[g], 0, 0});
      if (!status.ok()) return status;
      total += counts.n[g];
      events += counts.events[g];
    }
    if (events == 0 || events == total) continue;
    const auto n = static_cast<double>(total);
    const double scale = static_cast<double>(events) / n *
                         (static_cast<double>(total - events) / (n - 1));
    for (size_t g = 0; g < k; ++g) {
      const auto size = static_cast<double>(counts.n[g]);
      gaps[g].Add(static_cast<double>(Int128{counts.events[g]} * total -
                                      Int128{counts.n[g]} * events) /
                  n);
      for (size_t h = 0; h < k; ++h) {
        const auto other =
            static_cast<double>(g == h ? total - counts.n[g] : counts.n[h]);
        covariance[g * k + h].Add((g == h ? 1 : -1) * size * (other / n) *
                                  scale);
      }
    }
  }
  std::vector<double> x, a;
  for (const LongSum& gap : gaps) x.push_back(SumOf(gap));
  for (const LongSum& each : covariance) a.push_back(SumOf(each));
  const size_t df = k == 0 ? 0 : RankOf(a, k);
  return MakeChiSquareTest(df == 0 ? 0 : QuadraticForm(a, x), df);
}

}  // namespace enthesis::stats
