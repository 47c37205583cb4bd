#include "stats/meta_analysis.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "stats/distributions.h"
#include "stats/root.h"

namespace enthesis::stats {
namespace {

constexpr int kMaxTauSteps = 10000;
// Beyond, a profile that still lies above its quantile has no root.
constexpr double kLargestTauSquared = 1e300;

// The studies and what a value of tau^2 makes of them.
class Pool {
 public:
  explicit Pool(const StudyEffects& studies)
      : y_(studies.estimates.begin(), studies.estimates.end()) {
    for (const double error : studies.std_errors) {
      variances_.push_back(error * error);
    }
  }

  size_t k() const { return y_.size(); }
  const std::vector<double>& variances() const { return variances_; }

  struct Sums {
    double w = 0, w2 = 0, w3 = 0;  // of weights, their squares and cubes
    double mean = 0;
    double q = 0, q2 = 0;  // of w r^2 and w^2 r^2, r = y - mean
  };
  Sums At(double tau_squared) const {
    Sums sums;
    // About the first estimate, so that a spread beside a large mean stays.
    double shift = 0;
    for (size_t i = 0; i < k(); ++i) {
      const double w = 1 / (variances_[i] + tau_squared);
      sums.w += w;
      sums.w2 += w * w;
      sums.w3 += w * w * w;
      shift += w * (y_[i] - y_[0]);
    }
    shift /= sums.w;
    sums.mean = y_[0] + shift;
    for (size_t i = 0; i < k(); ++i) {
      const double w = 1 / (variances_[i] + tau_squared);
      const double r = y_[i] - y_[0] - shift;
      sums.q += w * r * r;
      sums.q2 += w * w * r * r;
    }
    return sums;
  }

  // The mean square of the estimates about their plain mean.
  double MeanSquare() const {
    double mean = 0, square = 0;
    const auto n = static_cast<double>(k());
    for (const double y : y_) mean += (y - y_[0]) / n;
    for (const double y : y_) {
      square += (y - y_[0] - mean) * (y - y_[0] - mean) / n;
    }
    return square;
  }

