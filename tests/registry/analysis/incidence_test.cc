#include <optional>
#include <random>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "registry/analysis/answer.h"
#include "registry/model/small_groups.h"
#include "stats/cumulative_incidence.h"
#include "stats/gray_test.h"
#include "tests/registry/support/naive_cohort.h"
#include "tests/registry/support/random_case.h"

namespace enthesis::analysis {
namespace {

using model::Dimension;
using model::Endpoint;
using model::Exit;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using tests::Cases;
using tests::RandomCases;

absl::StatusOr<IncidenceAnswer> AskIncidence(
    const model::IncidenceQuestion& question, const Cases& cases) {
  stats::ThreadPool pool(2);
  return Answer(question, *tests::SnapshotOf(cases), pool, {});
}

// Causes numbered as the endpoint's own list of what competes has them.
stats::EventTable CausesTable(
    const Cases& cases, Endpoint endpoint,
    std::optional<model::ComplicationKind> kind = std::nullopt) {
  const auto competing = model::CompetingExits(endpoint);
  std::vector<stats::EventRow> rows;
  for (const model::Case& record : cases) {
    if (!model::InRiskSet(record, endpoint)) continue;
    const model::EndpointTime time = model::TimeTo(record, endpoint, kind);
    int cause = time.exit == Exit::kEvent ? 1 : 0;
    for (size_t c = 0; c < competing.size(); ++c) {
      if (time.exit == competing[c]) cause = static_cast<int>(c) + 2;
    }
    rows.push_back({static_cast<double>(time.exit_day), cause});
  }
  return *stats::TabulateEvents(rows, static_cast<int>(competing.size()) + 1);
}

std::vector<std::string> NamesOf(const IncidenceCurve& curve) {
  std::vector<std::string> names;
  for (const IncidenceCause& cause : curve.causes) names.push_back(cause.cause);
  return names;
}

// Five limbs: a reoperation on day 100, a death on day 200, one seen on 150,
// two on 300: F(100) = 1/5; of death 4/5 * 1/3 on day 200.
TEST(Incidence, FiveLimbsByHand) {
  Cases cases = RandomCases(5, 1);
  const int32_t last[] = {120, 90, 150, 300, 300};
  for (size_t i = 0; i < cases.size(); ++i) {
    cases[i].status = model::CaseStatus::kActive;
    cases[i].status_day.reset();
    cases[i].follow_ups.assign(1, {});
    cases[i].follow_ups[0].day = last[i];
  }
  cases[0].follow_ups[0].reoperations = {
      {model::ReoperationKind::kRevision, 100}};
  cases[1].status = model::CaseStatus::kDied;
  cases[1].status_day = 200;
  model::IncidenceQuestion question;
  question.at_days = {99, 100, 200, 400};
  const auto answer = AskIncidence(question, cases);
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_EQ(answer->curves.size(), 1u);
  const IncidenceCurve& curve = answer->curves[0];
  EXPECT_EQ(curve.n, 5);
  EXPECT_THAT(NamesOf(curve), ElementsAre("reoperation", "death"));
  EXPECT_EQ(curve.causes[0].events, 1);
  EXPECT_EQ(curve.causes[0].at[0].incidence, 0);
  EXPECT_NEAR(*curve.causes[0].at[1].incidence, 0.2, 1e-15);
  EXPECT_NEAR(*curve.causes[0].at[2].incidence, 0.2, 1e-15);
  EXPECT_EQ(curve.causes[0].at[3].absence, Absence::kBeyondFollowUp);
  EXPECT_NEAR(*curve.causes[1].at[2].incidence, 0.8 / 3, 1e-15);
  EXPECT_THAT(answer->tests.causes, IsEmpty());
  EXPECT_THAT(answer->provenance.estimand, HasSubstr("competing: death"));
}

TEST(Incidence, EveryEndpointEqualsTheEstimatorOnNaiveTables) {
  const Cases cases = RandomCases(2500, 2);
  for (const model::Code& code : model::kEndpointCodes.codes) {
    SCOPED_TRACE(code.code);
    model::IncidenceQuestion question;
    question.endpoint = static_cast<Endpoint>(code.value);
    question.group_by = Dimension::kSex;
    question.at_days = {90, 365};
    question.conf_level = 0.9;
    question.rho = 1;
    question.variance = code.value % 2 == 0
                            ? model::IncidenceVariance::kAalen
                            : model::IncidenceVariance::kJackknife;
    question.transform = model::ConfidenceTransform::kPlain;
    if (question.endpoint == Endpoint::kComplication) {
      question.complication = model::ComplicationKind::kSuralNerve;
    }
    const auto answer = AskIncidence(question, cases);
    ASSERT_TRUE(answer.ok()) << answer.status();
    stats::IncidenceOptions options;
    options.conf_level = 0.9;
    options.transform = stats::IntervalTransform::kPlain;
    options.variance = code.value % 2 == 0
                           ? stats::IncidenceVariance::kAalen
                           : stats::IncidenceVariance::kJackknife;
    std::vector<stats::EventTable> tables;
    const auto groups = tests::GroupCases(cases, {}, Dimension::kSex);
    ASSERT_EQ(answer->curves.size(), groups.size());
    for (size_t g = 0; g < groups.size(); ++g) {
      tables.push_back(CausesTable(groups[g].second, question.endpoint,
                                   question.complication));
      const auto expected =
          stats::EstimateCumulativeIncidence(tables[g], options);
      const IncidenceCurve& curve = answer->curves[g];
      EXPECT_EQ(curve.n, static_cast<int64_t>(tables[g].Total()));
      ASSERT_EQ(curve.causes.size(), expected->causes.size());
      for (size_t c = 0; c < curve.causes.size(); ++c) {
        EXPECT_EQ(
            curve.causes[c].events,
            static_cast<int64_t>(tables[g].TotalEvents(static_cast<int>(c))));
        const auto at =
            stats::IncidenceAt(*expected, static_cast<int>(c), {90.0, 365.0});
        for (size_t i = 0; i < 2; ++i) {
          EXPECT_EQ(curve.causes[c].at[i].incidence, at[i]->incidence);
          EXPECT_EQ(curve.causes[c].at[i].std_error, at[i]->std_error);
          EXPECT_EQ(curve.causes[c].at[i].upper, at[i]->upper);
        }
      }
    }
    EXPECT_EQ(answer->curves[0].causes[0].cause, code.code);
    const auto tests = stats::TestGray({tables}, {1});
    ASSERT_TRUE(tests.ok());
    ASSERT_EQ(answer->tests.causes.size(), tests->size());
    for (size_t c = 0; c < tests->size(); ++c) {
      const GrayTest& test = answer->tests.causes[c];
      EXPECT_EQ(test.cause, answer->curves[0].causes[c].cause);
      EXPECT_EQ(test.name, "gray");
      EXPECT_EQ(test.chi_square, (*tests)[c].chi_square);
      EXPECT_EQ(test.p_value, (*tests)[c].p_value);
      EXPECT_EQ(test.df, (*tests)[c].df);
    }
  }
}

TEST(Incidence, StrataHoldTheTestWithinThem) {
  const Cases cases = RandomCases(1500, 3);
  model::IncidenceQuestion question;
  question.endpoint = Endpoint::kReturnSport;
  question.group_by = Dimension::kSex;
  question.strata = Dimension::kSite;
  const auto answer = AskIncidence(question, cases);
  ASSERT_TRUE(answer.ok());
  std::vector<std::vector<stats::EventTable>> strata;
  for (const auto& [site, members] :
       tests::GroupCases(cases, {}, Dimension::kSite)) {
    strata.emplace_back();
    for (const IncidenceCurve& curve : answer->curves) {
      Cases own;
      for (const model::Case& record : members) {
        const auto sex = tests::GroupsOf(Dimension::kSex, record)[0];
        if (sex == curve.group[0].value) own.push_back(record);
      }
      strata.back().push_back(CausesTable(own, question.endpoint));
    }
  }
  const auto expected = stats::TestGray(strata);
  ASSERT_TRUE(expected.ok()) << expected.status();
  for (size_t c = 0; c < expected->size(); ++c) {
    EXPECT_EQ(answer->tests.causes[c].chi_square, (*expected)[c].chi_square);
  }
}

TEST(Incidence, SmallGroupsStayOutOfTheTest) {
  const Cases cases = RandomCases(400, 4);
  model::IncidenceQuestion question;
  question.endpoint = Endpoint::kComplication;
  question.group_by = Dimension::kAgeBand;
  question.smallest_group = 40;
  const auto answer = AskIncidence(question, cases);
  ASSERT_TRUE(answer.ok());
  const auto groups = tests::GroupCases(cases, {}, Dimension::kAgeBand);
  std::vector<int64_t> sizes;
  for (const auto& [label, members] : groups) {
    sizes.push_back(std::ssize(members));
  }
  std::vector<bool> withheld(sizes.size());
  model::MarkSmallGroups(sizes, 40, withheld);
  std::vector<stats::EventTable> large;
  int64_t smallest = 400;
  size_t g = 0;
  for (const auto& [label, members] : groups) {
    if (withheld[g++]) continue;
    large.push_back(CausesTable(members, question.endpoint));
    smallest = std::min(smallest, std::ssize(members));
  }
  ASSERT_GE(large.size(), 2u);
  ASSERT_LT(large.size(), answer->curves.size());
  EXPECT_EQ(answer->tests.causes[0].p_value,
            (*stats::TestGray({large}))[0].p_value);
  EXPECT_EQ(answer->tests.smallest_compared, smallest);
  question.smallest_group = 401;
  const auto none = AskIncidence(question, cases);
  EXPECT_EQ(none->tests.causes[0].absence, Absence::kSuppressed);
  EXPECT_FALSE(none->tests.causes[0].df.has_value());
}

TEST(Incidence, OverlappingGroupsAreNotTested) {
  model::IncidenceQuestion question;
  question.group_by = Dimension::kConcomitantProcedure;
  const auto answer = AskIncidence(question, RandomCases(200, 5));
  ASSERT_TRUE(answer.ok());
  EXPECT_THAT(answer->tests.causes, IsEmpty());
  EXPECT_THAT(answer->provenance.conventions,
              Contains("test: none, the groups overlap"));
}

TEST(Incidence, OutsideTheRiskSetIsLeftOutAndCounted) {
  Cases cases = RandomCases(60, 6);
  for (model::Case& record : cases) {
    record.baseline.sport_level = model::SportLevel::kNone;
  }
  model::IncidenceQuestion question;
  question.endpoint = Endpoint::kReturnPerformance;
  question.group_by = Dimension::kSex;
  const auto answer = AskIncidence(question, cases);
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->curves[0].n, 0);
  EXPECT_EQ(answer->curves[0].absence, Absence::kUndefined);
  EXPECT_EQ(answer->tests.causes[0].absence, Absence::kUndefined);
  EXPECT_THAT(answer->provenance.exclusions,
              ElementsAre(Exclusion{"NOT_AN_ATHLETE", 60}));
}

TEST(Incidence, ReturnToPlayHasTheSameTests) {
  const Cases cases = RandomCases(800, 7);
  model::IncidenceQuestion question;
  question.endpoint = Endpoint::kReturnSport;
  question.group_by = Dimension::kPathology;
  const auto incidence = AskIncidence(question, cases);
  model::ReturnQuestion back;
  back.group_by = Dimension::kPathology;
  stats::ThreadPool pool(2);
  const auto answer = Answer(back, *tests::SnapshotOf(cases), pool, {});
  ASSERT_TRUE(incidence.ok() && answer.ok());
  ASSERT_EQ(answer->tests.causes.size(), 4u);
  for (size_t c = 0; c < 4; ++c) {
    EXPECT_EQ(answer->tests.causes[c].p_value,
              incidence->tests.causes[c].p_value);
  }
  EXPECT_EQ(answer->tests.causes[0].cause, "return");
  EXPECT_TRUE(answer->tests.causes[0].p_value.has_value());
}

TEST(Incidence, StopEndsIt) {
  stats::ThreadPool pool(1);
  std::stop_source source;
  source.request_stop();
  EXPECT_EQ(
      Answer(model::IncidenceQuestion(), *tests::SnapshotOf(RandomCases(20, 8)),
             pool, source.get_token())
          .status()
          .code(),
      absl::StatusCode::kCancelled);
}

}  // namespace
}  // namespace enthesis::analysis
