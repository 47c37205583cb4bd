// Linear mixed models against R (golden/README.md).

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "stats/mixed.h"
#include "support/golden.h"
#include "support/mixed_data.h"

namespace enthesis::stats {
namespace {

using golden::Compare;
using golden::Csv;
using Figures = std::map<std::string, std::optional<double>>;

// lmerTest differentiates by finite differences.
constexpr double kByDifferences = 1e-6;

void AddEffects(const MixedFit& fit, Figures& figures) {
  size_t at = 0;
  const auto add = [&](double effect, double error) {
    figures[absl::StrCat("effect", at)] = effect;
    figures[absl::StrCat("effect_error", at++)] = error;
  };
  for (const GroupEffect& effect : fit.effects) {
    add(effect.intercept, effect.intercept_std_error);
    if (effect.slope.has_value()) add(*effect.slope, *effect.slope_std_error);
  }
}

void AddSites(const MixedFit& fit, Figures& figures) {
  figures["site_variance0"] = fit.site_variance;
  for (size_t i = 0; i < fit.site_effects.size(); ++i) {
    figures[absl::StrCat("site_effect", i)] = fit.site_effects[i].estimate;
    figures[absl::StrCat("site_error", i)] = fit.site_effects[i].std_error;
  }
}

// All covariates as one term, and the first two.
void AddTerms(golden::MixedData data, const MixedOptions& options,
              Figures& figures) {
  const size_t p = data.design.n_columns();
  size_t at = 0;
  for (const size_t n_joined : {p, size_t{2}}) {
    if (p < 2 || (at > 0 && p < 3)) break;
    data.design.terms.clear();
    for (size_t c = 0; c < p; ++c) {
      data.design.terms.push_back(
          c < n_joined ? 0 : static_cast<int>(c - n_joined) + 1);
    }
    const TermTest test = golden::FitOf(data, options).terms.at(0);
    figures[absl::StrCat("term_numerator", at)] =
        static_cast<double>(test.numerator_df);
    figures[absl::StrCat("term_denominator", at)] = test.df;
    figures[absl::StrCat("term_statistic", at)] = test.statistic;
    figures[absl::StrCat("term_p", at++)] = test.p_value;
  }
}

// `model` as "days REML" or "intercept ML".
Figures FiguresOf(const std::string& dataset, const std::string& model) {
  const std::string slope = model.substr(0, model.find(' '));
  MixedOptions options;
  options.reml = absl::EndsWith(model, " REML");
  const golden::MixedData data = golden::ReadMixedData(dataset, slope);
  const MixedFit fit = golden::FitOf(data, options);
  Figures figures;
  for (size_t i = 0; i < fit.coefficients.size(); ++i) {
    const Coefficient& one = fit.coefficients[i];
    figures[absl::StrCat("estimate", i)] = one.estimate;
    figures[absl::StrCat("std_error", i)] = one.std_error;
    figures[absl::StrCat("df", i)] = one.df;
    figures[absl::StrCat("statistic", i)] = one.statistic;
    figures[absl::StrCat("p", i)] = one.p_value;
    figures[absl::StrCat("lower", i)] = one.lower;
    figures[absl::StrCat("upper", i)] = one.upper;
  }
  for (size_t i = 0; i < fit.covariance.size(); ++i) {
    figures[absl::StrCat("covariance", i)] = fit.covariance[i];
  }
  figures["random0"] = fit.intercept_variance;
  figures["random1"] = fit.slope_covariance;
  figures["random2"] = fit.slope_variance;
  figures["residual0"] = fit.residual_variance;
  figures["log_likelihood0"] = fit.log_likelihood;
  figures["aic0"] = fit.aic;
  figures["bic0"] = fit.bic;
  AddEffects(fit, figures);
  AddSites(fit, figures);
  AddTerms(data, options, figures);
  return figures;
}

bool IsByDifferences(const std::string& name) {
  for (const char* what :
       {"df", "p", "lower", "upper", "term_denominator", "term_p"}) {
    if (absl::StartsWith(name, what)) return true;
  }
  return false;
}

TEST(Golden, LinearMixedModels) {
  const Csv csv("mixed.csv");
  std::map<std::string, Figures> found;
  ASSERT_GT(csv.n_rows(), 3000);
  for (size_t row = 0; row < csv.n_rows(); ++row) {
    const std::string& dataset = csv.Text(row, "dataset");
    const std::string& model = csv.Text(row, "model");
    const std::string& name = csv.Text(row, "name");
    const std::string key = absl::StrCat(dataset, " ", model);
    if (found.count(key) == 0) found[key] = FiguresOf(dataset, model);
    ASSERT_EQ(found[key].count(name), 1) << key << " " << name;
    const bool by_differences = IsByDifferences(name);
    Compare(by_differences ? "mixed, df and tests" : "mixed", dataset,
            found[key][name], csv.Number(row, "value"),
            absl::StrCat(key, " ", name),
            by_differences ? kByDifferences : 1e-9);
  }
}

}  // namespace
}  // namespace enthesis::stats
