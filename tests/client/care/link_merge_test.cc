#include "client/link_merge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/link_dates.h"
#include "client/withdrawn_records.h"
#include "registry/wire/resource_name.h"
#include "tests/client/care/sample_case.h"

namespace enthesis::client {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

LinkedRecord RecordOf(uint64_t id, uint64_t commit) {
  LinkedRecord record;
  record.case_id = IdOf(id);
  record.patient = IdOf(1000 + id);
  record.surgery_date = Date{2024, 1, static_cast<int32_t>(id)};
  record.operation_sequence = static_cast<int32_t>(id) * 1000;
  record.etag = wire::FormatEtag(commit);
  record.digest = record.line = absl::StrCat("d", commit);
  record.lines["3_months"] = {IdOf(100 + id), absl::StrCat("v", commit), "",
                              absl::StrCat("v", commit)};
  return record;
}

Links LinksOf(std::map<std::string, LinkedRecord> records) {
  return {"site-01", {}, std::move(records)};
}

TEST(MergeLinks, OfEqualFilesChangesNothing) {
  const Links links = LinksOf({{"A", RecordOf(1, 5)}, {"B", RecordOf(2, 6)}});
  const MergedLinks merged = MergeLinks(links, links, Prefer::kNeither);
  EXPECT_EQ(merged.links, links);
  EXPECT_THAT(merged.conflicts, IsEmpty());
  EXPECT_EQ(merged.n_added, 0u);
  EXPECT_EQ(merged.n_updated, 0u);
}

TEST(MergeLinks, RanksOfTwoCoordinatorsFollowTheDates) {
  // A to D on following days; both counted from 1000 on.
  Links mine = LinksOf({{"A", RecordOf(1, 5)}, {"C", RecordOf(3, 6)}});
  Links theirs = LinksOf({{"B", RecordOf(2, 7)}, {"D", RecordOf(4, 8)}});
  mine.records["C"].operation_sequence = 2000;
  theirs.records["B"].operation_sequence = 1000;
  theirs.records["D"].operation_sequence = 1500;
  const MergedLinks merged = MergeLinks(mine, theirs, Prefer::kNeither);
  EXPECT_EQ(merged.n_reranked, 1u);
  EXPECT_THAT(FindLinkProblems(merged.links), IsEmpty());
  // On the other machine, from either file, and once more.
  EXPECT_EQ(MergeLinks(theirs, mine, Prefer::kNeither).links, merged.links);
  const std::vector<Links> files = {mine, theirs, merged.links};
  for (const Links& one : files) {
    const MergedLinks again = MergeLinks(one, merged.links, Prefer::kNeither);
    EXPECT_EQ(again.links, merged.links);
    EXPECT_EQ(again.n_reranked, 0u);
  }
}

TEST(MergeLinks, BothWaysGiveTheSame) {
  Links mine = LinksOf({{"A", RecordOf(1, 5)}, {"B", RecordOf(2, 6)}});
  Links theirs = LinksOf({{"A", RecordOf(1, 9)}, {"C", RecordOf(3, 7)}});
  mine.patients["P1"] = IdOf(1001);
  theirs.patients["P3"] = IdOf(1003);
  theirs.records["A"].lines["6_months"] = {IdOf(150), "x", "", "x"};
  const MergedLinks merged = MergeLinks(mine, theirs, Prefer::kNeither);
  EXPECT_THAT(merged.conflicts, IsEmpty());
  EXPECT_EQ(merged.n_added, 1u);
  EXPECT_EQ(merged.n_updated, 1u);
  EXPECT_EQ(merged.links.records.at("A"),
            theirs.records.at("A"));  // seen later
  EXPECT_EQ(merged.links.records.at("B"), mine.records.at("B"));
  EXPECT_EQ(merged.links.records.at("C"), theirs.records.at("C"));
  EXPECT_EQ(MergeLinks(theirs, mine, Prefer::kNeither).links, merged.links);
}

TEST(MergeLinks, WhatOneSentWithoutAnAnswerIsKept) {
  Links mine = LinksOf({{"A", RecordOf(1, 5)}});
  Links theirs = LinksOf({{"A", RecordOf(1, 9)}});
  mine.records["A"].pending = "a,b";
  theirs.records["A"].pending = "b,c";
  mine.records["A"].lines["3_months"].pending = "x";
  const Links merged = MergeLinks(mine, theirs, Prefer::kNeither).links;
  EXPECT_EQ(merged.records.at("A").pending, "a,b,c");
  EXPECT_EQ(merged.records.at("A").lines.at("3_months").pending, "x");
  EXPECT_EQ(merged.records.at("A").lines.at("3_months").digest, "v9");
}

TEST(MergeLinks, ARenamedLineHasTheNameSeenLast) {
  Links mine = LinksOf({{"A", RecordOf(1, 5)}});
  Links theirs = LinksOf({{"A", RecordOf(1, 9)}});
  auto& lines = theirs.records["A"].lines;
  lines["visit_2"] = lines["3_months"];
  lines.erase("3_months");
  for (const Links& merged :
       {MergeLinks(mine, theirs, Prefer::kNeither).links,
        MergeLinks(theirs, mine, Prefer::kNeither).links}) {
    EXPECT_EQ(merged.records.at("A").lines, lines);
  }
}

// Every contradiction is named by its record, and decided as asked.
TEST(MergeLinks, ConflictsAreNamedAndDecided) {
  const auto check = [](const Links& mine, const Links& theirs, const char* key,
                        const char* said) {
    SCOPED_TRACE(said);
    const MergedLinks merged = MergeLinks(mine, theirs, Prefer::kNeither);
    ASSERT_THAT(merged.conflicts, SizeIs(1));
    EXPECT_EQ(merged.conflicts[0].key, key);
    EXPECT_THAT(merged.conflicts[0].what, HasSubstr(said));
    EXPECT_EQ(MergeLinks(mine, theirs, Prefer::kMine).links, mine);
    EXPECT_EQ(MergeLinks(mine, theirs, Prefer::kTheirs).links, theirs);
  };
  const Links mine = LinksOf({{"A", RecordOf(1, 5)}});
  Links theirs = LinksOf({{"A", RecordOf(2, 5)}});
  check(mine, theirs, "A", "withdraw the other");
  theirs = LinksOf({{"K", RecordOf(1, 5)}});
  check(mine, theirs, "K", "is record A here and record K there");
  theirs = mine;
  theirs.records["A"].surgery_date = Date{2024, 1, 9};
  check(mine, theirs, "A", "2024-01-01 here and 2024-01-09 there");
  theirs = mine;
  theirs.records["A"].patient = IdOf(77);
  check(mine, theirs, "A", "the person of the case");
  theirs = mine;
  theirs.records["A"].lines["3_months"].follow_up = IdOf(78);
  check(mine, theirs, "A", "3_months is assessment");
  Links with_key = mine, other_key = mine;
  with_key.patients["P"] = IdOf(1);
  other_key.patients["P"] = IdOf(2);
  check(with_key, other_key, "P", "the person is");
}

// One person's two limbs, each stored by another coordinator.
TEST(MergeLinks, APersonWhomBothStoredKeepsBothIds) {
  Links mine = LinksOf({{"A", RecordOf(1, 5)}});
  Links theirs = LinksOf({{"B", RecordOf(2, 6)}});
  mine.patients["P"] = IdOf(1001);
  theirs.patients["P"] = IdOf(1002);
  const MergedLinks merged = MergeLinks(mine, theirs, Prefer::kNeither);
  EXPECT_THAT(merged.conflicts, IsEmpty());
  ASSERT_THAT(merged.two_ids, SizeIs(1));
  EXPECT_EQ(merged.two_ids[0].key, "P");
  EXPECT_THAT(merged.two_ids[0].what,
              HasSubstr("record A is of one, record B of the other"));
  Links links = merged.links;
  EXPECT_EQ(links.patients.at("P"), IdOf(1001));
  EXPECT_THAT(links.other_ids.at("P"), ElementsAre(IdOf(1002)));
  EXPECT_EQ(links.records.at("B").patient, IdOf(1002));
  EXPECT_EQ(MergeLinks(theirs, mine, Prefer::kNeither).links, links);
  const auto read = ParseLinks(FormatLinks(links));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, links);
  // Told once, by whichever file.
  for (const Links& again : {mine, theirs, links}) {
    const MergedLinks more = MergeLinks(links, again, Prefer::kNeither);
    EXPECT_EQ(more.links, links);
    EXPECT_THAT(more.two_ids, IsEmpty());
  }
  // The person of a case that was withdrawn is forgotten.
  Links without_b = links;
  ForgetRecord("B", without_b);
  EXPECT_EQ(without_b.patients.at("P"), IdOf(1001));
  EXPECT_THAT(without_b.other_ids, IsEmpty());
  ForgetRecord("A", links);
  EXPECT_EQ(links.patients.at("P"), IdOf(1002));
  EXPECT_THAT(links.other_ids, IsEmpty());
}

