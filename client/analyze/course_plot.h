// The course of a score: its mean with interval at each visit, a line a group,
// with the numbers measured below. In SVG, legible in gray, and in characters.

#ifndef ENTHESIS_CLIENT_ANALYZE_COURSE_PLOT_H_
#define ENTHESIS_CLIENT_ANALYZE_COURSE_PLOT_H_

#include <optional>
#include <string>
#include <vector>

namespace enthesis::client {

struct CoursePoint {
  std::optional<double> mean, lower, upper;  // absent where withheld
  std::string n;                             // as it is to be read
};

struct CourseLine {
  std::string name;                 // empty for a single line
  std::vector<CoursePoint> points;  // one a visit, in that order
};

struct CoursePlot {
  std::vector<std::string> headings;  // above: the first says what it is
  std::string y_title;
  std::vector<std::string> visits;  // their names, in order of time
  double low = 0, high = 100;       // range of the score
  std::string note;                 // below
  std::vector<CourseLine> lines;

  std::string Svg() const;
  std::string Text() const;
};

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_ANALYZE_COURSE_PLOT_H_
