// The limits of a funnel plot at a size.
//
// Internal to funnel plots.

#ifndef ENTHESIS_STATS_FUNNEL_LIMITS_H_
#define ENTHESIS_STATS_FUNNEL_LIMITS_H_

#include "stats/funnel.h"

namespace enthesis::stats {

// The scale on which estimates have nearly one variance at a size: the arcsine
// of the square root of a proportion, the square root of a ratio, a difference
// as it is.
double ToFunnelScale(FunnelMeasure measure, double estimate);
// The error of an estimate by chance on that scale: 1 / (2 sqrt(size)).
double FunnelScaleError(double size);

// Normal limits of `target` with this error on that scale.
FunnelLimits NormalFunnelLimits(FunnelMeasure measure, double target,
                                double size, double error);
FunnelLimits PredictionFunnelLimits(FunnelMeasure measure, double target,
                                    double size);
FunnelLimits ConfidenceFunnelLimits(FunnelMeasure measure, double target,
                                    double size);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_FUNNEL_LIMITS_H_