 private:
  std::vector<double> y_, variances_;
};

absl::Status CheckStudies(const StudyEffects& studies, double conf_level) {
  if (absl::Status level = CheckConfLevel(conf_level); !level.ok()) {
    return level;
  }
  if (studies.estimates.size() != studies.std_errors.size()) {
    return absl::InvalidArgumentError(
        "estimates and standard errors differ in number");
  }
  if (studies.estimates.empty()) {
    return absl::FailedPreconditionError("no studies");
  }
  for (size_t i = 0; i < studies.estimates.size(); ++i) {
    if (!std::isfinite(studies.estimates[i])) {
      return absl::InvalidArgumentError(
          absl::StrCat("study ", i, ": the estimate is not finite"));
    }
    const double error = studies.std_errors[i];
    if (error > 0 && std::isfinite(error * error) && error * error > 0) {
      continue;
    }
    return absl::InvalidArgumentError(
        absl::StrCat("study ", i, ": the standard error is ", error,
                     "; allowed: above 0 and finite"));
  }
  return absl::OkStatus();
}

// Where Q(tau^2), which falls, is `target`; Q(0) is above it.
double ProfileRoot(const Pool& pool, double target) {
  const auto excess = [&](double tau_squared) {
    return pool.At(tau_squared).q - target;
  };
  Bracket bracket;
  bracket.f_lower = excess(0);
  bracket.upper =
      *std::max_element(pool.variances().begin(), pool.variances().end());
  for (bracket.f_upper = excess(bracket.upper);
       bracket.f_upper > 0 && bracket.upper < kLargestTauSquared;
       bracket.f_upper = excess(bracket.upper)) {
    bracket.lower = bracket.upper;
    bracket.f_lower = bracket.f_upper;
    bracket.upper *= 4;
  }
  return FindRoot(excess, bracket).x;
}

// Fisher scoring from Hedges's estimate, as metafor; at a boundary maximum the
// score at 0 is not above 0.
absl::StatusOr<double> ScoreTau(const Pool& pool, bool reml) {
  const auto step_at = [&](double tau_squared) {
    const Pool::Sums s = pool.At(tau_squared);
    if (!reml) return (s.q2 - s.w) / s.w2;
    const double trace = s.w - s.w2 / s.w;
    const double information =
        s.w2 - 2 * s.w3 / s.w + (s.w2 / s.w) * (s.w2 / s.w);
    return (s.q2 - trace) / information;
  };
  double mean_variance = 0;
  for (const double v : pool.variances()) {
    mean_variance += v / static_cast<double>(pool.k());
  }
  const auto n = static_cast<double>(pool.k());
  double tau_squared =
      std::max(0.0, pool.MeanSquare() * n / (n - 1) - mean_variance);
  double previous = HUGE_VAL;
  for (int i = 0; i < kMaxTauSteps; ++i) {
    double step = step_at(tau_squared);
    if (tau_squared + step < 0) {
      if (step_at(0) <= 0) {
        tau_squared = 0;
        return tau_squared;
      }
      while (tau_squared + step < 0) step /= 2;
    }
    const double moved = tau_squared + step;
    const double pace = std::abs(moved - tau_squared);
    if (pace <= 4e-16 * moved) return moved;
    // Scoring that only swaps the last digits.
    if (pace <= 1e-12 * moved && pace > previous / 2) return moved;
    previous = pace;
    tau_squared = moved;
  }
  return absl::FailedPreconditionError(
      "tau^2 does not converge: choose another estimator");
}

absl::StatusOr<double> EstimateTau(const Pool& pool, TauSquared method) {
  const auto n = static_cast<double>(pool.k());
  if (pool.k() == 1 || method == TauSquared::kFixedEffect) return 0.0;
  const Pool::Sums fixed = pool.At(0);
  switch (method) {
    case TauSquared::kFixedEffect:
      return 0.0;
    case TauSquared::kDerSimonianLaird:
      return std::max(0.0,
                      (fixed.q - (n - 1)) / (fixed.w - fixed.w2 / fixed.w));
    case TauSquared::kHunterSchmidt:
      return std::max(0.0, (fixed.q - n) / fixed.w);
    case TauSquared::kSidikJonkman: {
      const double first = pool.MeanSquare();
      if (!(first > 0)) return 0.0;
      return first * pool.At(first).q / (n - 1);
    }
    case TauSquared::kPauleMandel:
      return fixed.q > n - 1 ? ProfileRoot(pool, n - 1) : 0;
    case TauSquared::kReml:
      return ScoreTau(pool, true);
    case TauSquared::kMl:
      return ScoreTau(pool, false);
  }
  return 0.0;
}

void AddHeterogeneity(const Pool& pool, MetaAnalysis& meta) {
  const auto df = static_cast<double>(meta.k - 1);
  const Pool::Sums fixed = pool.At(0);
  meta.heterogeneity = MakeChiSquareTest(fixed.q, meta.k - 1);
  if (meta.k == 1) return;
  if (meta.options.tau_squared == TauSquared::kFixedEffect) {
    meta.h_squared = fixed.q / df;
    meta.i_squared = fixed.q > df ? (fixed.q - df) / fixed.q : 0;
    return;
  }
  const double typical = df / (fixed.w - fixed.w2 / fixed.w);
  meta.i_squared = meta.tau_squared / (typical + meta.tau_squared);
  meta.h_squared = meta.tau_squared / typical + 1;
  const double tail = (1 - meta.options.conf_level) / 2;
  const double high = ChiSquareQuantile(1 - tail, df);
  const double low = ChiSquareQuantile(tail, df);
  meta.tau_squared_lower = fixed.q > high ? ProfileRoot(pool, high) : 0;
  meta.interval_is_empty = fixed.q < low;
  meta.tau_squared_upper = fixed.q > low ? ProfileRoot(pool, low) : 0;
}

void AddInterval(MetaAnalysis& meta) {
  const bool t = meta.df.has_value();
  if (t && *meta.df < 1) return;
  const double critical =
      t ? StudentTCriticalValue(meta.options.conf_level, *meta.df)
        : NormalCriticalValue(meta.options.conf_level);
  meta.lower = meta.estimate - critical * meta.std_error;
  meta.upper = meta.estimate + critical * meta.std_error;
  if (meta.std_error > 0) {
    meta.statistic = meta.estimate / meta.std_error;
    const double size = std::abs(meta.statistic);
    meta.p_value =
        2 * (t ? StudentTUpperTail(size, *meta.df) : NormalUpperTail(size));
  }
  if (meta.options.tau_squared == TauSquared::kFixedEffect) return;
  const double reach =
      critical * std::sqrt(meta.tau_squared + meta.std_error * meta.std_error);
  meta.prediction_lower = meta.estimate - reach;
  meta.prediction_upper = meta.estimate + reach;
}

StudyEffects Slice(const StudyEffects& studies, size_t n) {
  return {studies.estimates.first(n), studies.std_errors.first(n)};
}

}  // namespace

absl::StatusOr<MetaAnalysis> EstimateMeta(const StudyEffects& studies,
                                          const MetaOptions& options) {
  if (absl::Status status = CheckStudies(studies, options.conf_level);
      !status.ok()) {
    return status;
  }
  const Pool pool(studies);
  MetaAnalysis meta;
  meta.options = options;
  meta.k = pool.k();
  const absl::StatusOr<double> tau = EstimateTau(pool, options.tau_squared);
  if (!tau.ok()) return tau.status();
  meta.tau_squared = *tau;
  const Pool::Sums sums = pool.At(meta.tau_squared);
  meta.estimate = sums.mean;
  meta.std_error = 1 / std::sqrt(sums.w);
  if (options.hartung_knapp) {
    meta.df = static_cast<double>(meta.k - 1);
    if (meta.k > 1) meta.std_error *= std::sqrt(sums.q / *meta.df);
  }
  for (const double v : pool.variances()) {
    meta.weights.push_back(100 / (v + meta.tau_squared) / sums.w);
  }
  AddInterval(meta);
  AddHeterogeneity(pool, meta);
  return meta;
}

absl::StatusOr<std::vector<MetaAnalysis>> LeaveOneOut(
    const StudyEffects& studies, const MetaOptions& options) {
  if (absl::Status status = CheckStudies(studies, options.conf_level);
      !status.ok()) {
    return status;
  }
  std::vector<MetaAnalysis> answers;
  for (size_t out = 0; out < studies.estimates.size(); ++out) {
    std::vector<double> estimates(studies.estimates.begin(),
                                  studies.estimates.end());
    std::vector<double> errors(studies.std_errors.begin(),
                               studies.std_errors.end());
    estimates.erase(estimates.begin() + static_cast<std::ptrdiff_t>(out));
    errors.erase(errors.begin() + static_cast<std::ptrdiff_t>(out));
    absl::StatusOr<MetaAnalysis> meta =
        EstimateMeta({estimates, errors}, options);
    if (!meta.ok()) return meta.status();
    answers.push_back(*std::move(meta));
  }
  return answers;
}

absl::StatusOr<std::vector<MetaAnalysis>> Cumulate(const StudyEffects& studies,
                                                   const MetaOptions& options) {
  if (absl::Status status = CheckStudies(studies, options.conf_level);
      !status.ok()) {
    return status;
  }
  std::vector<MetaAnalysis> answers;
  for (size_t n = 1; n <= studies.estimates.size(); ++n) {
    absl::StatusOr<MetaAnalysis> meta =
        EstimateMeta(Slice(studies, n), options);
    if (!meta.ok()) return meta.status();
    answers.push_back(*std::move(meta));
  }
  return answers;
}

absl::StatusOr<EggerTest> TestEgger(const StudyEffects& studies,
                                    double conf_level) {
  if (absl::Status status = CheckStudies(studies, conf_level); !status.ok()) {
    return status;
  }
  const size_t k = studies.estimates.size();
  if (k < 3) {
    return absl::FailedPreconditionError(
        "Egger's test needs three studies or more");
  }
  // Weighted least squares about the weighted means.
  double w = 0, x_mean = 0, y_mean = 0;
  const double y0 = studies.estimates[0];
  for (size_t i = 0; i < k; ++i) {
    const double error = studies.std_errors[i];
    const double weight = 1 / (error * error);
    w += weight;
    x_mean += weight * error;
    y_mean += weight * (studies.estimates[i] - y0);
  }
  x_mean /= w;
  y_mean /= w;
  double xx = 0, xy = 0, rest = 0;
  for (size_t i = 0; i < k; ++i) {
    const double error = studies.std_errors[i];
    const double weight = 1 / (error * error);
    xx += weight * (error - x_mean) * (error - x_mean);
    xy += weight * (error - x_mean) * (studies.estimates[i] - y0 - y_mean);
  }
  if (!(xx > 1e-20 * w * x_mean * x_mean)) {
    return absl::FailedPreconditionError(
        "the standard errors are all equal: no asymmetry can be seen");
  }
  EggerTest test;
  test.df = static_cast<double>(k - 2);
  test.estimate = xy / xx;
  test.limit = y0 + y_mean - test.estimate * x_mean;
  for (size_t i = 0; i < k; ++i) {
    const double error = studies.std_errors[i];
    const double r =
        studies.estimates[i] - y0 - y_mean - test.estimate * (error - x_mean);
    rest += r * r / (error * error);
  }
  const double dispersion = rest / test.df;
  const double error = std::sqrt(dispersion / xx);
  const double critical = StudentTCriticalValue(conf_level, test.df);
  test.std_error = error;
  test.lower = test.estimate - critical * error;
  test.upper = test.estimate + critical * error;
  const double limit_error =
      std::sqrt(dispersion * (1 / w + x_mean * x_mean / xx));
  test.limit_lower = test.limit - critical * limit_error;
  test.limit_upper = test.limit + critical * limit_error;
  if (error > 0) {
    test.statistic = test.estimate / error;
    test.p_value = 2 * StudentTUpperTail(std::abs(*test.statistic), test.df);
  }
  return test;
}

}  // namespace enthesis::stats
