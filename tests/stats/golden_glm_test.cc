// Generalized linear models against R (golden/README.md).

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "stats/binary_prediction.h"
#include "stats/glm.h"
#include "support/glm_data.h"
#include "support/golden.h"

namespace enthesis::stats {
namespace {

using golden::CompareModels;
using golden::Csv;
using golden::Figures;
using golden::FitOf;
using golden::GlmData;

GlmData ReadGlmData(const std::string& dataset,
                    const std::vector<std::string>& covariates) {
  const Csv csv(absl::StrCat("data/glm_", dataset, ".csv"));
  GlmData data;
  std::vector<std::vector<double>> x(covariates.size());
  for (size_t i = 0; i < csv.n_rows(); ++i) {
    data.response.push_back(csv.Value(i, "response"));
    data.weights.push_back(csv.Value(i, "weight"));
    data.offsets.push_back(csv.Value(i, "offset"));
    data.clusters.push_back(static_cast<int>(csv.Value(i, "cluster")));
    for (size_t c = 0; c < covariates.size(); ++c) {
      x[c].push_back(csv.Value(i, covariates[c]));
    }
  }
  data.design = golden::Columns(x);
  return data;
}

const std::map<std::string, std::vector<std::string>>& Covariates() {
  static const auto* const kCovariates =
      new std::map<std::string, std::vector<std::string>>{
          {"infert",
           {"age", "parity", "education6_11yrs", "education12__yrs",
            "spontaneous", "induced"}},
          {"birthwt",
           {"age", "lwt", "factor_race_2", "factor_race_3", "smoke", "ptl",
            "ht", "ui"}},
          {"ucb",
           {"GenderFemale", "DeptB", "DeptC", "DeptD", "DeptE", "DeptF"}},
          {"lung", {"age", "sex", "ph.ecog"}},
          {"mtcars", {"wt", "hp"}},
          {"esoph", {"unclass_agegp_", "unclass_alcgp_", "unclass_tobgp_"}},
          {"quine", {"EthN", "SexM", "AgeF1", "AgeF2", "AgeF3", "LrnSL"}},
          {"warpbreaks",
           {"woolB", "tensionM", "tensionH", "woolB_tensionM",
            "woolB_tensionH"}},
          {"insurance",
           {"factor_District_2", "factor_District_3", "factor_District_4",
            "unclass_Group_", "unclass_Age_"}},
          {"weighted", {"EthN", "SexM"}},
          {"quasi", {"fiveTRUE", "mpg"}},
          {"complete", {"wt", "qsec", "gear", "mpg"}}};
  return *kCovariates;
}

void AddAll(const std::string& name, const std::vector<double>& values,
            Figures& figures) {
  for (size_t i = 0; i < values.size(); ++i) {
    figures[absl::StrCat(name, i)] = values[i];
  }
}

void AddAssessment(const GlmData& data, const GlmFit& fit, Figures& figures) {
  const auto assessed = AssessBinaryPredictions(
      {data.response, fit.predictors, data.weights}, 10);
  ASSERT_TRUE(assessed.ok()) << assessed.status();
  figures["auc0"] = assessed->auc;
  figures["brier0"] = assessed->brier;
  figures["hosmer_lemeshow0"] = assessed->hosmer_lemeshow.chi_square;
  for (size_t g = 0; g < assessed->groups.size(); ++g) {
    figures[absl::StrCat("group_n", g)] = assessed->groups[g].n;
    figures[absl::StrCat("group_observed", g)] = assessed->groups[g].observed;
    figures[absl::StrCat("group_expected", g)] = assessed->groups[g].expected;
  }
}

Figures FiguresOf(const std::string& dataset, const std::string& model) {
  GlmData data = ReadGlmData(dataset, Covariates().at(dataset));
  GlmOptions options;
  options.firth = model == "firth";
  if (model == "poisson") options.family = GlmFamily::kPoisson;
  if (model == "negbin") options.family = GlmFamily::kNegativeBinomial;
  const GlmFit clustered = FitOf(data, options);
  options.cluster_factor = false;
  const GlmFit bare = FitOf(data, options);
  data.clusters.clear();
  options.robust = true;
  const GlmFit fit = FitOf(data, options);
  Figures figures;
  size_t at = 0;
  for (const Coefficient& coefficient : fit.coefficients) {
    if (!coefficient.estimate.has_value()) continue;
    figures[absl::StrCat("estimate", at)] = coefficient.estimate;
    figures[absl::StrCat("std_error", at++)] = coefficient.std_error;
  }
  at = 0;
  // Its p is that of the error without clusters.
  options.robust = false;
  for (const Coefficient& one : FitOf(data, options).coefficients) {
    figures[absl::StrCat("p", at++)] = one.p_value;
  }
  AddAll("variance", fit.covariance, figures);
  AddAll("robust", fit.robust_covariance, figures);
  AddAll("cluster", clustered.robust_covariance, figures);
  AddAll("bare", bare.robust_covariance, figures);
  figures.insert({{"deviance0", fit.deviance},
                  {"null_deviance0", fit.null_deviance},
                  {"df0", fit.residual_df},
                  {"null_df0", fit.null_df},
                  {"pearson0", fit.pearson},
                  {"log_likelihood0", fit.log_likelihood}});
  if (fit.theta.has_value()) {
    figures["theta0"] = fit.theta->estimate;
    figures["theta_std_error0"] = fit.theta->std_error;
  }
  if (options.family == GlmFamily::kLogistic) {
    AddAssessment(data, fit, figures);
  }
  return figures;
}

TEST(Golden, GeneralizedLinearModels) {
  const Csv csv("glm.csv");
  ASSERT_GT(csv.n_rows(), 2000);
  CompareModels(csv, "glm", FiguresOf);
}

}  // namespace
}  // namespace enthesis::stats
