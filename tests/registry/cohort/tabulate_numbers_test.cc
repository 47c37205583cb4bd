// Numbers before surgery, counted by value, are those of the cases one by one.

#include <map>
#include <optional>
#include <vector>

#include "gtest/gtest.h"
#include "registry/cohort/tabulate.h"
#include "registry/model/covariate.h"
#include "tests/registry/support/naive_cohort.h"
#include "tests/registry/support/random_case.h"

namespace enthesis::cohort {
namespace {

using model::Covariate;
using model::CovariateSource;
using model::Dimension;
using tests::Cases;

std::optional<int32_t> NumberOf(const Covariate& covariate,
                                const model::Case& record) {
  switch (covariate.source) {
    case CovariateSource::kAgeYears:
      return record.baseline.age_years;
    case CovariateSource::kField:
      return model::ValueOf(
          model::PreoperativeFields()[static_cast<size_t>(covariate.index)],
          record);
    default:
      return tests::ScoreAt(record,
                            static_cast<model::Measure>(covariate.index),
                            model::Visit::kBaseline);
  }
}

std::vector<Covariate> Numbers() {
  std::vector<Covariate> numbers;
  for (const Covariate& covariate : model::Covariates()) {
    if (covariate.is_number &&
        covariate.source != CovariateSource::kDimension) {
      numbers.push_back(covariate);
    }
  }
  return numbers;
}

void CheckNumber(const NumberCounts& number, const Covariate& covariate,
                 const Cases& cases) {
  std::map<int32_t, int64_t> naive, counted;
  int64_t missing = 0;
  for (const model::Case& record : cases) {
    const auto value = NumberOf(covariate, record);
    if (value.has_value()) {
      ++naive[*value];
    } else {
      ++missing;
    }
  }
  for (size_t i = 0; i < number.counts.size(); ++i) {
    if (number.counts[i] == 0) continue;
    counted[number.first + static_cast<int32_t>(i)] = number.counts[i];
  }
  EXPECT_EQ(counted, naive) << covariate.name;
  EXPECT_EQ(number.missing, missing) << covariate.name;
}

TEST(TabulateNumbers, EqualsCountingCaseByCase) {
  const Cases cases = tests::RandomCases(2500, 31);
  const auto snapshot = tests::SnapshotOf(cases);
  const std::vector<Covariate> numbers = Numbers();
  ASSERT_GT(numbers.size(), 25u);
  for (const int threads : {1, 3}) {
    stats::ThreadPool pool(threads);
    for (const auto& by :
         {std::optional<Dimension>(), std::optional(Dimension::kSite),
          std::optional(Dimension::kConcomitantProcedure),
          std::optional(Dimension::kSurgeryYear)}) {
      model::Cohort cohort;
      if (threads == 3) cohort.filters = {{Dimension::kSex, {1}, {}}};
      const auto selection = Selection::Make(cohort, *snapshot);
      const Grouping grouping(by, *snapshot);
      const auto groups =
          TabulateNumbers({*snapshot, *selection, grouping, pool, {}}, numbers);
      ASSERT_TRUE(groups.ok());
      const auto expected = tests::GroupCases(cases, cohort, by);
      ASSERT_EQ(groups->size(), expected.size());
      for (size_t g = 0; g < expected.size(); ++g) {
        EXPECT_EQ(grouping.label((*groups)[g].group), expected[g].first);
        for (size_t c = 0; c < numbers.size(); ++c) {
          CheckNumber((*groups)[g].numbers[c], numbers[c], expected[g].second);
        }
      }
    }
  }
}

}  // namespace
}  // namespace enthesis::cohort
