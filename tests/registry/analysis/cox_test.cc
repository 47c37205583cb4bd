// Cox regression on a cohort: the estimator on rows that are read off the cases
// one by one.

#include "stats/cox.h"

#include <cmath>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "registry/analysis/answer.h"
#include "stats/proportional_hazards.h"
#include "tests/registry/support/naive_cohort.h"
#include "tests/registry/support/random_case.h"

namespace enthesis::analysis {
namespace {

using model::Endpoint;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using tests::Cases;
using tests::RandomCases;

absl::StatusOr<CoxAnswer> AskCox(const model::CoxQuestion& question,
                                 const Cases& cases) {
  stats::ThreadPool pool(2);
  return Answer(question, *tests::SnapshotOf(cases), pool, {});
}

// A column of the design by hand; nullopt: left out.
using ColumnOf =
    std::function<std::optional<double>(const model::Case& record)>;

std::optional<double> AgeOf(const model::Case& record) {
  return *record.baseline.age_years;
}
std::optional<double> BmiOf(const model::Case& record) {
  if (!record.baseline.bmi.has_value()) return std::nullopt;
  return *record.baseline.bmi;
}
ColumnOf SexIs(model::Sex sex) {
  return [sex](const model::Case& record) {
    return *record.baseline.sex == sex ? 1.0 : 0.0;
  };
}

struct ByHand {
  std::vector<double> times;
  std::vector<int> events, strata, clusters;
  stats::DesignMatrix design;
  int64_t dropped = 0;

