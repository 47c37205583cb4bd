// Curves that models of a cohort predict: those of the estimators on rows that
// are read off the cases one by one.

#include "registry/analysis/predictions.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "registry/analysis/answer.h"
#include "stats/cox_curves.h"
#include "stats/fine_gray_curves.h"
#include "stats/parametric.h"
#include "tests/registry/support/naive_cohort.h"
#include "tests/registry/support/random_case.h"

namespace enthesis::analysis {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::vector<int32_t> kDays = {365, 0, 90, 7000};
const std::vector<double> kTimes(kDays.begin(), kDays.end());

// Age and male sex of everybody, and what the estimators take beside them.
struct PredictedRows {
  std::vector<double> times;
  std::vector<int> causes, events, sites;
  std::vector<std::string> site_names;  // by code
  stats::DesignMatrix design;

  int64_t AtRisk(int32_t day, int site = -1) const {
    int64_t n = 0;
    for (size_t i = 0; i < times.size(); ++i) {
      n += times[i] >= day && (site < 0 || sites[i] == site) ? 1 : 0;
    }
    return n;
  }
};

tests::Cases CasesOfTwoSexes(uint64_t seed) {
  tests::Cases cases = tests::RandomCases(400, seed);
  for (model::Case& record : cases) {
    const bool male = record.baseline.sex == model::Sex::kMale;
    record.baseline.sex = male ? model::Sex::kMale : model::Sex::kFemale;
  }
  return cases;
}

PredictedRows ReadEveryone(const tests::Cases& cases,
                           model::Endpoint endpoint) {
  PredictedRows rows;
  std::map<std::string, int> codes;
  for (const model::Case& record : cases) codes[record.site] = 0;
  for (auto& [site, code] : codes) {
    code = static_cast<int>(rows.site_names.size());
    rows.site_names.push_back(site);
  }
  std::vector<double> males;
  for (const model::Case& record : cases) {
    const auto time = model::TimeTo(record, endpoint);
    rows.times.push_back(time.exit_day);
    rows.causes.push_back(static_cast<int>(time.exit));
    rows.events.push_back(time.exit == model::Exit::kEvent ? 1 : 0);
    rows.sites.push_back(codes[record.site]);
    rows.design.values.push_back(*record.baseline.age_years);
    males.push_back(record.baseline.sex == model::Sex::kMale ? 1 : 0);
  }
  rows.design.values.insert(rows.design.values.end(), males.begin(),
                            males.end());
  rows.design.n_rows = cases.size();
  rows.design.names = {"age_years", "sexmale"};
  return rows;
}

model::PredictionQuestion TwoProfiles() {
  return {{{{{"age_years", "45"}, {"sex", "male"}}},
           {{{"sex", "female"}, {"age_years", "70.5"}}}},
          kDays};
}

stats::DesignMatrix ProfilesByHand() {
  stats::DesignMatrix profiles;
  profiles.n_rows = 2;
  profiles.names = {"age_years", "sexmale"};
  profiles.values = {45, 70.5, 1, 0};
  return profiles;
}

template <typename Question>
Question AboutAgeAndSex(model::Endpoint endpoint) {
  Question question;
  question.endpoint = endpoint;
  question.covariates = {{"age_years", false, ""}, {"sex", false, ""}};
  question.predictions = TwoProfiles();
  return question;
}

template <typename Question>
auto AskModel(const Question& question, const tests::Cases& cases) {
  stats::ThreadPool pool(2);
  return Answer(question, *tests::SnapshotOf(cases), pool, {});
}

void ExpectFigure(std::optional<double> value, std::optional<double> expected) {
  ASSERT_EQ(value.has_value(), expected.has_value());
  if (!value.has_value()) return;
  EXPECT_NEAR(*value, *expected, 1e-9 * std::max(1.0, std::abs(*expected)));
}

// `found` is that of the estimator; nothing beyond the end of its curve.
template <typename Point>
void ExpectPoint(const PredictedPoint& point, int32_t day, int64_t at_risk,
                 const std::optional<Point>& found, double estimate) {
  SCOPED_TRACE(day);
  EXPECT_EQ(point.day, day);
  EXPECT_EQ(point.at_risk, at_risk);
  if (!found.has_value()) {
    EXPECT_EQ(point.absence, Absence::kBeyondFollowUp);
    EXPECT_FALSE(point.estimate.has_value());
    return;
  }
  // At a day with exits before the first event there is no spread.
  EXPECT_EQ(point.absence,
            found->lower.has_value() ? Absence::kNone : Absence::kUndefined);
  ExpectFigure(point.estimate, estimate);
  ExpectFigure(point.std_error, found->std_error);
  ExpectFigure(point.lower, found->lower);
  ExpectFigure(point.upper, found->upper);
}

TEST(Predictions, OfCoxModelsAreItsCurvesInEachStratum) {
  const tests::Cases cases = CasesOfTwoSexes(1);
  const PredictedRows rows = ReadEveryone(cases, model::Endpoint::kDailyLife);
  auto question =
      AboutAgeAndSex<model::CoxQuestion>(model::Endpoint::kDailyLife);
  question.strata = {model::Dimension::kSite};
  const auto answer = AskModel(question, cases);
  ASSERT_TRUE(answer.ok()) << answer.status();
  stats::CoxRows by_hand;
  by_hand.times = rows.times;
  by_hand.events = rows.events;
  by_hand.strata = rows.sites;
  const auto fit = stats::FitCox(by_hand, rows.design);
  ASSERT_TRUE(fit.ok());
  const auto curves =
      stats::PredictCoxSurvival(by_hand, rows.design, *fit, ProfilesByHand());
  ASSERT_TRUE(curves.ok());
  ASSERT_GT(curves->size(), 2u);
  ASSERT_THAT(answer->predictions, SizeIs(curves->size()));
  for (size_t c = 0; c < curves->size(); ++c) {
    const Prediction& prediction = answer->predictions[c];
    EXPECT_EQ(prediction.profile, static_cast<int32_t>(c % 2) + 1);
    EXPECT_EQ(prediction.values, question.predictions.profiles[c % 2].values);
    ASSERT_THAT(prediction.stratum, SizeIs(1));
    EXPECT_EQ(prediction.stratum[0].value, rows.site_names[c / 2]);
    const auto at = stats::CoxCurveAt((*curves)[c], kTimes);
    for (size_t i = 0; i < kDays.size(); ++i) {
      ExpectPoint(prediction.at[i], kDays[i],
                  rows.AtRisk(kDays[i], static_cast<int>(c / 2)), at[i],
                  at[i].has_value() ? at[i]->survival : 0);
    }
  }
}

TEST(Predictions, OfFineGrayModelsAreItsIncidence) {
  const tests::Cases cases = CasesOfTwoSexes(2);
  const PredictedRows rows = ReadEveryone(cases, model::Endpoint::kReoperation);
  for (const bool crr : {true, false}) {
    auto question =
        AboutAgeAndSex<model::FineGrayQuestion>(model::Endpoint::kReoperation);
    stats::FineGrayOptions options;
    stats::FineGrayRows by_hand;
    by_hand.times = rows.times;
    by_hand.causes = rows.causes;
    if (crr) {
      question.ties = model::RegressionTies::kBreslow;
    } else {
      question.convention = model::FineGrayConvention::kFineGray;
      options.convention = stats::FineGrayConvention::kFineGray;
      question.strata = {model::Dimension::kSite};
      by_hand.strata = rows.sites;
    }
    const auto answer = AskModel(question, cases);
    ASSERT_TRUE(answer.ok()) << answer.status();
    const auto fit = stats::FitFineGray(by_hand, rows.design, options);
    ASSERT_TRUE(fit.ok());
    const auto curves = stats::PredictFineGrayIncidence(
        by_hand, rows.design, *fit, ProfilesByHand(), kTimes);
    ASSERT_TRUE(curves.ok());
    ASSERT_THAT(answer->predictions, SizeIs(curves->size()));
    EXPECT_EQ(curves->size(), crr ? 2 : 2 * rows.site_names.size());
    for (size_t c = 0; c < curves->size(); ++c) {
      const Prediction& prediction = answer->predictions[c];
      EXPECT_EQ(prediction.stratum.empty(), crr);
      const auto at = stats::FineGrayCurveAt((*curves)[c], kTimes);
      for (size_t i = 0; i < kDays.size(); ++i) {
        ExpectPoint(prediction.at[i], kDays[i],
                    rows.AtRisk(kDays[i], crr ? -1 : static_cast<int>(c / 2)),
                    at[i], at[i].has_value() ? at[i]->incidence : 0);
      }
    }
  }
}

TEST(Predictions, OfParametricModelsGoOnBeyondFollowUp) {
  const tests::Cases cases = CasesOfTwoSexes(3);
  PredictedRows rows = ReadEveryone(cases, model::Endpoint::kReoperation);
  const auto question =
      AboutAgeAndSex<model::ParametricQuestion>(model::Endpoint::kReoperation);
  const auto answer = AskModel(question, cases);
  ASSERT_TRUE(answer.ok()) << answer.status();
  std::vector<double> lower, upper;
  for (size_t i = 0; i < rows.times.size(); ++i) {
    const bool event = rows.events[i] != 0;
    lower.push_back(rows.times[i]);
    upper.push_back(event ? std::max(rows.times[i], 1.0) : stats::kOpenUpper);
  }
  const auto fit = stats::FitParametric({lower, upper, {}}, rows.design, {});
  ASSERT_TRUE(fit.ok());
  ASSERT_THAT(answer->predictions, SizeIs(2));
  for (size_t p = 0; p < 2; ++p) {
    const auto at =
        stats::PredictParametricSurvival(*fit, ProfilesByHand(), p, kTimes);
    ASSERT_TRUE(at.ok());
    for (size_t i = 0; i < kDays.size(); ++i) {
      ExpectPoint(answer->predictions[p].at[i], kDays[i], rows.AtRisk(kDays[i]),
                  std::optional((*at)[i]), *(*at)[i].estimate);
    }
  }
  EXPECT_EQ(answer->predictions[0].at[3].at_risk, 0);
}

// Rather than an error, which would tell of a withheld model who is in it.
TEST(Predictions, OfALevelThatNoCaseHasAreUndefined) {
  auto question =
      AboutAgeAndSex<model::CoxQuestion>(model::Endpoint::kReoperation);
  question.predictions.profiles[0].values[1].value = "other";
  const auto answer = AskModel(question, CasesOfTwoSexes(4));
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->predictions[0].at[2].absence, Absence::kUndefined);
  EXPECT_FALSE(answer->predictions[0].at[2].estimate.has_value());
  EXPECT_TRUE(answer->predictions[1].at[2].estimate.has_value());
}

