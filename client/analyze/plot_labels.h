// Names beside the marks of a figure, placed so that none covers another or a
// mark.

#ifndef ENTHESIS_CLIENT_ANALYZE_PLOT_LABELS_H_
#define ENTHESIS_CLIENT_ANALYZE_PLOT_LABELS_H_

#include <cstddef>
#include <string>
#include <vector>

namespace enthesis::client {

// A name of a figure, of at most this many letters, or its beginning and "~".
inline constexpr size_t kLabelLetters = 48;
std::string ShortLabel(const std::string& name);

class PlotLabels {
 public:
  // Within these edges of the page.
  PlotLabels(double left, double top, double right, double bottom)
      : page_{left, top, right, bottom} {}

  // Keeps the place of a mark free.
  void Avoid(double x, double y, double radius);
  // Names the mark at (x, y) at the nearest side where there is room, else
  // further off with a line to it; left out where there is none at all.
  void Append(double x, double y, const std::string& name, std::string& svg);

 private:
  struct Box {
    double left, top, right, bottom;
  };
  bool IsFree(const Box& box) const;

  Box page_;
  std::vector<Box> taken_;
};

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_ANALYZE_PLOT_LABELS_H_
