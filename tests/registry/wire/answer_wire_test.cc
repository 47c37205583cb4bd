#include "registry/wire/answer_wire.h"

#include <gtest/gtest.h>

#include <utility>

#include "google/protobuf/text_format.h"

namespace enthesis::wire {
namespace {

constexpr disclosure::Policy kOff{std::nullopt};

template <typename Message>
std::string Text(const Message& message) {
  std::string text;
  google::protobuf::TextFormat::Printer printer;
  printer.SetSingleLineMode(true);
  printer.PrintToString(message, &text);
  return text;
}

template <typename Answer>
auto Released(Answer answer) {
  auto released = disclosure::Release(std::move(answer), kOff);
  EXPECT_TRUE(released.ok()) << released.status();
  return *std::move(released);
}

analysis::Provenance Source() {
  analysis::Provenance source;
  source.as_of = 9;
  source.cohort.filters = {{model::Dimension::kSex, {1, 0}, {}},
                           {model::Dimension::kSite, {}, {"site-01"}},
                           {model::Dimension::kSurgeryYear, {2020, 2021}, {}}};
  source.n_cases = 40;
  source.n_sites = 1;
  source.exclusions = {{"NOT_AN_ATHLETE", 3}, {"NO_VALUE", std::nullopt}};
  source.estimand = "what";
  source.conventions = {"interval: log-log"};
  source.synthetic = true;
  source.n_synthetic = 25;
  return source;
}

TEST(AnswerWire, SurvivalWithProvenance) {
  analysis::SurvivalAnswer answer;
  analysis::SurvivalCurve& curve = answer.curves.emplace_back();
  curve.group = {{model::Dimension::kSite, "site-01"}};
  curve.n = 40;
  curve.events = 0;
  curve.median.absence = analysis::Absence::kNotReached;
  curve.quantiles = {{0.25, {}}};
  curve.quantiles[0].time.estimate = 90;
  curve.restricted_mean = {365, 300.5, {}, {}, {}, {}};
  analysis::SurvivalPoint& point = curve.at.emplace_back();
  point.day = 365;
  point.at_risk = 30;
  point.survival = 0.75;
  curve.points.push_back(point);
  answer.test.emplace();
  answer.test->name = "log-rank";
  answer.test->df = 1;
  answer.test->chi_square = 2.5;
  answer.test->groups.emplace_back().observed = 0.0;
  analysis::RestrictedMeanContrast& contrast =
      answer.mean_contrasts.emplace_back();
  contrast.group = curve.group;
  contrast.difference.emplace().p_value = 0.5;
  contrast.absence = analysis::Absence::kNone;
  answer.trend.emplace().z = -2;
  answer.pairs.emplace_back().second = curve.group;
  answer.pairs[0].adjusted_p_value = 1;
  answer.provenance = Source();
  const v1::EstimateSurvivalResponse wire = ToWire(Released(answer));
  v1::EstimateSurvivalResponse expected;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
      R"pb(
        curves {
          group { dimension: "site" value: "site-01" }
          n: 40
          events: 0
          median { absence: ABSENCE_NOT_REACHED }
          quantiles { p: 0.25 estimate: 90 }
          restricted_mean { horizon: 365 estimate: 300.5 }
          at { day: 365 at_risk: 30 survival: 0.75 }
          points { day: 365 at_risk: 30 survival: 0.75 }
        }
        test {
          name: "log-rank"
          chi_square: 2.5
          df: 1
          groups { observed: 0 }
        }
        restricted_mean_contrasts {
          group { dimension: "site" value: "site-01" }
          difference { p_value: 0.5 }
        }
        trend { z: -2 }
        pairwise {
          second { dimension: "site" value: "site-01" }
          adjusted_p_value: 1
        }
        provenance {
          as_of: 9
          cohort {
            filters {
              dimension: DIMENSION_SEX
              values: "female"
              values: "unknown"
            }
            filters { dimension: DIMENSION_SITE values: "site-01" }
            filters {
              dimension: DIMENSION_SURGERY_YEAR
              values: "2020"
              values: "2021"
            }
          }
          n_cases: 40
          n_sites: 1
          exclusions { reason: "NOT_AN_ATHLETE" n: 3 }
          exclusions { reason: "NO_VALUE" }
          estimand: "what"
          conventions: "interval: log-log"
          disclosure: "off"
          synthetic: true
          n_synthetic: 25
        }
      )pb",
      &expected));
  expected.mutable_provenance()->set_engine_version(
      std::string(EngineVersion()));
  EXPECT_EQ(Text(wire), Text(expected));
}