TEST(MergeLinks, AWithdrawalIsFinalOnBothSides) {
  Links mine = LinksOf({{"A", RecordOf(1, 5)}, {"B", RecordOf(2, 6)}});
  mine.patients = {{"P1", IdOf(1001)}, {"P2", IdOf(1002)}};
  Links theirs = mine;
  // Hers knows more of it, and something else.
  theirs.records["A"] = RecordOf(1, 9);
  theirs.records["A"].surgery_date = Date{2024, 2, 2};
  ForgetRecord("A", mine);
  EXPECT_EQ(mine.patients.size(), 1u);
  for (const MergedLinks& merged :
       {MergeLinks(mine, theirs, Prefer::kNeither),
        MergeLinks(theirs, mine, Prefer::kNeither)}) {
    EXPECT_THAT(merged.conflicts, IsEmpty());
    EXPECT_EQ(merged.links, mine);
    EXPECT_EQ(merged.n_added, 0u);
  }
  EXPECT_EQ(MergeLinks(theirs, mine, Prefer::kNeither).n_updated, 1u);
}

// Both stored the record, and one withdrew hers.
TEST(MergeLinks, ARecordGoesOnAsTheCaseThatStands) {
  const Links mine = LinksOf({{"A", RecordOf(1, 5)}});
  Links theirs = LinksOf({{"A", RecordOf(2, 6)}});
  ForgetRecord("A", theirs);
  EXPECT_EQ(MergeLinks(mine, theirs, Prefer::kNeither).links, mine);
  EXPECT_EQ(MergeLinks(theirs, mine, Prefer::kNeither).links, mine);
  // One that was never stored is not stored after the withdrawal.
  Links never = mine;
  never.records["A"].etag.clear();
  EXPECT_EQ(MergeLinks(never, theirs, Prefer::kNeither).links, theirs);
  EXPECT_EQ(MergeLinks(theirs, never, Prefer::kNeither).links, theirs);
}

