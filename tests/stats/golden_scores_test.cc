// The statistics of scores against base R and emmeans (golden/README.md).

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "stats/ancova.h"
#include "stats/group_comparison.h"
#include "stats/score_change.h"
#include "stats/value_counts.h"
#include "support/golden.h"

namespace enthesis::stats {
namespace {

using golden::Compare;
using golden::Csv;

// What the library says, under the names of the golden file.
using Figures = std::map<std::string, std::optional<double>>;

void AddTTest(const std::string& prefix, const TTest& test,
              std::optional<double> lower, std::optional<double> upper,
              Figures& figures) {
  figures[prefix + "_statistic"] = test.statistic;
  figures[prefix + "_df"] = test.df;
  figures[prefix + "_p"] = test.p_value;
  figures[prefix + "_lower"] = lower;
  figures[prefix + "_upper"] = upper;
}

// R rounds the level that an exact signed-rank interval falls short to, halves
// to even.
double RoundedLevel(double level, bool is_rounded) {
  if (!is_rounded) return level;
  const double alpha = 1 - level;
  const double unit = std::pow(10, std::floor(std::log10(alpha)) - 1);
  return 1 - std::nearbyint(alpha / unit) * unit;
}

void AddRankTest(const std::string& prefix, std::optional<double> statistic,
                 std::optional<double> p_value, bool is_exact,
                 const HodgesLehmann& estimate, bool is_rounded,
                 Figures& figures) {
  figures[prefix + "_statistic"] = statistic;
  figures[prefix + "_p"] = p_value;
  figures[prefix + "_exact"] = is_exact ? 1 : 0;
  figures[prefix + "_estimate"] = estimate.estimate;
  figures[prefix + "_lower"] = estimate.lower;
  figures[prefix + "_upper"] = estimate.upper;
  figures[prefix + "_level"] =
      RoundedLevel(estimate.conf_level.value(), is_rounded && is_exact);
}

// Splits a figure into its statistic, for the table of errors.
std::string MethodOf(const std::string& name) {
  for (const char* method :
       {"signed_rank", "mann_whitney", "welch_anova", "anova", "kruskal",
        "welch", "pooled", "hedges_g", "srm", "exact", "group"}) {
    if (absl::StartsWith(name, absl::StrCat(method, "_")) || name == method) {
      return method;
    }
  }
  return "change";
}

void CompareAll(const Csv& csv, size_t row, const Figures& figures,
                const std::string& dataset) {
  const std::string& name = csv.Text(row, "name");
  const auto it = figures.find(name);
  ASSERT_NE(it, figures.end()) << name;
  Compare(MethodOf(name), dataset, it->second, csv.Number(row, "value"),
          absl::StrCat(name, " at ", csv.Text(row, "conf_level")));
}

Figures ChangeFigures(const std::vector<double>& baseline,
                      const std::vector<double>& follow_up, double conf_level) {
  ScoreChangeOptions options;
  options.conf_level = conf_level;
  options.thresholds = {1};
  const auto change = EstimateScoreChange(baseline, follow_up, options);
  EXPECT_TRUE(change.ok()) << change.status();
  Figures figures;
  if (!change.ok()) return figures;
  const MeanEstimate& mean = change->change;
  figures["n"] = static_cast<double>(mean.n);
  figures["mean"] = mean.mean;
  figures["std_dev"] = mean.std_dev;
  AddTTest("t", change->t_test, mean.lower, mean.upper, figures);
  figures["t_std_error"] =
      mean.std_dev.value() / std::sqrt(static_cast<double>(mean.n));
  const SignedRank& ranks = change->signed_rank;
  AddRankTest("signed_rank", ranks.statistic, ranks.p_value, ranks.is_exact,
              ranks.hodges_lehmann, true, figures);
  figures["srm"] = change->standardized_response_mean;
  figures["hedges_g"] = change->hedges_g;
  const Proportion& exact = change->responders[0].exact;
  figures["hits"] = static_cast<double>(exact.count);
  figures["exact_lower"] = exact.lower;
  figures["exact_upper"] = exact.upper;
  return figures;
}

TEST(GoldenScores, Paired) {
  const Csv data("data/paired_scores.csv");
  std::map<std::string, std::pair<std::vector<double>, std::vector<double>>>
      sets;
  for (size_t i = 0; i < data.n_rows(); ++i) {
    auto& [baseline, follow_up] = sets[data.Text(i, "dataset")];
    baseline.push_back(data.Value(i, "baseline"));
    follow_up.push_back(data.Value(i, "follow_up"));
  }
  const Csv csv("paired_scores.csv");
  std::map<std::pair<std::string, double>, Figures> figures;
  for (size_t i = 0; i < csv.n_rows(); ++i) {
    const std::string& set = csv.Text(i, "dataset");
    const double conf_level = csv.Value(i, "conf_level");
    auto [it, is_new] = figures.try_emplace({set, conf_level});
    if (is_new) {
      it->second =
          ChangeFigures(sets.at(set).first, sets.at(set).second, conf_level);
    }
    CompareAll(csv, i, it->second, set);
  }
}

Figures TwoGroupFigures(const ValueCounts& first, const ValueCounts& second,
                        double conf_level) {
  const auto compared =
      CompareGroups(std::vector<ValueCounts>{first, second}, conf_level);
  EXPECT_TRUE(compared.ok()) << compared.status();
  Figures figures;
  if (!compared.ok()) return figures;
  const auto add = [&](const std::string& name, const TwoSampleTTest& test) {
    AddTTest(name, test.test, test.lower, test.upper, figures);
    figures[name + "_std_error"] = test.std_error;
  };
  add("welch", compared->welch.value());
  add("pooled", compared->pooled.value());
  const MannWhitney& ranks = compared->mann_whitney.value();
  AddRankTest("mann_whitney", ranks.statistic, ranks.p_value, ranks.is_exact,
              ranks.shift, false, figures);
  return figures;
}

Figures GroupFigures(const std::map<std::string, ValueCounts>& groups,
                     double conf_level) {
  std::vector<ValueCounts> samples;
  for (const auto& [label, sample] : groups) samples.push_back(sample);
  const auto compared = CompareGroups(samples, conf_level);
  EXPECT_TRUE(compared.ok()) << compared.status();
  Figures figures;
  if (!compared.ok()) return figures;
  const auto add = [&](const std::string& name, const FTest& test) {
    figures[name + "_statistic"] = test.statistic;
    figures[name + "_df"] = test.df;
    figures[name + "_residual_df"] = test.residual_df;
    figures[name + "_p"] = test.p_value;
  };
  add("anova", compared->anova);
  add("welch_anova", compared->welch_anova);
  figures["kruskal_statistic"] = compared->kruskal_wallis.statistic;
  figures["kruskal_df"] = compared->kruskal_wallis.df;
  figures["kruskal_p"] = compared->kruskal_wallis.p_value;
  figures["kruskal_epsilon"] = compared->kruskal_wallis.epsilon_squared;
  auto description = compared->groups.begin();
  for (const auto& [label, sample] : groups) {
    const std::string prefix = absl::StrCat("group_", label, "_");
    figures[prefix + "n"] = static_cast<double>(description->n);
    figures[prefix + "mean"] = description->mean.mean;
    figures[prefix + "std_dev"] = description->mean.std_dev;
    figures[prefix + "min"] = description->min;
    figures[prefix + "q1"] = description->q1;
    figures[prefix + "median"] = description->median;
    figures[prefix + "q3"] = description->q3;
    figures[prefix + "max"] = description->max;
    ++description;
  }
  return figures;
}

TEST(GoldenScores, Grouped) {
  const Csv data("data/grouped_scores.csv");
  std::map<std::string, std::map<std::string, std::vector<double>>> values;
  for (size_t i = 0; i < data.n_rows(); ++i) {
    values[data.Text(i, "dataset")][data.Text(i, "group")].push_back(
        data.Value(i, "value"));
  }
  std::map<std::string, std::map<std::string, ValueCounts>> sets;
  for (const auto& [set, groups] : values) {
    for (const auto& [label, sample] : groups) {
      sets[set][label] = CountValues(sample).value();
    }
  }
  const Csv csv("grouped_scores.csv");
  std::map<std::pair<std::string, double>, Figures> figures;
  for (size_t i = 0; i < csv.n_rows(); ++i) {
    const double conf_level = csv.Value(i, "conf_level");
    // "set", or "set|first|second".
    const std::vector<std::string> key =
        absl::StrSplit(csv.Text(i, "dataset"), '|');
    const std::map<std::string, ValueCounts>& groups = sets.at(key[0]);
    auto [it, is_new] =
        figures.try_emplace({csv.Text(i, "dataset"), conf_level});
    if (is_new) {
      it->second = key.size() == 1
                       ? GroupFigures(groups, conf_level)
                       : TwoGroupFigures(groups.at(key[1]), groups.at(key[2]),
                                         conf_level);
    }
    CompareAll(csv, i, it->second, key[0]);
  }
}

// Columns NAME.LEVEL are the indicators of one factor.
void AddColumn(const Csv& csv, const std::string& name, DesignMatrix& design) {
  const std::string root =
      std::vector<std::string>(absl::StrSplit(name, '.'))[0];
  const bool continues =
      !design.names.empty() && root != name &&
      absl::StartsWith(design.names.back(), absl::StrCat(root, "."));
  const int last = design.terms.empty() ? -1 : design.terms.back();
  design.terms.push_back(continues ? last : last + 1);
  design.names.push_back(name);
  design.n_rows = csv.n_rows();
  for (size_t i = 0; i < csv.n_rows(); ++i) {
    design.values.push_back(csv.Value(i, name));
  }
}

Figures AncovaFigures(const std::string& set,
                      const std::vector<std::string>& covariates) {
  const Csv csv(absl::StrCat("data/ancova_", set, ".csv"));
  std::vector<double> response, baseline;
  std::vector<int> groups;
  std::map<std::string, int> labels;
  for (size_t i = 0; i < csv.n_rows(); ++i) labels[csv.Text(i, "group")] = 0;
  AncovaData data;
  for (auto& [label, index] : labels) {
    index = static_cast<int>(data.group_names.size());
    data.group_names.push_back(absl::StrCat("group", label));
  }
  for (size_t i = 0; i < csv.n_rows(); ++i) {
    response.push_back(csv.Value(i, "response"));
    baseline.push_back(csv.Value(i, "baseline"));
    groups.push_back(labels[csv.Text(i, "group")]);
  }
  for (const std::string& name : covariates) {
    AddColumn(csv, name, data.covariates);
  }
  data.response = response;
  data.baseline = baseline;
  data.groups = groups;
  const auto fit = FitAncova(data);
  EXPECT_TRUE(fit.ok()) << fit.status();
  Figures figures;
  if (!fit.ok()) return figures;
  const auto add = [&](const std::string& term, const auto& line) {
    figures[term + "estimate"] = line.estimate;
    figures[term + "std_error"] = line.std_error;
    figures[term + "lower"] = line.lower;
    figures[term + "upper"] = line.upper;
  };
  const auto add_test = [&](const std::string& term, const auto& line) {
    figures[term + "statistic"] = line.statistic;
    figures[term + "p"] = line.p_value;
  };
  for (size_t i = 0; i < fit->coefficients.size(); ++i) {
    add(absl::StrCat("coefficient", i), fit->coefficients[i]);
    add_test(absl::StrCat("coefficient", i), fit->coefficients[i]);
  }
  for (size_t i = 0; i < fit->adjusted_means.size(); ++i) {
    add(absl::StrCat("mean", i), fit->adjusted_means[i]);
  }
  for (size_t i = 0; i < fit->contrasts.size(); ++i) {
    add(absl::StrCat("contrast", i), fit->contrasts[i]);
    add_test(absl::StrCat("contrast", i), fit->contrasts[i]);
  }
  figures["modelresidual_df"] = fit->residual_df;
  figures["modelresidual_variance"] = fit->residual_variance;
  figures["modelr_squared"] = fit->r_squared;
  figures["modelgroup_statistic"] = fit->group_test.statistic;
  figures["modelgroup_df"] = fit->group_test.df;
  figures["modelgroup_p"] = fit->group_test.p_value;
  return figures;
}

TEST(GoldenScores, Ancova) {
  const std::map<std::string, std::vector<std::string>> covariates = {
      {"anorexia", {}},
      {"tooth", {}},
      {"chicks", {}},
      {"iris", {"petal"}},
      {"mtcars", {"hp", "am", "gear.4", "gear.5"}},
      {"lung", {"age", "ecog.1", "ecog.2"}},
      {"pbc", {"age", "edema.0.5", "edema.1"}},
      {"airquality", {"wind", "solar"}},
      {"collinear", {"hp", "sum", "constant", "qsec", "copy"}},
      {"offset", {"hp"}}};
  const Csv csv("ancova.csv");
  std::map<std::string, Figures> figures;
  for (size_t i = 0; i < csv.n_rows(); ++i) {
    const std::string& set = csv.Text(i, "dataset");
    auto [it, is_new] = figures.try_emplace(set);
    if (is_new) it->second = AncovaFigures(set, covariates.at(set));
    const std::string name = csv.Text(i, "term") + csv.Text(i, "name");
    ASSERT_TRUE(it->second.contains(name)) << set << " " << name;
    Compare("ancova", set, it->second[name], csv.Number(i, "value"), name);
  }
}

}  // namespace
}  // namespace enthesis::stats
