#include "client/link_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

#include "absl/strings/str_replace.h"
#include "client/commands/interrupt.h"
#include "client/operation_sequence.h"
#include "tests/client/programs.h"

namespace enthesis::client {
namespace {

using testing::HasSubstr;

model::Id IdOf(uint64_t number) { return {1, number}; }

Links Sample() {
  Links links;
  links.site = "site-01";
  links.patients["P\t1"] = IdOf(1);
  LinkedRecord& record = links.records["A-1\\\n"];
  record.case_id = IdOf(2);
  record.patient = IdOf(1);
  record.surgery_date = Date{2024, 2, 29};
  record.operation_sequence = 1000;
  record.etag = "v7";
  record.digest = "ab";
  record.line = "ba";
  record.lines["3_months"] = {IdOf(3), "cd", "ef,01", "dc"};
  record.lines["-"] = {IdOf(4), "", "", ""};
  LinkedRecord& bare = links.records["-"];
  bare.case_id = IdOf(5);
  bare.patient = IdOf(6);
  return links;
}

TEST(LinkFile, RoundTripWithOddKeys) {
  const std::string text = FormatLinks(Sample());
  const auto links = ParseLinks(text);
  ASSERT_TRUE(links.ok()) << links.status();
  EXPECT_EQ(*links, Sample());
  EXPECT_EQ(FormatLinks(*links), text);
}

TEST(LinkFile, GoldenText) {
  const std::string id = model::FormatId(IdOf(2));
  Links links;
  links.site = "site-01";
  LinkedRecord& record = links.records["A-1"];
  record.case_id = record.patient = IdOf(2);
  EXPECT_EQ(FormatLinks(links), "enthesis-link\t1\tsite-01\nrecord\tA-1\t" +
                                    id + "\t" + id +
                                    "\t-\t-\t-\t-\t-\t-\nend\t1\n");
}

TEST(LinkFile, WithdrawnRecordsMakeItTheSecondVersion) {
  Links links = Sample();
  links.withdrawn["W"] = IdOf(9);
  const std::string text = FormatLinks(links);
  EXPECT_THAT(text, HasSubstr("enthesis-link\t2\tsite-01\n"));
  EXPECT_THAT(text,
              HasSubstr("\nwithdrawn\tW\t" + model::FormatId(IdOf(9)) + "\n"));
  const auto read = ParseLinks(text);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, links);
  // A record is withdrawn or it is not.
  EXPECT_FALSE(
      ParseLinks(absl::StrReplaceAll(text, {{"drawn\tW", "drawn\t\\-"}})).ok());
}

TEST(LinkFile, EarlierStatesOfItsLinesAreKept) {
  Links links = Sample();
  links.records["A-1\\\n"].content = "c0";
  links.records["-"].earlier = {"a0", "a1"};
  links.records["A-1\\\n"].lines["3_months"].earlier = {"e0", "none"};
  const std::string text = FormatLinks(links);
  EXPECT_THAT(text, HasSubstr("enthesis-link\t2\t"));
  EXPECT_THAT(text, HasSubstr("\tba\tc0\t-\n"));
  EXPECT_THAT(text, HasSubstr("\t-\t-\ta0,a1\n"));
  EXPECT_THAT(text, HasSubstr("\tdc\te0,none\n"));
  const auto read = ParseLinks(text);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, links);
  // A row with one of the two cells is none.
  EXPECT_FALSE(
      ParseLinks(absl::StrReplaceAll(text, {{"\tc0\t-\n", "\tc0\n"}})).ok());
}

TEST(LinkFile, RefusesWhatItCannotTrust) {
  const std::string good = FormatLinks(Sample());
  const std::pair<std::string, absl::StatusCode> bad[] = {
      {"", absl::StatusCode::kInvalidArgument},
      {"a,b\n", absl::StatusCode::kInvalidArgument},
      {absl::StrReplaceAll(good, {{"link\t1\t", "link\t4\t"}}),
       absl::StatusCode::kFailedPrecondition},
      // Cut short at a row, within a row, and one row lost from the middle.
      {good.substr(0, good.find("end\t")), absl::StatusCode::kInvalidArgument},
      {good.substr(0, good.size() - 3), absl::StatusCode::kInvalidArgument},
      {absl::StrReplaceAll(good, {{"patient\t", "person\t"}}),
       absl::StatusCode::kInvalidArgument},
      {absl::StrReplaceAll(good, {{"1D\nrecord", "1D\tX\nrecord"}}),
       absl::StatusCode::kInvalidArgument},
      {absl::StrReplaceAll(good, {{"2024-02-29", "2023-02-29"}}),
       absl::StatusCode::kInvalidArgument},
      {absl::StrReplaceAll(good, {{model::FormatId(IdOf(2)), "X"}}),
       absl::StatusCode::kInvalidArgument},
  };
  for (const auto& [text, code] : bad) {
    EXPECT_EQ(ParseLinks(text).status().code(), code) << text;
  }
  // Every cut of the file is noticed.
  for (size_t n = 0; n < good.size(); ++n) {
    EXPECT_FALSE(ParseLinks(good.substr(0, n)).ok()) << n;
  }
}

