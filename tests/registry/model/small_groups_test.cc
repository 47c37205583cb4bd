#include "registry/model/small_groups.h"

#include <cstdint>
#include <optional>
#include <random>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace enthesis::model {
namespace {

using ::testing::ElementsAre;

std::vector<bool> SmallOf(const std::vector<int64_t>& sizes) {
  std::vector<bool> withheld(sizes.size());
  MarkSmallGroups(sizes, 11, withheld);
  return withheld;
}

TEST(SmallGroups, NoneWhereAllAreLargeOrEmpty) {
  EXPECT_THAT(SmallOf({11, 0, 400}), ElementsAre(false, false, false));
}

TEST(SmallGroups, AFewLeftOutAreAGroup) {
  const auto shown = [](std::vector<int64_t> sizes,
                        std::vector<int64_t> left_out) {
    std::vector<bool> withheld(sizes.size());
    MarkSmallGroups(sizes, left_out, 11, withheld);
    return withheld;
  };
  EXPECT_THAT(shown({40, 30}, {0, 20}), ElementsAre(false, false));
  EXPECT_THAT(shown({40, 30}, {4}), ElementsAre(false, true));
  EXPECT_THAT(shown({40}, {4}), ElementsAre(true));
  // Reasons hide each other before a group does.
  EXPECT_THAT(SmallLeftOut(std::vector<int64_t>{4, 90, 20}, 11),
              ElementsAre(true, false, true));
  EXPECT_THAT(shown({12, 30}, {4, 90, 20}), ElementsAre(false, false));
  EXPECT_THAT(shown({12, 30}, {4, 5}), ElementsAre(true, false));
  // With a small group they are enough.
  EXPECT_THAT(shown({40, 3, 30}, {4}), ElementsAre(false, true, true));
}

TEST(SmallGroups, PairsSumAlongBothDimensions) {
  // Two by three, first dimension first; one small cell.
  const std::vector<int64_t> sizes = {40, 3, 50, 60, 70, 80};
  const GroupLines lines = {{0, 1, 2}, {3, 4, 5}, {0, 3}, {1, 4}, {2, 5}};
  std::vector<bool> withheld(sizes.size());
  MarkSmallGroups(sizes, lines, {}, 11, withheld);
  // The smallest of its row and its column; then that of theirs.
  EXPECT_THAT(withheld, ElementsAre(true, true, false, true, true, false));
  // Without lines the total alone is known.
  std::vector<bool> flat(sizes.size());
  MarkSmallGroups(sizes, GroupLines{}, {}, 11, flat);
  EXPECT_THAT(flat, ElementsAre(true, true, false, false, false, false));
  // A line of one group follows from its total, which is as small.
  std::vector<bool> alone(3);
  MarkSmallGroups({90, 4, 80}, GroupLines{{0, 2}, {1}, {0, 1}, {2}}, {}, 11,
                  alone);
  EXPECT_THAT(alone, ElementsAre(true, true, true));
}

TEST(SmallGroups, OverlappingOnesPartTheTotalInTwo) {
  const auto marked = [](std::vector<int64_t> sizes,
                         std::optional<int64_t> total) {
    std::vector<bool> withheld(sizes.size());
    MarkOverlappingGroups(sizes, sizes.size() - 1, total, 11, withheld);
    return withheld;
  };
  EXPECT_THAT(marked({20, 15, 30}, 60), ElementsAre(false, false, false));
  EXPECT_THAT(marked({3, 3, 13}, 18), ElementsAre(true, true, true));
  EXPECT_THAT(marked({3, 20, 40}, 62), ElementsAre(true, false, true));
  EXPECT_THAT(marked({20, 57, 0}, 62), ElementsAre(false, true, true));
  EXPECT_THAT(marked({20, 57, 30}, std::nullopt),
              ElementsAre(false, false, false));
}

TEST(SmallGroups, OneAloneTakesTheSmallestOther) {
  EXPECT_THAT(SmallOf({40, 3, 0, 25, 25}),
              ElementsAre(false, true, false, true, false));
}

TEST(SmallGroups, SeveralThatHoldEnoughTogetherTakeNoOther) {
  EXPECT_THAT(SmallOf({40, 5, 6}), ElementsAre(false, true, true));
  EXPECT_THAT(SmallOf({40, 5, 5}), ElementsAre(true, true, true));
}

TEST(SmallGroups, WithNothingElseAllAreWithheld) {
  EXPECT_THAT(SmallOf({3, 0}), ElementsAre(true, false));
}

TEST(SmallGroups, WhatIsMarkedAlreadyCounts) {
  std::vector<bool> withheld = {true, false, false};
  MarkSmallGroups({20, 4, 30}, 11, withheld);
  EXPECT_THAT(withheld, ElementsAre(true, true, false));
  withheld = {true, false, false};
  MarkSmallGroups({20, 0, 30}, 11, withheld);
  EXPECT_THAT(withheld, ElementsAre(true, false, true));
}

TEST(SmallCells, TakeOneMoreInTheirRowAndInTheirColumn) {
  // 4 is small: 20 of its row, 30 of its column, and, since each of them would
  // be the only one of its other line, the 40 where these meet.
  const std::vector<std::vector<int64_t>> sizes = {
      {4, 20, 50}, {30, 40, 60}, {90, 80, 70}};
  std::vector<std::vector<bool>> withheld(3, std::vector<bool>(3));
  MarkSmallCells(sizes, nullptr, nullptr, 11, withheld);
  EXPECT_THAT(withheld, ElementsAre(ElementsAre(true, true, false),
                                    ElementsAre(true, true, false),
                                    ElementsAre(false, false, false)));
}

TEST(SmallCells, LeaveNoSmallRemainderInAnyTable) {
  std::mt19937 random(7);
  for (int round = 0; round < 500; ++round) {
    std::vector<std::vector<int64_t>> sizes(1 + random() % 5);
    const size_t columns = 1 + random() % 5;
    for (auto& row : sizes) {
      for (size_t c = 0; c < columns; ++c) {
        row.push_back(static_cast<int64_t>(random() % 40));
      }
    }
    std::vector<std::vector<bool>> withheld(sizes.size(),
                                            std::vector<bool>(columns));
    MarkSmallCells(sizes, nullptr, nullptr, 11, withheld);
    const auto check = [&](auto size_of, auto withheld_of, size_t n) {
      int64_t hidden = 0, shown = 0, cells = 0;
      for (size_t i = 0; i < n; ++i) {
        (withheld_of(i) ? hidden : shown) += size_of(i);
        if (withheld_of(i) && size_of(i) > 0) ++cells;
      }
      EXPECT_TRUE(cells == 0 || shown == 0 || (cells >= 2 && hidden >= 11));
    };
    for (size_t r = 0; r < sizes.size(); ++r) {
      check([&](size_t c) { return sizes[r][c]; },
            [&](size_t c) { return withheld[r][c]; }, columns);
    }
    for (size_t c = 0; c < columns; ++c) {
      check([&](size_t r) { return sizes[r][c]; },
            [&](size_t r) { return withheld[r][c]; }, sizes.size());
    }
  }
}

}  // namespace
}  // namespace enthesis::model
