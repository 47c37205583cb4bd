// Risk-adjusted CUSUM, its run lengths and VLAD against their definitions
// written out in R (golden/README.md).

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "stats/cusum.h"
#include "stats/cusum_run_length.h"
#include "support/golden.h"

namespace enthesis::stats {
namespace {

using golden::Compare;
using golden::Csv;

struct Watched {
  std::vector<double> outcome, expected;
  std::vector<CusumPoint> points, resetting;
  std::vector<VladPoint> vlad;
  std::map<std::string, double> figures;
};

Watched Watch(const std::string& dataset, double odds_ratio) {
  const Csv csv(absl::StrCat("data/cusum_", dataset, ".csv"));
  Watched watched;
  for (size_t i = 0; i < csv.n_rows(); ++i) {
    watched.outcome.push_back(csv.Value(i, "outcome"));
    watched.expected.push_back(csv.Value(i, "expected"));
  }
  const CusumCases cases{watched.outcome, watched.expected};
  const auto weights = CusumWeights::Make(watched.expected, odds_ratio);
  EXPECT_TRUE(weights.ok()) << weights.status();
  const auto threshold = weights->ThresholdOf(740);
  EXPECT_TRUE(threshold.ok() && threshold->has_value());
  watched.points = *RunCusum(cases, {odds_ratio, **threshold, false});
  watched.resetting = *RunCusum(cases, {odds_ratio, **threshold, true});
  watched.vlad = *RunVlad(cases);
  watched.figures = {
      {"threshold", **threshold},
      {"in_control", weights->MeanRunLength(**threshold)->mean},
      {"out_of_control", weights->MeanRunLength(**threshold, odds_ratio)->mean},
      {"grid_50", weights->MeanRunLengthOnGrid(2.5, 1, 50)},
      {"grid_100", weights->MeanRunLengthOnGrid(2.5, 1, 100)},
      {"grid_200", weights->MeanRunLengthOnGrid(2.5, 1, 200)}};
  return watched;
}

double FigureOf(const Watched& watched, double odds_ratio, size_t i,
                const std::string& name) {
  const std::map<std::string, double> figures = {
      {"weight",
       CusumWeight(watched.expected[i], watched.outcome[i] == 1, odds_ratio)},
      {"value", watched.points[i].value},
      {"reset", watched.resetting[i].value},
      {"vlad", watched.vlad[i].value},
      {"vlad_error", watched.vlad[i].std_error}};
  return figures.at(name);
}

TEST(Golden, Cusum) {
  const Csv csv("cusum.csv");
  ASSERT_GT(csv.n_rows(), 2400);
  std::map<std::string, Watched> found;
  for (size_t row = 0; row < csv.n_rows(); ++row) {
    const std::string& dataset = csv.Text(row, "dataset");
    const double odds = csv.Value(row, "odds");
    const std::string key = absl::StrCat(dataset, " ", odds);
    if (found.count(key) == 0) found[key] = Watch(dataset, odds);
    const auto index = static_cast<size_t>(csv.Value(row, "case"));
    const std::string& name = csv.Text(row, "name");
    const Watched& watched = found[key];
    const double value = index == 0 ? watched.figures.at(name)
                                    : FigureOf(watched, odds, index - 1, name);
    Compare(index == 0 ? "CUSUM run lengths" : "CUSUM and VLAD", dataset, value,
            csv.Number(row, "value"), absl::StrCat(key, " ", index, " ", name));
  }
}

}  // namespace
}  // namespace enthesis::stats
