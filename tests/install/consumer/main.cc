// Median survival of five subjects, with nothing but the installed engine.

#include <cstdio>
#include <vector>

#include "stats/event_table.h"
#include "stats/kaplan_meier.h"

int main() {
  const std::vector<enthesis::stats::EventRow> rows = {
      {1, 1}, {2, 1}, {3, 0}, {4, 1}, {5, 0}};
  const auto table = enthesis::stats::TabulateEvents(rows, 1);
  if (!table.ok()) return 1;
  const auto curve = enthesis::stats::EstimateKaplanMeier(*table);
  if (!curve.ok() || !curve->median.estimate.has_value()) return 1;
  std::printf("median %g\n", *curve->median.estimate);
  return *curve->median.estimate == 4 ? 0 : 1;
}
