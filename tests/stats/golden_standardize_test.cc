// Standardized ratios, their shrinkage and the screen of outliers against R
// (golden/README.md).

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "stats/indirect_standardization.h"
#include "stats/meta_analysis.h"
#include "stats/outlier_screen.h"
#include "stats/shrunken_effects.h"
#include "support/golden.h"

namespace enthesis::stats {
namespace {

using golden::Compare;
using golden::Csv;
using Figures = std::map<std::string, std::optional<double>>;

struct Cases {
  std::vector<double> outcome, expected;
  std::vector<std::optional<double>> exposure;
  std::vector<int> groups;
  std::vector<std::string> labels;  // of groups
};

Cases ReadCases(const std::string& dataset) {
  const Csv csv(absl::StrCat("data/standardize_", dataset, ".csv"));
  Cases cases;
  for (size_t i = 0; i < csv.n_rows(); ++i) {
    cases.outcome.push_back(csv.Value(i, "outcome"));
    cases.expected.push_back(csv.Value(i, "expected"));
    cases.exposure.push_back(csv.Number(i, "exposure"));
    const std::string& label = csv.Text(i, "group");
    const auto known =
        std::find(cases.labels.begin(), cases.labels.end(), label);
    cases.groups.push_back(static_cast<int>(known - cases.labels.begin()));
    if (known == cases.labels.end()) cases.labels.push_back(label);
  }
  return cases;
}

void AddRatio(const StandardizedRatio& ratio, Figures& figures) {
  figures = {{"observed", ratio.observed},
             {"expected", ratio.expected},
             {"ratio", ratio.ratio}};
  const auto add = [&](const std::string& name,
                       const std::optional<RatioInterval>& interval) {
    std::optional<double>& lower = figures[name + "_lower"];
    std::optional<double>& upper = figures[name + "_upper"];
    if (!interval.has_value()) return;
    lower = interval->lower;
    upper = interval->upper;
  };
  add("exact", ratio.exact);
  add("byar", ratio.byar);
}

void AddShrunken(const std::vector<StandardizedRatio>& ratios, double level,
                 std::vector<Figures>& figures) {
  std::vector<double> estimates, errors;
  std::vector<size_t> places;
  for (size_t i = 0; i < ratios.size(); ++i) {
    const auto log_ratio = LogRatioOf(ratios[i]);
    for (const char* name :
         {"log_ratio", "log_variance", "shrunken", "shrunken_error",
          "shrunken_lower", "shrunken_upper"}) {
      figures[i][name] = std::nullopt;
    }
    if (!log_ratio.has_value()) continue;
    places.push_back(i);
    estimates.push_back(log_ratio->estimate);
    errors.push_back(log_ratio->std_error);
    figures[i]["log_ratio"] = log_ratio->estimate;
    figures[i]["log_variance"] = log_ratio->std_error * log_ratio->std_error;
  }
  MetaOptions options;
  options.conf_level = level;
  const auto meta = EstimateMeta({estimates, errors}, options);
  ASSERT_TRUE(meta.ok()) << meta.status();
  const auto shrunken = ShrinkEffects({estimates, errors}, *meta);
  for (size_t i = 0; i < places.size(); ++i) {
    Figures& one = figures[places[i]];
    one["shrunken"] = shrunken[i].estimate;
    one["shrunken_error"] = shrunken[i].std_error;
    one["shrunken_lower"] = std::exp(shrunken[i].lower);
    one["shrunken_upper"] = std::exp(shrunken[i].upper);
  }
}

void AddScreen(const Cases& cases, const std::vector<StandardizedRatio>& ratios,
               std::vector<Figures>& figures) {
  std::vector<ScreenedGroup> groups(ratios.size());
  for (size_t i = 0; i < cases.exposure.size(); ++i) {
    if (!cases.exposure[i].has_value()) return;
    groups[static_cast<size_t>(cases.groups[i])].exposure += *cases.exposure[i];
  }
  for (size_t i = 0; i < ratios.size(); ++i) {
    groups[i].cases = static_cast<double>(ratios[i].n);
    groups[i].events = ratios[i].observed;
  }
  const auto screens = ScreenOutliers(groups);
  ASSERT_TRUE(screens.ok()) << screens.status();
  for (size_t i = 0; i < screens->size(); ++i) {
    const OutlierScreen& screen = (*screens)[i];
    figures[i].insert({{"rate", screen.rate},
                       {"comparator_rate", screen.comparator_rate},
                       {"rate_ratio", screen.rate_ratio},
                       {"screen_p", screen.p_value},
                       {"outlier", *screen.is_outlier ? 1 : 0}});
  }
}

std::map<std::string, Figures> FiguresOf(const Cases& cases, double level) {
  const auto ratios =
      StandardizeIndirectly({cases.outcome, cases.expected, cases.groups,
                             static_cast<int>(cases.labels.size())},
                            level);
  EXPECT_TRUE(ratios.ok()) << ratios.status();
  if (!ratios.ok()) return {};
  std::vector<Figures> figures(ratios->size());
  for (size_t i = 0; i < ratios->size(); ++i) {
    AddRatio((*ratios)[i], figures[i]);
  }
  AddShrunken(*ratios, level, figures);
  AddScreen(cases, *ratios, figures);
  std::map<std::string, Figures> found;
  for (size_t i = 0; i < figures.size(); ++i) {
    found[cases.labels[i]] = figures[i];
  }
  return found;
}

TEST(Golden, Standardize) {
  const Csv csv("standardize.csv");
  ASSERT_GT(csv.n_rows(), 1000);
  std::map<std::string, std::map<std::string, Figures>> found;
  for (size_t row = 0; row < csv.n_rows(); ++row) {
    const std::string& dataset = csv.Text(row, "dataset");
    const std::string key = absl::StrCat(dataset, " ", csv.Text(row, "level"));
    if (found.count(key) == 0) {
      found[key] = FiguresOf(ReadCases(dataset), csv.Value(row, "level"));
    }
    const std::string& group = csv.Text(row, "group");
    const std::string& name = csv.Text(row, "name");
    ASSERT_EQ(found[key].count(group), 1) << key << " " << group;
    ASSERT_EQ(found[key][group].count(name), 1) << key << " " << name;
    const bool is_shrunken = absl::StrContains(name, "shrunken");
    Compare(is_shrunken ? "shrunken ratios" : "standardized ratios", dataset,
            found[key][group][name], csv.Number(row, "value"),
            absl::StrCat(key, " ", group, " ", name));
  }
}

TEST(Golden, Shrunken) {
  static const auto* const kMethods = new std::map<std::string, TauSquared>{
      {"DL", TauSquared::kDerSimonianLaird},
      {"REML", TauSquared::kReml},
      {"PM", TauSquared::kPauleMandel},
      {"SJ", TauSquared::kSidikJonkman}};
  const Csv csv("shrunken.csv");
  ASSERT_GT(csv.n_rows(), 2000);
  std::map<std::string, std::vector<ShrunkenEffect>> found;
  for (size_t row = 0; row < csv.n_rows(); ++row) {
    const std::string& dataset = csv.Text(row, "dataset");
    const std::string key = absl::StrCat(dataset, " ", csv.Text(row, "method"),
                                         " ", csv.Text(row, "test"));
    if (found.count(key) == 0) {
      const Csv data(absl::StrCat("data/meta_", dataset, ".csv"));
      std::vector<double> estimates, errors;
      for (size_t i = 0; i < data.n_rows(); ++i) {
        estimates.push_back(data.Value(i, "estimate"));
        errors.push_back(data.Value(i, "std_error"));
      }
      MetaOptions options;
      options.tau_squared = kMethods->at(csv.Text(row, "method"));
      options.hartung_knapp = csv.Text(row, "test") == "knha";
      const auto meta = EstimateMeta({estimates, errors}, options);
      ASSERT_TRUE(meta.ok()) << meta.status();
      found[key] = ShrinkEffects({estimates, errors}, *meta);
    }
    const auto at = static_cast<size_t>(csv.Value(row, "study")) - 1;
    const ShrunkenEffect& effect = found[key].at(at);
    const Figures figures = {{"estimate", effect.estimate},
                             {"std_error", effect.std_error},
                             {"lower", effect.lower},
                             {"upper", effect.upper}};
    const std::string& name = csv.Text(row, "name");
    Compare("shrunken effects", dataset, figures.at(name),
            csv.Number(row, "value"), absl::StrCat(key, " ", at, " ", name));
  }
}

}  // namespace
}  // namespace enthesis::stats
