#include "stats/shrunken_effects.h"

#include <cmath>
#include <cstddef>

#include "stats/distributions.h"

namespace enthesis::stats {

std::vector<ShrunkenEffect> ShrinkEffects(const StudyEffects& studies,
                                          const MetaAnalysis& meta) {
  // t without degrees of freedom is not defined; one study has a normal
  // interval.
  const double critical =
      meta.df.value_or(0) > 0
          ? StudentTCriticalValue(meta.options.conf_level, *meta.df)
          : NormalCriticalValue(meta.options.conf_level);
  std::vector<ShrunkenEffect> effects;
  for (size_t i = 0; i < studies.estimates.size(); ++i) {
    const double variance = studies.std_errors[i] * studies.std_errors[i];
    ShrunkenEffect effect;
    effect.reliability = meta.tau_squared / (meta.tau_squared + variance);
    const double rest = variance / (meta.tau_squared + variance);
    // About the mean, so that a spread beside a large mean stays.
    effect.estimate =
        meta.estimate +
        effect.reliability * (studies.estimates[i] - meta.estimate);
    effect.std_error = std::sqrt(effect.reliability * variance +
                                 rest * rest * meta.std_error * meta.std_error);
    effect.lower = effect.estimate - critical * effect.std_error;
    effect.upper = effect.estimate + critical * effect.std_error;
    effects.push_back(effect);
  }
  return effects;
}

}  // namespace enthesis::stats
