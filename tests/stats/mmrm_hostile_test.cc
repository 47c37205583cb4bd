// Mixed models for repeated measures on data that break fits.

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "stats/mmrm.h"
#include "support/mmrm_data.h"

namespace enthesis::stats {
namespace {

using golden::DrawRepeatedData;
using golden::MmrmOf;
using golden::RepeatedData;
using golden::TakenRows;
using Names = std::vector<std::string>;

// "subject visit response" of each row, one group.
RepeatedData Rows(const std::vector<std::vector<double>>& rows, int n_visits) {
  RepeatedData data;
  for (int v = 1; v <= n_visits; ++v) {
    data.visit_levels.push_back(std::to_string(v));
  }
  for (const std::vector<double>& row : rows) {
    data.subjects.push_back(static_cast<int>(row[0]));
    data.visits.push_back(static_cast<int>(row[1]) - 1);
    data.response.push_back(row[2]);
  }
  data.covariates.n_rows = rows.size();
  return data;
}

MmrmOptions Asked(VisitCovariance covariance,
                  std::vector<VisitCovariance> fallbacks = {}) {
  MmrmOptions options;
  options.covariance = covariance;
  options.fallbacks = std::move(fallbacks);
  return options;
}

std::string WhyNot(const RepeatedData& data, const MmrmOptions& options = {}) {
  const auto fit = FitMmrm(data.view(), options);
  EXPECT_FALSE(fit.ok());
  return std::string(fit.status().message());
}

RepeatedData Without(const RepeatedData& data, int visit, int group) {
  std::vector<size_t> order;
  for (size_t i = 0; i < data.visits.size(); ++i) {
    if (data.visits[i] != visit || data.groups[i] != group) order.push_back(i);
  }
  return TakenRows(data, order);
}

TEST(MmrmHostile, ASubjectTwiceAtAVisitIsRefused) {
  const auto fit =
      FitMmrm(Rows({{1, 1, 5}, {1, 2, 6}, {2, 1, 4}, {1, 2, 7}}, 2).view());
  EXPECT_EQ(fit.status(),
            absl::InvalidArgumentError("row 3: the subject already has a row "
                                       "of visit 2; one is allowed"));
}

TEST(MmrmHostile, VisitsNeverSeenTogetherAreNamed) {
  const RepeatedData data = Rows({{1, 1, 5},
                                  {1, 2, 6},
                                  {2, 2, 4},
                                  {2, 3, 7},
                                  {3, 1, 2},
                                  {3, 2, 2.5},
                                  {4, 2, 3},
                                  {4, 3, 3.5},
                                  {5, 1, 1},
                                  {5, 2, 3},
                                  {6, 2, 9},
                                  {6, 3, 8}},
                                 3);
  EXPECT_EQ(WhyNot(data),
            "the unstructured covariance did not converge: no subject has both "
            "visits 1 and 3, so that their covariance is not determined");
  EXPECT_NE(WhyNot(data, Asked(VisitCovariance::kToeplitz))
                .find("two visits 2 places apart"),
            std::string::npos);
  const MmrmFit fit = MmrmOf(data, Asked(VisitCovariance::kUnstructured,
                                         {VisitCovariance::kToeplitz,
                                          VisitCovariance::kAutoregressive}));
  EXPECT_EQ(fit.covariance, VisitCovariance::kAutoregressive);
  ASSERT_EQ(fit.failures.size(), 2);
  EXPECT_EQ(fit.failures[1].covariance, VisitCovariance::kToeplitz);
}

TEST(MmrmHostile, EverySubjectAtOneVisit) {
  const RepeatedData data =
      Rows({{1, 1, 5}, {2, 2, 6}, {3, 1, 4}, {4, 2, 7}, {5, 1, 4.5}}, 2);
  for (const VisitCovariance kind :
       {VisitCovariance::kCompoundSymmetry, VisitCovariance::kAutoregressive}) {
    EXPECT_NE(WhyNot(data, Asked(kind)).find("no subject has two visits"),
              std::string::npos);
  }
}

TEST(MmrmHostile, TheSignOfACorrelationOverTwoPlaces) {
  const RepeatedData data = Rows({{1, 1, 5},
                                  {1, 3, 6},
                                  {2, 2, 4},
                                  {3, 1, 1},
                                  {3, 3, 4},
                                  {4, 2, 3},
                                  {5, 1, 2},
                                  {5, 3, 2}},
                                 3);
  EXPECT_NE(WhyNot(data, Asked(VisitCovariance::kAutoregressive)).find("sign"),
            std::string::npos);
}

// One subject, and fewer subjects than visits: nothing bounds the likelihood.
TEST(MmrmHostile, TooFewSubjects) {
  const RepeatedData one = Rows({{1, 1, 5}, {1, 2, 6}, {1, 3, 8}}, 3);
  EXPECT_NE(WhyNot(one).find("did not converge"), std::string::npos);
  const RepeatedData few = Rows(
      {{1, 1, 5}, {1, 2, 6}, {1, 3, 8}, {2, 1, 4}, {2, 2, 9}, {2, 3, 1}}, 3);
  EXPECT_NE(WhyNot(few).find("singular"), std::string::npos) << WhyNot(few);
}

TEST(MmrmHostile, AVisitWithoutSpread) {
  RepeatedData data = DrawRepeatedData(30, 3, 0, 1);
  for (size_t i = 0; i < data.response.size(); ++i) {
    if (data.visits[i] == 1) data.response[i] = 50;
  }
  data.covariates = {};
  EXPECT_NE(WhyNot(data).find("meet every response at visit 2"),
            std::string::npos)
      << WhyNot(data);
  const MmrmFit fit = MmrmOf(data, Asked(VisitCovariance::kUnstructured,
                                         {VisitCovariance::kCompoundSymmetry}));
  EXPECT_EQ(fit.failures.size(), 1);
}

TEST(MmrmHostile, VisitsThatDetermineEachOther) {
  RepeatedData data = DrawRepeatedData(30, 3, 0, 2);
  for (size_t i = 0; i < data.response.size(); ++i) {
    if (data.visits[i] == 2) data.response[i] = 2 * data.response[i - 1] + 3;
  }
  data.covariates = {};
  const std::string why = WhyNot(data);
  EXPECT_NE(why.find("2 and 3 come to determine each other"), std::string::npos)
      << why;
}

// Scoring comes near a saddle there, whose likelihood is lower by 0.05.
TEST(MmrmHostile, ASaddleIsLeft) {
  RepeatedData data = DrawRepeatedData(16, 3, 0.2, 117);
  for (size_t i = 0; i < data.response.size(); ++i) {
    data.response[i] -= data.groups[i] * data.visits[i];
  }
  const MmrmFit fit = MmrmOf(data);
  EXPECT_LT(fit.iterations, 40);
  for (const MmrmCoefficient& one : fit.coefficients) {
    EXPECT_TRUE(one.value.df.has_value()) << one.name;
  }
}

TEST(MmrmHostile, ConstantResponsesAndPerfectFits) {
  RepeatedData data = DrawRepeatedData(10, 3, 0, 3);
  for (double& y : data.response) y = 7;
  const MmrmFit flat = MmrmOf(data);
  EXPECT_NEAR(*flat.coefficients[0].value.estimate, 7, 1e-12);
  EXPECT_FALSE(flat.coefficients[0].value.std_error.has_value());
  EXPECT_FALSE(flat.log_likelihood.has_value());
  EXPECT_EQ(flat.visit_covariance, std::vector<double>(9, 0));
  EXPECT_NEAR(*flat.contrasts[2].value.estimate, 0, 1e-12);
  // As many coefficients as rows.
  const MmrmFit full = MmrmOf(TakenRows(data, {0, 1, 2, 3, 4, 5}));
  EXPECT_GE(full.rank, 1);
  EXPECT_FALSE(full.log_likelihood.has_value());
}

TEST(MmrmHostile, CollinearCovariatesAreDropped) {
  RepeatedData data = DrawRepeatedData(40, 3, 0.1, 4);
  const MmrmFit plain = MmrmOf(data);
  const size_t n = data.response.size();
  const std::vector<double> baseline(data.covariates.values);
  for (size_t i = 0; i < n; ++i) {
    data.covariates.values.push_back(3 - 2 * baseline[i]);
  }
  data.covariates.names.push_back("again");
  data.covariates.terms.push_back(1);
  const MmrmFit fit = MmrmOf(data);
  EXPECT_EQ(fit.dropped, Names({"again"}));
  EXPECT_FALSE(fit.coefficients[2].value.estimate.has_value());
  EXPECT_EQ(fit.log_likelihood, plain.log_likelihood);
  EXPECT_NEAR(*fit.contrasts[1].value.df / *plain.contrasts[1].value.df, 1,
              1e-12);
}

TEST(MmrmHostile, AGroupWithoutRowsAtAVisit) {
  const MmrmFit fit = MmrmOf(Without(DrawRepeatedData(60, 3, 0.1, 5), 2, 1));
  EXPECT_EQ(fit.dropped, Names({"visit3:groupB"}));
  ASSERT_EQ(fit.means.size(), 6);
  EXPECT_FALSE(fit.means[5].has_rows);
  EXPECT_FALSE(fit.means[5].value.estimate.has_value());
  EXPECT_TRUE(fit.means[4].value.estimate.has_value());
  EXPECT_FALSE(fit.contrasts[2].value.estimate.has_value());
  EXPECT_TRUE(fit.contrasts[1].value.df.has_value());
}

// Where the covariates hold the visit as a number there are no means of visits
// without groups; as a factor there are.
TEST(MmrmHostile, MeansWithoutGroups) {
  RepeatedData data = DrawRepeatedData(40, 3, 0.2, 6);
  data.groups.clear();
  data.group_levels.clear();
  EXPECT_TRUE(MmrmOf(data).means.empty());
  for (int visit = 1; visit < 3; ++visit) {
    for (const int own : data.visits) {
      data.covariates.values.push_back(own == visit ? 1 : 0);
    }
    data.covariates.names.push_back("visit" + std::to_string(visit));
    data.covariates.terms.push_back(1);
  }
  MmrmData view = data.view();
  view.columns = {MmrmColumn::kHeld, MmrmColumn::kOfVisit,
                  MmrmColumn::kOfVisit};
  view.means_by_visit = true;
  const auto fit = FitMmrm(view);
  ASSERT_TRUE(fit.ok()) << fit.status();
  ASSERT_EQ(fit->means.size(), 3);
  EXPECT_NEAR(*fit->means[2].value.estimate - *fit->means[0].value.estimate,
              *fit->coefficients[3].value.estimate, 1e-10);
}

TEST(MmrmHostile, BadInputIsRefused) {
  const RepeatedData data = DrawRepeatedData(20, 3, 0, 7);
  MmrmOptions options;
  options.conf_level = 1;
  EXPECT_FALSE(FitMmrm(data.view(), options).ok());
  options = MmrmOptions();
  options.restricted = false;
  options.df = MmrmDf::kKenwardRoger;
  EXPECT_NE(WhyNot(data, options).find("Kenward-Roger"), std::string::npos);
  RepeatedData bad = data;
  bad.response[4] = std::nan("");
  EXPECT_NE(WhyNot(bad).find("row 4: the response"), std::string::npos);
  bad = data;
  bad.visits[4] = 3;
  EXPECT_EQ(WhyNot(bad), "row 4: the visit is out of range");
  bad = data;
  bad.covariates.values[2] = HUGE_VAL;
  EXPECT_EQ(WhyNot(bad), "row 2: baseline must be a finite number");
  bad = data;
  bad.visit_levels.resize(kMmrmVisitsMax + 1);
  EXPECT_NE(WhyNot(bad).find("51 visits"), std::string::npos);
  EXPECT_EQ(FitMmrm(TakenRows(data, {}).view()).status(),
            absl::FailedPreconditionError("no rows"));
}

// A variance at its bound is no maximum within the positive definite ones:
// scores that scatter less between subjects than within them.
TEST(MmrmHostile, NegativeCorrelationIsAllowed) {
  const RepeatedData data = Rows({{1, 1, 5},
                                  {1, 2, 1},
                                  {2, 1, 2},
                                  {2, 2, 4.5},
                                  {3, 1, 4},
                                  {3, 2, 1},
                                  {4, 1, 1},
                                  {4, 2, 4},
                                  {5, 1, 3},
                                  {5, 2, 3.5}},
                                 2);
  const MmrmFit fit = MmrmOf(data, Asked(VisitCovariance::kCompoundSymmetry));
  EXPECT_LT(fit.visit_covariance[1], -1);
}

}  // namespace
}  // namespace enthesis::stats
