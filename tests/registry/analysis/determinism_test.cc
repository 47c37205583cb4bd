// The same answer for any order of rows and number of threads, to the last bit,
// over more rows than a few chunks hold.

#include <algorithm>
#include <numeric>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "registry/analysis/answer.h"
#include "registry/cohort/column_writer.h"
#include "registry/cohort/encode.h"
#include "tests/registry/support/random_case.h"

namespace enthesis::analysis {
namespace {

constexpr uint64_t kCases = 320'000;  // five chunks
constexpr int kSites = 8;

// 5,000 drawn cases, each many times over under ids of its own; `seed` shuffles
// the order in which they arrive and in which sites become known.
std::shared_ptr<const cohort::Snapshot> Shuffled(uint64_t seed) {
  std::mt19937_64 draw(1);
  std::vector<model::Case> cases;
  for (int i = 0; i < 5'000; ++i) cases.push_back(tests::RandomCase(draw));
  std::mt19937_64 shuffle(seed);
  cohort::ColumnWriter writer;
  std::vector<std::string> sites;
  for (int s = 1; s <= kSites; ++s)
    sites.push_back("site-0" + std::to_string(s));
  std::shuffle(sites.begin(), sites.end(), shuffle);
  for (const std::string& site : sites) EXPECT_TRUE(writer.AddSite(site).ok());
  std::vector<cohort::Row> rows;
  for (const model::Case& record : cases) {
    rows.push_back(cohort::Encode(record, *writer.AddSite(record.site)));
  }
  std::vector<uint64_t> order(kCases);
  std::iota(order.begin(), order.end(), uint64_t{1});
  std::shuffle(order.begin(), order.end(), shuffle);
  for (const uint64_t id : order) {
    cohort::Row& row = rows[id % rows.size()];
    row.patient = 1 + id / 3;  // up to three limbs, which validation forbids
    writer.PutRow({id, id}, row);
  }
  return writer.Publish(1, 18'900);
}

class Determinism : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    first_ = Shuffled(1);
    second_ = Shuffled(2);
  }
  static void TearDownTestSuite() {
    first_.reset();
    second_.reset();
  }

  // Asks the same of both orders with 1, 2 and 7 threads.
  template <typename Question>
  void Check(Question question) {
    stats::ThreadPool one(1), two(2), seven(7);
    for (const std::optional<model::Dimension> by :
         {std::optional<model::Dimension>(),
          std::optional(model::Dimension::kSite),
          std::optional(model::Dimension::kConcomitantProcedure)}) {
      question.group_by = by;
      const auto expected = Answer(question, *first_, one, {});
      ASSERT_TRUE(expected.ok()) << expected.status();
      for (stats::ThreadPool* pool : {&one, &two, &seven}) {
        const auto again = Answer(question, *first_, *pool, {});
        const auto shuffled = Answer(question, *second_, *pool, {});
        EXPECT_TRUE(*again == *expected) << pool->n_threads();
        EXPECT_TRUE(*shuffled == *expected) << pool->n_threads();
      }
    }
  }

  static inline std::shared_ptr<const cohort::Snapshot> first_, second_;
};

TEST_F(Determinism, Describe) { Check(model::DescribeQuestion()); }

TEST_F(Determinism, Survival) {
  model::SurvivalQuestion question;
  question.endpoint = model::Endpoint::kComplication;
  question.at_days = {30, 365};
  Check(question);
  question.complication = model::ComplicationKind::kRupture;
  question.cohort.filters = {{model::Dimension::kAgeBand, {2, 3, 4}, {}}};
  Check(question);
}

TEST_F(Determinism, TestsOfSurvival) {
  model::SurvivalQuestion question;
  question.test = model::RankTestKind::kTaroneWare;
  question.strata = model::Dimension::kAgeBand;
  question.pairwise = true;
  question.quantiles = {0.1};
  question.mean_horizon = 365;
  question.landmark_day = 20;
  Check(question);
}

TEST_F(Determinism, Incidence) {
  model::IncidenceQuestion question;
  question.endpoint = model::Endpoint::kComplication;
  question.complication = model::ComplicationKind::kSuralNerve;
  question.variance = model::IncidenceVariance::kJackknife;
  question.strata = model::Dimension::kSex;
  question.at_days = {100};
  Check(question);
}

TEST_F(Determinism, Return) { Check(model::ReturnQuestion()); }

TEST_F(Determinism, Interval) {
  model::IntervalQuestion question;
  question.at_days = {90, 365};
  Check(question);
}

TEST_F(Determinism, Score) { Check(model::ScoreQuestion()); }

TEST_F(Determinism, Compare) {
  model::CompareQuestion question;
  question.visit = model::Visit::k6Months;
  question.change = true;
  Check(question);
}

// Without groups: strata and clusters take their place.
TEST_F(Determinism, Cox) {
  model::CoxQuestion question;
  question.endpoint = model::Endpoint::kReturnSport;
  question.covariates = {
      {"age_years", false, ""}, {"bmi", false, ""}, {"smoking", false, ""}};
  question.strata = {model::Dimension::kSite};
  question.cluster = model::Cluster::kPatient;
  question.proportional_hazards = true;
  stats::ThreadPool one(1), seven(7);
  const auto expected = Answer(question, *first_, one, {});
  ASSERT_TRUE(expected.ok()) << expected.status();
  EXPECT_TRUE(*Answer(question, *second_, seven, {}) == *expected);
}

TEST_F(Determinism, Ancova) {
  model::AncovaQuestion question;
  question.group_by = model::Dimension::kSite;
  question.covariates = {{"age_years", false, ""}, {"smoking", false, ""}};
  stats::ThreadPool one(1), seven(7);
  const auto expected = Answer(question, *first_, one, {});
  ASSERT_TRUE(expected.ok()) << expected.status();
  EXPECT_TRUE(*Answer(question, *second_, seven, {}) == *expected);
}

TEST_F(Determinism, FineGray) {
  model::FineGrayQuestion question;
  question.covariates = {{"age_years", false, ""}, {"smoking", false, ""}};
  question.ties = model::RegressionTies::kBreslow;
  question.cluster = model::Cluster::kSite;
  stats::ThreadPool one(1), seven(7);
  const auto expected = Answer(question, *first_, one, {});
  ASSERT_TRUE(expected.ok()) << expected.status();
  EXPECT_TRUE(*Answer(question, *second_, seven, {}) == *expected);
}

TEST_F(Determinism, Parametric) {
  model::ParametricQuestion question;
  question.covariates = {{"age_years", false, ""}, {"smoking", false, ""}};
  stats::ThreadPool one(1), seven(7);
  const auto expected = Answer(question, *first_, one, {});
  ASSERT_TRUE(expected.ok()) << expected.status();
  EXPECT_TRUE(*Answer(question, *second_, seven, {}) == *expected);
}

TEST_F(Determinism, Glm) {
  model::GlmQuestion question;
  question.endpoint = model::Endpoint::kComplication;
  question.by_day = 90;
  question.covariates = {{"age_years", false, ""}, {"smoking", false, ""}};
  question.cluster = model::Cluster::kPatient;
  stats::ThreadPool one(1), seven(7);
  const auto expected = Answer(question, *first_, one, {});
  ASSERT_TRUE(expected.ok()) << expected.status();
  EXPECT_TRUE(*Answer(question, *second_, seven, {}) == *expected);
}

TEST_F(Determinism, Mixed) {
  model::MixedQuestion question;
  question.visits = {model::Visit::k6Months, model::Visit::k12Months};
  question.group_by = model::Dimension::kApproach;
  question.covariates = {{"age_years", false, ""}, {"smoking", false, ""}};
  for (const auto structure : {model::MixedStructure::kRandomIntercept,
                               model::MixedStructure::kUnstructured}) {
    question.structure = structure;
    stats::ThreadPool one(1), seven(7);
    const auto expected = Answer(question, *first_, one, {});
    ASSERT_TRUE(expected.ok()) << expected.status();
    EXPECT_TRUE(*Answer(question, *second_, seven, {}) == *expected);
  }
}

TEST_F(Determinism, Sites) {
  model::SitesQuestion question;
  question.endpoint = model::Endpoint::kComplication;
  question.by_day = 90;
  question.covariates = {{"age_years", false, ""}, {"smoking", false, ""}};
  question.own_site = "site-04";
  stats::ThreadPool one(1), seven(7);
  const auto expected = Answer(question, *first_, one, {});
  ASSERT_TRUE(expected.ok()) << expected.status();
  EXPECT_TRUE(*Answer(question, *second_, seven, {}) == *expected);
}

}  // namespace
}  // namespace enthesis::analysis