  stats::CoxRows rows() const {
    stats::CoxRows rows;
    rows.times = times;
    rows.events = events;
    rows.strata = strata;
    rows.clusters = clusters;
    return rows;
  }
};

ByHand Read(const Cases& cases, Endpoint endpoint,
            const std::vector<std::pair<std::string, ColumnOf>>& columns) {
  ByHand data;
  std::vector<std::vector<double>> kept;
  std::map<std::string, int> sites;
  std::map<std::pair<uint64_t, uint64_t>, int> patients;
  for (const model::Case& record : cases) {
    if (!model::InRiskSet(record, endpoint)) continue;
    std::vector<double> row;
    for (const auto& [name, column] : columns) {
      const std::optional<double> value = column(record);
      if (!value.has_value()) break;
      row.push_back(*value);
    }
    if (row.size() < columns.size()) {
      ++data.dropped;
      continue;
    }
    const auto time = model::TimeTo(record, endpoint);
    data.times.push_back(time.exit_day);
    data.events.push_back(time.exit == model::Exit::kEvent ? 1 : 0);
    const auto n_sites = static_cast<int>(sites.size());
    data.strata.push_back(sites.emplace(record.site, n_sites).first->second);
    const auto n_patients = static_cast<int>(patients.size());
    data.clusters.push_back(
        patients
            .emplace(std::pair(record.patient.high, record.patient.low),
                     n_patients)
            .first->second);
    kept.push_back(std::move(row));
  }
  data.design.n_rows = kept.size();
  for (size_t c = 0; c < columns.size(); ++c) {
    data.design.names.push_back(columns[c].first);
    for (const auto& row : kept) data.design.values.push_back(row[c]);
  }
  return data;
}

void ExpectNear(std::optional<double> value, std::optional<double> expected) {
  ASSERT_EQ(value.has_value(), expected.has_value());
  if (value.has_value()) {
    EXPECT_NEAR(*value, *expected, 1e-9 * std::max(1.0, std::abs(*expected)));
  }
}

void ExpectFit(const CoxAnswer& answer, const stats::CoxFit& fit) {
  EXPECT_EQ(answer.n, static_cast<int64_t>(fit.n));
  EXPECT_EQ(answer.events, static_cast<int64_t>(fit.events));
  ASSERT_EQ(answer.coefficients.size(), fit.coefficients.size());
  for (size_t c = 0; c < fit.coefficients.size(); ++c) {
    const Coefficient& one = answer.coefficients[c];
    const stats::Coefficient& expected = fit.coefficients[c];
    SCOPED_TRACE(expected.name);
    EXPECT_EQ(one.name, expected.name);
    ExpectNear(one.estimate, expected.estimate);
    ExpectNear(one.std_error, expected.std_error);
    ExpectNear(one.robust_std_error, expected.robust_std_error);
    ExpectNear(one.statistic, expected.statistic);
    ExpectNear(one.p_value, expected.p_value);
    ExpectNear(one.ratio, std::exp(*expected.estimate));
    ExpectNear(one.lower, std::exp(*expected.lower));
    ExpectNear(one.upper, std::exp(*expected.upper));
  }
  ExpectNear(answer.log_likelihood_null, fit.log_likelihood_null);
  ExpectNear(answer.log_likelihood, fit.log_likelihood);
  ExpectNear(answer.wald.chi_square, fit.tests.wald.chi_square);
  ExpectNear(answer.score.chi_square, fit.tests.score.chi_square);
  ExpectNear(answer.likelihood_ratio.p_value,
             fit.tests.likelihood_ratio.p_value);
  EXPECT_EQ(answer.wald.df, static_cast<int32_t>(fit.tests.wald.df));
  ExpectNear(answer.concordance, fit.concordance->estimate);
  ExpectNear(answer.concordance_std_error, fit.concordance->std_error);
}

TEST(Cox, EqualsTheEstimatorOnRowsReadOffTheCases) {
  const Cases cases = RandomCases(2500, 1);
  for (const auto endpoint :
       {Endpoint::kReoperation, Endpoint::kComplication, Endpoint::kReturnSport,
        Endpoint::kDailyLife, Endpoint::kOsteotomyUnion}) {
    SCOPED_TRACE(static_cast<int>(endpoint));
    model::CoxQuestion question;
    question.endpoint = endpoint;
    question.covariates = {
        {"age_years", false, ""}, {"sex", false, "male"}, {"bmi", false, ""}};
    question.conf_level = 0.9;
    question.proportional_hazards = true;
    const auto answer = AskCox(question, cases);
    ASSERT_TRUE(answer.ok()) << answer.status();
    const ByHand data = Read(cases, endpoint,
                             {{"age_years", AgeOf},
                              {"sexfemale", SexIs(model::Sex::kFemale)},
                              {"sexother", SexIs(model::Sex::kOther)},
                              {"bmi", BmiOf}});
    stats::CoxRows rows = data.rows();
    rows.strata = rows.clusters = {};
    stats::CoxOptions options;
    options.conf_level = 0.9;
    const auto fit = stats::FitCox(rows, data.design, options);
    ASSERT_TRUE(fit.ok());
    ExpectFit(*answer, *fit);
    EXPECT_EQ(answer->dropped, data.dropped);
    EXPECT_GT(data.dropped, 0);
    EXPECT_EQ(answer->coefficients[1].covariate, "sex");
    EXPECT_EQ(answer->coefficients[1].level, "female");
    EXPECT_EQ(answer->coefficients[3].level, "");
    const auto tested = stats::TestProportionalHazards(rows, data.design, *fit);
    ASSERT_EQ(answer->proportional_hazards.size(), tested->tests.size());
    EXPECT_EQ(answer->proportional_hazards.back().name, "GLOBAL");
    for (size_t i = 0; i < tested->tests.size(); ++i) {
      ExpectNear(answer->proportional_hazards[i].test.chi_square,
                 tested->tests[i].test.chi_square);
    }
    EXPECT_THAT(answer->provenance.exclusions,
                Contains(Exclusion{"MISSING_COVARIATE", data.dropped, "bmi"}));
    EXPECT_THAT(answer->provenance.conventions,
                Contains(std::string("reference: sex = male")));
  }
}

TEST(Cox, StrataAndClusters) {
  Cases cases = RandomCases(1500, 2);
  for (size_t i = 1; i < cases.size(); i += 4) {
    cases[i].patient = cases[i - 1].patient;
  }
  const ByHand data =
      Read(cases, Endpoint::kComplication, {{"age_years", AgeOf}});
  model::CoxQuestion question;
  question.endpoint = Endpoint::kComplication;
  question.covariates = {{"age_years", false, ""}};
  question.ties = model::RegressionTies::kBreslow;
  stats::CoxOptions options;
  options.ties = stats::CoxTies::kBreslow;

  question.strata = {model::Dimension::kSite};
  question.cluster = model::Cluster::kPatient;
  auto answer = AskCox(question, cases);
  ASSERT_TRUE(answer.ok()) << answer.status();
  ExpectFit(*answer, *stats::FitCox(data.rows(), data.design, options));
  EXPECT_TRUE(answer->coefficients[0].robust_std_error.has_value());
  EXPECT_EQ(answer->support.parts.back().name, "strata");

  question.strata.clear();
  question.cluster = model::Cluster::kSite;
  answer = AskCox(question, cases);
  ASSERT_TRUE(answer.ok());
  stats::CoxRows rows = data.rows();
  rows.clusters = rows.strata;
  rows.strata = {};
  ExpectFit(*answer, *stats::FitCox(rows, data.design, options));
}

TEST(Cox, ANumberByItsValuesIsAFactor) {
  Cases cases = RandomCases(800, 3);
  for (model::Case& record : cases) {
    record.baseline.surgery_year = 2019 + *record.baseline.surgery_year % 3;
  }
  model::CoxQuestion question;
  question.endpoint = Endpoint::kComplication;
  question.covariates = {{"surgery_year", true, "2020"}};
  const auto answer = AskCox(question, cases);
  ASSERT_TRUE(answer.ok());
  ASSERT_EQ(answer->coefficients.size(), 2u);
  EXPECT_EQ(answer->coefficients[0].name, "surgery_year2019");
  EXPECT_EQ(answer->coefficients[1].name, "surgery_year2021");
  question.covariates = {{"surgery_year", false, ""}};
  EXPECT_EQ(AskCox(question, cases)->coefficients.size(), 1u);
}

TEST(Cox, ASetHasAnIndicatorOfEachMember) {
  const Cases cases = RandomCases(2000, 4);
  model::CoxQuestion question;
  question.endpoint = Endpoint::kComplication;
  question.covariates = {{"concomitant_procedure", false, ""}};
  const auto answer = AskCox(question, cases);
  ASSERT_TRUE(answer.ok());
  std::vector<std::pair<std::string, ColumnOf>> columns;
  for (const model::Code& code : model::kProcedureCodes.codes) {
    const auto procedure = static_cast<model::Procedure>(code.value);
    columns.emplace_back(
        std::string("concomitant_procedure") + code.code,
        [procedure](const model::Case& record) {
          const auto& done = record.operation.concomitant_procedures;
          return std::count(done.begin(), done.end(), procedure) > 0 ? 1.0
                                                                     : 0.0;
        });
  }
  const ByHand data = Read(cases, Endpoint::kComplication, columns);
  stats::CoxRows rows = data.rows();
  rows.strata = rows.clusters = {};
  ExpectFit(*answer, *stats::FitCox(rows, data.design));
}

TEST(Cox, SupportIsTheSmallestPart) {
  Cases cases = RandomCases(300, 5);
  for (size_t i = 0; i < cases.size(); ++i) {
    cases[i].baseline.sex = i < 7     ? model::Sex::kOther
                            : i < 150 ? model::Sex::kMale
                                      : model::Sex::kFemale;
    cases[i].baseline.previous_surgery = i % 60 == 0;
    cases[i].site = i < 25 ? "site-01" : "site-02";
  }
  model::CoxQuestion question;
  question.covariates = {{"sex", false, ""}, {"previous_surgery", false, ""}};
  question.strata = {model::Dimension::kSite};
  const auto answer = AskCox(question, cases);
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->support.n, 300);
  EXPECT_EQ(answer->support.events, answer->events);
  EXPECT_EQ(answer->support.n_coefficients, 3);
  EXPECT_EQ(answer->support.parts,
            (std::vector<ModelSupport::Part>{
                {"sex", 7}, {"previous_surgery", 5}, {"strata", 25}}));
}

TEST(Cox, WhatHasNoEstimateSaysWhy) {
  Cases cases = RandomCases(400, 6);
  for (model::Case& record : cases) {
    record.baseline.oral_corticosteroid = true;
    record.baseline.imaging_confirmed =
        model::TimeTo(record, Endpoint::kComplication).exit ==
        model::Exit::kEvent;
  }
  model::CoxQuestion question;
  question.endpoint = Endpoint::kComplication;
  question.covariates = {{"oral_corticosteroid", false, ""},
                         {"imaging_confirmed", false, ""},
                         {"age_years", false, ""}};
  question.proportional_hazards = true;
  const auto answer = AskCox(question, cases);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->coefficients[0].absence, Absence::kDropped);
  EXPECT_EQ(answer->coefficients[1].absence, Absence::kSeparated);
  EXPECT_EQ(answer->coefficients[2].absence, Absence::kNone);
  EXPECT_THAT(answer->proportional_hazards, IsEmpty());
  EXPECT_THAT(answer->provenance.conventions,
              Contains(HasSubstr("a coefficient is infinite")));
}

