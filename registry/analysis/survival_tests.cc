#include "registry/analysis/survival_tests.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "registry/cohort/tabulate.h"
#include "registry/model/dimension.h"
#include "stats/follow_up.h"

namespace enthesis::analysis {
namespace {

// A test costs times x groups^2 in each stratum; beyond this no one reads it,
// and a cancelled question would go on for too long.
constexpr size_t kMaxTestGroups = 200;
constexpr size_t kMaxTestCells = 1'000'000;  // strata x groups^2
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
  conventions.push_back(absl::StrCat("groups in a test: those of ",
                                     question.smallest_group,
                                     " cases and more"));
  if (question.strata.has_value()) {
    conventions.push_back(
        absl::StrCat("strata of the test: ",
                     model::CodeOf(model::kDimensionCodes, *question.strata),
                     "; cases without a value are one"));
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

std::vector<size_t> LargeEnough(absl::Span<const EventSample> samples,
                                int64_t smallest) {
  std::vector<size_t> compared;
  for (size_t s = 0; s < samples.size(); ++s) {
    const double n = samples[s].table.Total();
    if (n > 0 && n >= static_cast<double>(smallest)) compared.push_back(s);
  }
  return compared;
}

Absence AbsenceOfTest(absl::Span<const EventSample> samples,
                      absl::Span<const size_t> compared) {
  if (compared.size() >= 2) return Absence::kNone;
  size_t with_cases = 0;
  for (const EventSample& sample : samples) {
    if (!sample.table.times.empty()) ++with_cases;
  }
  return with_cases < 2 ? Absence::kUndefined : Absence::kSuppressed;
}

SurvivalTests::SurvivalTests(const model::SurvivalQuestion& question,
                             const Plan& plan,
                             absl::Span<const EventSample> samples)
    : question_(&question), plan_(&plan), samples_(samples) {}

absl::StatusOr<SurvivalTests> SurvivalTests::Make(
    const model::SurvivalQuestion& question, const Plan& plan,
    absl::Span<const EventSample> samples, SurvivalAnswer& answer) {
  SurvivalTests tests(question, plan, samples);
  if (!question.group_by.has_value()) return tests;
  std::vector<std::string>& conventions = answer.provenance.conventions;
  if (*question.group_by == model::Dimension::kConcomitantProcedure) {
    conventions.push_back("test: none, the groups overlap");
    return tests;
  }
  tests.compared_ = LargeEnough(samples, question.smallest_group);
  const size_t n_groups = tests.compared_.size();
  if (n_groups > kMaxTestGroups) {
    conventions.push_back(
        absl::StrCat("test: none, more than ", kMaxTestGroups, " groups"));
    return tests;
  }
  tests.absence_ = AbsenceOfTest(samples, tests.compared_);
  if (question.strata.has_value() && tests.absence_ == Absence::kNone) {
    std::vector<size_t> groups;
    for (const size_t s : tests.compared_) groups.push_back(samples[s].group);
    auto strata = cohort::TabulateStrata(
        plan.pass(), cohort::Grouping(question.strata, plan.snapshot), groups,
        question.endpoint, question.complication);
    if (!strata.ok()) return strata.status();
    if (strata->size() * n_groups * n_groups > kMaxTestCells) {
      conventions.push_back("test: none, too many groups and strata");
      return tests;
    }
    for (std::vector<stats::EventTable>& stratum : *strata) {
      for (stats::EventTable& table : stratum) {
        table = SampleTable(question, table);
      }
    }
    tests.strata_ = *std::move(strata);
  } else {
    tests.strata_.emplace_back();
    for (const size_t s : tests.compared_) {
      tests.strata_[0].push_back(samples[s].table);
    }
  }
  tests.possible_ = true;
  ExplainTests(question, conventions);
  return tests;
}

absl::Status SurvivalTests::AddTest(SurvivalAnswer& answer) const {
  if (!possible_) return absl::OkStatus();
  CurveTest test;
  test.name = NameOfTest(*question_);
  test.absence = absence_;
  for (const EventSample& sample : samples_) {
    TestGroup group;
    group.group = GroupOf(*plan_, sample.group);
    group.n = static_cast<int64_t>(sample.table.Total());
    group.absence = *group.n > 0 && absence_ != Absence::kUndefined
                        ? Absence::kSuppressed
                        : Absence::kUndefined;
    test.groups.push_back(std::move(group));
  }
  if (absence_ == Absence::kNone) {
    const auto result = stats::TestRank(strata_, OptionsOf(*question_));
    if (!result.ok()) return result.status();
    for (size_t g = 0; g < compared_.size(); ++g) {
      TestGroup& group = test.groups[compared_[g]];
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
  if (!possible_ || !question_->trend) return absl::OkStatus();
  TrendTest trend;
  trend.name = NameOfTest(*question_);
  const std::optional<size_t> unknown = UnknownGroup(plan_->grouping);
  std::vector<double> scores;
  std::vector<std::vector<stats::EventTable>> strata(strata_.size());
  for (size_t g = 0; g < compared_.size(); ++g) {
    const size_t place = samples_[compared_[g]].group;
    if (place == unknown) continue;
    scores.push_back(static_cast<double>(place));
    for (size_t s = 0; s < strata.size(); ++s) {
      strata[s].push_back(strata_[s][g]);
    }
  }
  if (scores.size() < 2) {
    trend.absence = absence_ == Absence::kNone ? Absence::kUndefined : absence_;
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
  if (!possible_ || !question_->pairwise || absence_ != Absence::kNone ||
      compared_.size() > kMaxPairedGroups) {
    return absl::OkStatus();
  }
  const auto result = stats::TestRankPairs(strata_, OptionsOf(*question_));
  if (!result.ok()) return result.status();
  for (const stats::RankPair& tested : *result) {
    CurvePair pair;
    pair.first = GroupOf(*plan_, samples_[compared_[tested.first]].group);
    pair.second = GroupOf(*plan_, samples_[compared_[tested.second]].group);
    pair.chi_square = tested.test.chi_square;
    pair.df = tested.test.df;
    pair.p_value = tested.test.p_value;
    pair.adjusted_p_value = tested.adjusted_p_value;
    answer.pairs.push_back(std::move(pair));
  }
  return absl::OkStatus();
}

}  // namespace enthesis::analysis
