#include "stats/root.h"

#include <cmath>
#include <functional>
#include <limits>
#include <utility>

namespace enthesis::stats {
namespace {

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
constexpr int kStepsMax = 1000;  // as uniroot; about 100 are needed

struct Point {
  double x = 0;
  double f = 0;
};

// The step from `best` to the root of the curve through it, `last` and `other`
// (inverse quadratic; secant while there are two points), or half the way to
// `other` where that step is not well inside the bracket or does not shrink.
double NextStep(const Point& last, const Point& best, const Point& other,
                double previous_step, double tolerance) {
  const double gap = other.x - best.x;
  const double half = gap / 2;
  if (std::abs(previous_step) < tolerance ||
      std::abs(last.f) <= std::abs(best.f)) {
    return half;
  }
  double numerator, denominator;
  const double ratio = best.f / last.f;
  if (last.x == other.x) {
    numerator = gap * ratio;
    denominator = 1 - ratio;
  } else {
    const double q = last.f / other.f;
    const double r = best.f / other.f;
    numerator = ratio * (gap * q * (q - r) - (best.x - last.x) * (r - 1));
    denominator = (q - 1) * (r - 1) * (ratio - 1);
  }
  if (numerator > 0) {
    denominator = -denominator;
  } else {
    numerator = -numerator;
  }
  const bool is_inside = numerator < 0.75 * gap * denominator -
                                         std::abs(tolerance * denominator) / 2;
  const bool shrinks = numerator < std::abs(previous_step * denominator / 2);
  return is_inside && shrinks ? numerator / denominator : half;
}

}  // namespace

Root FindRoot(const std::function<double(double)>& f, const Bracket& bracket) {
  if (bracket.f_lower == 0) return {bracket.lower, true};
  if (bracket.f_upper == 0) return {bracket.upper, true};
  const double floor = kEpsilon * (bracket.upper - bracket.lower);
  Point last{bracket.lower, bracket.f_lower};
  Point best{bracket.upper, bracket.f_upper};
  Point other = last;  // of the other sign than `best`
  for (int step = 0; step <= kStepsMax; ++step) {
    const double previous_step = best.x - last.x;
    if (std::abs(other.f) < std::abs(best.f)) {
      last = best;
      best = other;
      other = last;
    }
    const double tolerance = 2 * kEpsilon * std::abs(best.x) + floor / 2;
    if (best.f == 0) return {best.x, true};
    if (std::abs(other.x - best.x) / 2 <= tolerance) break;
    double move = NextStep(last, best, other, previous_step, tolerance);
    if (std::abs(move) < tolerance) move = move > 0 ? tolerance : -tolerance;
    last = best;
    best.x += move;
    best.f = f(best.x);
    if ((best.f > 0) == (other.f > 0)) other = last;
  }
  return {best.x, false};
}

}  // namespace enthesis::stats
