#include "registry/analysis/site_cusum.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/status/status.h"
#include "registry/analysis/model_columns.h"
#include "registry/model/small_groups.h"
#include "stats/cusum.h"
#include "stats/cusum_run_length.h"

namespace enthesis::analysis {
namespace {

struct OrderedCases {
  std::vector<double> outcome, expected;
};

// Of one place in the order, which validation of entries forbids within a year,
// those come first that say less of an order of rows: by their values.
OrderedCases InOrder(const SiteRows& data, absl::Span<const double> response,
                     absl::Span<const double> expected) {
  std::vector<size_t> rows;
  for (size_t i = 0; i < data.site_of.size(); ++i) {
    if (data.site_of[i] == 0 && data.rows.sequences[i] != 0) rows.push_back(i);
  }
  std::sort(rows.begin(), rows.end(), [&](size_t a, size_t b) {
    return std::tuple(data.rows.sequences[a], response[a], expected[a]) <
           std::tuple(data.rows.sequences[b], response[b], expected[b]);
  });
  OrderedCases cases;
  for (const size_t row : rows) {
    cases.outcome.push_back(response[row]);
    cases.expected.push_back(expected[row]);
  }
  return cases;
}

std::vector<CusumBlock> BlocksOf(const std::vector<stats::CusumPoint>& points,
                                 const std::vector<stats::VladPoint>& vlad,
                                 size_t size) {
  std::vector<CusumBlock> blocks;
  const size_t n = points.size();
  for (size_t first = 0; first + size <= n;) {
    // What is left over joins the last block.
    const size_t end = first + 2 * size <= n ? first + size : n;
    CusumBlock& block = blocks.emplace_back();
    block.last_case = static_cast<int64_t>(end);
    block.value = points[end - 1].value;
    for (size_t i = first; i < end; ++i) {
      block.signals = block.signals || points[i].signals;
    }
    block.vlad = vlad[end - 1].value;
    block.vlad_std_error = vlad[end - 1].std_error;
    first = end;
  }
  return blocks;
}

}  // namespace

absl::StatusOr<SiteCusum> WatchSite(const model::SitesQuestion& question,
                                    const SiteRows& data,
                                    absl::Span<const double> response,
                                    absl::Span<const double> expected) {
  SiteCusum cusum;
  const OrderedCases cases = InOrder(data, response, expected);
  cusum.n = static_cast<int64_t>(cases.outcome.size());
  const auto size =
      static_cast<size_t>(std::max<int64_t>(question.smallest_group, 1));
  // The line of the site less the chart would tell outcomes of a few others.
  const int64_t others =
      std::count(data.site_of.begin(), data.site_of.end(), 0) - *cusum.n;
  if (cases.outcome.size() < size ||
      model::IsSmall(others, question.smallest_group)) {
    cusum.absence =
        cases.outcome.empty() ? Absence::kUndefined : Absence::kSuppressed;
    return cusum;
  }
  const auto weights =
      stats::CusumWeights::Make(cases.expected, question.odds_ratio);
  if (!weights.ok()) return ExplainFit(weights.status());
  const absl::StatusOr<std::optional<double>> threshold = weights->ThresholdOf(
      question.run_length.value_or(model::kDefaultRunLength));
  if (threshold.ok()) {
    cusum.threshold = *threshold;
  } else if (!absl::IsInvalidArgument(threshold.status())) {
    return ExplainFit(threshold.status());
  } else if (question.run_length.has_value()) {
    return FieldError("cusum.run_length", threshold.status().message());
  }
  if (cusum.threshold.has_value()) {
    const auto mean = [&](double odds_ratio) -> std::optional<double> {
      const auto length = weights->MeanRunLength(*cusum.threshold, odds_ratio);
      return length.has_value() ? std::optional(length->mean) : std::nullopt;
    };
    cusum.run_length = mean(1);
    cusum.out_of_control_run_length = mean(question.odds_ratio);
  }
  stats::CusumOptions options;
  options.odds_ratio = question.odds_ratio;
  options.threshold = cusum.threshold;
  const stats::CusumCases watched = {cases.outcome, cases.expected};
  const auto points = stats::RunCusum(watched, options);
  if (!points.ok()) return ExplainFit(points.status());
  const auto vlad = stats::RunVlad(watched);
  if (!vlad.ok()) return ExplainFit(vlad.status());
  cusum.blocks = BlocksOf(*points, *vlad, size);
  return cusum;
}

}  // namespace enthesis::analysis
