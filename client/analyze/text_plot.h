// Figures in characters, for a terminal.

#ifndef ENTHESIS_CLIENT_ANALYZE_TEXT_PLOT_H_
#define ENTHESIS_CLIENT_ANALYZE_TEXT_PLOT_H_

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "client/analyze/plot_axis.h"

namespace enthesis::client {

// Marks and lines on a grid of characters between two axes. What is drawn later
// covers what was drawn before; what lies outside is not drawn.
class TextPlot {
 public:
  // As wide as the screen is, within what a page of text holds.
  TextPlot(double x_low, double x_high, double y_low, double y_high,
           size_t n_rows = 20);

  // Below, in place of round numbers.
  void NameTicks(std::vector<PlotTick> ticks) { x_.ticks = std::move(ticks); }
  void Mark(double x, double y, char mark);
  // Through the points, one mark a column of characters.
  void Line(const std::vector<std::pair<double, double>>& points, char mark);

  // With ticks; titles above and below.
  std::string Render(const std::string& x_title,
                     const std::string& y_title) const;
  // A line to go below: `name` at the left, each text under its tick, none
  // within another.
  std::string BelowTicks(const std::string& name,
                         const std::vector<double>& ticks,
                         const std::vector<std::string>& texts) const;

 private:
  std::string& RowOf(double y);

  PlotAxis x_, y_;
  std::vector<std::string> rows_;  // from the top
};

// Columns that a figure may take.
size_t TextPlotWidth();

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_ANALYZE_TEXT_PLOT_H_
