// Cox models and what follows from them against R: tests/golden/cox.R.

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "stats/cox.h"
#include "stats/cox_curves.h"
#include "stats/cox_residuals.h"
#include "stats/proportional_hazards.h"
#include "support/cox_data.h"
#include "support/golden.h"

namespace enthesis::stats {
namespace {

using golden::Compare;
using golden::CoxData;
using golden::Csv;
using golden::ReadCoxData;

// The model of one line of cox.csv.
struct Model {
  std::string dataset;
  CoxTies ties = CoxTies::kEfron;
  bool stratified = false;
  bool weighted = false;
  bool clustered = false;
  std::string key;

  Model(const Csv& csv, size_t row) : dataset(csv.Text(row, "dataset")) {
    const std::string& model = csv.Text(row, "model");
    const auto has = [&model](const char* word) {
      return model.find(word) != std::string::npos;
    };
    ties = has("breslow") ? CoxTies::kBreslow : CoxTies::kEfron;
    stratified = has("strata");
    weighted = has("weights");
    clustered = has("cluster");
    key = absl::StrCat(dataset, " ", model);
  }
};

// The rows and the fit of a model.
struct Fitted {
  CoxData data;
  CoxRows rows;
  CoxFit fit;
  std::map<std::string, size_t> columns;
};

Fitted& FittedModel(const Model& model) {
  static auto& cache = *new std::map<std::string, Fitted>;
  auto [it, is_new] = cache.try_emplace(model.key);
  Fitted& fitted = it->second;
  if (!is_new) return fitted;
  fitted.data = ReadCoxData(model.dataset);
  fitted.rows =
      fitted.data.Rows(model.stratified, model.weighted, model.clustered);
  CoxOptions options;
  options.ties = model.ties;
  const auto fit = FitCox(fitted.rows, fitted.data.design, options);
  EXPECT_TRUE(fit.ok()) << model.key << ": " << fit.status();
  if (fit.ok()) fitted.fit = *fit;
  for (size_t j = 0; j < fitted.data.design.n_columns(); ++j) {
    fitted.columns[fitted.data.design.names[j]] = j;
  }
  return fitted;
}

std::optional<double> CoefficientValue(const Fitted& fitted,
                                       const std::string& quantity,
                                       const std::string& term) {
  const size_t j = fitted.columns.at(term);
  const Coefficient& coefficient = fitted.fit.coefficients.at(j);
  if (quantity == "estimate") return coefficient.estimate;
  if (quantity == "std_error") return coefficient.std_error;
  if (quantity == "robust_std_error") return coefficient.robust_std_error;
  if (quantity == "statistic") return coefficient.statistic;
  if (quantity == "p_value") return coefficient.p_value;
  if (quantity == "lower") return coefficient.lower;
  if (quantity == "upper") return coefficient.upper;
  return fitted.fit.means.at(j);
}

std::optional<double> ConcordanceValue(const Concordance& c,
                                       const std::string& term) {
  if (term == "concordant") return c.concordant;
  if (term == "discordant") return c.discordant;
  if (term == "tied.x") return c.tied_score;
  if (term == "tied.y") return c.tied_time;
  if (term == "tied.xy") return c.tied_both;
  return term == "std" ? c.std_error : c.estimate;
}

std::optional<double> TestValue(const CoxFit& fit, const std::string& quantity,
                                const std::string& term) {
  const ChiSquareTest& test = term == "wald"    ? fit.tests.wald
                              : term == "score" ? fit.tests.score
                                                : fit.tests.likelihood_ratio;
  return quantity == "chi_square" ? test.chi_square : test.p_value;
}

const ProportionalHazards& CachedZph(const Model& model,
                                     const std::string& transform,
                                     bool by_term) {
  static auto& cache = *new std::map<std::string, ProportionalHazards>;
  auto [it, is_new] = cache.try_emplace(
      absl::StrCat(model.key, transform, by_term ? " term" : ""));
  if (!is_new) return it->second;
  ProportionalHazardsOptions options;
  options.by_term = by_term;
  options.transform = transform == "km"     ? TimeTransform::kKaplanMeier
                      : transform == "rank" ? TimeTransform::kRank
                      : transform == "log"  ? TimeTransform::kLog
                                            : TimeTransform::kIdentity;
  const Fitted& fitted = FittedModel(model);
  const auto test = TestProportionalHazards(fitted.rows, fitted.data.design,
                                            fitted.fit, options);
  EXPECT_TRUE(test.ok()) << model.key << ": " << test.status();
  if (test.ok()) it->second = *test;
  return it->second;
}

// "zph_km", "zph_p_km" and "zph_term_km", of a column or a term.
std::optional<double> ZphValue(const Model& model, std::string quantity,
                               const std::string& term) {
  quantity = quantity.substr(4);
  const bool by_term = quantity.rfind("term_", 0) == 0;
  const bool p_value = quantity.rfind("p_", 0) == 0;
  const std::string transform = quantity.substr(by_term ? 5 : p_value ? 2 : 0);
  const ProportionalHazards& zph = CachedZph(model, transform, by_term);
  for (const ProportionalHazardsTest& test : zph.tests) {
    // A term of several columns is named by them: TERM.LEVEL+...
    const bool named =
        test.name == term || (by_term && test.name.rfind(term + ".", 0) == 0);
    if (named) return p_value ? test.test.p_value : test.test.chi_square;
  }
  ADD_FAILURE() << "no test of " << term;
  return std::nullopt;
}

TEST(GoldenCox, Fits) {
  const Csv csv("cox.csv");
  for (size_t i = 0; i < csv.n_rows(); ++i) {
    const Model model(csv, i);
    const Fitted& fitted = FittedModel(model);
    const std::string& quantity = csv.Text(i, "quantity");
    const std::string& term = csv.Text(i, "term");
    std::optional<double> value;
    std::string method = "cox " + quantity;
    if (quantity.rfind("zph_", 0) == 0) {
      value = ZphValue(model, quantity, term);
      method = "cox zph";
    } else if (quantity == "log_likelihood") {
      value = term == "null" ? fitted.fit.log_likelihood_null
                             : fitted.fit.log_likelihood;
    } else if (quantity == "chi_square" || quantity == "test_p") {
      value = TestValue(fitted.fit, quantity, term);
      method = absl::StrCat("cox ", term);
    } else if (quantity == "concordance") {
      ASSERT_TRUE(fitted.fit.concordance.has_value());
      value = ConcordanceValue(*fitted.fit.concordance, term);
    } else {
      value = CoefficientValue(fitted, quantity, term);
    }
    Compare(method, model.dataset, value, csv.Number(i, "value"),
            absl::StrCat(model.key, " ", quantity, " ", term));
  }
}

const CoxResiduals& CachedResiduals(const Model& model) {
  static auto& cache = *new std::map<std::string, CoxResiduals>;
  auto [it, is_new] = cache.try_emplace(model.key);
  if (is_new) {
    const Fitted& fitted = FittedModel(model);
    const auto residuals =
        ComputeCoxResiduals(fitted.rows, fitted.data.design, fitted.fit);
    EXPECT_TRUE(residuals.ok()) << residuals.status();
    if (residuals.ok()) it->second = *residuals;
  }
  return it->second;
}

const SchoenfeldResiduals& CachedSchoenfeld(const Model& model) {
  static auto& cache = *new std::map<std::string, SchoenfeldResiduals>;
  auto [it, is_new] = cache.try_emplace(model.key);
  if (is_new) {
    const Fitted& fitted = FittedModel(model);
    const auto residuals =
        ComputeSchoenfeldResiduals(fitted.rows, fitted.data.design, fitted.fit);
    EXPECT_TRUE(residuals.ok()) << residuals.status();
    if (residuals.ok()) it->second = *residuals;
  }
  return it->second;
}

double ResidualValue(const Model& model, const std::string& quantity,
                     size_t index) {
  const std::vector<std::string> words = absl::StrSplit(quantity, ' ');
  const Fitted& fitted = FittedModel(model);
  const CoxResiduals& residuals = CachedResiduals(model);
  if (quantity == "martingale") return residuals.martingale.at(index);
  if (quantity == "deviance") return residuals.deviance.at(index);
  const size_t j = fitted.columns.at(words[1]);
  if (words[0] == "score") return residuals.score[j * residuals.n + index];
  if (words[0] == "dfbeta") return residuals.dfbeta[j * residuals.n + index];
  const SchoenfeldResiduals& events = CachedSchoenfeld(model);
  const size_t at = j * events.n_events + index;
  return words[0] == "scaled" ? events.scaled.at(at) : events.residuals.at(at);
}

// The curves of both profiles: of the means, then of the first row.
const std::vector<CoxCurve>& CachedCurves(const Model& model, bool log_scale) {
  static auto& cache = *new std::map<std::string, std::vector<CoxCurve>>;
  auto [it, is_new] =
      cache.try_emplace(absl::StrCat(model.key, log_scale ? " log" : ""));
  if (!is_new) return it->second;
  const Fitted& fitted = FittedModel(model);
  DesignMatrix profiles;
  profiles.names = fitted.data.design.names;
  profiles.n_rows = 2;
  for (size_t j = 0; j < profiles.n_columns(); ++j) {
    profiles.values.push_back(fitted.fit.means[j]);
    profiles.values.push_back(fitted.data.design.Column(j)[0]);
  }
  CoxCurveOptions options;
  if (log_scale) options.transform = IntervalTransform::kLog;
  const auto curves = PredictCoxSurvival(fitted.rows, fitted.data.design,
                                         fitted.fit, profiles, options);
  EXPECT_TRUE(curves.ok()) << curves.status();
  if (curves.ok()) it->second = *curves;
  return it->second;
}

// `where` is PROFILE STRATUM POINT, both numbers from 0.
std::optional<double> CurveValue(const Model& model,
                                 const std::string& quantity,
                                 const std::string& where) {
  const std::vector<std::string> words = absl::StrSplit(where, ' ');
  const auto number = [&words](size_t k) {
    return static_cast<size_t>(std::atoi(words[k].c_str()));
  };
  const bool log_scale = quantity == "curve_lower_log";
  const CoxCurvePoint& point =
      CachedCurves(model, log_scale)
          .at(2 * number(1) + (words[0] == "first" ? 1 : 0))
          .points.at(number(2));
  if (quantity == "curve_time") return point.time;
  if (quantity == "curve_at_risk") return point.at_risk;
  if (quantity == "curve_hazard") return point.cumulative_hazard;
  if (quantity == "curve_survival") return point.survival;
  if (quantity == "curve_hazard_std_error") return point.hazard_std_error;
  return quantity == "curve_upper" ? point.upper : point.lower;
}

TEST(GoldenCox, ResidualsAndCurves) {
  const Csv csv("cox_residuals_curves.csv");
  for (size_t i = 0; i < csv.n_rows(); ++i) {
    const Model model(csv, i);
    const std::string& quantity = csv.Text(i, "quantity");
    const std::string& term = csv.Text(i, "term");
    const bool curve = quantity.rfind("curve", 0) == 0;
    const std::optional<double> value =
        curve ? CurveValue(model, quantity, term)
              : ResidualValue(model, quantity,
                              static_cast<size_t>(csv.Value(i, "term")));
    const std::string kind = curve ? "cox curves" : "cox residuals";
    Compare(kind, model.dataset, value, csv.Number(i, "value"),
            absl::StrCat(model.key, " ", quantity, " ", term));
  }
}

}  // namespace
}  // namespace enthesis::stats