TEST(Predictions, OfAnInfiniteCoefficientAreAbsentAndSaySo) {
  tests::Cases cases = CasesOfTwoSexes(5);
  for (model::Case& record : cases) {
    // Of the women none is operated on again.
    if (record.baseline.sex == model::Sex::kMale) continue;
    for (model::FollowUp& follow_up : record.follow_ups) {
      follow_up.reoperations.clear();
    }
  }
  const auto answer = AskModel(
      AboutAgeAndSex<model::CoxQuestion>(model::Endpoint::kReoperation), cases);
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_EQ(answer->coefficients[1].absence, Absence::kSeparated);
  for (const Prediction& prediction : answer->predictions) {
    for (const PredictedPoint& point : prediction.at) {
      EXPECT_EQ(point.absence, Absence::kSeparated);
      EXPECT_FALSE(point.estimate.has_value());
    }
  }
  EXPECT_THAT(answer->predictions, SizeIs(2));
}

TEST(Predictions, TakeMembersOfASetAndNumbersAsFactors) {
  const tests::Cases cases = CasesOfTwoSexes(6);
  model::CoxQuestion question;
  question.endpoint = model::Endpoint::kDailyLife;
  question.covariates = {{"concomitant_procedure", false, ""},
                         {"surgery_year", true, ""}};
  const auto plain = AskModel(question, cases);
  ASSERT_TRUE(plain.ok());
  EXPECT_THAT(plain->predictions, IsEmpty());
  const std::string year = plain->coefficients.back().level;
  const Coefficient* first = &plain->coefficients[0];
  question.predictions = {
      {{{{"concomitant_procedure", ""}, {"surgery_year", year}}},
       {{{"concomitant_procedure", first->level}, {"surgery_year", year}}}},
      {90}};
  const auto answer = AskModel(question, cases);
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_THAT(answer->predictions, SizeIs(2));
  // Hazards are proportional: log S of the one is that of the other times exp.
  const double none = std::log(*answer->predictions[0].at[0].estimate);
  const double one = std::log(*answer->predictions[1].at[0].estimate);
  EXPECT_NEAR(one / none, *first->ratio, 1e-9 * *first->ratio);
}

}  // namespace
}  // namespace enthesis::analysis