TEST(AnswerWire, ThresholdIsStated) {
  analysis::DescribeAnswer answer;
  answer.groups.emplace_back().n_cases = 500;
  answer.provenance.n_cases = 500;
  const auto released = disclosure::Release(answer, disclosure::Policy{20});
  ASSERT_TRUE(released.ok()) << released.status();
  const v1::DescribeCohortResponse wire = ToWire(*released);
  EXPECT_EQ(wire.provenance().disclosure(), "on");
  EXPECT_EQ(wire.provenance().disclosure_threshold(), 20);
  EXPECT_FALSE(wire.provenance().engine_version().empty());
}

TEST(AnswerWire, ReturnToPlay) {
  analysis::ReturnAnswer answer;
  answer.stage = model::ReturnStage::kPerformance;
  analysis::ReturnCurve& curve = answer.curves.emplace_back();
  curve.n = 50;
  curve.not_athletes = 4;
  analysis::IncidenceCause& cause = curve.causes.emplace_back();
  cause.cause = "return";
  cause.events = 20;
  cause.at.emplace_back().incidence = 0.5;
  curve.median.estimate = 180.0;
  curve.known_by_visit = {7, 20, 0.35, 0.2, 0.5, analysis::Absence::kNone};
  curve.sustained.absence = analysis::Absence::kUndefined;
  answer.provenance.n_cases = 54;
  const v1::EstimateReturnToPlayResponse wire = ToWire(Released(answer));
  EXPECT_EQ(wire.stage(), v1::RETURN_STAGE_PERFORMANCE);
  ASSERT_EQ(wire.curves_size(), 1);
  EXPECT_EQ(Text(wire.curves(0)),
            "n: 50 not_athletes: 4 causes { cause: \"return\" events: 20 at { "
            "incidence: 0.5 } } median { estimate: 180 } known_by_visit { "
            "count: 7 n: 20 estimate: 0.35 lower: 0.2 upper: 0.5 } sustained "
            "{ absence: ABSENCE_UNDEFINED } ");
}

TEST(AnswerWire, ScoreChangeLeavesOutWhatDoesNotApply) {
  analysis::ScoreAnswer answer;
  answer.measure = model::Measure::kHopSymmetry;
  analysis::ScoreGroup& group = answer.groups.emplace_back();
  group.n_cases = 100;
  analysis::VisitScore& first = group.visits.emplace_back();
  first.score = {80, 44.5, 10.0, 42.0, 47.0, analysis::Absence::kNone};
  analysis::VisitScore& later = group.visits.emplace_back();
  later.visit = model::Visit::k12Months;
  later.change.emplace().mean = -3.0;
  later.t_test.emplace().p_value = 0.0;
  later.responders.emplace_back().threshold = 6.5;
  later.ready.emplace().count = 0;
  group.readiness.emplace_back().visit = model::Visit::k6Weeks;
  answer.provenance.n_cases = 100;
  const v1::EstimateScoreChangeResponse wire = ToWire(Released(answer));
  EXPECT_EQ(wire.measure(), v1::MEASURE_HOP_SYMMETRY);
  ASSERT_EQ(wire.groups_size(), 1);
  ASSERT_EQ(wire.groups(0).visits_size(), 2);
  const v1::VisitScore& baseline = wire.groups(0).visits(0);
  EXPECT_EQ(baseline.visit(), "baseline");
  EXPECT_EQ(baseline.score().n(), 80);
  EXPECT_FALSE(baseline.has_change());
  EXPECT_FALSE(baseline.has_t_test());
  EXPECT_FALSE(baseline.has_ready());
  const v1::VisitScore& year = wire.groups(0).visits(1);
  EXPECT_EQ(year.visit(), "12_months");
  EXPECT_EQ(year.change().mean(), -3.0);
  EXPECT_TRUE(year.t_test().has_p_value());
  EXPECT_FALSE(year.t_test().has_statistic());
  EXPECT_EQ(year.responders(0).threshold(), 6.5);
  EXPECT_TRUE(year.ready().has_count());
  EXPECT_EQ(wire.groups(0).readiness(0).visit(), "6_weeks");
}

TEST(AnswerWire, IntervalsWithAndWithoutAnEnd) {
  analysis::IntervalAnswer answer;
  answer.endpoint = model::Endpoint::kDailyLife;
  analysis::IntervalCurve& curve = answer.curves.emplace_back();
  curve.n = 40;
  curve.median_absence = analysis::Absence::kNotReached;
  curve.intervals = {{0, 42, 0.25, 40}, {90, {}, 0.75, 30}};
  curve.at = {{30, 0.75, 1.0, analysis::Absence::kNone, 40}};
  answer.test.emplace().name = "log-rank";
  answer.test->absence = analysis::Absence::kUndefined;
  answer.provenance.n_cases = 60;
  EXPECT_EQ(
      Text(ToWire(Released(answer))),
      "endpoint: ENDPOINT_DAILY_LIFE curves { n: 40 median_absence: "
      "ABSENCE_NOT_REACHED intervals { left_day: 0 right_day: 42 mass: 0.25 } "
      "intervals { left_day: 90 mass: 0.75 } at { day: 30 lower: 0.75 upper: 1 "
      "} } test { name: \"log-rank\" absence: ABSENCE_UNDEFINED } provenance { "
      "cohort { } n_cases: 60 engine_version: \"" +
          std::string(EngineVersion()) + "\" disclosure: \"off\" } ");
}

