#include "registry/model/id.h"

#include <cctype>
#include <limits>
#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace enthesis::model {
namespace {

using ::testing::HasSubstr;

constexpr uint64_t kMax = std::numeric_limits<uint64_t>::max();

struct Written {
  const char* name;
  Id id;
  const char* text;
};

// Worked by hand: 26 digits of 5 bits, most significant first, then the value
// mod 37. 2^64 mod 37 is 12 (2^36 mod 37 is 1 and 2^28 mod 37 is 12); 2^128 is
// 12 * 12 = 144 mod 37 = 33, so 2^128 - 1 leaves 32, whose symbol is "*".
constexpr Written kWritten[] = {
    {"One", {0, 1}, "000000000000000000000000011"},
    {"LastDigit", {0, 31}, "0000000000000000000000000ZZ"},
    {"TwoDigits", {0, 32}, "00000000000000000000000010*"},
    {"CheckU", {0, 36}, "00000000000000000000000014U"},
    {"CheckWraps", {0, 37}, "000000000000000000000000150"},
    // 2^64 has bit 4 of its 13th digit from the right set (64 = 12 * 5 + 4).
    {"HighWord", {1, 0}, "0000000000000G000000000000C"},
    {"Largest", {kMax, kMax}, "7ZZZZZZZZZZZZZZZZZZZZZZZZZ*"},
};

TEST(Id, IsWrittenAsComputedByHand) {
  for (const Written& expected : kWritten) {
    SCOPED_TRACE(expected.name);
    EXPECT_EQ(FormatId(expected.id), expected.text);
    const auto read = ParseId(expected.text);
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(*read, expected.id);
  }
}

TEST(Id, ReadsLowerCaseAndLookalikes) {
  EXPECT_EQ(ParseId("oooooooooooooooooooooooooiL").value(), (Id{0, 1}));
  EXPECT_EQ(ParseId("OOOOOOOOOOOOOOOOOOOOOOOO14u").value(), (Id{0, 36}));
  EXPECT_EQ(ParseId("7zzzzzzzzzzzzzzzzzzzzzzzzz*").value(), (Id{kMax, kMax}));
}

struct Refused {
  const char* name;
  const char* text;
  const char* why;
};

constexpr Refused kRefused[] = {
    {"Empty", "", "27 characters, not 0"},
    {"Short", "00000000000000000000000001", "27 characters, not 26"},
    {"Long", "0000000000000000000000000011", "27 characters, not 28"},
    {"WrongCheck", "000000000000000000000000012", "check symbol"},
    // One digit mistyped, and two neighbours swapped.
    {"Mistyped", "0000000000000000000000000Z2", "check symbol"},
    {"Swapped", "00000000000000000000000041U", "check symbol"},
    {"NoSymbol", "00000000000000000000000#011", "character 24"},
    {"LetterU", "0000000000000000000000000U1", "character 26"},
    {"CheckSymbolWithin", "0000000000000000000000000*1", "character 26"},
    {"Above128Bits", "80000000000000000000000000Z", "character 1 "},
    {"Zero", "000000000000000000000000000", "zeros"},
};

TEST(Id, RefusesWhatIsMistyped) {
  for (const Refused& refused : kRefused) {
    SCOPED_TRACE(refused.name);
    const auto read = ParseId(refused.text);
    EXPECT_EQ(read.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(read.status().message()), HasSubstr(refused.why));
  }
}

TEST(Id, NewOnesAreDistinctAndNeedNoQuoting) {
  std::set<Id> seen;
  // A check symbol is one of 37, and 4 of them are refused: among 1000 ids
  // the chance to miss a failure is (33 / 37)^1000, below 1e-49.
  for (int i = 0; i < 1000; ++i) {
    const Id id = NewId();
    EXPECT_FALSE(id.IsZero());
    EXPECT_TRUE(seen.insert(id).second);
    const std::string text = FormatId(id);
    for (const char c : text) {
      EXPECT_TRUE(std::isupper(c) || std::isdigit(c)) << text;
    }
    EXPECT_EQ(ParseId(text).value(), id);
    EXPECT_EQ(IdFromBytes(IdToBytes(id)), id);
  }
}

TEST(Id, BytesAreBigEndian) {
  const Id id{0x0102030405060708, 0x090a0b0c0d0e0fff};
  const std::string bytes = IdToBytes(id);
  EXPECT_EQ(bytes, std::string("\x01\x02\x03\x04\x05\x06\x07\x08"
                               "\x09\x0a\x0b\x0c\x0d\x0e\x0f\xff",
                               16));
  EXPECT_EQ(IdFromBytes(bytes), id);
}

TEST(SiteId, HasFourToSixtyThreePlainCharacters) {
  EXPECT_TRUE(IsSiteId("site"));
  EXPECT_TRUE(IsSiteId("0a-9"));
  EXPECT_TRUE(IsSiteId(std::string(63, 'a')));
  EXPECT_FALSE(IsSiteId(std::string(64, 'a')));
  EXPECT_FALSE(IsSiteId("abc"));
  EXPECT_FALSE(IsSiteId(""));
  EXPECT_FALSE(IsSiteId("Site"));
  EXPECT_FALSE(IsSiteId("-site"));
  EXPECT_FALSE(IsSiteId("site-"));
  EXPECT_FALSE(IsSiteId("si_te"));
  EXPECT_FALSE(IsSiteId("si/te"));
  EXPECT_FALSE(IsSiteId("sit\xc3\xa9"));
}

}  // namespace
}  // namespace enthesis::model
