// Turnbull's estimate against R's EM algorithm on shipped data:
// tests/golden/README.md.

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "stats/interval_rank_test.h"
#include "stats/interval_times.h"
#include "stats/turnbull.h"
#include "support/golden.h"

namespace enthesis::stats {
namespace {

using golden::Csv;

TurnbullCurve CurveOf(const std::string& dataset, const std::string& group) {
  const Csv csv("data/" + dataset + ".csv");
  std::vector<double> lower, upper, weights;
  for (size_t i = 0; i < csv.n_rows(); ++i) {
    if (csv.Text(i, "group") != group) continue;
    lower.push_back(csv.Number(i, "lower").value_or(0));
    upper.push_back(csv.Number(i, "upper").value_or(kOpenUpper));
    weights.push_back(csv.Value(i, "weight"));
  }
  const auto curve = EstimateTurnbull({lower, upper, weights});
  EXPECT_TRUE(curve.ok()) << dataset << ": " << curve.status();
  return curve.ok() ? *curve : TurnbullCurve();
}

TEST(GoldenTurnbull, LikelihoodAndSurvival) {
  const Csv csv("turnbull.csv");
  ASSERT_GT(csv.n_rows(), 0u);
  std::map<std::pair<std::string, std::string>, TurnbullCurve> curves;
  for (size_t i = 0; i < csv.n_rows(); ++i) {
    const std::string& dataset = csv.Text(i, "dataset");
    const std::string& group = csv.Text(i, "group");
    auto [found, is_new] = curves.try_emplace({dataset, group});
    TurnbullCurve& curve = found->second;
    if (is_new) {
      curve = CurveOf(dataset, group);
      EXPECT_LE(curve.max_violation, 1e-11) << dataset;
      golden::Compare("Turnbull's likelihood", dataset, curve.log_likelihood,
                      csv.Value(i, "log_likelihood"), group);
      // Never below R's, as it stops by itself or when run on.
      const double noise = 1e-13 * std::abs(curve.log_likelihood);
      EXPECT_GE(curve.log_likelihood + noise, csv.Value(i, "log_likelihood"));
      EXPECT_GE(curve.log_likelihood + noise,
                csv.Value(i, "loose_log_likelihood"));
    }
    const auto at =
        SurvivalBoundsAt(curve, std::vector<double>{csv.Value(i, "time")})[0];
    ASSERT_TRUE(at.has_value());
    // No interval has an end within it.
    EXPECT_EQ(at->lower, at->upper) << dataset << " " << i;
    golden::Compare("Turnbull's survival", dataset, at->lower,
                    csv.Value(i, "survival"), absl::StrCat("row ", i));
  }
}

TEST(GoldenTurnbull, TestOfGroups) {
  const Csv csv("turnbull_test.csv");
  ASSERT_GT(csv.n_rows(), 0u);
  for (size_t i = 0; i < csv.n_rows(); i += 2) {
    const std::string& dataset = csv.Text(i, "dataset");
    const Csv data("data/" + dataset + ".csv");
    std::vector<double> lower, upper;
    std::vector<int> groups;
    for (size_t row = 0; row < data.n_rows(); ++row) {
      lower.push_back(data.Number(row, "lower").value_or(0));
      upper.push_back(data.Number(row, "upper").value_or(kOpenUpper));
      groups.push_back(data.Text(row, "group") == csv.Text(i, "group") ? 0 : 1);
    }
    const auto test = TestIntervalGroups({lower, upper, {}}, groups, 2);
    ASSERT_TRUE(test.ok()) << test.status();
    const std::string method = "log-rank test of intervals";
    for (size_t g = 0; g < 2; ++g) {
      EXPECT_EQ(test->groups[g].n, csv.Value(i + g, "n"));
      golden::Compare(method, dataset, test->groups[g].score,
                      csv.Value(i + g, "score"), "score");
    }
    golden::Compare(method, dataset, test->test.chi_square,
                    csv.Value(i, "chi_square"), "chi-square");
    golden::Compare(method, dataset, test->test.p_value,
                    csv.Value(i, "p_value"), "p");
  }
}

}  // namespace
}  // namespace enthesis::stats
