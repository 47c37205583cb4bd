#include "registry/analysis/survival_tests.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "registry/model/dimension.h"
#include "stats/follow_up.h"
#include "stats/rank_test.h"

namespace enthesis::analysis {
namespace {

constexpr size_t kMaxTestGroups = 200;
constexpr size_t kMaxTestCost = 1'000'000;
// Beyond, a table of pairs is no longer read by anybody.
constexpr size_t kMaxPairedGroups = 20;

stats::RankTestOptions OptionsOf(const model::SurvivalQuestion& question) {
  stats::RankTestOptions options;
  switch (question.test) {
    case model::RankTestKind::kLogRank:
      options.weight = stats::RankWeight::kLogRank;
      break;
    case model::RankTestKind::kGehanBreslow:
      options.weight = stats::RankWeight::kGehanBreslow;
      break;
    case model::RankTestKind::kTaroneWare:
      options.weight = stats::RankWeight::kTaroneWare;
      break;
    case model::RankTestKind::kPetoPeto:
      options.weight = stats::RankWeight::kPetoPeto;
      break;
    case model::RankTestKind::kPetoPetoTextbook:
      options.weight = stats::RankWeight::kPetoPetoTextbook;
      break;
    case model::RankTestKind::kFlemingHarrington:
      options.weight = stats::RankWeight::kFlemingHarrington;
      options.rho = question.rho;
      options.gamma = question.gamma;
      break;
  }
  return options;
}

std::string NameOfTest(const model::SurvivalQuestion& question) {
  return std::string(model::CodeOf(model::kRankTestCodes, question.test));
}

// The place of the cases without a value; the site has none.
std::optional<size_t> UnknownGroup(const cohort::Grouping& grouping) {
  if (!grouping.dimension().has_value() ||
      *grouping.dimension() == model::Dimension::kSite) {
    return std::nullopt;
  }
  return grouping.size() - 1;
}

void ExplainTests(const model::SurvivalQuestion& question,
                  std::vector<std::string>& conventions) {
  conventions.push_back(absl::StrCat("test: ", NameOfTest(question),
                                     ", hypergeometric variance"));
  if (question.test == model::RankTestKind::kFlemingHarrington) {
    conventions.push_back(absl::StrCat("test weights: S(t-)^", question.rho,
                                       " (1 - S(t-))^", question.gamma));
  }
  if (question.trend) {
    conventions.push_back(
        "trend: scores are the places of the groups in the list of values, "
        "cases without a value left out");
  }
  if (question.pairwise) {
    conventions.push_back("pairs: each test of two groups alone, p by Holm");
  }
}

}  // namespace

stats::EventTable SampleTable(const model::SurvivalQuestion& question,
                              const stats::EventTable& exits) {
  stats::EventTable table = stats::CollapseCauses(exits, 0);
  if (!question.landmark_day.has_value()) return table;
  return stats::AfterLandmark(table, *question.landmark_day);
}

SurvivalTests::SurvivalTests(const model::SurvivalQuestion& question,
                             const Plan& plan,
                             absl::Span<const EventSample> samples)
    : question_(&question), plan_(&plan), samples_(samples) {}

absl::StatusOr<SurvivalTests> SurvivalTests::Make(
    const model::SurvivalQuestion& question, const Plan& plan,
    absl::Span<const EventSample> samples, SurvivalAnswer& answer) {
  SurvivalTests tests(question, plan, samples);
  TestScope scope;
  scope.endpoint = question.endpoint;
  scope.complication = question.complication;
  scope.strata = question.strata;
  scope.table_of = [&question](const stats::EventTable& exits) {
    return SampleTable(question, exits);
  };
  scope.max_groups = kMaxTestGroups;
  scope.max_cost = kMaxTestCost;
  auto groups =
      FindTestedGroups(question, scope, plan, samples, answer.provenance);
  if (!groups.ok()) return groups.status();
  tests.groups_ = *std::move(groups);
  if (tests.groups_.possible) {
    ExplainTests(question, answer.provenance.conventions);
  }
  return tests;
}

absl::Status SurvivalTests::AddTest(SurvivalAnswer& answer) const {
  if (!groups_.possible) return absl::OkStatus();
  CurveTest test;
  test.name = NameOfTest(*question_);
  test.absence = groups_.absence;
  for (const EventSample& sample : samples_) {
    TestGroup group;
    group.group = GroupOf(*plan_, sample.group);
    group.n = static_cast<int64_t>(sample.table.Total());
    group.absence = *group.n > 0 && groups_.absence != Absence::kUndefined
                        ? Absence::kSuppressed
                        : Absence::kUndefined;
    test.groups.push_back(std::move(group));
  }
  if (groups_.absence == Absence::kNone) {
    const auto result = stats::TestRank(groups_.strata, OptionsOf(*question_));
    if (!result.ok()) return result.status();
    for (size_t g = 0; g < groups_.compared.size(); ++g) {
      TestGroup& group = test.groups[groups_.compared[g]];
      group.observed = result->groups[g].observed;
      group.expected = result->groups[g].expected;
      group.absence = Absence::kNone;
    }
    test.df = result->df;
    test.chi_square = result->chi_square;
    test.p_value = result->p_value;
    if (!test.chi_square.has_value()) test.absence = Absence::kUndefined;
  }
  answer.test = std::move(test);
  return absl::OkStatus();
}

absl::Status SurvivalTests::AddTrend(SurvivalAnswer& answer) const {
  if (!groups_.possible || !question_->trend) return absl::OkStatus();
  TrendTest trend;
  trend.name = NameOfTest(*question_);
  const std::optional<size_t> unknown = UnknownGroup(plan_->grouping);
  std::vector<double> scores;
  std::vector<std::vector<stats::EventTable>> strata(groups_.strata.size());
  for (size_t g = 0; g < groups_.compared.size(); ++g) {
    const size_t place = samples_[groups_.compared[g]].group;
    if (place == unknown) continue;
    scores.push_back(static_cast<double>(place));
    for (size_t s = 0; s < strata.size(); ++s) {
      strata[s].push_back(groups_.strata[s][g]);
    }
  }
  if (scores.size() < 2) {
    trend.absence = groups_.absence == Absence::kNone ? Absence::kUndefined
                                                      : groups_.absence;
    answer.trend = std::move(trend);
    return absl::OkStatus();
  }
  const auto result =
      stats::TestRankTrend(strata, scores, OptionsOf(*question_));
  if (!result.ok()) return result.status();
  trend.z = result->z;
  trend.chi_square = result->chi_square;
  trend.p_value = result->p_value;
  trend.df = 1;
  if (!trend.z.has_value()) trend.absence = Absence::kUndefined;
  answer.trend = std::move(trend);
  return absl::OkStatus();
}

absl::Status SurvivalTests::AddPairs(SurvivalAnswer& answer) const {
  if (!groups_.possible || !question_->pairwise ||
      groups_.absence != Absence::kNone ||
      groups_.compared.size() > kMaxPairedGroups) {
    return absl::OkStatus();
  }
  const auto result =
      stats::TestRankPairs(groups_.strata, OptionsOf(*question_));
  if (!result.ok()) return result.status();
  for (const stats::RankPair& tested : *result) {
    CurvePair pair;
    pair.first =
        GroupOf(*plan_, samples_[groups_.compared[tested.first]].group);
    pair.second =
        GroupOf(*plan_, samples_[groups_.compared[tested.second]].group);
    pair.chi_square = tested.test.chi_square;
    pair.df = tested.test.df;
    pair.p_value = tested.test.p_value;
    pair.adjusted_p_value = tested.adjusted_p_value;
    answer.pairs.push_back(std::move(pair));
  }
  return absl::OkStatus();
}

}  // namespace enthesis::analysis
