#include "stats/interval.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>

namespace enthesis::stats {
namespace {

constexpr double kRightAngle = std::numbers::pi / 2;

// Keeps only finite limits: an overflowing scale has no answer to print.
std::optional<Limits> Clamped(double lower, double upper) {
  if (!std::isfinite(lower) || !std::isfinite(upper)) return std::nullopt;
  return Limits{std::clamp(lower, 0.0, 1.0), std::clamp(upper, 0.0, 1.0)};
}

// `reach` is on the scale of log(p / (1 - p)).
std::optional<Limits> LogitLimits(double p, double reach) {
  if (p <= 0 || p >= 1) return std::nullopt;
  const double odds = p / (1 - p);
  const double factor = std::exp(reach);
  return Clamped(odds / (odds + factor), odds / (odds + 1 / factor));
}

// Symmetric in asin(sqrt(p)), cut to [0, pi / 2]; `reach` is on the scale of p.
std::optional<Limits> ArcsinLimits(double p, double reach) {
  if (p <= 0 || p >= 1) return std::nullopt;
  const double angle = std::asin(std::sqrt(p));
  const double half = reach / (2 * std::sqrt(p * (1 - p)));
  const double low = std::sin(std::max(0.0, angle - half));
  const double high = std::sin(std::min(kRightAngle, angle + half));
  return Clamped(low * low, high * high);
}

}  // namespace

std::optional<Limits> SurvivalLimits(double survival, double log_std_error,
                                     double z, IntervalTransform transform) {
  if (survival <= 0) return std::nullopt;
  const double reach = z * log_std_error;
  switch (transform) {
    case IntervalTransform::kPlain:
      return Clamped(survival - reach * survival, survival + reach * survival);
    case IntervalTransform::kLog: {
      const double log_survival = std::log(survival);
      return Clamped(std::exp(log_survival - reach),
                     std::exp(log_survival + reach));
    }
    case IntervalTransform::kLogLog: {
      if (survival >= 1) return std::nullopt;
      // Kalbfleisch & Prentice (2002, ch. 1): S^exp(+-z se / log S).
      const double hazard = -std::log(survival);
      const double factor = std::exp(reach / hazard);
      return Clamped(std::exp(-hazard * factor), std::exp(-hazard / factor));
    }
    case IntervalTransform::kLogit:
      return LogitLimits(survival, reach / (1 - survival));
    case IntervalTransform::kArcsin:
      return ArcsinLimits(survival, reach * survival);
  }
  return std::nullopt;
}

std::optional<Limits> IncidenceLimits(double incidence, double std_error,
                                      double z, IntervalTransform transform) {
  if (transform == IntervalTransform::kPlain) {
    return Clamped(incidence - z * std_error, incidence + z * std_error);
  }
  if (incidence >= 1) return std::nullopt;
  if (transform == IntervalTransform::kLogit) {
    return LogitLimits(incidence,
                       z * std_error / (incidence * (1 - incidence)));
  }
  if (transform == IntervalTransform::kArcsin) {
    return ArcsinLimits(incidence, z * std_error);
  }
  // On log(1 - F) by log1p and expm1: a small incidence keeps its digits.
  const double log_free = std::log1p(-incidence);
  const double reach = z * std_error / (1 - incidence);
  if (transform == IntervalTransform::kLog) {
    return Clamped(-std::expm1(log_free + reach),
                   -std::expm1(log_free - reach));
  }
  if (incidence <= 0) return std::nullopt;
  const double factor = std::exp(reach / -log_free);
  return Clamped(-std::expm1(log_free / factor),
                 -std::expm1(log_free * factor));
}

}  // namespace enthesis::stats