TEST(LinkProblems, AWithdrawnCaseUnderAnotherKey) {
  Links links = LinksOf({{"A", RecordOf(1, 5)}});
  links.withdrawn["W"] = IdOf(1);
  ASSERT_THAT(FindLinkProblems(links), SizeIs(1));
  EXPECT_EQ(FindLinkProblems(links)[0].key, "W");
}

TEST(MergeLinks, EarlierStatesOfBothAreKept) {
  Links mine = LinksOf({{"A", RecordOf(1, 5)}});
  Links theirs = LinksOf({{"A", RecordOf(1, 9)}});
  mine.records["A"].content = "now5";
  mine.records["A"].earlier = {"first", "mine"};
  theirs.records["A"].content = "now9";
  theirs.records["A"].earlier = {"first", "now5"};
  mine.records["A"].lines["3_months"].earlier = {"v1", "v9"};
  for (const Links& merged :
       {MergeLinks(mine, theirs, Prefer::kNeither).links,
        MergeLinks(theirs, mine, Prefer::kNeither).links}) {
    const LinkedRecord& record = merged.records.at("A");
    EXPECT_EQ(record.content, "now9");
    EXPECT_THAT(record.earlier, ElementsAre("mine", "first", "now5"));
    EXPECT_THAT(record.lines.at("3_months").earlier, ElementsAre("v1"));
  }
}

