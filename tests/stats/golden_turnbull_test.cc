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

}  // namespace
}  // namespace enthesis::stats
