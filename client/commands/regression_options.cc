#include "client/commands/regression_options.h"

#include <CLI/CLI.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/analyze/frame.h"
#include "client/analyze/regression_report.h"
#include "registry/model/covariate.h"
#include "registry/model/dimension.h"

namespace enthesis::client {

void AddCovariateOptions(CLI::App& command, RegressionText& text) {
  command
      .add_option(
          "--covariates", text.covariates,
          absl::StrCat("Comma list; factor(NAME) takes a number by its values. "
                       "One of: ",
                       model::AllowedCovariates()))
      ->type_name("NAMES");
  command
      .add_option("--reference", text.references,
                  "Level of a factor without a coefficient; repeat for further "
                  "ones. Default: the first, in list order, that a case has")
      ->type_name("NAME=LEVEL")
      ->allow_extra_args(false);
  AddSelectionOptions(command, text.question);
  AddLevelOption(command, text.question);
}

void AddClusterOption(CLI::App& command, RegressionText& text) {
  command
      .add_option("--cluster", text.cluster,
                  "Robust errors by patient (both limbs) or by site")
      ->type_name("patient|site");
}

void AddHazardOptions(CLI::App& command, RegressionText& text,
                      const char* ties) {
  command
      .add_option("--strata", text.strata,
                  "Comma list of dimensions: a baseline hazard for each "
                  "combination of their values")
      ->type_name("DIMS");
  AddClusterOption(command, text);
  command
      .add_option("--ties", text.ties,
                  absl::StrCat("efron or breslow. Default: ", ties))
      ->type_name("efron|breslow");
}

void AddPredictionOptions(CLI::App& command, RegressionText& text) {
  command
      .add_option("--predict", text.predict,
                  "A value of each covariate, for whom the curve at --at is "
                  "predicted; repeat for others, or separate them by ;")
      ->type_name("NAME=VALUE,...")
      ->allow_extra_args(false);
  AddTimesOption(command, text.question);
}

absl::Status ReadPredictedProfiles(
    const RegressionText& text,
    google::protobuf::RepeatedPtrField<v1::CovariateProfile>& profiles) {
  const absl::StatusOr<std::vector<CovariateTerm>> terms =
      ParseCovariates(text.covariates);
  if (!terms.ok()) return terms.status();
  for (const std::string& option : text.predict) {
    for (absl::string_view one :
         absl::StrSplit(option, ';', absl::SkipWhitespace())) {
      const auto values = ParseProfile(one, *terms);
      if (!values.ok()) return values.status();
      v1::CovariateProfile& profile = *profiles.Add();
      for (const CovariateTerm& term : *terms) {
        v1::CovariateValue& value = *profile.add_values();
        value.set_name(term.column);
        value.set_value(values->at(term.column));
      }
    }
  }
  const bool timed = !text.question.at.empty();
  if (!profiles.empty() && !timed) {
    return absl::InvalidArgumentError(
        "--predict needs --at, the times at which the curve is wanted");
  }
  if (!timed || !profiles.empty()) return absl::OkStatus();
  if (!terms->empty()) {
    return absl::InvalidArgumentError(
        "--at needs --predict with a value of each covariate");
  }
  profiles.Add();
  return absl::OkStatus();
}

absl::Status ReadCovariates(
    const RegressionText& text,
    google::protobuf::RepeatedPtrField<v1::Covariate>& covariates) {
  const absl::StatusOr<std::vector<CovariateTerm>> terms =
      ParseCovariates(text.covariates);
  if (!terms.ok()) return terms.status();
  absl::StatusOr<References> references = ParseReferences(text.references);
  if (!references.ok()) return references.status();
  references->erase(text.question.by);  // that of the groups
  for (const CovariateTerm& term : *terms) {
    if (model::FindCovariate(term.column) == nullptr) {
      return absl::InvalidArgumentError(absl::StrCat(
          "--covariates: \"", term.column,
          "\" is not known; allowed: ", model::AllowedCovariates()));
    }
    v1::Covariate& covariate = *covariates.Add();
    covariate.set_name(term.column);
    covariate.set_factor(term.is_factor);
    const auto chosen = references->find(term.column);
    if (chosen == references->end()) continue;
    covariate.set_reference(chosen->second);
    references->erase(chosen);
  }
  if (references->empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("--reference ", references->begin()->first,
                   ": is not among the covariates"));
}

absl::StatusOr<std::string> ReadGroupReference(const RegressionText& text) {
  const absl::StatusOr<References> references =
      ParseReferences(text.references);
  if (!references.ok()) return references.status();
  const auto chosen = references->find(text.question.by);
  return chosen == references->end() ? "" : chosen->second;
}

absl::Status ReadStrata(const RegressionText& text,
                        google::protobuf::RepeatedField<int>& strata) {
  for (const std::string& name : SplitList(text.strata)) {
    const model::Code* code = model::kDimensionCodes.Find(name);
    if (code == nullptr) {
      return absl::InvalidArgumentError(absl::StrCat(
          "--strata: \"", name,
          "\" is no dimension; allowed: ", model::kDimensionCodes.Allowed()));
    }
    strata.Add(code->value);
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::RegressionCluster> ReadCluster(const RegressionText& text) {
  if (text.cluster.empty()) return v1::REGRESSION_CLUSTER_UNSPECIFIED;
  if (text.cluster == "patient") return v1::REGRESSION_CLUSTER_PATIENT;
  if (text.cluster == "site") return v1::REGRESSION_CLUSTER_SITE;
  return absl::InvalidArgumentError(
      absl::StrCat("--cluster: \"", text.cluster,
                   "\" is not known; allowed: patient, site"));
}

absl::StatusOr<v1::RegressionTies> ReadTies(const RegressionText& text) {
  if (text.ties.empty()) return v1::REGRESSION_TIES_UNSPECIFIED;
  if (text.ties == "efron") return v1::REGRESSION_TIES_EFRON;
  if (text.ties == "breslow") return v1::REGRESSION_TIES_BRESLOW;
  return absl::InvalidArgumentError(absl::StrCat(
      "--ties: \"", text.ties, "\" is not known; allowed: efron, breslow"));
}

}  // namespace enthesis::client
