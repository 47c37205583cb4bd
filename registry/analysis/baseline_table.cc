#include "registry/analysis/baseline_table.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "registry/cohort/tabulate.h"
#include "registry/model/covariate.h"
#include "registry/model/dimension.h"
#include "registry/model/fields.h"
#include "stats/describe.h"
#include "stats/standardized_difference.h"
#include "stats/value_counts.h"

namespace enthesis::analysis {
namespace {

using model::Dimension;

// Numbers that are no dimension and no yes or no.
std::vector<model::Covariate> BaselineNumbers() {
  std::vector<model::Covariate> numbers;
  for (const model::Covariate& covariate : model::Covariates()) {
    if (!covariate.is_number ||
        covariate.source == model::CovariateSource::kDimension) {
      continue;
    }
    if (covariate.source == model::CovariateSource::kField) {
      const auto place = static_cast<size_t>(covariate.index);
      if (model::PreoperativeFields()[place].info->kind !=
          model::FieldKind::kNumber) {
        continue;
      }
    }
    numbers.push_back(covariate);
  }
  return numbers;
}

stats::ValueCounts SampleOf(const cohort::NumberCounts& number) {
  stats::ValueCounts sample;
  for (size_t i = 0; i < number.counts.size(); ++i) {
    if (number.counts[i] == 0) continue;
    sample.values.push_back(number.first + static_cast<double>(i));
    sample.counts.push_back(number.counts[i]);
  }
  return sample;
}

absl::StatusOr<BaselineNumber> NumberFrom(const std::string& name,
                                          const cohort::NumberCounts& counts) {
  const absl::StatusOr<stats::Description> of =
      stats::DescribeValues(SampleOf(counts), counts.missing);
  if (!of.ok()) return of.status();
  BaselineNumber number;
  number.name = name;
  number.n = of->n;
  number.missing = of->missing;
  number.mean = of->mean.mean;
  number.std_dev = of->mean.std_dev;
  number.median = of->median;
  number.q1 = of->q1;
  number.q3 = of->q3;
  if (!number.mean.has_value() || !number.std_dev.has_value()) {
    number.absence = Absence::kUndefined;
  }
  if (!number.median.has_value()) {
    number.quantiles_absence = Absence::kUndefined;
  }
  return number;
}

// Cases by value of both groups; those without a value are in no category.
absl::StatusOr<std::optional<double>> ShareDifference(
    const DimensionCounts& first, const DimensionCounts& second) {
  std::map<std::string, std::pair<int64_t, int64_t>> categories;
  for (const ValueCount& count : first.values) {
    categories[count.value].first = count.n.value_or(0);
  }
  for (const ValueCount& count : second.values) {
    categories[count.value].second = count.n.value_or(0);
  }
  categories.erase(model::FormatValue(first.dimension, 0));
  std::vector<int64_t> a, b;
  for (const auto& [value, counts] : categories) {
    a.push_back(counts.first);
    b.push_back(counts.second);
  }
  return stats::StandardizedShareDifference(a, b);
}

StandardizedDifference DifferenceOf(std::string name,
                                    std::optional<double> estimate) {
  StandardizedDifference difference;
  difference.name = std::move(name);
  difference.estimate = estimate;
  if (!estimate.has_value()) difference.absence = Absence::kUndefined;
  return difference;
}

absl::Status AddDifferences(const Plan& plan,
                            const std::vector<model::Covariate>& covariates,
                            const std::vector<cohort::NumberGroup>& numbers,
                            DescribeAnswer& answer) {
  for (size_t c = 0; c < covariates.size(); ++c) {
    answer.differences.push_back(
        DifferenceOf(covariates[c].name,
                     stats::StandardizedMeanDifference(
                         stats::MomentsOf(SampleOf(numbers[0].numbers[c])),
                         stats::MomentsOf(SampleOf(numbers[1].numbers[c])))));
  }
  const std::vector<DimensionCounts>& first = answer.groups[0].dimensions;
  for (size_t d = 0; d < first.size(); ++d) {
    const Dimension dimension = first[d].dimension;
    // A case may have several of these.
    if (dimension == Dimension::kConcomitantProcedure ||
        dimension == plan.grouping.dimension() ||
        dimension == plan.grouping.then()) {
      continue;
    }
    const auto estimate =
        ShareDifference(first[d], answer.groups[1].dimensions[d]);
    if (!estimate.ok()) return estimate.status();
    answer.differences.push_back(DifferenceOf(
        std::string(model::CodeOf(model::kDimensionCodes, dimension)),
        *estimate));
    answer.differences.back().dimension = dimension;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status AddBaselineTable(const Plan& plan, DescribeAnswer& answer) {
  const std::vector<model::Covariate> covariates = BaselineNumbers();
  const auto numbers = cohort::TabulateNumbers(plan.pass(), covariates);
  if (!numbers.ok()) return numbers.status();
  for (size_t g = 0; g < answer.groups.size(); ++g) {
    for (size_t c = 0; c < covariates.size(); ++c) {
      absl::StatusOr<BaselineNumber> number =
          NumberFrom(covariates[c].name, (*numbers)[g].numbers[c]);
      if (!number.ok()) return number.status();
      answer.groups[g].numbers.push_back(*std::move(number));
    }
  }
  answer.provenance.conventions.push_back(
      "quartiles: type 7; standardized difference: Austin 2009, of dimensions "
      "Yang & Dalton 2012, cases without a value left out");
  if (answer.groups.size() != 2 ||
      plan.grouping.dimension() == Dimension::kConcomitantProcedure) {
    return absl::OkStatus();
  }
  return AddDifferences(plan, covariates, *numbers, answer);
}

}  // namespace enthesis::analysis
