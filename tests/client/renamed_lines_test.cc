// Imports of an export whose events moved: exchanged days, renamed events,
// names that moved on by one.

#include "client/renamed_lines.h"

#include "tests/client/import_fixture.h"

namespace enthesis::client {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class RenamedLines : public Import {
 protected:
  // "day pain" of the assessments after surgery, with what names them.
  std::vector<std::string> Visits(const std::string& record) {
    std::vector<std::string> visits;
    const v1::Case stored = Stored(record);
    for (const v1::FollowUp& visit : stored.follow_ups()) {
      if (visit.day() <= 0) continue;
      visits.push_back(absl::StrCat(visit.day(), " ", visit.pain_activity()));
    }
    return visits;
  }

  std::string IdOf(const std::string& record, int32_t day) {
    const v1::Case stored = Stored(record);
    for (const v1::FollowUp& visit : stored.follow_ups()) {
      if (visit.day() == day) return visit.id();
    }
    return "";
  }

  static std::vector<std::string> Vanished(const ImportReport& report) {
    std::vector<std::string> vanished;
    for (const VanishedLine& line : report.vanished) {
      vanished.push_back(line.record + " " + line.event);
    }
    return vanished;
  }
};

// Record A with visits on days 91, 183 and 365, pain 4, 2 and 1.
Export ThreeVisits() {
  Export file = {{BaselineLine("A"), VisitLine("A", 91, 4),
                  VisitLine("A", 183, 2), VisitLine("A", 365, 1)}};
  for (size_t i = 1; i < file.lines.size(); ++i) {
    file.lines[i]["event"] = absl::StrCat("visit_", i);
  }
  return file;
}

TEST_F(RenamedLines, ExchangedDaysAreOneUpdate) {
  Export file = ThreeVisits();
  Run(file);
  const uint64_t commit = LastCommit();
  file.Line("A", "visit_1")["day"] = "183";
  file.Line("A", "visit_2")["day"] = "91";
  EXPECT_THAT(Summary(Run(file)), ElementsAre("2 unchanged", "3 updated",
                                              "4 updated", "5 unchanged"));
  EXPECT_EQ(LastCommit(), commit + 1);
  EXPECT_THAT(Visits("A"), ElementsAre("91 2", "183 4", "365 1"));
}

// One line takes the day that another gives up for a new one.
TEST_F(RenamedLines, DaysThatMoveOnAreOneUpdate) {
  Export file = ThreeVisits();
  Run(file);
  const uint64_t commit = LastCommit();
  file.Line("A", "visit_1")["day"] = "183";
  file.Line("A", "visit_2")["day"] = "365";
  file.Line("A", "visit_3")["day"] = "730";
  file.lines.push_back(VisitLine("A", 91, 6));
  EXPECT_THAT(Summary(Run(file)),
              ElementsAre("2 unchanged", "3 updated", "4 updated", "5 updated",
                          "6 created"));
  EXPECT_EQ(LastCommit(), commit + 1);
  EXPECT_THAT(Visits("A"), ElementsAre("91 6", "183 4", "365 2", "730 1"));
}

TEST_F(RenamedLines, ARenamedEventIsUnchanged) {
  Export file = ThreeVisits();
  Run(file);
  const uint64_t commit = LastCommit();
  file.Line("A", "visit_1")["event"] = "3_months";
  const ImportReport report = Run(file);
  EXPECT_THAT(Summary(report), ElementsAre("2 unchanged", "3 unchanged",
                                           "4 unchanged", "5 unchanged"));
  EXPECT_THAT(report.vanished, IsEmpty());
  EXPECT_EQ(LastCommit(), commit);
  // And goes on under its new name.
  const std::string id = IdOf("A", 91);
  file.Line("A", "3_months")["pain_activity"] = "5";
  EXPECT_EQ(Summary(Run(file))[1], "3 updated");
  EXPECT_EQ(IdOf("A", 91), id);
}

TEST_F(RenamedLines, ARenamedAndChangedEventIsUpdated) {
  Export file = ThreeVisits();
  Run(file);
  const std::string id = IdOf("A", 183);
  Cells& line = file.Line("A", "visit_2");
  line["event"] = "6_months";
  line["pain_activity"] = "7";
  const ImportReport report = Run(file);
  EXPECT_THAT(Summary(report), ElementsAre("2 unchanged", "3 unchanged",
                                           "4 updated", "5 unchanged"));
  EXPECT_THAT(report.vanished, IsEmpty());
  EXPECT_THAT(Visits("A"), ElementsAre("91 4", "183 7", "365 1"));
  EXPECT_EQ(IdOf("A", 183), id);
  EXPECT_TRUE(Run(file).Clean());
}

TEST_F(RenamedLines, ARenamedEventThatChangedInTheRegistryIsAConflict) {
  Export file = ThreeVisits();
  Run(file);
  v1::Case a = Stored("A");
  a.mutable_follow_ups(2)->set_pain_activity(9);
  UpdateInRegistry(a, "follow_ups");
  Cells& line = file.Line("A", "visit_2");
  line["event"] = "6_months";
  line["pain_activity"] = "7";
  EXPECT_EQ(Summary(Run(file))[2], "4 conflict: pain_activity");
  EXPECT_THAT(Visits("A"), ElementsAre("91 4", "183 9", "365 1"));
}

TEST_F(RenamedLines, ARenamedEventWithAFaultIsRejectedForItAlone) {
  Export file = ThreeVisits();
  Run(file);
  Cells& line = file.Line("A", "visit_2");
  line["event"] = "6_months";
  line["pain_activity"] = "many";
  line["pain_rest"] = "11";
  EXPECT_EQ(Summary(Run(file))[2], "4 rejected: pain_activity, pain_rest");
  EXPECT_THAT(Visits("A"), ElementsAre("91 4", "183 2", "365 1"));
}

// The first visit is taken out and the names move up.
TEST_F(RenamedLines, NamesThatMoveUpKeepTheirAssessments) {
  Export file = ThreeVisits();
  Run(file);
  const uint64_t commit = LastCommit();
  file.lines.erase(file.lines.begin() + 1);
  file.lines[1]["event"] = "visit_1";
  file.lines[2]["event"] = "visit_2";
  const ImportReport report = Run(file);
  EXPECT_THAT(Summary(report),
              ElementsAre("2 unchanged", "3 unchanged", "4 unchanged"));
  EXPECT_THAT(Vanished(report), ElementsAre("A visit_3"));
  EXPECT_EQ(LastCommit(), commit);
  // The same with a change: the line that vanished keeps what it held.
  file.lines[1]["pain_activity"] = "3";
  EXPECT_EQ(Summary(Run(file))[1], "3 updated");
  EXPECT_THAT(Visits("A"), ElementsAre("91 4", "183 3", "365 1"));
}

TEST_F(RenamedLines, AChangedLineOnTheDayOfAVanishedOneTakesItsPlace) {
  Export file = ThreeVisits();
  Run(file);
  file.Line("A", "visit_1")["day"] = "183";
  file.lines.erase(file.lines.begin() + 2);
  const ImportReport report = Run(file);
  EXPECT_THAT(Summary(report),
              ElementsAre("2 unchanged", "3 updated", "4 unchanged"));
  EXPECT_THAT(Vanished(report), ElementsAre("A visit_2"));
  EXPECT_THAT(Visits("A"), ElementsAre("91 4", "183 4", "365 1"));
}

// An assessment before surgery moves from the baseline line to its own line.
TEST_F(RenamedLines, TheAssessmentBeforeSurgeryMayMoveBetweenLines) {
  Export file = ThreeVisits();
  Run(file);
  file.Line("A", "baseline")["visa_a_total"] = "";
  Cells before = {{"record_id", "A"},
                  {"event", "before"},
                  {"day", "0"},
                  {"visa_a_total", "48"}};
  file.lines.push_back(before);
  EXPECT_TRUE(Run(file).Clean());
  EXPECT_EQ(Stored("A").follow_ups_size(), 4);
  file.lines.pop_back();
  file.Line("A", "baseline")["visa_a_total"] = "48";
  const ImportReport back = Run(file);
  EXPECT_TRUE(back.Clean());
  EXPECT_THAT(back.vanished, IsEmpty());
  EXPECT_EQ(Stored("A").follow_ups_size(), 4);
}

TEST_F(RenamedLines, ANewVisitBesideAVanishedOneIsCreated) {
  Export file = ThreeVisits();
  Run(file);
  file.lines.erase(file.lines.begin() + 1);
  file.lines.push_back(VisitLine("A", 730, 0));
  const ImportReport report = Run(file);
  EXPECT_THAT(Summary(report), ElementsAre("2 unchanged", "3 unchanged",
                                           "4 unchanged", "5 created"));
  EXPECT_THAT(Vanished(report), ElementsAre("A visit_1"));
  EXPECT_THAT(Visits("A"), ElementsAre("91 4", "183 2", "365 1", "730 0"));
}

// A rename that was sent and had no answer, then changed once more.
TEST_F(RenamedLines, AnInterruptedRenameIsCompleted) {
  Export file = ThreeVisits();
  Run(file);
  Links before = ReadLinks();
  Cells& line = file.Line("A", "visit_2");
  line["event"] = "6_months";
  line["pain_activity"] = "7";
  Run(file);
  const Links after = ReadLinks();
  LinkedLine& started = before.records["A"].lines["6_months"];
  started.follow_up = model::NewId();
  started.pending = after.records.at("A").lines.at("6_months").digest;
  WriteLinks(before);
  const uint64_t commit = LastCommit();
  EXPECT_TRUE(Run(file).Clean());
  EXPECT_EQ(LastCommit(), commit);
  EXPECT_EQ(ReadLinks().records["A"].lines, after.records.at("A").lines);
  WriteLinks(before);
  file.Line("A", "6_months")["pain_activity"] = "8";
  EXPECT_EQ(Summary(Run(file))[2], "4 updated");
  EXPECT_THAT(Visits("A"), ElementsAre("91 4", "183 8", "365 1"));
}

TEST(TakeOverLine, KeepsWhatEitherWasAboutToSend) {
  LinkedRecord link;
  link.lines["old"] = {{1, 1}, "stored", "p", "line"};
  link.lines["new"] = {{1, 2}, "", "q,r", ""};
  TakeOverLine(link, "old", "new");
  EXPECT_EQ(link.lines.size(), 1u);
  EXPECT_EQ(link.lines["new"], (LinkedLine{{1, 1}, "stored", "p,q,r", "line"}));
}

}  // namespace
}  // namespace enthesis::client
