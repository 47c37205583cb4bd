// The keys and the bookkeeping of the store on RocksDB, byte by byte, and
// waiting for commits.

#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/escaping.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "registry/storage/commit_queue.h"
#include "registry/storage/commit_records.h"
#include "registry/storage/last_commit.h"
#include "registry/storage/rocks_keys.h"

namespace enthesis::storage {
namespace {

std::string Hex(absl::string_view bytes) {
  return absl::BytesToHexString(bytes);
}

TEST(KeysTest, BytesOfFormatOne) {
  EXPECT_EQ(TableKey(KeyTable::kMeta, "format"), "mformat");
  EXPECT_EQ(TableKey(KeyTable::kIndex, "p/1"), "ip/1");
  EXPECT_EQ(TableKey(KeyTable::kErasure, "c/a"), "ec/a");
  EXPECT_EQ(TableKey(KeyTable::kRequest, "id"), "rid");
  EXPECT_EQ(Hex(IntegerKey(KeyTable::kLog, 0x0102)),
            "6c"
            "0000000000000102");
  EXPECT_EQ(Hex(IntegerKey(KeyTable::kAudit, 1)),
            "61"
            "0000000000000001");
  EXPECT_EQ(Hex(RequestTimeKey(5, "id")),
            "74"
            "8000000000000005"
            "6964");
  EXPECT_EQ(Hex(RequestTimeKey(-1, "id")),
            "74"
            "7fffffffffffffff"
            "6964");
  EXPECT_EQ(Hex(VersionsPrefix("c/a") + VersionSuffix(1)),
            "76"
            "632f61"
            "0001"
            "fffffffffffffffe");
  EXPECT_EQ(Hex(VersionsPrefix(std::string("a\0b", 3)) + VersionSuffix(258)),
            "76"
            "6100ff62"
            "0001"
            "fffffffffffffefd");
  EXPECT_EQ(Hex(AfterVersions(VersionsPrefix("a"))),
            "7661"
            "0002");
  EXPECT_EQ(kDocumentKind, 'D');
  EXPECT_EQ(kTombstoneKind, 'T');
}

// Any two documents: their versions lie in the order of the documents' keys,
// newest first, and the key comes back.
TEST(KeysTest, VersionsLieInTheOrderOfDocuments) {
  std::mt19937_64 random(3);
  const auto any = [&random] {
    std::string key;
    for (uint64_t n = 1 + random() % 5; n > 0; --n) {
      key.push_back(
          std::string("\0\x01\x02"
                      "a\xfe\xff",
                      6)[random() % 6]);
    }
    return key;
  };
  for (int i = 0; i < 20'000; ++i) {
    const std::string a = any(), b = any();
    const CommitIndex old = random() % 5, young = old + 1 + random() % 300;
    const std::string key = VersionsPrefix(a) + VersionSuffix(old);
    EXPECT_LT(VersionsPrefix(a) + VersionSuffix(young), key);
    EXPECT_LT(key, AfterVersions(VersionsPrefix(a)));
    if (a < b) {
      EXPECT_LT(key, VersionsPrefix(b) + VersionSuffix(young));
      EXPECT_LT(AfterVersions(VersionsPrefix(a)), VersionsPrefix(b));
    }
    const auto parsed = ParseVersionKey(key);
    ASSERT_TRUE(parsed.has_value());
    EXPECT_EQ(parsed->index, old);
    std::string document;
    DecodeVersionsPrefix(parsed->versions_prefix, document);
    EXPECT_EQ(document, a);
  }
  EXPECT_FALSE(ParseVersionKey("").has_value());
  EXPECT_FALSE(ParseVersionKey("vshort").has_value());
  EXPECT_FALSE(ParseVersionKey("ic/a00000000000").has_value());
  EXPECT_FALSE(ParseVersionKey("vc/a-no-terminator-1234567").has_value());
}

TEST(KeysTest, RequestsLieInTheOrderOfTime) {
  EXPECT_LT(RequestTimeKey(-5, "z"), RequestTimeKey(3, "a"));
  EXPECT_LT(RequestTimeKey(3, "z"), RequestTimeKey(400, "a"));
  const std::string key = RequestTimeKey(-5, "id");
  const auto parsed = ParseRequestTimeKey(key);
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->time_unix_nanos, -5);
  EXPECT_EQ(parsed->id, "id");
  EXPECT_FALSE(ParseRequestTimeKey("t").has_value());
  EXPECT_FALSE(ParseRequestTimeKey("r12345678").has_value());
}

TEST(CommitRecordsTest, BytesOfFormatOne) {
  Change change;
  change.index = 7;
  change.utc_day = 20'000;
  change.keys = {"c/a", "c/b"};
  change.withdrawn = {"c/c"};
  const std::string entry = EncodeLogEntry(change);
  EXPECT_EQ(Hex(entry),
            "0801"
            "10a09c01"
            "1a03632f61"
            "1a03632f62"
            "2203632f63");
  const auto decoded = DecodeLogEntry(7, entry);
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded->index, 7u);
  EXPECT_EQ(decoded->utc_day, 20'000);
  EXPECT_EQ(decoded->keys, change.keys);
  EXPECT_EQ(decoded->withdrawn, change.withdrawn);

  const std::string answer =
      EncodeInteger(9) + EncodeAnswerMessage({"id", "dig", "res"}, 5);
  EXPECT_EQ(Hex(answer),
            "0000000000000009"
            "0801"
            "1203646967"
            "1a03726573"
            "2005");
  const auto kept = DecodeAnswer(answer);
  ASSERT_TRUE(kept.ok());
  EXPECT_EQ(kept->index, 9u);
  EXPECT_EQ(kept->digest, "dig");
  EXPECT_EQ(kept->response, "res");
  EXPECT_EQ(kept->time_unix_nanos, 5);

  const std::vector<AuditEntry> acts = {{"local", "Act", "e", "r"}};
  const std::string audit = EncodeAudit(5, acts);
  EXPECT_EQ(Hex(audit),
            "0801"
            "1005"
            "1a12"
            "0a056c6f63616c"
            "1203416374"
            "1a0165"
            "220172");
  const auto line = DecodeAudit(audit);
  ASSERT_TRUE(line.ok());
  EXPECT_EQ(line->time_unix_nanos, 5);
  ASSERT_EQ(line->entries.size(), 1u);
  EXPECT_EQ(line->entries[0].action, "Act");
}

TEST(CommitRecordsTest, WhatIsNoRecordIsDataLoss) {
  for (const char* hex : {"", "ff", "0802", "0801a01f01"}) {
    const std::string bytes = absl::HexStringToBytes(hex);
    EXPECT_EQ(DecodeLogEntry(1, bytes).status().code(),
              absl::StatusCode::kDataLoss);
    EXPECT_EQ(DecodeAnswer(EncodeInteger(1) + bytes).status().code(),
              absl::StatusCode::kDataLoss);
    EXPECT_EQ(DecodeAudit(bytes).status().code(), absl::StatusCode::kDataLoss);
  }
  EXPECT_EQ(DecodeAnswer("short").status().code(), absl::StatusCode::kDataLoss);
}

TEST(CommitRecordsTest, DaysAreRoundedDown) {
  constexpr int64_t kDay = int64_t{86'400} * 1'000'000'000;
  EXPECT_EQ(UtcDay(0), 0);
  EXPECT_EQ(UtcDay(kDay - 1), 0);
  EXPECT_EQ(UtcDay(kDay), 1);
  EXPECT_EQ(UtcDay(-1), -1);
  EXPECT_EQ(UtcDay(-kDay), -1);
}

TEST(LastCommitTest, ClosingWakesWhoeverWaits) {
  LastCommit last;
  last.Publish({3, 20'000, 0});
  EXPECT_EQ(last.Wait(2, 60'000), 3u);
  EXPECT_EQ(last.Wait(3, 0), 3u);
  EXPECT_EQ(last.Wait(3, -1), 3u);
  std::thread waiter([&] { EXPECT_EQ(last.Wait(3, INT64_MAX), 3u); });
  last.Close();
  waiter.join();
}

struct Turn : CommitQueue::Entry {
  int answer = 0;
};

// Every entry is answered once, by one leader at a time, within the limits.
TEST(CommitQueueTest, GroupsDoNotOverlapAndKeepTheirLimits) {
  int counter = 0;  // no lock: groups never overlap
  CommitQueue::Limits limits;
  limits.entries = 3;
  size_t largest = 0;
  CommitQueue queue(
      [&](absl::Span<CommitQueue::Entry* const> group) {
        largest = std::max(largest, group.size());
        for (CommitQueue::Entry* entry : group) {
          static_cast<Turn*>(entry)->answer = ++counter;
        }
      },
      limits);
  constexpr int kThreads = 8, kEach = 500;
  std::vector<std::vector<int>> answers(kThreads);
  std::vector<std::thread> threads;
  for (size_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        Turn turn;
        queue.Run(turn);
        answers[t].push_back(turn.answer);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(counter, kThreads * kEach);
  EXPECT_GE(largest, 1u);
  EXPECT_LE(largest, 3u);
  std::vector<bool> seen(kThreads * kEach + 1);
  for (const std::vector<int>& mine : answers) {
    for (size_t i = 0; i < mine.size(); ++i) {
      ASSERT_GT(mine[i], i == 0 ? 0 : mine[i - 1]);
      ASSERT_FALSE(seen[static_cast<size_t>(mine[i])]);
      seen[static_cast<size_t>(mine[i])] = true;
    }
  }
}

}  // namespace
}  // namespace enthesis::storage