TEST(LinkProblems, NoneInASoundFile) {
  EXPECT_THAT(
      FindLinkProblems(LinksOf({{"A", RecordOf(1, 5)}, {"B", RecordOf(2, 6)}})),
      IsEmpty());
}

TEST(LinkProblems, IdsUnderTwoKeysAndRanksAgainstTheDates) {
  Links links = LinksOf({{"A", RecordOf(1, 5)}, {"B", RecordOf(2, 6)}});
  links.records["B"].case_id = IdOf(1);
  EXPECT_THAT(FindLinkProblems(links), SizeIs(1));
  links = LinksOf({{"A", RecordOf(1, 5)}, {"B", RecordOf(2, 6)}});
  links.records["B"].lines = links.records["A"].lines;
  EXPECT_THAT(FindLinkProblems(links), SizeIs(1));
  links = LinksOf({{"A", RecordOf(1, 5)}, {"B", RecordOf(2, 6)}});
  links.records["B"].operation_sequence = 500;
  const auto problems = FindLinkProblems(links);
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].key, "B");
  EXPECT_THAT(problems[0].what, HasSubstr("500"));
  // Ties of a day have any order.
  links.records["B"].surgery_date = links.records["A"].surgery_date;
  EXPECT_THAT(FindLinkProblems(links), IsEmpty());
}

absl::StatusOr<DatesResult> Take(const std::string& csv, Links& links) {
  const auto text = ReadClinicText(csv, TextOptions());
  if (!text.ok()) return text.status();
  return TakeSurgeryDates(*text, links);
}

// As spreadsheets of half of Europe write it.
TEST(LinkDates, AreReadAsTheFileOfAnImportIs) {
  Links links = LinksOf({{"M\xC3\xBC", RecordOf(1, 5)}});
  const auto result =
      Take("record_id;surgery_date\r\nM\xFC;2024-01-02\r\n", links);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->n_set, 1u);
  EXPECT_THAT(result->faults, IsEmpty());
}

TEST(LinkDates, AreTakenWhereTheyCanBeRead) {
  Links links = LinksOf(
      {{"A", RecordOf(1, 5)}, {"B", RecordOf(2, 6)}, {"C", RecordOf(3, 7)}});
  links.records["C"].surgery_date.reset();
  const auto result = Take(
      "name,record_id,surgery_date\n"
      "x,A,2024-01-01\n"
      "x,A,\n"
      "x,B,2024-02-02\n"
      "x,Z,2024-01-01\n"
      "x,C,2024-02-30\n"
      "x,C,01/02/2024\n"
      "x,B,2024-02-03\n",
      links);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->n_set, 1u);
  EXPECT_EQ(result->n_unchanged, 1u);
  EXPECT_EQ(result->n_without, 1u);
  std::vector<std::string> places;
  for (const CellFault& fault : result->faults) {
    places.push_back(absl::StrCat(fault.line, " ", fault.column));
  }
  EXPECT_THAT(places, ElementsAre("5 record_id", "6 surgery_date",
                                  "7 surgery_date", "8 surgery_date"));
  EXPECT_EQ(links.records["A"].operation_sequence, 1000);
  EXPECT_EQ(links.records["B"].surgery_date, (Date{2024, 2, 2}));
  // The rank came from the date that was wrong.
  EXPECT_FALSE(links.records["B"].operation_sequence.has_value());
}

TEST(LinkDates, AFileThatCannotBeReadChangesNothing) {
  const Links links = LinksOf({{"A", RecordOf(1, 5)}});
  for (const char* csv :
       {"", "record_id;surgery_day\nA;2024-01-02\n", "record_id\nA\n",
        "record_id,surgery_date\nA,2024-01-02\n\"A,2\n",
        "record_id,record_id,surgery_date\n"}) {
    Links taken = links;
    EXPECT_FALSE(Take(csv, taken).ok()) << csv;
    EXPECT_EQ(taken, links);
  }
}

}  // namespace
}  // namespace enthesis::client
