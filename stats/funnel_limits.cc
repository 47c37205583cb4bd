#include "stats/funnel_limits.h"

#include <algorithm>
#include <cmath>

#include "stats/distributions.h"

namespace enthesis::stats {
namespace {

// Beyond each of the two pairs of limits.
constexpr double kAlertTail = 0.025;
constexpr double kAlarmTail = 0.001;

// The count of a site at the target.
class CountAtTarget {
 public:
  CountAtTarget(FunnelMeasure measure, double target, double size)
      : is_ratio_(measure == FunnelMeasure::kRatio),
        target_(target),
        size_(size),
        mean_(target * size) {}

  double mean() const { return mean_; }
  double deviation() const {
    return std::sqrt(is_ratio_ ? mean_ : mean_ * (1 - target_));
  }
  // Beyond any quantile in use, and no more than a count can be.
  double largest() const {
    return is_ratio_ ? mean_ + 20 * std::sqrt(mean_) + 20 : size_;
  }
  double Probability(double count) const {
    return is_ratio_ ? PoissonProbability(count, mean_)
                     : BinomialProbability(count, size_, target_);
  }
  double LowerTail(double count) const {
    return is_ratio_ ? PoissonLowerTail(count, mean_)
                     : BinomialLowerTail(count, size_, target_);
  }
  double UpperTail(double count) const {
    return is_ratio_ ? PoissonUpperTail(count, mean_)
                     : BinomialUpperTail(count, size_, target_);
  }

 private:
  bool is_ratio_;
  double target_, size_, mean_;
};

// The smallest count from 0 to `largest` at which `holds`, which then holds at
// all above; it does at `largest`. Looks out from `guess` in growing steps.
template <typename Holds>
double SmallestCount(double guess, double largest, const Holds& holds) {
  double low = -1;  // does not hold
  double high = std::floor(largest);
  const double start = std::clamp(std::round(guess), 0.0, high);
  if (holds(start)) {
    high = start;
    for (double step = 1; high - step > low; step *= 2) {
      if (!holds(high - step)) {
        low = high - step;
        break;
      }
      high -= step;
    }
  } else {
    low = start;
    for (double step = 1; low + step < high; step *= 2) {
      if (holds(low + step)) {
        high = low + step;
        break;
      }
      low += step;
    }
  }
  while (high - low > 1) {
    const double middle = low + std::floor((high - low) / 2);
    (holds(middle) ? high : low) = middle;
  }
  return high;
}

double LowerPrediction(const CountAtTarget& count, double tail) {
  const double guess = count.mean() + NormalQuantile(tail) * count.deviation();
  const double r = SmallestCount(guess, count.largest(), [&](double at) {
    return count.LowerTail(at) >= tail;
  });
  return r - (count.LowerTail(r) - tail) / count.Probability(r);
}

// From upper tails, which keep their digits.
double UpperPrediction(const CountAtTarget& count, double tail) {
  const double guess = count.mean() - NormalQuantile(tail) * count.deviation();
  const double r = SmallestCount(guess, count.largest(), [&](double at) {
    return count.UpperTail(at) <= tail;
  });
  return r - (tail - count.UpperTail(r)) / count.Probability(r);
}

std::optional<double> LowerPredictionLimit(const CountAtTarget& count,
                                           double tail, double size) {
  const double limit = LowerPrediction(count, tail);
  if (!(limit >= 0)) return std::nullopt;
  return limit / size;
}

double UpperPredictionLimit(FunnelMeasure measure, const CountAtTarget& count,
                            double tail, double size) {
  // Where all cases with the event are no surprise nothing lies above. The
  // interpolation would put the limit below that count, as it puts a lower one
  // below 0.
  if (measure == FunnelMeasure::kProportion && count.Probability(size) > tail) {
    return 1;
  }
  return std::max(0.0, UpperPrediction(count, tail)) / size;
}

// A count between whole ones has its limits, too: they follow from gamma and
// beta.
double LowerConfidence(FunnelMeasure measure, double count, double size,
                       double tail) {
  if (!(count > 0)) return 0;
  if (measure == FunnelMeasure::kRatio) {
    return ChiSquareQuantile(tail, 2 * count) / (2 * size);
  }
  return BetaQuantile(tail, count, size - count + 1);
}

double UpperConfidence(FunnelMeasure measure, double count, double size,
                       double tail) {
  if (measure == FunnelMeasure::kRatio) {
    return ChiSquareUpperQuantile(tail, 2 * (count + 1)) / (2 * size);
  }
  if (!(count < size)) return 1;
  return BetaUpperQuantile(tail, count + 1, size - count);
}

// Back from the scale, whose ends are kept: beyond them the sine would turn.
double FromFunnelScale(FunnelMeasure measure, double value) {
  if (measure == FunnelMeasure::kDifference) return value;
  if (measure == FunnelMeasure::kRatio) {
    const double root = std::max(0.0, value);
    return root * root;
  }
  const double sine = std::sin(std::clamp(value, 0.0, std::acos(0.0)));
  return sine * sine;
}

}  // namespace

double ToFunnelScale(FunnelMeasure measure, double estimate) {
  if (measure == FunnelMeasure::kDifference) return estimate;
  const double root = std::sqrt(estimate);
  return measure == FunnelMeasure::kRatio ? root : std::asin(root);
}

double FunnelScaleError(double size) { return 1 / (2 * std::sqrt(size)); }

FunnelLimits NormalFunnelLimits(FunnelMeasure measure, double target,
                                double size, double error) {
  const double middle = ToFunnelScale(measure, target);
  const double alert = NormalUpperQuantile(kAlertTail) * error;
  const double alarm = NormalUpperQuantile(kAlarmTail) * error;
  return {size, FromFunnelScale(measure, middle - alert),
          FromFunnelScale(measure, middle + alert),
          FromFunnelScale(measure, middle - alarm),
          FromFunnelScale(measure, middle + alarm)};
}

FunnelLimits PredictionFunnelLimits(FunnelMeasure measure, double target,
                                    double size) {
  const CountAtTarget count(measure, target, size);
  return {size, LowerPredictionLimit(count, kAlertTail, size),
          UpperPredictionLimit(measure, count, kAlertTail, size),
          LowerPredictionLimit(count, kAlarmTail, size),
          UpperPredictionLimit(measure, count, kAlarmTail, size)};
}

FunnelLimits ConfidenceFunnelLimits(FunnelMeasure measure, double target,
                                    double size) {
  const double count = target * size;
  return {size, LowerConfidence(measure, count, size, kAlertTail),
          UpperConfidence(measure, count, size, kAlertTail),
          LowerConfidence(measure, count, size, kAlarmTail),
          UpperConfidence(measure, count, size, kAlarmTail)};
}

}  // namespace enthesis::stats
