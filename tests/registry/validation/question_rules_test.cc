#include <cmath>
#include <limits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "registry/model/limits.h"
#include "sample_case.h"

namespace enthesis::validation {
namespace {

using model::Dimension;
using model::DimensionFilter;
using model::Endpoint;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(Question, DefaultsAreSound) {
  EXPECT_THAT(ValidateQuestion(model::SurvivalQuestion()), IsEmpty());
  EXPECT_THAT(ValidateQuestion(model::ReturnQuestion()), IsEmpty());
  EXPECT_THAT(ValidateQuestion(model::ScoreQuestion()), IsEmpty());
  EXPECT_THAT(ValidateQuestion(model::DescribeQuestion()), IsEmpty());
}

// What every question carries is checked for every question.
template <typename Q>
void ExpectOptionsChecked() {
  Q question;
  question.conf_level = kNan;
  question.group_by = static_cast<Dimension>(17);
  question.cohort.filters = {{Dimension::kSex, {}, {}}};
  EXPECT_THAT(PathsOf(ValidateQuestion(question)),
              ElementsAre("options.cohort.filters[0].values",
                          "options.group_by", "options.conf_level"));
}

TEST(Question, OptionsOfEach) {
  ExpectOptionsChecked<model::SurvivalQuestion>();
  ExpectOptionsChecked<model::ReturnQuestion>();
  ExpectOptionsChecked<model::ScoreQuestion>();
  ExpectOptionsChecked<model::DescribeQuestion>();
  ExpectOptionsChecked<model::CompareQuestion>();
  ExpectOptionsChecked<model::IntervalQuestion>();
  ExpectOptionsChecked<model::IncidenceQuestion>();
}

TEST(Question, ConfidenceLevel) {
  model::DescribeQuestion question;
  for (const double level : {0.5, 0.95, 0.999}) {
    question.conf_level = level;
    EXPECT_THAT(ValidateQuestion(question), IsEmpty()) << level;
  }
  for (const double level :
       {0.0, 0.4999, 0.9991, 1.0, 95.0, -0.95, kNan, kInfinity, -kInfinity}) {
    question.conf_level = level;
    const auto violations = ValidateQuestion(question);
    ASSERT_THAT(PathsOf(violations), ElementsAre("options.conf_level"))
        << level;
    EXPECT_THAT(violations[0].message, HasSubstr("allowed: 0.5 to 0.999"));
  }
}

struct Filter {
  const char* name;
  DimensionFilter filter;
  const char* path;  // null: sound
  const char* said;
};

TEST(Question, Filters) {
  const Filter kFilters[] = {
      {"Sites", {Dimension::kSite, {}, {"site-01", "site-02"}}, nullptr, ""},
      {"Years", {Dimension::kSurgeryYear, {1990, 2100, 0}, {}}, nullptr, ""},
      {"Codes", {Dimension::kSex, {1, 2, 3, 0}, {}}, nullptr, ""},
      {"Bands", {Dimension::kVisaABand, {1, 5}, {}}, nullptr, ""},
      {"NoDimension",
       {static_cast<Dimension>(0), {1}, {}},
       "options.cohort.filters[0].dimension",
       "dimension is 0; allowed: site, "},
      {"NoSites",
       {Dimension::kSite, {}, {}},
       "options.cohort.filters[0].values",
       "site ids"},
      {"SitesByNumber",
       {Dimension::kSite, {1}, {"site-01"}},
       "options.cohort.filters[0].values",
       "site ids"},
      {"NotASite",
       {Dimension::kSite, {}, {"site-01", "Clinic A"}},
       "options.cohort.filters[0].values[1]",
       "not a site id"},
      {"NoValues",
       {Dimension::kSex, {}, {}},
       "options.cohort.filters[0].values",
       "allowed: female, male, other, unknown"},
      {"SitesForSex",
       {Dimension::kSex, {1}, {"site-01"}},
       "options.cohort.filters[0].values",
       "filter by sex needs values"},
      {"OutsideTheList",
       {Dimension::kSex, {1, 4}, {}},
       "options.cohort.filters[0].values[1]",
       "4 is no value of sex; allowed: female, male, other, unknown"},
      {"Negative",
       {Dimension::kAgeBand, {-1}, {}},
       "options.cohort.filters[0].values[0]",
       "18-29"},
      {"YearTooEarly",
       {Dimension::kSurgeryYear, {1989}, {}},
       "options.cohort.filters[0].values[0]",
       "allowed: 1990 to 2100"},
      {"YearTooLate",
       {Dimension::kSurgeryYear, {2101}, {}},
       "options.cohort.filters[0].values[0]",
       "allowed: 1990 to 2100"},
      {"TooManyValues",
       {Dimension::kSex, std::vector<int32_t>(1001, 1), {}},
       "options.cohort.filters[0].values",
       "at most 1000"},
  };
  for (const Filter& filter : kFilters) {
    SCOPED_TRACE(filter.name);
    model::DescribeQuestion question;
    question.cohort.filters = {filter.filter};
    const auto violations = ValidateQuestion(question);
    if (filter.path == nullptr) {
      EXPECT_THAT(PathsOf(violations), IsEmpty());
      continue;
    }
    ASSERT_THAT(PathsOf(violations), ElementsAre(filter.path));
    EXPECT_THAT(violations[0].message, HasSubstr(filter.said));
  }
}

TEST(Question, EachDimensionOnce) {
  model::DescribeQuestion question;
  question.cohort.filters = {{Dimension::kSex, {1}, {}},
                             {Dimension::kSmoking, {1}, {}},
                             {Dimension::kSex, {2}, {}}};
  auto violations = ValidateQuestion(question);
  ASSERT_THAT(PathsOf(violations),
              ElementsAre("options.cohort.filters[2].dimension"));
  EXPECT_THAT(violations[0].message, HasSubstr("each dimension once"));
  question.cohort.filters.assign(17, {Dimension::kSex, {1}, {}});
  violations = ValidateQuestion(question);
  ASSERT_THAT(PathsOf(violations), ElementsAre("options.cohort.filters"));
  EXPECT_THAT(violations[0].message, HasSubstr("at most 16"));
}

TEST(Question, LimitsOfACohort) {
  model::DescribeQuestion question;
  for (const model::Code& code : model::kDimensionCodes.codes) {
    const auto dimension = static_cast<Dimension>(code.value);
    question.cohort.filters.push_back({dimension, {0}, {}});
    if (dimension == Dimension::kSite) {
      question.cohort.filters.back() = {
          dimension, {}, std::vector<std::string>(1000, "site-01")};
    }
  }
  EXPECT_THAT(ValidateQuestion(question), IsEmpty());
  // What lies beyond a limit is not looked at.
  DimensionFilter years = {
      Dimension::kSurgeryYear, std::vector<int32_t>(1000, 2020), {}};
  years.values.push_back(1);
  question.cohort.filters[0].sites.push_back("Clinic A");
  question.cohort.filters = {question.cohort.filters[0], years};
  EXPECT_THAT(PathsOf(ValidateQuestion(question)),
              ElementsAre("options.cohort.filters[0].values",
                          "options.cohort.filters[1].values"));
}

TEST(Question, Days) {
  model::SurvivalQuestion survival;
  model::ReturnQuestion back;
  survival.at_days = back.at_days = {0, 7305, -1, 7306};
  for (const auto& violations :
       {ValidateQuestion(survival), ValidateQuestion(back)}) {
    ASSERT_THAT(PathsOf(violations), ElementsAre("at_days[2]", "at_days[3]"));
    EXPECT_THAT(violations[0].message, HasSubstr("allowed: 0 to 7305 days"));
  }
  survival.at_days.assign(model::kMaxDaysAsked, 365);
  EXPECT_THAT(ValidateQuestion(survival), IsEmpty());
  survival.at_days.assign(model::kMaxDaysAsked + 1, -1);
  back.at_days = survival.at_days;
  EXPECT_THAT(PathsOf(ValidateQuestion(survival)), ElementsAre("at_days"));
  EXPECT_THAT(PathsOf(ValidateQuestion(back)), ElementsAre("at_days"));
}

TEST(Question, Transform) {
  model::SurvivalQuestion survival;
  model::ReturnQuestion back;
  for (const auto transform :
       {model::ConfidenceTransform::kLogLog, model::ConfidenceTransform::kLog,
        model::ConfidenceTransform::kPlain, model::ConfidenceTransform::kLogit,
        model::ConfidenceTransform::kArcsin}) {
    survival.transform = transform;
    EXPECT_THAT(ValidateQuestion(survival), IsEmpty());
  }
  survival.transform = back.transform =
      static_cast<model::ConfidenceTransform>(6);
  EXPECT_THAT(PathsOf(ValidateQuestion(survival)), ElementsAre("transform"));
  EXPECT_THAT(PathsOf(ValidateQuestion(back)), ElementsAre("transform"));
}

TEST(SurvivalQuestion, Endpoint) {
  for (const model::Code& code : model::kEndpointCodes.codes) {
    model::SurvivalQuestion question;
    question.endpoint = static_cast<Endpoint>(code.value);
    const bool is_return =
        question.endpoint == Endpoint::kReturnParticipation ||
        question.endpoint == Endpoint::kReturnSport ||
        question.endpoint == Endpoint::kReturnPerformance;
    const auto violations = ValidateQuestion(question);
    if (!is_return) {
      EXPECT_THAT(violations, IsEmpty()) << code.code;
      continue;
    }
    ASSERT_THAT(PathsOf(violations), ElementsAre("endpoint")) << code.code;
    EXPECT_THAT(violations[0].message, HasSubstr("ask for return to play"));
  }
  model::SurvivalQuestion question;
  for (const int32_t value : {0, 10}) {
    question.endpoint = static_cast<Endpoint>(value);
    EXPECT_THAT(PathsOf(ValidateQuestion(question)), ElementsAre("endpoint"));
  }
}

TEST(SurvivalQuestion, KindOfComplication) {
  model::SurvivalQuestion question;
  question.complication = model::ComplicationKind::kNonunion;
  auto violations = ValidateQuestion(question);
  ASSERT_THAT(PathsOf(violations), ElementsAre("complication"));
  EXPECT_THAT(violations[0].message,
              HasSubstr("only with the endpoint complication"));
  question.endpoint = Endpoint::kComplication;
  EXPECT_THAT(ValidateQuestion(question), IsEmpty());
  question.complication = static_cast<model::ComplicationKind>(18);
  violations = ValidateQuestion(question);
  ASSERT_THAT(PathsOf(violations), ElementsAre("complication"));
  EXPECT_THAT(violations[0].message, HasSubstr("complication is 18"));
}

TEST(SurvivalQuestion, NothingIsAskedBeforeTheLandmark) {
  model::SurvivalQuestion question;
  question.landmark_day = 90;
  question.at_days = {30, 90, 365, 89};
  const auto violations = ValidateQuestion(question);
  ASSERT_THAT(PathsOf(violations), ElementsAre("at_days[0]", "at_days[3]"));
  EXPECT_THAT(
      violations[0].message,
      HasSubstr("day 30 is before the landmark; allowed: 90 and later"));
}

TEST(SurvivalQuestion, AMeanEndsAfterTheLandmark) {
  model::SurvivalQuestion question;
  question.landmark_day = 183;
  for (const int32_t horizon : {91, 183}) {
    question.mean_horizon = horizon;
    const auto violations = ValidateQuestion(question);
    ASSERT_THAT(PathsOf(violations), ElementsAre("mean_horizon_day"));
    EXPECT_EQ(violations[0].message,
              absl::StrCat("day ", horizon,
                           " is not after the landmark; allowed: 184 and "
                           "later"));
  }
  question.mean_horizon = 184;
  EXPECT_THAT(ValidateQuestion(question), IsEmpty());
}

TEST(SurvivalQuestion, QuantilesAndDays) {
  model::SurvivalQuestion question;
  question.quantiles = {0.5, 0, 1, -0.1, kNan};
  question.mean_horizon = 0;
  question.landmark_day = -1;
  EXPECT_THAT(PathsOf(ValidateQuestion(question)),
              ElementsAre("quantiles[1]", "quantiles[2]", "quantiles[3]",
                          "quantiles[4]", "mean_horizon_day", "landmark_day"));
  question.quantiles.assign(model::kMaxQuantiles + 1, 0.5);
  question.mean_horizon = question.landmark_day = model::kMaxDay + 1;
  EXPECT_THAT(PathsOf(ValidateQuestion(question)),
              ElementsAre("quantiles", "mean_horizon_day", "landmark_day"));
  question.quantiles.pop_back();
  question.mean_horizon = model::kMaxDay;
  question.landmark_day = 0;
  EXPECT_THAT(ValidateQuestion(question), IsEmpty());
}

TEST(SurvivalQuestion, TestsNeedGroups) {
  model::SurvivalQuestion question;
  question.strata = Dimension::kSite;
  question.trend = true;
  question.pairwise = true;
  question.test = model::RankTestKind::kGehanBreslow;
  EXPECT_THAT(PathsOf(ValidateQuestion(question)),
              ElementsAre("test", "strata", "trend", "pairwise"));
  question.group_by = Dimension::kSex;  // has no order
  EXPECT_THAT(PathsOf(ValidateQuestion(question)), ElementsAre("trend"));
  for (const Dimension ordered :
       {Dimension::kSurgeryYear, Dimension::kAgeBand, Dimension::kBmiBand,
        Dimension::kSportLevel, Dimension::kVisaABand}) {
    question.group_by = ordered;
    EXPECT_THAT(ValidateQuestion(question), IsEmpty());
  }
  for (const Dimension strata :
       {*question.group_by, Dimension::kConcomitantProcedure,
        static_cast<Dimension>(17)}) {
    question.strata = strata;
    EXPECT_THAT(PathsOf(ValidateQuestion(question)), ElementsAre("strata"));
  }
}

TEST(SurvivalQuestion, PairsNeedTwoDimensionsThatDoNotOverlap) {
  model::SurvivalQuestion question;
  question.then_by = Dimension::kSex;
  EXPECT_THAT(PathsOf(ValidateQuestion(question)),
              ElementsAre("options.then_by"));
  question.group_by = Dimension::kAgeBand;
  EXPECT_THAT(ValidateQuestion(question), IsEmpty());
  for (const auto& [by, then] :
       {std::pair(Dimension::kSex, Dimension::kSex),
        std::pair(Dimension::kConcomitantProcedure, Dimension::kSex),
        std::pair(Dimension::kSex, Dimension::kConcomitantProcedure),
        std::pair(Dimension::kSex, static_cast<Dimension>(17))}) {
    question.group_by = by;
    question.then_by = then;
    EXPECT_THAT(PathsOf(ValidateQuestion(question)),
                ElementsAre("options.then_by"));
  }
  question.group_by = Dimension::kAgeBand;
  question.then_by = Dimension::kSex;
  question.trend = true;
  question.strata = Dimension::kSex;
  EXPECT_THAT(PathsOf(ValidateQuestion(question)),
              ElementsAre("strata", "trend"));
}

TEST(SurvivalQuestion, PowersBelongToFlemingHarrington) {
  model::SurvivalQuestion question;
  question.group_by = Dimension::kSex;
  question.rho = 1;
  question.gamma = 0.5;
  const auto violations = ValidateQuestion(question);
  ASSERT_THAT(PathsOf(violations), ElementsAre("rho", "gamma"));
  EXPECT_THAT(violations[0].message, HasSubstr("fleming-harrington"));
  question.test = model::RankTestKind::kFlemingHarrington;
  EXPECT_THAT(ValidateQuestion(question), IsEmpty());
  for (const double power : {-0.1, 10.1, kNan, kInfinity}) {
    question.rho = power;
    EXPECT_THAT(PathsOf(ValidateQuestion(question)), ElementsAre("rho"));
  }
  question.rho = 0;
  question.test = static_cast<model::RankTestKind>(7);
  EXPECT_THAT(PathsOf(ValidateQuestion(question)),
              ElementsAre("test", "gamma"));
}

TEST(IncidenceQuestion, EveryEndpointAndItsOptions) {
  model::IncidenceQuestion question;
  for (const model::Code& code : model::kEndpointCodes.codes) {
    question.endpoint = static_cast<Endpoint>(code.value);
    EXPECT_THAT(ValidateQuestion(question), IsEmpty()) << code.code;
  }
  question.group_by = Dimension::kSex;
  question.strata = Dimension::kSite;
  question.rho = 10;
  question.variance = model::IncidenceVariance::kJackknife;
  EXPECT_THAT(ValidateQuestion(question), IsEmpty());
  question.endpoint = static_cast<Endpoint>(10);
  question.complication = model::ComplicationKind::kNonunion;
  question.at_days = {-1};
  question.transform = static_cast<model::ConfidenceTransform>(0);
  question.variance = static_cast<model::IncidenceVariance>(3);
  question.rho = kNan;
  question.strata = Dimension::kSex;
  EXPECT_THAT(PathsOf(ValidateQuestion(question)),
              ElementsAre("endpoint", "complication", "at_days[0]", "transform",
                          "variance", "rho", "strata"));
}

TEST(IncidenceQuestion, AWeightOfTheTestNeedsGroups) {
  model::IncidenceQuestion question;
  question.rho = 1;
  EXPECT_THAT(PathsOf(ValidateQuestion(question)), ElementsAre("rho"));
  question.group_by = Dimension::kSex;
  EXPECT_THAT(ValidateQuestion(question), IsEmpty());
}

TEST(ReturnQuestion, Stage) {
  model::ReturnQuestion question;
  for (const int32_t value : {2, 3, 4}) {
    question.stage = static_cast<model::ReturnStage>(value);
    EXPECT_THAT(ValidateQuestion(question), IsEmpty());
  }
  for (const int32_t value : {0, 1, 5}) {
    question.stage = static_cast<model::ReturnStage>(value);
    const auto violations = ValidateQuestion(question);
    ASSERT_THAT(PathsOf(violations), ElementsAre("stage"));
    EXPECT_THAT(violations[0].message,
                HasSubstr("allowed: participation, sport, performance"));
  }
}

TEST(IntervalQuestion, EndpointsThatAVisitMayTell) {
  model::IntervalQuestion question;
  for (int32_t endpoint = 0; endpoint <= 10; ++endpoint) {
    question.endpoint = static_cast<Endpoint>(endpoint);
    const auto violations = ValidateQuestion(question);
    if (endpoint >= 4 && endpoint <= 9) {
      EXPECT_THAT(violations, IsEmpty()) << endpoint;
    } else {
      EXPECT_THAT(PathsOf(violations), ElementsAre("endpoint")) << endpoint;
    }
  }
  question.endpoint = Endpoint::kDailyLife;
  question.at_days = {0, -1};
  EXPECT_THAT(PathsOf(ValidateQuestion(question)), ElementsAre("at_days[1]"));
}

TEST(CompareQuestion, GroupsVisitAndChange) {
  model::CompareQuestion question;
  EXPECT_THAT(PathsOf(ValidateQuestion(question)),
              ElementsAre("options.group_by"));
  question.group_by = Dimension::kConcomitantProcedure;
  const auto violations = ValidateQuestion(question);
  ASSERT_THAT(PathsOf(violations), ElementsAre("options.group_by"));
  EXPECT_THAT(violations[0].message, HasSubstr("overlap"));
  question.group_by = Dimension::kSex;
  EXPECT_THAT(ValidateQuestion(question), IsEmpty());
  question.visit = model::Visit::kBaseline;
  EXPECT_THAT(ValidateQuestion(question), IsEmpty());
  question.change = true;
  EXPECT_THAT(PathsOf(ValidateQuestion(question)), ElementsAre("visit"));
  question.measure = model::Measure::kSatisfaction;
  EXPECT_THAT(PathsOf(ValidateQuestion(question)), ElementsAre("visit"));
  question.visit = model::Visit::k6Months;
  EXPECT_THAT(PathsOf(ValidateQuestion(question)), ElementsAre("change"));
  question.change = false;
  EXPECT_THAT(ValidateQuestion(question), IsEmpty());
  question.measure = static_cast<model::Measure>(10);
  EXPECT_THAT(PathsOf(ValidateQuestion(question)), ElementsAre("measure"));
}

TEST(ScoreQuestion, MeasureAndThresholds) {
  model::ScoreQuestion question;
  question.thresholds = {0.1, 100, 0, -1, 100.1, kNan, kInfinity};
  auto violations = ValidateQuestion(question);
  ASSERT_THAT(PathsOf(violations),
              ElementsAre("thresholds[2]", "thresholds[3]", "thresholds[4]",
                          "thresholds[5]", "thresholds[6]"));
  EXPECT_THAT(violations[0].message,
              HasSubstr("allowed: above 0, at most 100 points"));
  // The range is that of the measure.
  question.measure = model::Measure::kStrengthSymmetry;
  question.thresholds = {130, 131};
  EXPECT_THAT(PathsOf(ValidateQuestion(question)),
              ElementsAre("thresholds[1]"));
  question.thresholds.assign(model::kMaxThresholds, 5);
  EXPECT_THAT(ValidateQuestion(question), IsEmpty());
  question.thresholds.assign(model::kMaxThresholds + 1, 5);
  EXPECT_THAT(PathsOf(ValidateQuestion(question)), ElementsAre("thresholds"));
  question.thresholds.clear();
  for (const int32_t value : {0, 10}) {
    question.measure = static_cast<model::Measure>(value);
    EXPECT_THAT(PathsOf(ValidateQuestion(question)), ElementsAre("measure"));
  }
}

}  // namespace
}  // namespace enthesis::validation
