// A score, or its change, at one visit between groups.

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "registry/analysis/answer.h"
#include "registry/analysis/plan.h"
#include "registry/cohort/tabulate.h"
#include "registry/model/measure.h"
#include "registry/model/small_groups.h"
#include "stats/group_comparison.h"
#include "stats/multiple_comparisons.h"
#include "stats/value_counts.h"

namespace enthesis::analysis {
namespace {

// Beyond, a table of pairs is no longer read by anybody.
constexpr size_t kPairedGroupsMax = 20;

// A group with values, and these.
struct Sample {
  size_t group = 0;
  stats::ValueCounts values;
};

// The scores at the visit, or the changes to it.
stats::ValueCounts ValuesOf(const stats::ScoreTable& table, bool change) {
  std::map<int, int64_t> counts;
  const int width = table.width();
  if (!change) {
    for (int i = 0; i < width; ++i) {
      counts[table.min_score + i] += table.follow_up[static_cast<size_t>(i)];
    }
  } else {
    for (int b = 0; b < width; ++b) {
      for (int f = 0; f < width; ++f) {
        counts[f - b] += table.paired[static_cast<size_t>(b * width + f)];
      }
    }
  }
  stats::ValueCounts values;
  for (const auto& [value, count] : counts) {
    if (count == 0) continue;
    values.values.push_back(value);
    values.counts.push_back(count);
  }
  return values;
}

ComparedGroup GroupFrom(const Plan& plan, size_t group,
                        const stats::Description& described) {
  ComparedGroup result;
  result.group = GroupOf(plan, group);
  result.value = MeanOf(described.mean);
  result.median = described.median;
  result.q1 = described.q1;
  result.q3 = described.q3;
  return result;
}

TwoSampleTest ToResult(const stats::TwoSampleTTest& test) {
  TwoSampleTest result{test.difference,  test.std_error,      test.lower,
                       test.upper,       test.test.statistic, std::nullopt,
                       test.test.p_value};
  if (test.test.statistic.has_value()) result.df = test.test.df;
  return result;
}

FTest ToResult(const stats::FTest& test) {
  if (!test.statistic.has_value()) return {};
  return {test.statistic, test.df, test.residual_df, test.p_value};
}

KruskalWallisTest ToResult(const stats::KruskalWallis& test) {
  if (!test.statistic.has_value()) return {};
  return {test.statistic, test.df, test.p_value, test.epsilon_squared};
}

ShiftTest ToResult(const stats::MannWhitney& test) {
  return {test.statistic,      test.p_value,     test.is_exact,
          test.shift.estimate, test.shift.lower, test.shift.upper};
}

absl::Status AddPairs(const Plan& plan, const std::vector<Sample>& samples,
                      double conf_level, CompareAnswer& answer) {
  if (samples.size() > kPairedGroupsMax) return absl::OkStatus();
  std::vector<std::optional<double>> welch, ranks;
  for (size_t i = 0; i < samples.size(); ++i) {
    for (size_t j = i + 1; j < samples.size(); ++j) {
      const absl::Status running = CheckStop(plan.stop);
      if (!running.ok()) return running;
      const auto both = stats::CompareGroups(
          {samples[i].values, samples[j].values}, conf_level);
      if (!both.ok()) return both.status();
      ComparedPair pair;
      pair.first = GroupOf(plan, samples[i].group);
      pair.second = GroupOf(plan, samples[j].group);
      pair.welch = ToResult(*both->welch);
      pair.pooled = ToResult(*both->pooled);
      pair.mann_whitney = ToResult(*both->mann_whitney);
      welch.push_back(pair.welch.p_value);
      ranks.push_back(pair.mann_whitney.p_value);
      answer.pairs.push_back(std::move(pair));
    }
  }
  const auto welch_holm =
      stats::AdjustPValues(welch, stats::PAdjustment::kHolm);
  const auto ranks_holm =
      stats::AdjustPValues(ranks, stats::PAdjustment::kHolm);
  for (size_t i = 0; i < answer.pairs.size(); ++i) {
    answer.pairs[i].welch_p_holm = welch_holm[i];
    answer.pairs[i].mann_whitney_p_holm = ranks_holm[i];
  }
  return absl::OkStatus();
}

// Tests between the groups that are large enough for one.
absl::Status AddTests(const model::CompareQuestion& question, const Plan& plan,
                      const std::vector<Sample>& samples,
                      CompareAnswer& answer) {
  std::vector<int64_t> sizes;
  std::vector<size_t> places;
  for (const Sample& sample : samples) {
    sizes.push_back(sample.values.n());
    places.push_back(sample.group);
  }
  std::vector<bool> withheld(sizes.size());
  model::MarkSmallGroups(sizes, LinesOf(plan, places),
                         LeftOut(answer.provenance), question.smallest_group,
                         withheld);
  std::vector<Sample> compared;
  for (size_t g = 0; g < samples.size(); ++g) {
    if (!withheld[g]) compared.push_back(samples[g]);
  }
  answer.groups_compared = static_cast<int64_t>(compared.size());
  if (compared.size() < 2) {
    answer.tests_absence =
        samples.size() < 2 ? Absence::kUndefined : Absence::kSuppressed;
    return absl::OkStatus();
  }
  std::vector<stats::ValueCounts> values;
  answer.smallest_compared = compared[0].values.n();
  for (const Sample& sample : compared) {
    values.push_back(sample.values);
    answer.smallest_compared =
        std::min(answer.smallest_compared, sample.values.n());
  }
  const auto comparison = stats::CompareGroups(values, question.conf_level);
  if (!comparison.ok()) return comparison.status();
  answer.anova = ToResult(comparison->anova);
  answer.welch_anova = ToResult(comparison->welch_anova);
  answer.kruskal_wallis = ToResult(comparison->kruskal_wallis);
  return AddPairs(plan, compared, question.conf_level, answer);
}

void Explain(const model::CompareQuestion& question, Provenance& provenance) {
  const absl::string_view measure =
      model::CodeOf(model::kMeasureCodes, question.measure);
  const absl::string_view visit =
      model::CodeOf(model::kVisitCodes, question.visit);
  provenance.estimand =
      question.change
          ? absl::StrCat("change of ", measure, " from baseline to ", visit,
                         " between groups, cases with both")
          : absl::StrCat("level of ", measure, " at ", visit,
                         " between groups");
  provenance.conventions = {
      ScaleConvention(question.measure),
      "change: follow-up minus baseline, paired cases",
      "difference: first group minus second",
      "interval of a mean: t",
      "tests: one-way and Welch's analysis of variance; Welch's and pooled t; "
      "Mann-Whitney, exact below 50 a group without ties, else normal with "
      "tie and continuity correction; Kruskal-Wallis, corrected for ties",
      "many comparisons: Holm, over all pairs",
      "quantiles: type 7",
      absl::StrCat("groups in a test: those that are shown, of ",
                   question.smallest_group, " values and more"),
      ConfidenceConvention(question.conf_level),
      kUnitConvention};
}

}  // namespace

absl::StatusOr<CompareAnswer> Answer(const model::CompareQuestion& question,
                                     const cohort::Snapshot& snapshot,
                                     stats::ThreadPool& pool,
                                     std::stop_token stop) {
  absl::StatusOr<Plan> plan =
      MakePlan(question, snapshot, pool, std::move(stop));
  if (!plan.ok()) return plan.status();
  CompareAnswer answer;
  answer.measure = question.measure;
  answer.visit = question.visit;
  answer.change = question.change;
  answer.provenance = plan->provenance;
  Explain(question, answer.provenance);
  const size_t visit = static_cast<size_t>(question.visit) - 1;
  std::vector<Sample> samples;
  const absl::Status tabulated = cohort::TabulateScores(
      plan->pass(), question.measure,
      [&](const cohort::ScoreGroup& counts) -> absl::Status {
        Sample sample{counts.group,
                      ValuesOf(counts.visits[visit], question.change)};
        if (!sample.values.values.empty()) {
          samples.push_back(std::move(sample));
        }
        return absl::OkStatus();
      });
  if (!tabulated.ok()) return tabulated;
  int64_t with_value = 0;
  for (const Sample& sample : samples) {
    const auto described =
        stats::DescribeValues(sample.values, 0, question.conf_level);
    if (!described.ok()) return described.status();
    with_value += described->n;
    answer.groups.push_back(GroupFrom(*plan, sample.group, *described));
  }
  answer.provenance.exclusions.push_back(
      {"NO_VALUE", plan->counts.n_cases - with_value});
  const absl::Status tested = AddTests(question, *plan, samples, answer);
  if (!tested.ok()) return tested;
  return answer;
}

}  // namespace enthesis::analysis
