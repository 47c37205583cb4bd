#include "stats/distributions.h"

#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/complement.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/policies/policy.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <limits>

namespace enthesis::stats {
namespace {

namespace bmp = boost::math::policies;

// Doubles all the way: long double has another width on another machine.
using NoThrow = bmp::policy<bmp::domain_error<bmp::ignore_error>,
                            bmp::pole_error<bmp::ignore_error>,
                            bmp::overflow_error<bmp::ignore_error>,
                            bmp::underflow_error<bmp::ignore_error>,
                            bmp::denorm_error<bmp::ignore_error>,
                            bmp::rounding_error<bmp::ignore_error>,
                            bmp::evaluation_error<bmp::ignore_error>,
                            bmp::indeterminate_result_error<bmp::ignore_error>,
                            bmp::promote_double<false>>;

using Normal = boost::math::normal_distribution<double, NoThrow>;
using StudentT = boost::math::students_t_distribution<double, NoThrow>;
using ChiSquare = boost::math::chi_squared_distribution<double, NoThrow>;
using FisherF = boost::math::fisher_f_distribution<double, NoThrow>;
using Beta = boost::math::beta_distribution<double, NoThrow>;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double FiniteOrNaN(double x) { return std::isfinite(x) ? x : kNaN; }

bool IsOpenUnit(double p) { return p > 0 && p < 1; }

bool IsPositive(double df) { return std::isfinite(df) && df > 0; }

bool IsWholeCount(double count) {
  return std::isfinite(count) && count >= 0 && count == std::floor(count);
}

bool IsBinomial(double count, double n, double probability) {
  return IsWholeCount(count) && IsWholeCount(n) && n >= 1 && count <= n &&
         probability >= 0 && probability <= 1;
}

}  // namespace

absl::Status CheckConfLevel(double conf_level) {
  if (IsOpenUnit(conf_level)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "the confidence level must lie strictly between 0 and 1");
}

double NormalCriticalValue(double conf_level) {
  if (!IsOpenUnit(conf_level)) return kNaN;
  // From the upper tail: 1 - alpha / 2 loses digits near 1.
  const double tail = (1 - conf_level) / 2;
  return FiniteOrNaN(quantile(complement(Normal(), tail)));
}

double StudentTCriticalValue(double conf_level, double df) {
  if (!IsOpenUnit(conf_level) || !IsPositive(df)) return kNaN;
  const double tail = (1 - conf_level) / 2;
  return FiniteOrNaN(quantile(complement(StudentT(df), tail)));
}

double NormalQuantile(double probability) {
  if (!IsOpenUnit(probability)) return kNaN;
  return FiniteOrNaN(quantile(Normal(), probability));
}

double StudentTQuantile(double probability, double df) {
  if (!IsOpenUnit(probability) || !IsPositive(df)) return kNaN;
  return FiniteOrNaN(quantile(StudentT(df), probability));
}

double ChiSquareQuantile(double probability, double df) {
  if (!IsOpenUnit(probability) || !IsPositive(df)) return kNaN;
  return FiniteOrNaN(quantile(ChiSquare(df), probability));
}

double NormalUpperTail(double x) {
  if (std::isnan(x)) return kNaN;
  return FiniteOrNaN(cdf(complement(Normal(), x)));
}

double StudentTUpperTail(double x, double df) {
  if (std::isnan(x) || !IsPositive(df)) return kNaN;
  return FiniteOrNaN(cdf(complement(StudentT(df), x)));
}

double ChiSquareUpperTail(double x, double df) {
  if (std::isnan(x) || !IsPositive(df)) return kNaN;
  if (x <= 0) return 1;
  if (std::isinf(x)) return 0;
  return FiniteOrNaN(cdf(complement(ChiSquare(df), x)));
}

double FUpperTail(double x, double df, double residual_df) {
  if (std::isnan(x) || !IsPositive(df) || !IsPositive(residual_df)) return kNaN;
  if (x <= 0) return 1;
  if (std::isinf(x)) return 0;
  return FiniteOrNaN(cdf(complement(FisherF(df, residual_df), x)));
}

double NormalUpperQuantile(double tail) {
  if (!IsOpenUnit(tail)) return kNaN;
  return FiniteOrNaN(quantile(complement(Normal(), tail)));
}

double ChiSquareUpperQuantile(double tail, double df) {
  if (!IsOpenUnit(tail) || !IsPositive(df)) return kNaN;
  return FiniteOrNaN(quantile(complement(ChiSquare(df), tail)));
}

double BetaQuantile(double tail, double a, double b) {
  if (!IsOpenUnit(tail) || !IsPositive(a) || !IsPositive(b)) return kNaN;
  return FiniteOrNaN(quantile(Beta(a, b), tail));
}

double BetaUpperQuantile(double tail, double a, double b) {
  if (!IsOpenUnit(tail) || !IsPositive(a) || !IsPositive(b)) return kNaN;
  return FiniteOrNaN(quantile(complement(Beta(a, b), tail)));
}

double PoissonProbability(double count, double mean) {
  if (!IsWholeCount(count) || !IsPositive(mean)) return kNaN;
  return FiniteOrNaN(
      boost::math::gamma_p_derivative(count + 1, mean, NoThrow()));
}

double PoissonLowerTail(double count, double mean) {
  if (!IsWholeCount(count) || !IsPositive(mean)) return kNaN;
  return FiniteOrNaN(boost::math::gamma_q(count + 1, mean, NoThrow()));
}

double PoissonUpperTail(double count, double mean) {
  if (!IsWholeCount(count) || !IsPositive(mean)) return kNaN;
  return FiniteOrNaN(boost::math::gamma_p(count + 1, mean, NoThrow()));
}

double BinomialProbability(double count, double n, double probability) {
  if (!IsBinomial(count, n, probability)) return kNaN;
  // At the ends, which the density of beta has not.
  if (probability == 0 || probability == 1) {
    return count == n * probability ? 1 : 0;
  }
  return FiniteOrNaN(boost::math::ibeta_derivative(count + 1, n - count + 1,
                                                   probability, NoThrow()) /
                     (n + 1));
}

double BinomialLowerTail(double count, double n, double probability) {
  if (!IsBinomial(count, n, probability)) return kNaN;
  if (count == n) return 1;
  return FiniteOrNaN(
      boost::math::ibetac(count + 1, n - count, probability, NoThrow()));
}

double BinomialUpperTail(double count, double n, double probability) {
  if (!IsBinomial(count, n, probability)) return kNaN;
  if (count == n) return 0;
  return FiniteOrNaN(
      boost::math::ibeta(count + 1, n - count, probability, NoThrow()));
}

double GammaHalfStep(double x) {
  if (!IsPositive(x)) return kNaN;
  return FiniteOrNaN(1 / boost::math::tgamma_delta_ratio(x, 0.5, NoThrow()));
}

}  // namespace enthesis::stats