TEST(LinkFile, IsReadableByItsOwnerAlone) {
  const TemporaryFolder folder;
  const std::string path = folder / "links.tsv";
  auto file = LinkFile::Open(path, "site-01");
  ASSERT_TRUE(file.ok()) << file.status();
  (*file)->links() = Sample();
  ASSERT_TRUE((*file)->Save().ok());
  struct stat info;
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  EXPECT_EQ(ReadText(path), FormatLinks(Sample()));
}

TEST(LinkFile, LeftoverOfAnInterruptedSaveDoesNoHarm) {
  const TemporaryFolder folder;
  const std::string path = folder / "links.tsv";
  WriteText(path, FormatLinks(Sample()));
  WriteText(path + ".new", "half a ro");
  auto file = LinkFile::Open(path, "site-01");
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ((*file)->links(), Sample());
  (*file)->links().records["-"].etag = "v9";
  ASSERT_TRUE((*file)->Save().ok());
  EXPECT_EQ(ParseLinks(ReadText(path))->records["-"].etag, "v9");
}

TEST(LinkFile, OneImportAtATime) {
  const TemporaryFolder folder;
  const std::string path = folder / "links.tsv";
  auto first = LinkFile::Open(path, "site-01");
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(LinkFile::Open(path, "site-01").status().code(),
            absl::StatusCode::kFailedPrecondition);
  first->reset();
  EXPECT_TRUE(LinkFile::Open(path, "site-01").ok());
}

