// A root of a function of one variable.

#ifndef ENTHESIS_STATS_ROOT_H_
#define ENTHESIS_STATS_ROOT_H_

#include <functional>

namespace enthesis::stats {

struct Bracket {
  double lower = 0;
  double upper = 0;
  double f_lower = 0;  // the function at `lower`, finite
  double f_upper = 0;  // at `upper`, not of the same sign
};

struct Root {
  double x = 0;
  bool is_zero = false;  // the function is 0 at x; else its sign changes there
};

// Brent's zeroin (1973, Algorithms for Minimization without Derivatives, ch.
// 4), which takes the steps of uniroot of R: on a function that is 0 on an
// interval both end on the same point of it. Runs until the bracket is as
// narrow as doubles allow, relative to x or to the width of `bracket`.
Root FindRoot(const std::function<double(double)>& f, const Bracket& bracket);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_ROOT_H_
