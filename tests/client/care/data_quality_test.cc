#include "client/care/data_quality.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "client/calendar_day.h"
#include "client/care/item_completeness.h"
#include "tests/client/care/sample_case.h"

namespace enthesis::client {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Cases of a site; each differs in age, so that none is a copy.
struct Site {
  SiteCases held{"site-01", 9, {}, {}};

  model::Case& Add() {
    const auto n = static_cast<int32_t>(held.cases.size());
    model::Case record = SampleCase(static_cast<uint64_t>(n) + 1);
    record.baseline.bmi = 12 + n % 68;
    record.baseline.age_years = 20 + n / 68;
    return held.cases.emplace_back(std::move(record));
  }

  // "rule case day field", case 0 for the site.
  std::vector<std::string> Findings() const {
    std::vector<std::string> texts;
    for (const QualityFinding& finding : FindQualityProblems(held)) {
      texts.push_back(
          absl::StrCat(finding.rule, " ",
                       finding.case_id.has_value() ? finding.case_id->low : 0,
                       " ", finding.day.value_or(-1), " ", finding.field));
      EXPECT_NE(finding.why, "");
    }
    return texts;
  }
};

TEST(DataQuality, NothingInUsualCases) {
  Site site;
  for (int i = 0; i < 60; ++i) {
    model::Case& record = site.Add();
    AddVisit(record, 0, 40 + i % 7);
    AddVisit(record, 85 + i % 11, 60 + i % 13);
    AddVisit(record, 350 + i % 37, 80 + i % 17);
  }
  EXPECT_THAT(site.Findings(), IsEmpty());
}

TEST(DataQuality, AChangeTooLargeForItsTime) {
  Site site;
  model::Case& record = site.Add();
  AddVisit(record, -3, 40);
  AddVisit(record, 30, 90);   // across surgery
  AddVisit(record, 75, 45);   // 45 points in 45 days
  AddVisit(record, 121, 90);  // in 46 days
  AddVisit(record, 130, 46);  // 44 points
  EXPECT_THAT(site.Findings(),
              ElementsAre("implausible_change 1 75 visa_a.total"));
  EXPECT_THAT(FindQualityProblems(site.held)[0].why,
              HasSubstr("was 90 on day 30, 45 days before"));
  record.follow_ups[2].visa_a->instrument =
      model::VisaAInstrument::kVisaASedentary;
  EXPECT_THAT(site.Findings(), IsEmpty());
}

TEST(DataQuality, ThePainAndTheOtherMeasures) {
  Site site;
  model::Case& record = site.Add();
  AddVisit(record, 91).pain_activity = 1;
  AddVisit(record, 100).pain_activity = 8;
  EXPECT_THAT(site.Findings(),
              ElementsAre("implausible_change 1 100 pain_activity"));
  record.follow_ups[1].pain_activity = 7;
  EXPECT_THAT(site.Findings(), IsEmpty());
}

// Changes of 29 to 31 and one of 60: median 30, MAD 1, z = 0.6745 * 30.
TEST(DataQuality, AChangeFarFromThoseOfTheSite) {
  Site site;
  for (int i = 0; i < 20; ++i) {
    model::Case& record = site.Add();
    AddVisit(record, 0, 40);
    AddVisit(record, 340 + i, i == 7 ? 100 : 69 + i % 3);
  }
  EXPECT_THAT(site.Findings(),
              ElementsAre("outlying_change 8 347 visa_a.total"));
  EXPECT_THAT(FindQualityProblems(site.held)[0].why,
              HasSubstr("modified z-score 20.2"));
  site.held.cases.pop_back();  // 19 are too few
  EXPECT_THAT(site.Findings(), IsEmpty());
}

TEST(DataQuality, ValuesRoundedToFives) {
  Site site;
  for (int i = 0; i < 50; ++i) {
    // 20 of 50 end in 0 or 5: P(X >= 20) = 0.00093 of a binomial with 0.2.
    site.Add().operation.operating_minutes =
        i < 20 ? 40 + 5 * (i % 4) : 41 + i % 4;
  }
  EXPECT_THAT(site.Findings(),
              ElementsAre("digit_preference 0 -1 operation.operating_minutes"));
  EXPECT_EQ(FindQualityProblems(site.held)[0].value, "40 %");
  site.held.cases[0].operation.operating_minutes = 41;  // 19 of 50: 0.0025
  EXPECT_THAT(site.Findings(), IsEmpty());
}

TEST(DataQuality, RowsThatAreCopies) {
  Site site;
  model::Case& record = site.Add();
  for (const int32_t day : {91, 183}) {
    model::FollowUp& visit = AddVisit(record, day, 70);
    visit.pain_activity = 2;
    visit.pain_rest = 1;
    visit.heel_rise_count = 20;
  }
  EXPECT_THAT(site.Findings(), ElementsAre("identical_rows 1 183 follow_up"));
  record.follow_ups[1].heel_rise_count.reset();
  record.follow_ups[0].heel_rise_count.reset();  // three values
  EXPECT_THAT(site.Findings(), IsEmpty());
}

TEST(DataQuality, CasesThatAreCopies) {
  Site site;
  const auto fill = [](model::Case& record) {
    model::FollowUp& visit = AddVisit(record, 91, 70);
    visit.pain_activity = visit.pain_rest = 2;
    visit.heel_rise_count = 20;
    visit.strength_symmetry_percent = visit.hop_symmetry_percent = 93;
    visit.tegner_score = 3;
    visit.plyometric_ready = true;
  };
  fill(site.Add());
  fill(site.Add());
  EXPECT_THAT(site.Findings(), ElementsAre("identical_rows 2 91 follow_up"));
  site.held.cases[1].follow_ups.clear();
  site.held.cases[1].baseline = site.held.cases[0].baseline;
  EXPECT_THAT(site.Findings(), ElementsAre("identical_rows 2 -1 baseline"));
  site.held.cases[1].patient = site.held.cases[0].patient;
  EXPECT_THAT(site.Findings(), IsEmpty());
}

TEST(DataQuality, OddDays) {
  Site site;
  model::Case& record = site.Add();
  AddVisit(record, 3);     // before every window
  AddVisit(record, 91);    // 3 months
  AddVisit(record, 94);    // the same visit, 3 days later
  AddVisit(record, 98);    // 4 days later
  AddVisit(record, 1200);  // between the windows
  EXPECT_THAT(site.Findings(),
              ElementsAre("odd_visit_day 1 3 day", "odd_visit_day 1 94 day",
                          "odd_visit_day 1 1200 day"));
}

TEST(DataQuality, PlannedDaysInsteadOfTrueOnes) {
  Site site;
  for (int i = 0; i < 20; ++i) AddVisit(site.Add(), i < 11 ? 365 : 341 + i);
  EXPECT_THAT(site.Findings(), ElementsAre("odd_visit_day 0 365 day"));
  site.held.cases[0].follow_ups[0].day = 366;  // half of them
  EXPECT_THAT(site.Findings(), IsEmpty());
}

// Due and completed of an item at a visit.
std::string CompletenessText(const SiteCases& held, model::Visit visit,
                             const char* item) {
  for (const ItemCompleteness& row :
       CompletenessOf(held, DayNumber(Date{2024, 1, 1}), true)) {
    if (row.visit == visit && row.item == item) {
      return absl::StrCat(row.completed, "/", row.due);
    }
  }
  return "no such row";
}

TEST(ItemCompleteness, NumeratorAndDenominatorRunOverTheSameCases) {
  Site site;
  AddVisit(site.Add(), 365, 80);                 // made
  AddVisit(site.Add(), 365).pain_activity = 3;   // without a score
  site.Add().status = model::CaseStatus::kLost;  // stays
  AddVisit(site.Add(), 365, 80);                 // died: leaves
  site.held.cases[3].status = model::CaseStatus::kDied;
  AddVisit(site.Add(), 365, 80);  // not due yet
  site.held.cases[4].baseline.surgery_year = 2023;
  const SiteCases& held = site.held;
  EXPECT_EQ(CompletenessText(held, model::Visit::k12Months, "follow_up"),
            "1/3");
  EXPECT_EQ(CompletenessText(held, model::Visit::k12Months, "pain_activity"),
            "1/3");
  EXPECT_EQ(CompletenessText(held, model::Visit::k60Months, "follow_up"),
            "0/0");
  EXPECT_EQ(CompletenessOf(held, 0, false).size(), 8u);
  EXPECT_FALSE(CompletenessOf(held, 0, false)[0].Share().has_value());
}

TEST(ItemCompleteness, AnItemIsAskedOfWhomItCanBeAsked) {
  Site site;
  model::Case& athlete = site.Add();
  athlete.baseline.sport_level = model::SportLevel::kCompetitive;
  athlete.baseline.diabetes = model::Diabetes::kNone;
  AddVisit(athlete, 365).return_stage = model::ReturnStage::kSport;
  model::Case& bilateral = site.Add();
  bilateral.baseline.sport_level = model::SportLevel::kNone;
  bilateral.baseline.bilateral_symptoms = true;
  const auto at = [&](model::Visit visit, const char* item) {
    return CompletenessText(site.held, visit, item);
  };
  EXPECT_EQ(at(model::Visit::k12Months, "return_stage"), "1/1");
  EXPECT_EQ(at(model::Visit::k12Months, "hop_symmetry_percent"), "0/1");
  EXPECT_EQ(at(model::Visit::k12Months, "satisfaction"), "0/2");
  EXPECT_EQ(at(model::Visit::kBaseline, "satisfaction"), "no such row");
  EXPECT_EQ(at(model::Visit::k12Months, "sustained_return"), "no such row");
  EXPECT_EQ(at(model::Visit::k24Months, "sustained_return"), "0/1");
  EXPECT_EQ(at(model::Visit::kBaseline, "diabetes"), "1/2");
  EXPECT_EQ(at(model::Visit::kBaseline, "care_shockwave"), "0/2");
  EXPECT_EQ(at(model::Visit::kBaseline, "age_years"), "no such row");
  EXPECT_EQ(at(model::Visit::k2Weeks, "pain_rest"), "0/2");
  EXPECT_EQ(at(model::Visit::k2Weeks, "tegner_score"), "no such row");
  EXPECT_EQ(at(model::Visit::kBaseline, "care_short_care_reason"), "0/0");
  site.held.cases[0].conservative_care.months = 5;
  site.held.cases[1].conservative_care.months = 6;
  EXPECT_EQ(at(model::Visit::kBaseline, "care_short_care_reason"), "0/1");
  site.held.cases[1].conservative_care.corticosteroid_injections = 1;
  EXPECT_EQ(
      at(model::Visit::kBaseline, "care_months_since_corticosteroid_injection"),
      "0/1");
}

}  // namespace
}  // namespace enthesis::client
