// Analysis of covariance on a cohort: the estimator on rows that are read off
// the cases one by one.

#include "stats/ancova.h"

#include <algorithm>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "registry/analysis/answer.h"
#include "tests/registry/support/naive_cohort.h"
#include "tests/registry/support/random_case.h"

namespace enthesis::analysis {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;

absl::StatusOr<AncovaAnswer> AskAncova(const model::AncovaQuestion& question,
                                       const tests::Cases& cases) {
  stats::ThreadPool pool(2);
  return Answer(question, *tests::SnapshotOf(cases), pool, {});
}

model::AncovaQuestion ByApproach() {
  model::AncovaQuestion question;
  question.measure = model::Measure::kPainActivity;
  question.visit = model::Visit::k6Months;
  question.group_by = model::Dimension::kApproach;
  return question;
}

// Approach, and BMI as a further covariate.
struct ScoreRows {
  std::vector<double> response, baseline, bmi;
  std::vector<int> groups;
  std::vector<int64_t> counts = {0, 0, 0};
  int64_t without = 0, without_baseline = 0, without_bmi = 0;
};

ScoreRows ReadScores(const tests::Cases& cases,
                     const model::AncovaQuestion& question) {
  ScoreRows data;
  for (const model::Case& record : cases) {
    const auto score = tests::ScoreAt(record, question.measure, question.visit);
    const auto baseline =
        tests::ScoreAt(record, question.measure, model::Visit::kBaseline);
    if (!score.has_value()) {
      ++data.without;
    } else if (!baseline.has_value()) {
      ++data.without_baseline;
    } else if (!record.baseline.bmi.has_value()) {
      ++data.without_bmi;
    } else {
      const auto group = static_cast<int>(*record.operation.approach) - 1;
      data.response.push_back(*score);
      data.baseline.push_back(*baseline);
      data.bmi.push_back(*record.baseline.bmi);
      data.groups.push_back(group);
      ++data.counts[static_cast<size_t>(group)];
    }
  }
  return data;
}

TEST(Ancova, EqualsTheEstimatorOnRowsReadOffTheCases) {
  const tests::Cases cases = tests::RandomCases(2000, 1);
  model::AncovaQuestion question = ByApproach();
  question.covariates = {{"bmi", false, ""}};
  question.reference = "minimally_invasive";
  question.conf_level = 0.9;
  const auto answer = AskAncova(question, cases);
  ASSERT_TRUE(answer.ok()) << answer.status();
  const ScoreRows rows = ReadScores(cases, question);
  stats::AncovaData data;
  data.response = rows.response;
  data.baseline = rows.baseline;
  data.groups = rows.groups;
  data.group_names = {"approachopen", "approachminimally_invasive",
                      "approachendoscopic"};
  data.baseline_name = "baseline_pain_activity";
  data.covariates.n_rows = rows.bmi.size();
  data.covariates.names = {"bmi"};
  data.covariates.values = rows.bmi;
  stats::AncovaOptions options;
  options.conf_level = 0.9;
  options.reference = 1;
  const auto fit = stats::FitAncova(data, options);
  ASSERT_TRUE(fit.ok()) << fit.status();
  EXPECT_EQ(answer->n, fit->n);
  EXPECT_EQ(answer->dropped, rows.without_baseline + rows.without_bmi);
  ASSERT_EQ(answer->coefficients.size(), 5u);
  for (size_t c = 0; c < 5; ++c) {
    EXPECT_EQ(answer->coefficients[c].name, fit->coefficients[c].name);
    EXPECT_EQ(answer->coefficients[c].estimate, fit->coefficients[c].estimate);
    EXPECT_EQ(answer->coefficients[c].statistic,
              fit->coefficients[c].statistic);
    EXPECT_EQ(answer->coefficients[c].lower, fit->coefficients[c].lower);
    EXPECT_FALSE(answer->coefficients[c].ratio.has_value());
  }
  EXPECT_EQ(answer->coefficients[0].covariate, "");
  EXPECT_EQ(answer->coefficients[1].covariate, "baseline_pain_activity");
  EXPECT_EQ(answer->coefficients[3].covariate, "approach");
  EXPECT_EQ(answer->coefficients[3].level, "endoscopic");
  EXPECT_EQ(answer->residual_variance, fit->residual_variance);
  EXPECT_EQ(answer->residual_df, fit->residual_df);
  EXPECT_EQ(answer->r_squared, fit->r_squared);
  ASSERT_EQ(answer->adjusted_means.size(), 3u);
  for (size_t g = 0; g < 3; ++g) {
    EXPECT_EQ(answer->adjusted_means[g].n, rows.counts[g]);
    EXPECT_EQ(answer->adjusted_means[g].estimate,
              fit->adjusted_means[g].estimate);
    EXPECT_EQ(answer->adjusted_means[g].upper, fit->adjusted_means[g].upper);
  }
  EXPECT_EQ(answer->adjusted_means[2].group[0].value, "endoscopic");
  ASSERT_EQ(answer->contrasts.size(), 3u);
  EXPECT_EQ(answer->contrasts[2].first[0].value, "minimally_invasive");
  EXPECT_EQ(answer->contrasts[2].estimate, fit->contrasts[2].estimate);
  EXPECT_EQ(answer->group_test.statistic, fit->group_test.statistic);
  EXPECT_EQ(answer->group_test.df, fit->group_test.df);
  EXPECT_EQ(
      answer->provenance.exclusions,
      (std::vector<Exclusion>{{"NO_VALUE", rows.without},
                              {"MISSING_COVARIATE", rows.without_baseline,
                               "baseline_pain_activity"},
                              {"MISSING_COVARIATE", rows.without_bmi, "bmi"}}));
  EXPECT_THAT(answer->provenance.conventions,
              Contains(std::string("reference: approach = "
                                   "minimally_invasive")));
  EXPECT_EQ(answer->support.n, fit->n);
  EXPECT_EQ(answer->support.n_coefficients, 5);
  EXPECT_EQ(
      answer->support.parts[0],
      (ModelSupport::Part{"approach", *std::min_element(rows.counts.begin(),
                                                        rows.counts.end())}));
}

TEST(Ancova, OneGroupAndNoneAreAnswers) {
  tests::Cases cases = tests::RandomCases(120, 2);
  for (model::Case& record : cases) {
    record.operation.approach = model::Approach::kOpen;
  }
  auto answer = AskAncova(ByApproach(), cases);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->adjusted_means.size(), 1u);
  EXPECT_THAT(answer->contrasts, IsEmpty());
  EXPECT_FALSE(answer->group_test.statistic.has_value());
  for (model::Case& record : cases) record.follow_ups.clear();
  answer = AskAncova(ByApproach(), cases);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->n, 0);
  EXPECT_EQ(answer->absence, Absence::kUndefined);
}

TEST(Ancova, AReferenceNoCaseHasIsAFault) {
  tests::Cases cases = tests::RandomCases(120, 3);
  for (model::Case& record : cases) {
    record.operation.approach = model::Approach::kOpen;
  }
  model::AncovaQuestion question = ByApproach();
  question.reference = "endoscopic";
  const auto answer = AskAncova(question, cases);
  ASSERT_EQ(answer.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(answer.status().GetPayload(kFieldPath), "reference");
}

}  // namespace
}  // namespace enthesis::analysis
