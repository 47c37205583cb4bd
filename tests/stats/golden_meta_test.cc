// Meta-analysis against metafor (golden/README.md).

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "stats/meta_analysis.h"
#include "support/golden.h"

namespace enthesis::stats {
namespace {

using golden::Compare;
using golden::Csv;
using Figures = std::map<std::string, std::optional<double>>;

struct Studies {
  std::vector<double> estimates, std_errors;
};

Studies ReadStudies(const std::string& dataset) {
  const Csv csv(absl::StrCat("data/meta_", dataset, ".csv"));
  Studies studies;
  for (size_t i = 0; i < csv.n_rows(); ++i) {
    studies.estimates.push_back(csv.Value(i, "estimate"));
    studies.std_errors.push_back(csv.Value(i, "std_error"));
  }
  return studies;
}

MetaOptions OptionsOf(const std::string& method, const std::string& test) {
  static const auto* const kMethods = new std::map<std::string, TauSquared>{
      {"FE", TauSquared::kFixedEffect}, {"DL", TauSquared::kDerSimonianLaird},
      {"REML", TauSquared::kReml},      {"ML", TauSquared::kMl},
      {"PM", TauSquared::kPauleMandel}, {"HS", TauSquared::kHunterSchmidt},
      {"SJ", TauSquared::kSidikJonkman}};
  MetaOptions options;
  options.tau_squared = kMethods->at(method);
  options.hartung_knapp = test == "knha";
  return options;
}

Figures FiguresOf(const Studies& data, const MetaOptions& options) {
  const StudyEffects studies{data.estimates, data.std_errors};
  const auto meta = EstimateMeta(studies, options);
  EXPECT_TRUE(meta.ok()) << meta.status();
  if (!meta.ok()) return {};
  Figures figures = {{"estimate", meta->estimate},
                     {"std_error", meta->std_error},
                     {"statistic", meta->statistic},
                     {"p", meta->p_value},
                     {"lower", meta->lower},
                     {"upper", meta->upper},
                     {"q", meta->heterogeneity.chi_square},
                     {"q_p", meta->heterogeneity.p_value},
                     {"i_squared", meta->i_squared},
                     {"h_squared", meta->h_squared},
                     {"tau_squared", meta->tau_squared},
                     {"tau_squared_lower", meta->tau_squared_lower},
                     {"tau_squared_upper", meta->tau_squared_upper},
                     {"prediction_lower", meta->prediction_lower},
                     {"prediction_upper", meta->prediction_upper},
                     {"weight", meta->weights[0]}};
  if (meta->k < 3) return figures;
  const auto egger = TestEgger(studies, options.conf_level);
  const auto without = LeaveOneOut(studies, options);
  EXPECT_TRUE(egger.ok() && without.ok());
  if (!egger.ok() || !without.ok()) return figures;
  figures.insert({{"egger_estimate", egger->estimate},
                  {"egger_std_error", egger->std_error},
                  {"egger_statistic", egger->statistic},
                  {"egger_p", egger->p_value},
                  {"egger_lower", egger->lower},
                  {"egger_upper", egger->upper},
                  {"egger_limit", egger->limit},
                  {"egger_limit_lower", egger->limit_lower},
                  {"egger_limit_upper", egger->limit_upper},
                  {"without_estimate", without->back().estimate},
                  {"without_std_error", without->back().std_error},
                  {"without_tau_squared", without->back().tau_squared},
                  {"without_q", without->back().heterogeneity.chi_square}});
  return figures;
}

TEST(Golden, Meta) {
  const Csv csv("meta.csv");
  std::map<std::string, Figures> found;
  ASSERT_GT(csv.n_rows(), 2000);
  for (size_t row = 0; row < csv.n_rows(); ++row) {
    const std::string& dataset = csv.Text(row, "dataset");
    const std::string& method = csv.Text(row, "method");
    const std::string& test = csv.Text(row, "test");
    const std::string key = absl::StrCat(dataset, " ", method, " ", test);
    if (found.count(key) == 0) {
      found[key] = FiguresOf(ReadStudies(dataset), OptionsOf(method, test));
    }
    const std::string& name = csv.Text(row, "name");
    ASSERT_EQ(found[key].count(name), 1) << key << " " << name;
    Compare(absl::StrCat("meta ", method), dataset, found[key][name],
            csv.Number(row, "value"), absl::StrCat(key, " ", name));
  }
}

}  // namespace
}  // namespace enthesis::stats
