#include "stats/conditional_odds_ratio.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "stats/distributions.h"
#include "stats/root.h"

namespace enthesis::stats {
namespace {

constexpr char kTooLarge[] = "the tables are too large for exact figures";
// Multiplications, about a second of them in all.
constexpr double kWorkMax = 3e8;
constexpr double kPointsMax = 4e6;
// Terms below such a share of the largest are cut: the first, and as many of
// the next as it takes until what was seen is this far above.
constexpr double kCuts[] = {1e-36, 1e-72, 1e-144, 1e-300};
constexpr double kCut = kCuts[0], kLastCut = kCuts[3];
constexpr double kKept = 1e20;
constexpr double kTie = 1 + 1e-7;  // as fisher.test

// The events of the group in one table, given its margins.
struct Margins {
  double n = 0, control_n = 0, events = 0;

  int64_t lowest() const {
    return static_cast<int64_t>(std::max(0.0, events - control_n));
  }
  int64_t highest() const { return static_cast<int64_t>(std::min(n, events)); }
  // P(x + 1) / P(x) at odds ratio 1.
  double Ratio(double x) const {
    return (n - x) / (x + 1) * ((events - x) / (control_n - events + x + 1));
  }
  // The count of the largest probability.
  int64_t Mode(double odds_ratio) const {
    // Where odds_ratio (n - x) (events - x) = x (control_n - events + x), by
    // the stable root of the quadratic; then step by step.
    const double sum = n + events;
    const double b =
        control_n - events + odds_ratio * sum;  // x^2 (1 - psi) + b x - c = 0
    const double c = odds_ratio * n * events;
    const double root =
        std::sqrt(std::max(0.0, b * b + 4 * (1 - odds_ratio) * c));
    const double guess =
        b < 0 ? (root - b) / (2 * (1 - odds_ratio)) : 2 * c / (b + root);
    int64_t x = std::clamp(
        std::isfinite(guess) ? static_cast<int64_t>(guess) : highest(),
        lowest(), highest());
    while (x < highest() && odds_ratio * Ratio(static_cast<double>(x)) > 1) ++x;
    while (x > lowest() && odds_ratio * Ratio(static_cast<double>(x - 1)) < 1) {
      --x;
    }
    return x;
  }
};

// Probabilities of first, first + 1, .., those below a cut left out.
struct Pmf {
  int64_t first = 0;
  std::vector<double> p;  // the largest is 1, or the sum

  bool Holds(int64_t x) const {
    return x >= first && x < first + static_cast<int64_t>(p.size());
  }
  double At(int64_t x) const {
    return Holds(x) ? p[static_cast<size_t>(x - first)] : 0;
  }
};

Pmf PmfOf(const Margins& margins, double odds_ratio, double cut) {
  const int64_t mode = margins.Mode(odds_ratio);
  std::vector<double> below;
  double term = 1;
  for (int64_t x = mode; x > margins.lowest(); --x) {
    term /= odds_ratio * margins.Ratio(static_cast<double>(x - 1));
    if (term < cut) break;
    below.push_back(term);
  }
  Pmf pmf;
  pmf.first = mode - static_cast<int64_t>(below.size());
  pmf.p.assign(below.rbegin(), below.rend());
  pmf.p.push_back(1);
  term = 1;
  for (int64_t x = mode; x < margins.highest(); ++x) {
    term *= odds_ratio * margins.Ratio(static_cast<double>(x));
    if (term < cut) break;
    pmf.p.push_back(term);
  }
  return pmf;
}

// The strata together.
class Strata {
 public:
  explicit Strata(absl::Span<const TwoByTwo> tables) {
    for (const TwoByTwo& table : tables) {
      if (!table.IsInformative()) continue;
      const Margins margins{static_cast<double>(table.n),
                            static_cast<double>(table.control_n),
                            static_cast<double>(table.total_events())};
      lowest_ += margins.lowest();
      highest_ += margins.highest();
      seen_ += table.events;
      const double share = margins.events / (margins.n + margins.control_n);
      variance_ += share * (1 - share) * margins.n * margins.control_n /
                   (margins.n + margins.control_n);
      strata_.push_back(margins);
    }
  }

