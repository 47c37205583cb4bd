// Tables of events against prop.test, binom.test, chisq.test, fisher.test,
// mantelhaen.test, poisson.test and metafor (golden/README.md).

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "stats/conditional_odds_ratio.h"
#include "stats/contingency_table.h"
#include "stats/event_rate.h"
#include "stats/fisher_test.h"
#include "stats/mantel_haenszel.h"
#include "stats/proportion.h"
#include "stats/two_by_two.h"
#include "support/golden.h"

namespace enthesis::stats {
namespace {

using golden::Compare;
using golden::Csv;
using Figures = std::map<std::string, std::optional<double>>;

std::vector<GroupCounts> ReadStrata(const std::string& dataset) {
  const Csv csv(absl::StrCat("data/table_", dataset, ".csv"));
  std::vector<GroupCounts> strata;
  for (size_t i = 0; i < csv.n_rows(); ++i) {
    if (csv.Value(i, "group") == 0) strata.emplace_back();
    strata.back().events.push_back(
        static_cast<int64_t>(csv.Value(i, "events")));
    strata.back().n.push_back(static_cast<int64_t>(csv.Value(i, "n")));
  }
  return strata;
}

GroupCounts Total(const std::vector<GroupCounts>& strata) {
  GroupCounts total = strata[0];
  for (size_t s = 1; s < strata.size(); ++s) {
    for (size_t g = 0; g < total.n.size(); ++g) {
      total.n[g] += strata[s].n[g];
      total.events[g] += strata[s].events[g];
    }
  }
  return total;
}

void AddLimits(const std::string& name, std::optional<double> estimate,
               std::optional<double> lower, std::optional<double> upper,
               Figures& figures) {
  figures[name] = estimate;
  figures[name + "_lower"] = lower;
  figures[name + "_upper"] = upper;
}

// R has no ratio where its logarithm is not finite.
void AddEffect(const std::string& name, const Effect& effect,
               Figures& figures) {
  AddLimits(name, effect.std_error ? effect.estimate : std::nullopt,
            effect.lower, effect.upper, figures);
  figures[name + "_error"] = effect.std_error;
}

void AddConditional(const std::string& name, const ConditionalOddsRatio& exact,
                    Figures& figures) {
  figures[name + "_estimate"] = exact.estimate;
  figures[name + "_lower"] = exact.lower;
  figures[name + "_upper"] = exact.upper;
  figures[name + "_p"] = exact.p_value;
}

void AddShares(const GroupCounts& total, Figures& figures) {
  for (size_t g = 0; g < total.n.size(); ++g) {
    const std::string name = absl::StrCat("group", g, "_");
    const int64_t x = total.events[g], n = total.n[g];
    const Proportion wilson = *EstimateProportion(x, n);
    const Proportion exact = *EstimateProportionExactly(x, n);
    const Proportion jeffreys = *EstimateProportionByJeffreys(x, n);
    const EventRate rate =
        *EstimateRate({x, 1.5 * static_cast<double>(n)}, 0.95);
    for (const auto& [key, share] :
         {std::pair("wilson", wilson), std::pair("exact", exact),
          std::pair("jeffreys", jeffreys)}) {
      AddLimits(name + key, share.estimate, share.lower, share.upper, figures);
    }
    AddLimits(name + "rate", rate.estimate, rate.lower, rate.upper, figures);
  }
}

void AddContrasts(const GroupCounts& total, Figures& figures) {
  for (size_t g = 1; g < total.n.size(); ++g) {
    const std::string name = absl::StrCat("contrast", g, "_");
    const TwoByTwo pair = {total.events[g], total.n[g], total.events[0],
                           total.n[0]};
    const Contrasts plain = *EstimateContrasts(pair, 0.95);
    const Contrasts corrected = *EstimateContrasts(pair, 0.95, 0.5);
    AddLimits(name + "rd", plain.risk_difference.estimate,
              plain.risk_difference.lower, plain.risk_difference.upper,
              figures);
    figures[name + "rd_error"] = plain.risk_difference.std_error;
    AddEffect(name + "rr_none", plain.risk_ratio, figures);
    AddEffect(name + "or_none", plain.odds_ratio, figures);
    AddEffect(name + "rr_only0", corrected.risk_ratio, figures);
    AddEffect(name + "or_only0", corrected.odds_ratio, figures);
    AddConditional(name + "conditional",
                   *EstimateConditionalOddsRatio({&pair, 1}, 0.95), figures);
    const RateContrasts rates = *CompareRates(
        {pair.events, static_cast<double>(pair.n) * 1.5},
        {pair.control_events, static_cast<double>(pair.control_n) * 1.5}, 0.95);
    figures[name + "rate_ratio_exact_lower"] = rates.exact_lower;
    figures[name + "rate_ratio_exact_upper"] = rates.exact_upper;
  }
}

void AddTable(const GroupCounts& total, Figures& figures) {
  std::vector<int64_t> crossed;
  for (size_t g = 0; g < total.n.size(); ++g) {
    crossed.push_back(total.n[g] - total.events[g]);
    crossed.push_back(total.events[g]);
  }
  const PearsonTest pearson = *TestIndependence(crossed, 2);
  figures["chi_square"] = pearson.test.chi_square;
  figures["chi_square_p"] = pearson.test.p_value;
  figures["smallest_expected"] = pearson.smallest_expected;
  if (pearson.corrected.has_value()) {
    figures["yates"] = pearson.corrected->chi_square;
    figures["yates_p"] = pearson.corrected->p_value;
  }
  figures["fisher_p"] = TestFisher(crossed, 2)->p_value;
}

void AddStrata(const std::vector<GroupCounts>& strata, Figures& figures) {
  const ChiSquareTest general = *TestOverStrata(strata);
  figures["general"] = general.chi_square;
  figures["general_df"] = general.df;
  figures["general_p"] = general.p_value;
  if (strata[0].n.size() != 2) return;
  std::vector<TwoByTwo> pairs;
  for (const GroupCounts& s : strata) {
    pairs.push_back({s.events[1], s.n[1], s.events[0], s.n[0]});
  }
  const MantelHaenszel common = *EstimateMantelHaenszel(pairs, 0.95);
  AddEffect("mh_or", common.odds_ratio, figures);
  AddEffect("mh_rr", common.risk_ratio, figures);
  AddEffect("mh_rd", common.risk_difference, figures);
  figures["cmh"] = common.test.chi_square;
  figures["cmh_p"] = common.test.p_value;
  figures["cmh_plain"] = common.uncorrected.chi_square;
  figures["cmh_plain_p"] = common.uncorrected.p_value;
  const BreslowDayTest alike = *TestHomogeneity(pairs);
  figures["bd"] = alike.breslow_day.chi_square;
  figures["bd_p"] = alike.breslow_day.p_value;
  figures["ta"] = alike.tarone.chi_square;
  figures["ta_p"] = alike.tarone.p_value;
  AddConditional("exact", *EstimateConditionalOddsRatio(pairs, 0.95), figures);
}

TEST(Golden, Tables) {
  const Csv csv("tables.csv");
  std::map<std::string, Figures> found;
  ASSERT_GT(csv.n_rows(), 1200);
  for (size_t row = 0; row < csv.n_rows(); ++row) {
    const std::string& dataset = csv.Text(row, "dataset");
    if (found.count(dataset) == 0) {
      const std::vector<GroupCounts> strata = ReadStrata(dataset);
      const GroupCounts total = Total(strata);
      AddShares(total, found[dataset]);
      AddContrasts(total, found[dataset]);
      AddTable(total, found[dataset]);
      AddStrata(strata, found[dataset]);
    }
    const std::string& name = csv.Text(row, "name");
    ASSERT_EQ(found[dataset].count(name), 1) << dataset << " " << name;
    Compare("tables", dataset, found[dataset][name], csv.Number(row, "value"),
            absl::StrCat(dataset, " ", name));
  }
}

}  // namespace
}  // namespace enthesis::stats
