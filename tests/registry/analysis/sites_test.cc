// Sites compared on a cohort: the estimators on cases that are counted one by
// one.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "registry/analysis/answer.h"
#include "stats/cusum.h"
#include "stats/cusum_run_length.h"
#include "stats/funnel.h"
#include "stats/glm.h"
#include "stats/indirect_standardization.h"
#include "stats/meta_analysis.h"
#include "tests/registry/analysis/asked_sites.h"
#include "tests/registry/support/naive_cohort.h"

namespace enthesis::analysis {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr int32_t kDay = 200;

model::SitesQuestion AboutComplications() {
  model::SitesQuestion question;
  question.endpoint = model::Endpoint::kComplication;
  question.by_day = kDay;
  return question;
}

struct SiteCounts {
  int64_t cases = 0, known = 0, events = 0;
};

std::map<std::string, SiteCounts> CountBySite(const tests::Cases& cases) {
  std::map<std::string, SiteCounts> sites;
  for (const model::Case& record : cases) {
    const model::EndpointTime time =
        model::TimeTo(record, model::Endpoint::kComplication);
    SiteCounts& site = sites[record.site];
    ++site.cases;
    if (time.exit == model::Exit::kCensored && time.exit_day < kDay) continue;
    ++site.known;
    site.events +=
        time.exit == model::Exit::kEvent && time.exit_day <= kDay ? 1 : 0;
  }
  return sites;
}

// With every site as one's own in turn, its line is known by name.
std::map<std::string, ComparedSite> LinesBySite(model::SitesQuestion question,
                                                const tests::Cases& cases) {
  std::map<std::string, ComparedSite> lines;
  for (const auto& [id, counts] : CountBySite(cases)) {
    question.own_site = id;
    const auto answer = AskSites(question, cases);
    EXPECT_TRUE(answer.ok()) << answer.status();
    EXPECT_EQ(answer->sites[0].site, id);
    EXPECT_TRUE(answer->sites[0].is_own);
    lines[id] = answer->sites[0];
  }
  return lines;
}

TEST(Sites, CountsRatiosAndFunnelOfEachSite) {
  const tests::Cases cases = CasesOfSites(900, 1);
  const auto expected_sites = CountBySite(cases);
  double events = 0, known = 0;
  std::vector<double> observed, sizes;
  for (const auto& [id, site] : expected_sites) {
    events += static_cast<double>(site.events);
    known += static_cast<double>(site.known);
    observed.push_back(static_cast<double>(site.events));
    sizes.push_back(static_cast<double>(site.known));
  }
  const auto funnel = stats::EstimateFunnel({observed, sizes}, {});
  ASSERT_TRUE(funnel.ok());
  const auto lines = LinesBySite(AboutComplications(), cases);
  size_t place = 0;
  for (const auto& [id, site] : expected_sites) {
    SCOPED_TRACE(id);
    const ComparedSite& line = lines.at(id);
    EXPECT_EQ(line.outcome.n, site.known);
    EXPECT_EQ(line.outcome.count, site.events);
    EXPECT_EQ(line.completeness.count, site.known);
    EXPECT_EQ(line.completeness.n, site.cases);
    const double expected = static_cast<double>(site.known) * events / known;
    EXPECT_NEAR(*line.expected, expected, 1e-9 * expected);
    EXPECT_NEAR(*line.ratio.estimate,
                static_cast<double>(site.events) / expected, 1e-9);
    EXPECT_EQ(line.z, funnel->sites[place].z);
    ASSERT_TRUE(line.limits.has_value());
    EXPECT_EQ(line.limits->size, sizes[place]);
    const bool is_in = funnel->sites[place].flag == stats::FunnelFlag::kIn;
    EXPECT_EQ(line.flag == FunnelFlag::kIn, is_in);
    ++place;
  }
  const auto answer = AskSites(AboutComplications(), cases);
  EXPECT_EQ(answer->n, static_cast<int64_t>(known));
  EXPECT_EQ(answer->events, static_cast<int64_t>(events));
  EXPECT_EQ(answer->target, funnel->target);
  EXPECT_EQ(answer->phi, funnel->dispersion.phi);
  EXPECT_THAT(answer->coefficients, IsEmpty());
  EXPECT_THAT(answer->support.parts,
              Contains(ModelSupport::Part{
                  "outcome", static_cast<int64_t>(known - events)}));
}

TEST(Sites, OthersHaveCodesThatSayNothing) {
  const tests::Cases cases = CasesOfSites(400, 2);
  model::SitesQuestion question = AboutComplications();
  question.own_site = "site-03";
  const auto answer = AskSites(question, cases);
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_THAT(answer->sites, SizeIs(5));
  std::set<std::string> codes;
  for (size_t s = 1; s < 5; ++s) {
    EXPECT_FALSE(answer->sites[s].is_own);
    EXPECT_THAT(answer->sites[s].site, testing::MatchesRegex("S0[1-8]"));
    codes.insert(answer->sites[s].site);
  }
  EXPECT_THAT(codes, SizeIs(4));
  // Whoever asks, the others keep theirs: of five codes one is one's own.
  question.own_site = "site-01";
  const auto other = AskSites(question, cases);
  std::set<std::string> kept;
  for (size_t s = 1; s < 5; ++s) {
    if (codes.count(other->sites[s].site) > 0)
      kept.insert(other->sites[s].site);
  }
  EXPECT_THAT(kept, SizeIs(3));
  question.own_site = "site-99";
  EXPECT_EQ(AskSites(question, cases).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(Sites, TheCaseMixIsALogisticModelOfTheOutcome) {
  const tests::Cases cases = CasesOfSites(900, 3);
  std::vector<double> response, ages;
  std::vector<int> site_of;
  for (const model::Case& record : cases) {
    const model::EndpointTime time =
        model::TimeTo(record, model::Endpoint::kComplication);
    if (time.exit == model::Exit::kCensored && time.exit_day < kDay) continue;
    response.push_back(
        time.exit == model::Exit::kEvent && time.exit_day <= kDay ? 1 : 0);
    ages.push_back(*record.baseline.age_years);
    site_of.push_back(record.site.back() - '1');
  }
  stats::DesignMatrix design;
  design.n_rows = ages.size();
  design.names = {"age_years"};
  design.values = ages;
  const auto fit = stats::FitGlm({response, {}, {}, {}}, design, {});
  ASSERT_TRUE(fit.ok());
  std::vector<double> expected;
  for (const double predictor : fit->predictors) {
    expected.push_back(1 / (1 + std::exp(-predictor)));
  }
  const auto ratios =
      stats::StandardizeIndirectly({response, expected, site_of, 5}, 0.95);
  ASSERT_TRUE(ratios.ok());
  std::vector<double> logs, errors;
  for (const stats::StandardizedRatio& ratio : *ratios) {
    const auto log = stats::LogRatioOf(ratio);
    logs.push_back(log->estimate);
    errors.push_back(log->std_error);
  }
  const auto meta = stats::EstimateMeta({logs, errors}, {});
  ASSERT_TRUE(meta.ok());

  model::SitesQuestion question = AboutComplications();
  question.covariates = {{"age_years", false, ""}};
  const auto answer = AskSites(question, cases);
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_THAT(answer->coefficients, SizeIs(2));
  EXPECT_EQ(answer->coefficients[1].estimate, fit->coefficients[1].estimate);
  EXPECT_TRUE(answer->discrimination.auc.has_value());
  EXPECT_EQ(answer->target, 1.0);
  EXPECT_NEAR(*answer->pooled.ratio.estimate, std::exp(meta->estimate), 1e-12);
  EXPECT_NEAR(*answer->pooled.tau_squared, meta->tau_squared, 1e-12);
  question.pooling = model::SitePooling::kPauleMandel;
  question.hartung_knapp = true;
  const auto other = AskSites(question, cases);
  stats::MetaOptions how;
  how.tau_squared = stats::TauSquared::kPauleMandel;
  how.hartung_knapp = true;
  const auto by_other = stats::EstimateMeta({logs, errors}, how);
  ASSERT_TRUE(other.ok() && by_other.ok());
  EXPECT_NEAR(*other->pooled.tau_squared, by_other->tau_squared, 1e-12);
  EXPECT_NEAR(*other->pooled.ratio.upper, std::exp(*by_other->upper), 1e-12);
  EXPECT_NE(*other->pooled.ratio.upper, *answer->pooled.ratio.upper);
  question.pooling = model::SitePooling::kReml;
  question.hartung_knapp = false;
  const auto lines = LinesBySite(question, cases);
  for (const auto& [id, line] : lines) {
    const stats::StandardizedRatio& ratio =
        (*ratios)[static_cast<size_t>(id.back() - '1')];
    EXPECT_EQ(line.expected, ratio.expected);
    EXPECT_EQ(line.ratio.estimate, ratio.ratio);
    EXPECT_EQ(line.ratio.lower, ratio.exact->lower);
    EXPECT_EQ(line.ratio.upper, ratio.exact->upper);
    // Between its own and the mean of all.
    EXPECT_LE(std::abs(std::log(*line.shrunken.estimate /
                                *answer->pooled.ratio.estimate)),
              std::abs(std::log(*line.ratio.estimate /
                                *answer->pooled.ratio.estimate)) +
                  1e-12);
  }
}

TEST(Sites, ASmallSiteTakesNoPartNorDoesOneThatWouldTellIt) {
  tests::Cases cases = CasesOfSites(400, 4);
  // Site 5 keeps four cases; the smallest of the others goes with it.
  int left = 0;
  std::erase_if(cases, [&](const model::Case& record) {
    return record.site == "site-05" && ++left > 4;
  });
  model::SitesQuestion question = AboutComplications();
  question.smallest_group = 11;
  const auto answer = AskSites(question, cases);
  ASSERT_TRUE(answer.ok()) << answer.status();
  int64_t compared = 0, n = 0;
  for (const ComparedSite& site : answer->sites) {
    if (!site.outcome.n.has_value()) {
      EXPECT_NE(site.absence, Absence::kNone);
      EXPECT_FALSE(site.expected.has_value());
      continue;
    }
    ++compared;
    n += *site.outcome.n;
    EXPECT_GE(*site.outcome.n, 11);
  }
  EXPECT_EQ(compared, 3);
  EXPECT_EQ(answer->n, n);
  // Limits are drawn of the sites compared and between them.
  double largest = 0;
  for (const ComparedSite& site : answer->sites) {
    if (site.limits.has_value()) largest = std::max(largest, site.limits->size);
  }
  EXPECT_LE(answer->limits.back().size, 1.1 * largest);
}

TEST(Sites, OneSiteIsNoComparison) {
  tests::Cases cases = CasesOfSites(100, 5);
  for (model::Case& record : cases) record.site = "site-01";
  const auto answer = AskSites(AboutComplications(), cases);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->absence, Absence::kUndefined);
  ASSERT_THAT(answer->sites, SizeIs(1));
  EXPECT_FALSE(answer->target.has_value());
}

TEST(Sites, ImprovementOfAMeasureHasTheCompletenessOfItsVisit) {
  const tests::Cases cases = CasesOfSites(900, 6);
  model::SitesQuestion question;
  question.measure = model::Measure::kVisaA;
  question.visit = model::Visit::k6Months;
  question.threshold = 10;
  const auto answer = AskSites(question, cases);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->absence, Absence::kNone);
  for (const ComparedSite& site : answer->sites) {
    EXPECT_TRUE(site.completeness.estimate.has_value());
    EXPECT_FALSE(site.screen.has_value());
  }
  EXPECT_THAT(answer->provenance.conventions,
              Contains(HasSubstr("completeness: a visit is due")));
}

// Twice its share of events in the time at risk, and many.
TEST(Sites, AnOutlierIsScreened) {
  tests::Cases cases = CasesOfSites(1000, 7);
  std::mt19937_64 random(8);
  for (model::Case& record : cases) {
    record.follow_ups.clear();
    record.status = model::CaseStatus::kActive;
    record.status_day.reset();
    model::FollowUp visit;
    visit.day = 400;
    const uint64_t chance = record.site == "site-02" ? 40 : 10;
    if (random() % 100 < chance) {
      model::Complication complication;
      complication.kind = model::ComplicationKind::kSuralNerve;
      complication.day = 50;
      visit.complications = {complication};
    }
    record.follow_ups.push_back(visit);
  }
  const auto lines = LinesBySite(AboutComplications(), cases);
  for (const auto& [id, line] : lines) {
    ASSERT_TRUE(line.screen.has_value());
    EXPECT_EQ(line.screen->is_outlier, id == "site-02") << id;
    EXPECT_EQ(line.flag == FunnelFlag::kAlarmHigh, id == "site-02") << id;
  }
}

TEST(Sites, OnesOwnSiteIsWatchedInTheOrderOfItsOperations) {
  tests::Cases cases = CasesOfSites(900, 9);
  for (size_t i = 0; i < cases.size(); ++i) {
    // Against the order of rows; some have no place.
    cases[i].baseline.operation_sequence = static_cast<int32_t>(2000 - i);
    if (i % 50 == 1) cases[i].baseline.operation_sequence.reset();
  }
  double events = 0, known = 0;
  for (const auto& [id, site] : CountBySite(cases)) {
    events += static_cast<double>(site.events);
    known += static_cast<double>(site.known);
  }
  std::vector<double> outcome;
  for (auto record = cases.rbegin(); record != cases.rend(); ++record) {
    if (record->site != "site-02") continue;
    if (!record->baseline.operation_sequence.has_value()) continue;
    const model::EndpointTime time =
        model::TimeTo(*record, model::Endpoint::kComplication);
    if (time.exit == model::Exit::kCensored && time.exit_day < kDay) continue;
    outcome.push_back(
        time.exit == model::Exit::kEvent && time.exit_day <= kDay ? 1 : 0);
  }
  const std::vector<double> expected(outcome.size(), events / known);
  const auto weights = stats::CusumWeights::Make(expected, 3);
  ASSERT_TRUE(weights.ok());
  const auto threshold = weights->ThresholdOf(200);
  ASSERT_TRUE(threshold.ok() && threshold->has_value());
  stats::CusumOptions options;
  options.odds_ratio = 3;
  options.threshold = *threshold;
  const auto points = stats::RunCusum({outcome, expected}, options);
  const auto vlad = stats::RunVlad({outcome, expected});
  ASSERT_TRUE(points.ok() && vlad.ok());

  model::SitesQuestion question = AboutComplications();
  question.own_site = "site-02";
  question.cusum = true;
  question.odds_ratio = 3;
  question.run_length = 200;
  question.smallest_group = 11;
  const auto answer = AskSites(question, cases);
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_TRUE(answer->cusum.has_value());
  EXPECT_EQ(answer->cusum->n, std::ssize(outcome));
  EXPECT_NEAR(*answer->cusum->threshold, **threshold, 1e-9);
  EXPECT_NEAR(*answer->cusum->run_length, 200, 0.01);
  int64_t before = 0;
  for (const CusumBlock& block : answer->cusum->blocks) {
    EXPECT_GE(block.last_case - before, 11);
    const size_t end = static_cast<size_t>(block.last_case);
    EXPECT_NEAR(block.value, (*points)[end - 1].value, 1e-9);
    EXPECT_NEAR(block.vlad, (*vlad)[end - 1].value, 1e-9);
    bool signals = false;
    for (size_t i = static_cast<size_t>(before); i < end; ++i) {
      signals = signals || (*points)[i].signals;
    }
    EXPECT_EQ(block.signals, signals);
    before = block.last_case;
  }
  EXPECT_EQ(before, std::ssize(outcome));
  EXPECT_GT(answer->cusum->blocks.size(), 5u);
}

// One in `n` cases has a complication, so that signals are rare.
tests::Cases RareComplications(int n, int events) {
  tests::Cases cases = CasesOfSites(n, 9);
  int left = events;
  for (model::Case& record : cases) {
    const model::EndpointTime time =
        model::TimeTo(record, model::Endpoint::kComplication);
    if (time.exit == model::Exit::kEvent && left > 0) {
      --left;
    } else {
      record.follow_ups.erase(
          std::remove_if(record.follow_ups.begin(), record.follow_ups.end(),
                         [](const model::FollowUp& follow_up) {
                           return !follow_up.complications.empty();
                         }),
          record.follow_ups.end());
    }
  }
  return cases;
}

TEST(Sites, ARunLengthThatIsNotAskedForIsNotRefused) {
  const tests::Cases cases = CasesOfSites(900, 4);
  model::SitesQuestion question = AboutComplications();
  question.own_site = "site-02";
  question.cusum = true;
  question.odds_ratio = 3;
  question.run_length = 1.0001;  // below that of a threshold of 0
  const auto asked = AskSites(question, cases);
  ASSERT_FALSE(asked.ok());
  EXPECT_EQ(asked.status().GetPayload(kFieldPath), "cusum.run_length");
  question.run_length.reset();
  EXPECT_TRUE(AskSites(question, cases).ok());
}

// Nothing is computed, and no error told, of what will be withheld.
TEST(Sites, FewEventsAreNotToldByAnError) {
  const tests::Cases cases = RareComplications(3000, 3);
  model::SitesQuestion question = AboutComplications();
  question.own_site = "site-02";
  question.cusum = true;
  question.smallest_group = 1;
  const auto open = AskSites(question, cases);
  ASSERT_TRUE(open.ok()) << open.status();
  EXPECT_LT(*open->events, 11);
  EXPECT_GT(*open->events, 0);
  EXPECT_FALSE(open->cusum->threshold.has_value());
  EXPECT_THAT(open->provenance.conventions,
              Contains(HasSubstr("CUSUM threshold: none")));
  question.run_length = 30;
  EXPECT_FALSE(AskSites(question, cases).ok());
  question.smallest_group = 11;
  const auto answer = AskSites(question, cases);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_FALSE(answer->target.has_value());
  EXPECT_EQ(answer->cusum->absence, Absence::kSuppressed);
}

// Which code is whose would follow from which sites have cases.
TEST(Sites, FewSitesThatAFilterLeavesAreNotCoded) {
  tests::Cases cases = CasesOfSites(600, 5);
  for (model::Case& record : cases) {
    if (record.site > "site-02") record.baseline.surgery_year = 2015;
  }
  model::SitesQuestion question = AboutComplications();
  question.own_site = "site-01";
  question.smallest_group = 11;
  question.cohort.filters = {{model::Dimension::kSurgeryYear,
                              {2018, 2019, 2020, 2021, 2022, 2023, 2024},
                              {}}};
  const auto answer = AskSites(question, cases);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->absence, Absence::kSuppressed);
  EXPECT_THAT(answer->withheld_for, HasSubstr("fewer than 3 sites"));
  ASSERT_THAT(answer->sites, SizeIs(1));
  EXPECT_EQ(answer->sites[0].site, "site-01");
  question.cohort.filters.clear();
  EXPECT_THAT(AskSites(question, cases)->sites, SizeIs(5));
}

}  // namespace
}  // namespace enthesis::analysis
