#include "stats/interval.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace enthesis::stats {
namespace {

// Keeps only finite limits: an overflowing scale has no answer to print.
std::optional<Limits> Clamped(double lower, double upper) {
  if (!std::isfinite(lower) || !std::isfinite(upper)) return std::nullopt;
  return Limits{std::clamp(lower, 0.0, 1.0), std::clamp(upper, 0.0, 1.0)};
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
  }
  return std::nullopt;
}

std::optional<Limits> IncidenceLimits(double incidence, double std_error,
                                      double z, IntervalTransform transform) {
  if (transform == IntervalTransform::kPlain) {
    return Clamped(incidence - z * std_error, incidence + z * std_error);
  }
  if (incidence >= 1) return std::nullopt;
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