TEST(AnswerWire, Incidence) {
  analysis::IncidenceAnswer answer;
  analysis::IncidenceCurve& curve = answer.curves.emplace_back();
  curve.group = {{model::Dimension::kSex, "female"}};
  curve.n = 30;
  analysis::IncidenceCause& cause = curve.causes.emplace_back();
  cause.cause = "rupture";
  cause.events = 0;
  cause.at.push_back({90, 20, 0, 0.0, 0.0, {}, {}, {}});
  answer.tests.causes = {{"rupture", "gray", {}, {}, 0, {}},
                         {"death", "gray", 1.5, 0.25, 1, {}}};
  answer.tests.causes[0].absence = analysis::Absence::kUndefined;
  answer.provenance.n_cases = 60;
  EXPECT_EQ(
      Text(ToWire(Released(answer))),
      "curves { group { dimension: \"sex\" value: \"female\" } n: 30 causes { "
      "cause: \"rupture\" events: 0 at { day: 90 at_risk: 20 events: 0 "
      "incidence: 0 std_error: 0 } } } tests { cause: \"rupture\" name: "
      "\"gray\" df: 0 absence: ABSENCE_UNDEFINED } tests { cause: \"death\" "
      "name: \"gray\" chi_square: 1.5 df: 1 p_value: 0.25 } provenance { "
      "cohort { } n_cases: 60 engine_version: \"" +
          std::string(EngineVersion()) + "\" disclosure: \"off\" } ");
}

TEST(AnswerWire, ComparisonLeavesOutWhatIsNotThere) {
  analysis::CompareAnswer answer;
  answer.change = true;
  analysis::ComparedGroup& group = answer.groups.emplace_back();
  group.group = {{model::Dimension::kSex, "female"}};
  group.value.n = 30;
  group.median = 0.0;
  answer.groups_compared = 2;
  answer.anova.emplace().p_value = 0.5;
  analysis::ComparedPair& pair = answer.pairs.emplace_back();
  pair.first = group.group;
  pair.second = {{model::Dimension::kSex, "male"}};
  pair.welch.difference = -1.5;
  pair.mann_whitney.exact = false;
  pair.welch_p_holm = 1.0;
  answer.provenance.n_cases = 60;
  EXPECT_EQ(
      Text(ToWire(Released(answer))),
      "measure: MEASURE_VISA_A visit: \"12_months\" change: true groups { "
      "group { dimension: \"sex\" value: \"female\" } value { n: 30 } "
      "median: 0 } groups_compared: 2 anova { p_value: 0.5 } pairs { first { "
      "dimension: \"sex\" value: \"female\" } second { dimension: \"sex\" "
      "value: \"male\" } welch { difference: -1.5 } pooled { } mann_whitney { "
      "exact: false } welch_p_holm: 1 } provenance { cohort { } n_cases: 60 "
      "engine_version: \"" +
          std::string(EngineVersion()) + "\" disclosure: \"off\" } ");
}

TEST(AnswerWire, Description) {
  analysis::DescribeAnswer answer;
  analysis::CohortGroup& group = answer.groups.emplace_back();
  group.n_cases = 60;
  group.n_patients = 55;
  group.mean_age_years = 48.25;
  analysis::DimensionCounts& sexes = group.dimensions.emplace_back();
  sexes.dimension = model::Dimension::kSex;
  sexes.values = {{"female", 33, analysis::Absence::kNone},
                  {"unknown", std::nullopt, analysis::Absence::kSuppressed}};
  analysis::VisitCompleteness& visit = group.visits.emplace_back();
  visit.visit = model::Visit::k24Months;
  visit.due = 40;
  visit.completed = 0;
  answer.provenance.n_cases = 60;
  const v1::DescribeCohortResponse wire = ToWire(Released(answer));
  EXPECT_EQ(
      Text(wire.groups(0)),
      "n_cases: 60 n_patients: 55 mean_age_years: 48.25 dimensions { "
      "dimension: \"sex\" values { value: \"female\" n: 33 } values { "
      "value: \"unknown\" absence: ABSENCE_SUPPRESSED } } visits { visit: "
      "\"24_months\" due: 40 completed: 0 } ");
}

}  // namespace
}  // namespace enthesis::wire