  bool empty() const { return strata_.empty(); }
  int64_t lowest() const { return lowest_; }
  int64_t highest() const { return highest_; }
  int64_t seen() const { return seen_; }
  // About that of the count at odds ratio 1.
  double std_dev() const { return std::sqrt(std::max(variance_, 0.05)); }
  bool IsTooWide() const { return 80 * std_dev() > kPointsMax; }

  double Mean(double log_ratio) const {
    double mean = 0;
    for (const Margins& margins : strata_) {
      const Pmf pmf = PmfOf(margins, std::exp(log_ratio), 1e-22);
      double sum = 0, weighted = 0;
      for (size_t i = 0; i < pmf.p.size(); ++i) {
        sum += pmf.p[i];
        weighted += pmf.p[i] * static_cast<double>(i);
      }
      mean += static_cast<double>(pmf.first) + weighted / sum;
    }
    return mean;
  }

  // log P(every table has its lowest or highest count).
  double LogExtreme(double log_ratio, bool highest) const {
    double log_p = 0;
    for (const Margins& margins : strata_) {
      const Pmf pmf = PmfOf(margins, std::exp(log_ratio), kLastCut);
      const double p = pmf.At(highest ? margins.highest() : margins.lowest());
      double sum = 0;
      for (double each : pmf.p) sum += each;
      log_p += std::log(std::max(p, kLastCut) / sum);
    }
    return log_p;
  }

  // The sum over strata; nothing where that is too much work.
  std::optional<Pmf> Sum(double log_ratio, double cut) const {
    Pmf sum{0, {1}};
    double work = 0;
    for (const Margins& margins : strata_) {
      const Pmf pmf = PmfOf(margins, std::exp(log_ratio), cut);
      work +=
          static_cast<double>(sum.p.size()) * static_cast<double>(pmf.p.size());
      if (work > kWorkMax) return std::nullopt;
      sum = Convolve(sum, pmf, cut);
    }
    return sum;
  }

 private:
  static Pmf Convolve(const Pmf& a, const Pmf& b, double cut) {
    std::vector<double> p(a.p.size() + b.p.size() - 1, 0);
    for (size_t i = 0; i < b.p.size(); ++i) {
      const double factor = b.p[i];
      for (size_t j = 0; j < a.p.size(); ++j) p[i + j] += factor * a.p[j];
    }
    const double largest = *std::max_element(p.begin(), p.end());
    const auto kept = [&](double x) { return x >= cut * largest; };
    const auto begin = std::find_if(p.begin(), p.end(), kept);
    const auto end = std::find_if(p.rbegin(), p.rend(), kept).base();
    Pmf pmf{a.first + b.first + (begin - p.begin()), {begin, end}};
    for (double& x : pmf.p) x /= largest;
    return pmf;
  }