TEST(Cox, NoEventsAndNoRowsAreAnswers) {
  Cases cases = RandomCases(50, 7);
  for (model::Case& record : cases) {
    record.baseline.mri_grade.reset();
    for (model::FollowUp& follow_up : record.follow_ups) {
      follow_up.reoperations.clear();
    }
  }
  model::CoxQuestion question;
  question.covariates = {{"age_years", false, ""}};
  question.proportional_hazards = true;
  auto answer = AskCox(question, cases);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->events, 0);
  EXPECT_EQ(answer->coefficients[0].absence, Absence::kDropped);
  EXPECT_EQ(answer->wald.df, 0);
  question.covariates = {{"mri_grade", false, ""}, {"sex", false, "other"}};
  answer = AskCox(question, cases);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->n, 0);
  EXPECT_EQ(answer->dropped, 50);
  EXPECT_EQ(answer->absence, Absence::kUndefined);
}

TEST(Cox, ANullModelHasALikelihood) {
  const auto answer = AskCox(model::CoxQuestion(), RandomCases(100, 8));
  ASSERT_TRUE(answer.ok());
  EXPECT_THAT(answer->coefficients, IsEmpty());
  EXPECT_EQ(answer->log_likelihood_null, answer->log_likelihood);
}

TEST(Cox, FaultsThatOnlyTheCasesShow) {
  Cases cases = RandomCases(200, 9);
  for (size_t i = 0; i < cases.size(); ++i) {
    cases[i].baseline.sex = model::Sex::kMale;
    cases[i].baseline.symptom_duration_months = static_cast<int32_t>(3 + i);
  }
  model::CoxQuestion question;
  question.covariates = {{"age_years", false, ""}, {"sex", false, "female"}};
  auto answer = AskCox(question, cases);
  ASSERT_EQ(answer.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(answer.status().GetPayload(kFieldPath), "covariates[1].reference");
  question.covariates = {{"symptom_duration_months", true, ""}};
  answer = AskCox(question, cases);
  ASSERT_EQ(answer.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(answer.status().GetPayload(kFieldPath), "covariates");
  EXPECT_THAT(std::string(answer.status().message()), HasSubstr("at most 100"));
}

TEST(Cox, OfNoCovariateThereIsNothingToTest) {
  model::CoxQuestion question;
  question.endpoint = Endpoint::kDailyLife;
  const auto answer = AskCox(question, RandomCases(100, 31));
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_TRUE(answer->log_likelihood.has_value());
  EXPECT_FALSE(answer->concordance.has_value());
  EXPECT_EQ(answer->wald, ChiSquare());
  EXPECT_EQ(answer->likelihood_ratio, ChiSquare());
}

TEST(Cox, SaysThatTooFewClustersLeaveNoWaldTest) {
  model::CoxQuestion question;
  question.endpoint = Endpoint::kDailyLife;
  question.cluster = model::Cluster::kSite;
  const Cases cases = RandomCases(300, 32);
  std::map<std::string, int> sites;
  for (const model::Case& record : cases) sites[record.site] = 0;
  for (const bool enough : {true, false}) {
    question.covariates = {{"age_years", false, ""}};
    if (!enough) question.covariates.push_back({"site", false, ""});
    const auto answer = AskCox(question, cases);
    ASSERT_TRUE(answer.ok()) << answer.status();
    EXPECT_EQ(answer->wald.chi_square.has_value(), enough && sites.size() > 1);
    const std::string note =
        "Wald test: none, the robust variance has a rank below the number of "
        "coefficients, for want of clusters";
    if (enough) {
      EXPECT_THAT(answer->provenance.conventions,
                  ::testing::Not(Contains(note)));
    } else {
      EXPECT_THAT(answer->provenance.conventions, Contains(note));
    }
  }
}

}  // namespace
}  // namespace enthesis::analysis