TEST(LinkFile, AFolderThatDoesNotExistIsNamedAsSuch) {
  const TemporaryFolder folder;
  const auto links = LinkFile::Open(folder / "none/links.tsv", "site-01");
  EXPECT_EQ(links.status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(links.status().message(),
            folder / "none/links.tsv: its folder does not exist");
}

TEST(LinkFile, LeavesNoLockBehind) {
  const TemporaryFolder folder;
  const std::string path = folder / "links.tsv";
  // As of a process that was killed.
  WriteText(path + ".lock", "");
  {
    auto links = LinkFile::Open(path, "site-01");
    ASSERT_TRUE(links.ok()) << links.status();
    EXPECT_EQ(access((path + ".lock").c_str(), F_OK), 0);
    EXPECT_FALSE(LinkFile::Open(path, "site-01").ok());
    // Who was refused took no lock away.
    EXPECT_EQ(access((path + ".lock").c_str(), F_OK), 0);
  }
  EXPECT_NE(access((path + ".lock").c_str(), F_OK), 0);
}

// In a process of its own: nobody is left to run destructors.
using LinkFileDeathTest = testing::TestWithParam<int>;

TEST_P(LinkFileDeathTest, ASignalThatEndsTheProcessLeavesNoLock) {
  const TemporaryFolder folder;
  const std::string path = folder / "links.tsv";
  const auto lock_is_there = [&] {
    return access((path + ".lock").c_str(), F_OK) == 0;
  };
  EXPECT_EXIT(
      {
        const auto links = LinkFile::Open(path, "site-01");
        if (links.ok() && lock_is_there()) raise(GetParam());
      },
      testing::KilledBySignal(GetParam()), "");
  EXPECT_FALSE(lock_is_there());
  // Noted first, as while an import sends; the second one ends it.
  if (GetParam() == SIGHUP) return;
  EXPECT_EXIT(
      {
        const auto links = LinkFile::Open(path, "site-01");
        const InterruptWatch watch;
        raise(GetParam());
        if (watch.interrupted() && lock_is_there()) raise(GetParam());
      },
      testing::KilledBySignal(GetParam()), "");
  EXPECT_FALSE(lock_is_there());
}

TEST_P(LinkFileDeathTest, ALockOfAnotherAndAnIgnoredSignalAreLeftAlone) {
  const TemporaryFolder folder;
  const std::string path = folder / "links.tsv";
  WriteText(path + ".lock", "");
  EXPECT_EXIT(
      {
        // Who closed the file, or only waited for it, has no lock.
        LinkFile::Open(folder / "other.tsv", "site-01")->reset();
        raise(GetParam());
      },
      testing::KilledBySignal(GetParam()), "");
  EXPECT_EQ(access((path + ".lock").c_str(), F_OK), 0);
  EXPECT_EXIT(
      {
        signal(GetParam(), SIG_IGN);
        const auto links = LinkFile::Open(path, "site-01");
        raise(GetParam());
        _exit(access((path + ".lock").c_str(), F_OK) == 0 ? 7 : 8);
      },
      testing::ExitedWithCode(7), "");
}

INSTANTIATE_TEST_SUITE_P(OfThree, LinkFileDeathTest,
                         testing::Values(SIGINT, SIGTERM, SIGHUP));

TEST(LinkFile, IsReadWhereTheFolderCannotBeWrittenTo) {
  const TemporaryFolder folder;
  const std::string path = folder / "links.tsv";
  {
    auto links = LinkFile::Open(path, "site-01");
    ASSERT_TRUE(links.ok()) << links.status();
    (*links)->links() = Sample();
    ASSERT_TRUE((*links)->Save().ok());
  }
  const std::string where = path.substr(0, path.rfind('/'));
  ASSERT_EQ(chmod(where.c_str(), 0555), 0);
  // To root no folder is closed.
  constexpr uid_t kNobody = 65534;
  const bool root = geteuid() == 0;
  if (root) {
    ASSERT_EQ(chown(path.c_str(), kNobody, kNobody), 0);
    ASSERT_EQ(seteuid(kNobody), 0);
  }
  const auto links = LinkFile::Open(path, "site-01");
  const auto none = LinkFile::Open(path + ".none", "site-01");
  absl::Status saved;
  if (links.ok()) {
    (*links)->links().records.clear();
    saved = (*links)->Save();
  }
  if (root) {
    ASSERT_EQ(seteuid(0), 0);
  }
  ASSERT_EQ(chmod(where.c_str(), 0700), 0);
  ASSERT_TRUE(links.ok()) << links.status();
  EXPECT_EQ((*links)->links().site, "site-01");
  EXPECT_EQ(saved.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(saved, (*links)->MaySave());
  EXPECT_TRUE(none.ok()) << none.status();  // of a dry run
  EXPECT_EQ(ReadText(path), FormatLinks(Sample()));
}

TEST(LinkFile, BelongsToOneSite) {
  const TemporaryFolder folder;
  const std::string path = folder / "links.tsv";
  WriteText(path, FormatLinks(Sample()));
  EXPECT_THAT(std::string(LinkFile::Open(path, "site-02").status().message()),
              HasSubstr("belongs to site site-01, not to site-02"));
}

// Records with the given day of January 2024; a negative number is one that
// has its sequence already.
LinkedRecord& AddDated(Links& links, const char* key, int32_t day,
                       std::optional<int32_t> sequence = std::nullopt) {
  LinkedRecord& record = links.records[key];
  record.case_id = IdOf(static_cast<uint64_t>(links.records.size()));
  record.surgery_date = Date{2024, 1, day};
  record.operation_sequence = sequence;
  return record;
}

TEST(OperationSequence, RanksByDateInStepsTiesByCaseId) {
  Links links;
  const auto& late = AddDated(links, "a", 20);
  const auto& early = AddDated(links, "b", 2);
  const auto& tie = AddDated(links, "c", 20);
  LinkedRecord& undated = links.records["d"];
  AssignOperationSequences(links);
  EXPECT_EQ(early.operation_sequence, 1000);
  EXPECT_EQ(late.operation_sequence, 2000);
  EXPECT_EQ(tie.operation_sequence, 3000);
  EXPECT_FALSE(undated.operation_sequence.has_value());
}

TEST(OperationSequence, LateEntriesFitBetweenAndTheOthersStay) {
  Links links;
  const auto& first = AddDated(links, "a", 2, 1000);
  const auto& last = AddDated(links, "b", 20, 2000);
  const auto& between = AddDated(links, "c", 10);
  const auto& before = AddDated(links, "d", 1);
  const auto& after = AddDated(links, "e", 25);
  AssignOperationSequences(links);
  EXPECT_EQ(first.operation_sequence, 1000);
  EXPECT_EQ(last.operation_sequence, 2000);
  EXPECT_EQ(between.operation_sequence, 1500);
  EXPECT_EQ(before.operation_sequence, 500);
  EXPECT_EQ(after.operation_sequence, 3000);
}

TEST(OperationSequence, SharesANumberWhereNoRoomIsLeft) {
  Links links;
  AddDated(links, "a", 2, 1000);
  AddDated(links, "b", 20, 1001);
  const auto& between = AddDated(links, "c", 10);
  AssignOperationSequences(links);
  EXPECT_EQ(between.operation_sequence, 1000);
}

}  // namespace
}  // namespace enthesis::client
