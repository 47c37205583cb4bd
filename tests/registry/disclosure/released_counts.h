// What every released answer keeps to: denominators, and what groups that are
// shown leave over of a total.

#ifndef ENTHESIS_TESTS_REGISTRY_DISCLOSURE_RELEASED_COUNTS_H_
#define ENTHESIS_TESTS_REGISTRY_DISCLOSURE_RELEASED_COUNTS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "registry/analysis/result.h"

namespace enthesis::disclosure {

// A denominator that may be shown, or none.
inline void ExpectAllowed(const std::optional<int64_t>& n, int64_t k) {
  if (n.has_value()) {
    EXPECT_TRUE(*n == 0 || *n >= k) << *n;
  }
}

inline void Check(const analysis::ProportionEstimate& share, int64_t k) {
  ExpectAllowed(share.n, k);
  if (!share.n.has_value()) {
    EXPECT_FALSE(share.count || share.estimate || share.lower || share.upper);
    EXPECT_NE(share.absence, analysis::Absence::kNone);
  }
}

inline void Check(const analysis::MeanEstimate& mean, int64_t k) {
  ExpectAllowed(mean.n, k);
  if (!mean.n.has_value()) {
    EXPECT_FALSE(mean.mean || mean.std_dev || mean.lower || mean.upper);
    EXPECT_NE(mean.absence, analysis::Absence::kNone);
  }
}

// Those left out, where some reason has too few and they are withheld: they are
// a group then.
inline int64_t HiddenLeftOut(const analysis::Provenance& before, int64_t k) {
  int64_t hidden = 0;
  bool few = false;
  for (const analysis::Exclusion& exclusion : before.exclusions) {
    hidden += *exclusion.n;
    few = few || (*exclusion.n > 0 && *exclusion.n < k);
  }
  return few ? hidden : 0;
}

// What is withheld of cells that sum to a total: none, all, or at least two
// that hold k together.
struct Remainder {
  int64_t hidden = 0, groups = 0, left = 0;

  void Add(int64_t n, bool shown) {
    if (n == 0) return;
    if (shown) {
      ++left;
    } else {
      hidden += n;
      ++groups;
    }
  }
  bool IsSafe(int64_t k) const {
    return groups == 0 || left == 0 || (groups >= 2 && hidden >= k);
  }
};

// Of groups by two dimensions so along each value of either.
template <typename Rows, typename SizeOf, typename Shown>
void CheckLines(const Rows& before, const Rows& after, SizeOf size_of,
                Shown shown, int64_t k) {
  std::map<std::pair<size_t, std::string>, Remainder> lines;
  for (size_t g = 0; g < before.size(); ++g) {
    const analysis::Group& group = before[g].group;
    for (size_t place = 0; group.size() > 1 && place < group.size(); ++place) {
      lines[{place, group[place].value}].Add(size_of(before[g]),
                                             shown(after[g]));
    }
  }
  for (const auto& [of, line] : lines) {
    EXPECT_TRUE(line.IsSafe(k))
        << of.second << ": " << line.groups << " groups with " << line.hidden;
  }
}

// The same of all groups, `left_out` among them. `size_of` gives the cases of a
// row before release, `shown` whether they are there after it.
template <typename Rows, typename SizeOf, typename Shown>
void CheckRemainder(const Rows& before, const Rows& after, SizeOf size_of,
                    Shown shown, int64_t k, int64_t left_out = 0) {
  CheckLines(before, after, size_of, shown, k);
  Remainder rest{left_out, left_out > 0 ? 1 : 0, 0};
  for (size_t g = 0; g < before.size(); ++g) {
    const int64_t n = size_of(before[g]);
    if (n == 0) continue;
    if (!before[g].group.empty() &&
        before[g].group[0].dimension ==
            model::Dimension::kConcomitantProcedure) {
      return;
    }
    rest.Add(n, shown(after[g]));
  }
  EXPECT_TRUE(rest.IsSafe(k) || rest.hidden == left_out)
      << rest.groups << " groups with " << rest.hidden;
}

// Cases of `group` with a value of a dimension.
inline std::optional<int64_t> CountOf(const analysis::CohortGroup& group,
                                      size_t d, const std::string& value) {
  if (!group.n_cases.has_value()) return std::nullopt;
  for (const analysis::ValueCount& count : group.dimensions[d].values) {
    if (count.value == value) return count.n;
  }
  return 0;
}

// No cell of a value follows from the others of a line of groups.
inline void CheckValueLines(const analysis::DescribeAnswer& before,
                            const analysis::DescribeAnswer& after, int64_t k) {
  for (size_t d = 0; d < before.groups[0].dimensions.size(); ++d) {
    std::set<std::string> values;
    for (const analysis::CohortGroup& group : before.groups) {
      for (const analysis::ValueCount& count : group.dimensions[d].values) {
        values.insert(count.value);
      }
    }
    for (const std::string& value : values) {
      CheckLines(
          before.groups, after.groups,
          [&](const auto& group) { return *CountOf(group, d, value); },
          [&](const auto& group) {
            return CountOf(group, d, value).has_value();
          },
          k);
    }
  }
}

// A number does not tell how many have no band of it, where that is withheld.
inline void CheckUnknown(const analysis::CohortGroup& group,
                         const analysis::BaselineNumber& number) {
  const model::Dimension bands = number.name == "bmi"
                                     ? model::Dimension::kBmiBand
                                     : model::Dimension::kVisaABand;
  if (!number.n || (number.name != "bmi" && number.name != "baseline_visa_a")) {
    return;
  }
  for (const analysis::DimensionCounts& counts : group.dimensions) {
    if (counts.dimension != bands) continue;
    for (const analysis::ValueCount& count : counts.values) {
      if (count.value != "unknown") continue;
      EXPECT_EQ(count.n, number.missing) << number.name;
    }
  }
}

// Figures of a number before surgery rest on enough cases that have it, and
// those who have it not are enough or none.
inline void CheckNumbers(const analysis::DescribeAnswer& before,
                         const analysis::DescribeAnswer& after, int64_t k) {
  for (size_t g = 0; g < after.groups.size(); ++g) {
    for (const analysis::BaselineNumber& number : after.groups[g].numbers) {
      ExpectAllowed(number.n, k);
      ExpectAllowed(number.missing, k);
      EXPECT_EQ(number.n.has_value(), number.missing.has_value());
      const int64_t n = number.n.value_or(0);
      EXPECT_TRUE(n > 0 || !number.mean) << number.name;
      CheckUnknown(after.groups[g], number);
      EXPECT_EQ(number.median.has_value(), n >= 2 * k) << number.name;
      EXPECT_EQ(number.q1.has_value(), n >= 4 * k) << number.name;
      EXPECT_EQ(number.q3.has_value(), n >= 4 * k) << number.name;
    }
  }
  const size_t n_numbers = before.groups[0].numbers.size();
  for (size_t i = 0; i < n_numbers; ++i) {
    CheckRemainder(
        before.groups, after.groups,
        [i](const auto& group) { return *group.numbers[i].n; },
        [i](const auto& group) {
          return !group.numbers.empty() && group.numbers[i].n.has_value();
        },
        k);
  }
}

}  // namespace enthesis::disclosure

#endif  // ENTHESIS_TESTS_REGISTRY_DISCLOSURE_RELEASED_COUNTS_H_
