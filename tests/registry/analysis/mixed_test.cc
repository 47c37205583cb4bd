// Mixed models on a cohort: the estimators on measurements that are read off
// the cases one by one.

#include "stats/mixed.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "registry/analysis/answer.h"
#include "stats/mmrm.h"
#include "tests/registry/support/naive_cohort.h"
#include "tests/registry/support/random_case.h"

namespace enthesis::analysis {
namespace {

using model::MixedStructure;
using model::Visit;
using ::testing::Contains;
using ::testing::Each;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::vector<Visit> kVisits = {Visit::k3Months, Visit::k6Months,
                                    Visit::k12Months};

tests::Cases CasesToFollow(int n, uint64_t seed) {
  std::mt19937_64 random(seed);
  tests::Cases cases;
  while (std::ssize(cases) < n) {
    // A slope needs more measurements than two a case.
    const model::Case record = tests::RandomCase(random);
    int scores = 0;
    for (const Visit visit : kVisits) {
      if (tests::ScoreAt(record, model::Measure::kVisaA, visit)) ++scores;
    }
    if (scores != 1) cases.push_back(record);
  }
  return cases;
}

absl::StatusOr<MixedAnswer> AskMixed(const model::MixedQuestion& question,
                                     const tests::Cases& cases) {
  stats::ThreadPool pool(2);
  return Answer(question, *tests::SnapshotOf(cases), pool, {});
}

constexpr double kMonths[] = {91 / 30.4375, 183 / 30.4375, 365 / 30.4375};

model::MixedQuestion AboutAge(MixedStructure structure) {
  model::MixedQuestion question;
  question.visits = kVisits;
  question.structure = structure;
  question.covariates = {{"age_years", false, ""}};
  return question;
}

// Measurements of the cases, with age.
struct ScoreRows {
  std::vector<double> response, months, ages;
  std::vector<int> subjects, visits, groups, sites;
  int64_t n_cases = 0;
};

ScoreRows ReadScores(const tests::Cases& cases) {
  ScoreRows rows;
  int subject = 0;
  for (const model::Case& record : cases) {
    const size_t before = rows.response.size();
    for (size_t v = 0; v < kVisits.size(); ++v) {
      const auto score =
          tests::ScoreAt(record, model::Measure::kVisaA, kVisits[v]);
      if (!score.has_value()) continue;
      rows.response.push_back(*score);
      rows.months.push_back(kMonths[v]);
      rows.ages.push_back(*record.baseline.age_years);
      rows.subjects.push_back(subject);
      rows.visits.push_back(static_cast<int>(v));
      rows.groups.push_back(static_cast<int>(*record.operation.approach) - 1);
      rows.sites.push_back(record.site.back() - '0');
    }
    ++subject;
    if (rows.response.size() > before) ++rows.n_cases;
  }
  return rows;
}

void AddIndicator(const std::string& name, const std::vector<int>& codes,
                  int code, stats::DesignMatrix& design) {
  design.names.push_back(name);
  for (const int one : codes) design.values.push_back(one == code ? 1 : 0);
}

stats::DesignMatrix AgeAndVisits(const ScoreRows& rows) {
  stats::DesignMatrix design;
  design.n_rows = rows.ages.size();
  design.names = {"age_years"};
  design.values = rows.ages;
  AddIndicator("visit6_months", rows.visits, 1, design);
  AddIndicator("visit12_months", rows.visits, 2, design);
  return design;
}

// Cases have other codes in the answer, and sums over them another order.
void ExpectNear(std::optional<double> value, std::optional<double> expected) {
  ASSERT_TRUE(value.has_value() && expected.has_value());
  EXPECT_NEAR(*value, *expected, 1e-8 * std::abs(*expected));
}

TEST(Mixed, RandomEffectsEqualTheEstimator) {
  const tests::Cases cases = CasesToFollow(500, 1);
  const ScoreRows rows = ReadScores(cases);
  for (const auto structure :
       {MixedStructure::kRandomIntercept, MixedStructure::kRandomSlope}) {
    const bool has_slope = structure == MixedStructure::kRandomSlope;
    for (const bool restricted : {true, false}) {
      model::MixedQuestion question = AboutAge(structure);
      question.restricted = restricted;
      const auto answer = AskMixed(question, cases);
      ASSERT_TRUE(answer.ok()) << answer.status();
      stats::MixedRows data;
      data.response = rows.response;
      data.groups = rows.subjects;
      if (has_slope) data.slope = rows.months;
      stats::MixedOptions options;
      options.reml = restricted;
      const auto fit = stats::FitMixed(data, AgeAndVisits(rows), options);
      ASSERT_TRUE(fit.ok()) << fit.status();
      EXPECT_EQ(answer->n, rows.n_cases);
      EXPECT_EQ(answer->n_measurements, std::ssize(rows.response));
      ASSERT_THAT(answer->fixed_effects, SizeIs(4));
      for (size_t c = 0; c < 4; ++c) {
        const MixedEstimate& one = answer->fixed_effects[c].value;
        EXPECT_EQ(answer->fixed_effects[c].name, fit->coefficients[c].name);
        ExpectNear(one.estimate, fit->coefficients[c].estimate);
        ExpectNear(one.std_error, fit->coefficients[c].std_error);
        ExpectNear(one.df, fit->coefficients[c].df);
        ExpectNear(one.upper, fit->coefficients[c].upper);
      }
      ExpectNear(answer->intercept_variance, fit->intercept_variance);
      EXPECT_EQ(answer->slope_variance.has_value(), has_slope);
      if (has_slope) ExpectNear(answer->slope_variance, fit->slope_variance);
      ExpectNear(answer->residual_variance, fit->residual_variance);
      ExpectNear(answer->log_likelihood, fit->log_likelihood);
      EXPECT_THAT(answer->means, IsEmpty());
    }
  }
}

TEST(Mixed, SitesEqualTheEstimator) {
  const tests::Cases cases = CasesToFollow(500, 5);
  const ScoreRows rows = ReadScores(cases);
  stats::MixedRows data;
  data.response = rows.response;
  data.groups = rows.subjects;
  data.sites = rows.sites;
  const auto fit = stats::FitMixed(data, AgeAndVisits(rows), {});
  ASSERT_TRUE(fit.ok()) << fit.status();
  model::MixedQuestion question = AboutAge(MixedStructure::kRandomIntercept);
  question.random_site = true;
  const auto answer = AskMixed(question, cases);
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_TRUE(answer->site_variance.has_value());
  EXPECT_NEAR(*answer->site_variance, *fit->site_variance,
              1e-8 * fit->residual_variance);
  ExpectNear(answer->log_likelihood, fit->log_likelihood);
  ExpectNear(answer->fixed_effects[1].value.std_error,
             fit->coefficients[1].std_error);
  EXPECT_THAT(answer->fixed_effects, SizeIs(4));
  // Age, and both indicators of visits as one.
  ASSERT_THAT(answer->terms, SizeIs(2));
  EXPECT_EQ(answer->terms[1].name, "visit");
  EXPECT_EQ(answer->terms[1].numerator_df, 2);
  ExpectNear(answer->terms[0].df, fit->coefficients[1].df);
  std::map<int, int64_t> sizes;
  int64_t largest = 0, n = 0;
  for (size_t i = 0; i < rows.subjects.size(); ++i) {
    if (i > 0 && rows.subjects[i] == rows.subjects[i - 1]) continue;
    ++n;
    largest = std::max(largest, ++sizes[rows.sites[i]]);
  }
  EXPECT_THAT(answer->support.parts,
              Contains(ModelSupport::Part{"site", n - largest}));
  EXPECT_THAT(answer->provenance.conventions,
              Contains(HasSubstr("random intercept of each")));
}

TEST(Mixed, GroupsByVisitEqualTheEstimator) {
  const tests::Cases cases = CasesToFollow(700, 2);
  const ScoreRows rows = ReadScores(cases);
  stats::MmrmData data;
  data.response = rows.response;
  data.subjects = rows.subjects;
  data.visits = rows.visits;
  data.visit_levels = {"3_months", "6_months", "12_months"};
  data.visit_names = {"visit3_months", "visit6_months", "visit12_months"};
  data.groups = rows.groups;
  const model::CodeList& approaches = model::kApproachCodes;
  for (const model::Code& code : approaches.codes) {
    data.group_names.push_back(absl::StrCat("approach", code.code));
  }
  data.covariates.n_rows = rows.ages.size();
  data.covariates.names = {"age_years"};
  data.covariates.values = rows.ages;
  stats::MmrmOptions options;
  options.df = stats::MmrmDf::kKenwardRoger;
  const auto fit = stats::FitMmrm(data, options);
  ASSERT_TRUE(fit.ok()) << fit.status();

  model::MixedQuestion question = AboutAge(MixedStructure::kUnstructured);
  question.group_by = model::Dimension::kApproach;
  question.df = model::MixedDf::kKenwardRoger;
  const auto answer = AskMixed(question, cases);
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_EQ(answer->fixed_effects.size(), fit->coefficients.size());
  for (size_t c = 0; c < fit->coefficients.size(); ++c) {
    const MixedEstimate& one = answer->fixed_effects[c].value;
    EXPECT_EQ(answer->fixed_effects[c].name, fit->coefficients[c].name);
    EXPECT_EQ(one.estimate, fit->coefficients[c].value.estimate);
    EXPECT_EQ(one.std_error, fit->coefficients[c].value.std_error);
    EXPECT_EQ(one.df, fit->coefficients[c].value.df);
  }
  ASSERT_THAT(answer->terms, SizeIs(4));
  for (size_t t = 0; t < 4; ++t) {
    EXPECT_EQ(answer->terms[t].statistic, fit->terms[t].statistic);
    EXPECT_EQ(answer->terms[t].df, fit->terms[t].df);
  }
  EXPECT_EQ(answer->terms[3].name, "visit:approach");
  EXPECT_EQ(answer->visit_covariance, fit->visit_covariance);
  ASSERT_EQ(answer->means.size(), fit->means.size());
  for (size_t m = 0; m < fit->means.size(); ++m) {
    const VisitMean& mean = answer->means[m];
    EXPECT_EQ(mean.visit, kVisits[static_cast<size_t>(fit->means[m].visit)]);
    EXPECT_EQ(mean.group[0].value,
              approaches.codes[static_cast<size_t>(fit->means[m].group)].code);
    EXPECT_EQ(mean.value.estimate, fit->means[m].value.estimate);
    int64_t n = 0;
    for (size_t i = 0; i < rows.visits.size(); ++i) {
      n += rows.visits[i] == fit->means[m].visit &&
                   rows.groups[i] == fit->means[m].group
               ? 1
               : 0;
    }
    EXPECT_EQ(mean.n, n);
    EXPECT_THAT(
        answer->support.parts,
        Contains(ModelSupport::Part{
            absl::StrCat(
                "visit ",
                data.visit_levels[static_cast<size_t>(fit->means[m].visit)],
                " and approach"),
            n}));
  }
  ASSERT_EQ(answer->contrasts.size(), fit->contrasts.size());
  for (size_t c = 0; c < fit->contrasts.size(); ++c) {
    EXPECT_EQ(answer->contrasts[c].value.estimate,
              fit->contrasts[c].value.estimate);
    EXPECT_EQ(answer->contrasts[c].value.p_value,
              fit->contrasts[c].value.p_value);
    EXPECT_EQ(answer->contrasts[c].reference[0].value,
              approaches.codes[0].code);
  }
}

TEST(Mixed, EveryCovarianceOfVisitsIsItsOwn) {
  const tests::Cases cases = CasesToFollow(500, 3);
  std::vector<double> likelihoods;
  for (int structure = 3; structure <= 7; ++structure) {
    const auto answer =
        AskMixed(AboutAge(static_cast<MixedStructure>(structure)), cases);
    ASSERT_TRUE(answer.ok()) << answer.status();
    ASSERT_THAT(answer->visit_covariance, SizeIs(9));
    EXPECT_THAT(answer->means, SizeIs(3));
    EXPECT_THAT(answer->means,
                Each(Field(&VisitMean::value,
                           Field(&MixedEstimate::absence, Absence::kNone))));
    EXPECT_THAT(answer->contrasts, IsEmpty());
    likelihoods.push_back(*answer->log_likelihood);
  }
  // All lie within the unstructured one.
  for (size_t s = 1; s < likelihoods.size(); ++s) {
    EXPECT_LT(likelihoods[s], likelihoods[0]);
  }
  EXPECT_THAT(AskMixed(AboutAge(MixedStructure::kToeplitz), cases)
                  ->provenance.conventions,
              Contains(HasSubstr("Toeplitz")));
}

TEST(Mixed, NobodyMeasuredIsNoFigure) {
  tests::Cases cases = CasesToFollow(30, 4);
  for (model::Case& record : cases) record.follow_ups.clear();
  const auto answer = AskMixed(AboutAge(MixedStructure::kUnstructured), cases);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->n, 0);
  EXPECT_EQ(answer->absence, Absence::kUndefined);
}

}  // namespace
}  // namespace enthesis::analysis
