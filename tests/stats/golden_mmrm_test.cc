// Mixed models for repeated measures against dense matrices, nlme, lmerTest,
// pbkrtest and emmeans (golden/README.md).

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "stats/mmrm.h"
#include "support/golden.h"
#include "support/mmrm_data.h"

namespace enthesis::stats {
namespace {

using golden::CompareModels;
using golden::Csv;
using golden::Figures;
using golden::MmrmOf;
using golden::ReadRepeatedData;
using golden::RepeatedData;

// Coefficients, means, contrasts, numbered through.
void AddEstimates(const MmrmFit& fit, const std::string& prefix,
                  Figures& figures) {
  size_t at = 0;
  const auto add = [&](const MmrmEstimate& value) {
    if (prefix.empty()) figures[absl::StrCat("estimate", at)] = value.estimate;
    figures[absl::StrCat(prefix, "std_error", at)] = value.std_error;
    figures[absl::StrCat(prefix, "df", at)] = value.df;
    ++at;
  };
  for (const MmrmCoefficient& one : fit.coefficients) add(one.value);
  for (const MmrmMean& one : fit.means) add(one.value);
  for (const MmrmContrast& one : fit.contrasts) add(one.value);
}

void AddTerms(const MmrmFit& fit, const std::string& prefix, Figures& figures) {
  for (size_t i = 0; i < fit.terms.size(); ++i) {
    const TermTest& test = fit.terms[i];
    if (prefix.empty()) {
      figures[absl::StrCat("term_numerator", i)] =
          static_cast<double>(test.numerator_df);
    }
    figures[absl::StrCat(prefix, "term_df", i)] = test.df;
    figures[absl::StrCat(prefix, "term_statistic", i)] = test.statistic;
    // Of p the logarithm: its own digits go where it is tiny.
    figures[absl::StrCat(prefix, "term_log_p", i)] = std::log(*test.p_value);
  }
}

Figures FiguresOf(const std::string& dataset, const std::string& model) {
  static const auto* const kStructures =
      new std::map<std::string, VisitCovariance, std::less<>>{
          {"un", VisitCovariance::kUnstructured},
          {"cs", VisitCovariance::kCompoundSymmetry},
          {"csh", VisitCovariance::kHeterogeneousCompoundSymmetry},
          {"ar1", VisitCovariance::kAutoregressive},
          {"ar1h", VisitCovariance::kHeterogeneousAutoregressive},
          {"toep", VisitCovariance::kToeplitz}};
  const RepeatedData data = ReadRepeatedData(dataset);
  MmrmOptions options;
  options.restricted = !absl::EndsWith(model, "_ml");
  options.covariance =
      kStructures->at(std::string(absl::StripSuffix(model, "_ml")));
  const MmrmFit fit = MmrmOf(data, options);
  Figures figures;
  AddEstimates(fit, "", figures);
  AddTerms(fit, "", figures);
  for (size_t i = 0; i < fit.visit_covariance.size(); ++i) {
    figures[absl::StrCat("covariance", i)] = fit.visit_covariance[i];
  }
  figures["log_likelihood0"] = fit.log_likelihood;
  if (!options.restricted) return figures;
  options.df = MmrmDf::kKenwardRoger;
  const MmrmFit adjusted = MmrmOf(data, options);
  AddEstimates(adjusted, "kr_", figures);
  AddTerms(adjusted, "kr_", figures);
  return figures;
}

TEST(Golden, MixedModelsForRepeatedMeasures) {
  const Csv csv("mmrm.csv");
  ASSERT_GT(csv.n_rows(), 4000);
  CompareModels(csv, "mmrm", FiguresOf);
}

}  // namespace
}  // namespace enthesis::stats