  std::vector<Margins> strata_;
  int64_t lowest_ = 0, highest_ = 0, seen_ = 0;
  double variance_ = 0;
};

// The root of a function that rises or falls in log odds ratio, sought from
// `start` outward.
double RootFrom(double start, double step,
                const std::function<double(double)>& f) {
  double f_start = f(start);
  if (f_start == 0) return start;
  for (double x = step;; x *= 2) {
    for (const double at : {start - x, start + x}) {
      const double f_at = f(at);
      if ((f_at > 0) == (f_start > 0) && f_at != 0 && x < 1e4) continue;
      Bracket bracket{std::min(at, start), std::max(at, start), f_start, f_at};
      if (at < start) std::swap(bracket.f_lower, bracket.f_upper);
      return FindRoot(f, bracket).x;
    }
  }
}

// log P(S >= seen) or log P(S <= seen) once `base` is tilted by `tilt`.
double LogTail(const Pmf& base, int64_t seen, double tilt, bool upper) {
  double most = -1e300;
  std::vector<double> logs(base.p.size());
  for (size_t i = 0; i < base.p.size(); ++i) {
    const auto x =
        static_cast<double>(base.first + static_cast<int64_t>(i) - seen);
    logs[i] = base.p[i] > 0 ? std::log(base.p[i]) + tilt * x : -1e300;
    most = std::max(most, logs[i]);
  }
  double tail = 0, sum = 0;
  for (size_t i = 0; i < logs.size(); ++i) {
    const double p = std::exp(logs[i] - most);
    const int64_t x = base.first + static_cast<int64_t>(i);
    sum += p;
    if (upper ? x >= seen : x <= seen) tail += p;
  }
  return std::log(std::max(tail, kLastCut) / sum);
}

// The log odds ratio at which the tail from what was seen is `tail`. The
// distribution is made again at each answer until that stays.
std::optional<double> Limit(const Strata& strata, double log_ratio, double tail,
                            bool lower) {
  constexpr int kRounds = 20;
  double at = log_ratio;
  for (int i = 0; i < kRounds; ++i) {
    const std::optional<Pmf> base = strata.Sum(at, kCut);
    if (!base.has_value()) return std::nullopt;
    const double next =
        at + RootFrom(0, 1 / strata.std_dev(), [&](double t) {
          return LogTail(*base, strata.seen(), t, lower) - std::log(tail);
        });
    const double moved = std::abs(next - at);
    at = next;
    if (moved < 1e-3) break;
  }
  return at;
}

std::optional<double> ExactP(const Strata& strata) {
  std::optional<Pmf> pmf;
  for (const double cut : kCuts) {
    pmf = strata.Sum(0, cut);
    if (!pmf.has_value()) return std::nullopt;
    if (pmf->At(strata.seen()) >= cut * kKept) break;
  }
  const double seen = pmf->At(strata.seen());
  double p = 0, sum = 0;
  for (const double each : pmf->p) {
    sum += each;
    if (each <= seen * kTie) p += each;
  }
  return std::min(1.0, p / sum);
}

void SetLimits(const Strata& strata, double conf_level,
               ConditionalOddsRatio& result) {
  const double tail = (1 - conf_level) / 2;
  const bool none = strata.seen() == strata.lowest();
  const bool all = strata.seen() == strata.highest();
  const double step = 1 / strata.std_dev();
  if (none || all) {
    const double limit = RootFrom(0, step, [&](double log_ratio) {
      return strata.LogExtreme(log_ratio, all) - std::log(tail);
    });
    result.absence = none ? "the estimate is 0, its logarithm infinite"
                          : "the estimate is infinite";
    if (none) {
      result.estimate = 0;
      result.lower = 0;
      result.upper = std::exp(limit);
    } else {
      result.lower = std::exp(limit);
    }
    return;
  }
  const double log_ratio = RootFrom(0, step, [&](double at) {
    return strata.Mean(at) - static_cast<double>(strata.seen());
  });
  const std::optional<double> lower = Limit(strata, log_ratio, tail, true);
  const std::optional<double> upper = Limit(strata, log_ratio, tail, false);
  if (!lower.has_value() || !upper.has_value()) {
    result.absence = kTooLarge;
    return;
  }
  result.estimate = std::exp(log_ratio);
  result.lower = std::exp(*lower);
  result.upper = std::exp(*upper);
}

}  // namespace

absl::StatusOr<ConditionalOddsRatio> EstimateConditionalOddsRatio(
    absl::Span<const TwoByTwo> tables, double conf_level) {
  absl::Status status = CheckConfLevel(conf_level);
  for (const TwoByTwo& table : tables) {
    if (status.ok()) status = CheckTwoByTwo(table);
  }
  if (!status.ok()) return status;
  ConditionalOddsRatio result;
  const Strata strata(tables);
  if (strata.empty()) {
    result.absence = "no table has both groups and both outcomes";
    return result;
  }
  if (strata.IsTooWide()) {
    result.absence = kTooLarge;
    return result;
  }
  result.p_value = ExactP(strata);
  if (!result.p_value.has_value()) {
    result.absence = kTooLarge;
    return result;
  }
  SetLimits(strata, conf_level, result);
  return result;
}

}  // namespace enthesis::stats
