#include "client/care/due_visits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/calendar_day.h"
#include "client/care/icalendar.h"
#include "tests/client/care/sample_case.h"

namespace enthesis::client {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// One record that was operated on 1 March 2024.
struct Clinic {
  Links links{"site-01", {}, {}};
  SiteCases held;

  Clinic() { Add("A", 1); }

  model::Case& Add(const std::string& key, uint64_t id) {
    LinkedRecord& link = links.records[key];
    link.case_id = IdOf(id);
    link.surgery_date = Date{2024, 3, 1};
    return held.cases.emplace_back(SampleCase(id, 2024));
  }

  // "A 3_months due 31" on the day that is so long after surgery.
  std::vector<std::string> On(int32_t day, int32_t ahead = 0,
                              bool missed = false) {
    DueQuestion question;
    question.on = DateOfDayNumber(DayNumber(Date{2024, 3, 1}) + day);
    question.ahead = ahead;
    question.missed = missed;
    std::vector<std::string> visits;
    for (const DueVisit& visit : FindDueVisits(links, held, question).visits) {
      visits.push_back(absl::StrCat(
          visit.record, " ",
          model::kVisitWindows[static_cast<size_t>(visit.visit) - 1].code, " ",
          NameOf(visit.state), " ", visit.days_late));
    }
    return visits;
  }
};

TEST(DueVisits, FromTheFirstDayOfTheWindowToItsLast) {
  Clinic clinic;
  EXPECT_THAT(clinic.On(6), IsEmpty());
  EXPECT_THAT(clinic.On(7), ElementsAre("A 2_weeks due -7"));
  EXPECT_THAT(clinic.On(14), ElementsAre("A 2_weeks due 0"));
  EXPECT_THAT(clinic.On(15), ElementsAre("A 2_weeks overdue 1"));
  EXPECT_THAT(clinic.On(28), ElementsAre("A 2_weeks overdue 14"));
  EXPECT_THAT(clinic.On(29), ElementsAre("A 6_weeks due -13"));
  EXPECT_THAT(clinic.On(1095), IsEmpty());  // between the windows
  EXPECT_THAT(clinic.On(1461), ElementsAre("A 60_months due -365"));
  EXPECT_THAT(clinic.On(2191), ElementsAre("A 60_months overdue 365"));
  EXPECT_THAT(clinic.On(2192), IsEmpty());
}

TEST(DueVisits, AheadAndMissedWhenAskedFor) {
  Clinic clinic;
  EXPECT_THAT(clinic.On(29, 0, true),
              ElementsAre("A 2_weeks missed 15", "A 6_weeks due -13"));
  EXPECT_THAT(clinic.On(29, 34), ElementsAre("A 6_weeks due -13"));
  EXPECT_THAT(clinic.On(29, 35),
              ElementsAre("A 6_weeks due -13", "A 3_months upcoming -62"));
}

TEST(DueVisits, AScoreMakesTheVisit) {
  Clinic clinic;
  AddVisit(clinic.held.cases[0], 14);       // enough at 2 weeks
  AddVisit(clinic.held.cases[0], 40);       // no score
  AddVisit(clinic.held.cases[0], 100, 60);  // made
  EXPECT_THAT(clinic.On(20), IsEmpty());
  EXPECT_THAT(clinic.On(50), ElementsAre("A 6_weeks overdue 8"));
  EXPECT_THAT(clinic.On(100), IsEmpty());
  DueQuestion question;
  question.on = Date{2024, 4, 15};
  EXPECT_EQ(
      FindDueVisits(clinic.links, clinic.held, question).visits[0].seen_on_day,
      40);
}

TEST(DueVisits, TheWindowInDaysOfTheCalendar) {
  Clinic clinic;
  DueQuestion question;
  question.on = Date{2025, 3, 1};
  const auto visits = FindDueVisits(clinic.links, clinic.held, question).visits;
  ASSERT_EQ(visits.size(), 1u);
  EXPECT_EQ(FormatDate(visits[0].target), "2025-03-01");
  EXPECT_EQ(FormatDate(visits[0].first), "2024-11-30");
  EXPECT_EQ(FormatDate(visits[0].last), "2025-08-30");
}

TEST(DueVisits, OnlyThoseInFollowUpWithADate) {
  Clinic clinic;
  clinic.Add("B", 2).status = model::CaseStatus::kLost;
  clinic.Add("C", 3).status = model::CaseStatus::kDied;
  clinic.Add("D", 4);
  clinic.links.records["D"].surgery_date.reset();
  clinic.Add("E", 5).baseline.surgery_year = 2023;
  clinic.held.cases.push_back(SampleCase(6));    // of somebody else
  clinic.links.records["F"].case_id = IdOf(77);  // withdrawn
  EXPECT_THAT(clinic.On(14), ElementsAre("A 2_weeks due 0", "E 2_weeks due 0"));
  DueQuestion question;
  question.on = Date{2024, 3, 15};
  const DueReport report = FindDueVisits(clinic.links, clinic.held, question);
  EXPECT_EQ(report.n_active, 3u);
  EXPECT_EQ(report.n_ended, 2u);
  EXPECT_EQ(report.n_unlinked, 1u);
  EXPECT_THAT(report.undated, ElementsAre("D"));
  EXPECT_THAT(report.other_year, ElementsAre("E"));
}

TEST(Calendar, AnEventOfAWholeDay) {
  EXPECT_EQ(PrintCalendar({{"id@enthesis", {2024, 2, 29}, "A, B; C\\", "1\n2"}},
                          {2024, 1, 1}),
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"
            "PRODID:-//Enthesis//Follow-up visits//EN\r\n"
            "CALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\nBEGIN:VEVENT\r\n"
            "UID:id@enthesis\r\nDTSTAMP:20240101T000000Z\r\n"
            "DTSTART;VALUE=DATE:20240229\r\nDTEND;VALUE=DATE:20240301\r\n"
            "SUMMARY:A\\, B\\; C\\\\\r\nDESCRIPTION:1\\n2\r\n"
            "CLASS:PRIVATE\r\nTRANSP:TRANSPARENT\r\nEND:VEVENT\r\n"
            "END:VCALENDAR\r\n");
}

TEST(Calendar, LongLinesAreFoldedBetweenCharacters) {
  std::string summary;
  for (int i = 0; i < 100; ++i) summary += "\xC3\xA4";
  const std::string text =
      PrintCalendar({{"u", {2024, 1, 1}, summary, ""}}, {2024, 1, 1});
  std::string unfolded;
  for (absl::string_view line : absl::StrSplit(text, "\r\n")) {
    EXPECT_LE(line.size(), 75u);
    if (!line.empty() && line[0] == ' ') {
      EXPECT_EQ(static_cast<unsigned char>(line[1]), 0xC3);
      line.remove_prefix(1);
    } else {
      unfolded += "\n";
    }
    unfolded.append(line.data(), line.size());
  }
  EXPECT_NE(unfolded.find("\nSUMMARY:" + summary + "\n"), std::string::npos);
}

}  // namespace
}  // namespace enthesis::client
