// Options that the regressions share: covariates, references, strata, clusters.

#ifndef ENTHESIS_CLIENT_COMMANDS_REGRESSION_OPTIONS_H_
#define ENTHESIS_CLIENT_COMMANDS_REGRESSION_OPTIONS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/commands/question_options.h"
#include "enthesis/v1/regression.pb.h"
#include "google/protobuf/repeated_field.h"
#include "google/protobuf/repeated_ptr_field.h"

namespace CLI {
class App;
}

namespace enthesis::client {

struct RegressionText {
  QuestionText question;
  std::string covariates;               // comma list; factor(NAME) for a number
  std::vector<std::string> references;  // COVARIATE=LEVEL
  std::string strata;                   // comma list of dimensions
  std::string cluster;                  // "", "patient" or "site"
  std::string ties;                     // "", "efron" or "breslow"
  std::vector<std::string> predict;     // COVARIATE=VALUE,..., one each
};

// --covariates, --reference, --where, --as-of, --conf-level.
void AddCovariateOptions(CLI::App& command, RegressionText& text);
// --cluster.
void AddClusterOption(CLI::App& command, RegressionText& text);
// --strata, --cluster, --ties, of which `ties` says the default.
void AddHazardOptions(CLI::App& command, RegressionText& text,
                      const char* ties);

// --predict, --at.
void AddPredictionOptions(CLI::App& command, RegressionText& text);

// INVALID_ARGUMENT names the option and what is allowed. A reference of the
// groups of --by is passed over.
absl::Status ReadCovariates(
    const RegressionText& text,
    google::protobuf::RepeatedPtrField<v1::Covariate>& covariates);
// That of the groups of --by; empty without one.
absl::StatusOr<std::string> ReadGroupReference(const RegressionText& text);
absl::Status ReadStrata(const RegressionText& text,
                        google::protobuf::RepeatedField<int>& strata);
absl::StatusOr<v1::RegressionCluster> ReadCluster(const RegressionText& text);
absl::StatusOr<v1::RegressionTies> ReadTies(const RegressionText& text);
// Each with a value of every covariate; one of none where there are no
// covariates but times.
absl::Status ReadPredictedProfiles(
    const RegressionText& text,
    google::protobuf::RepeatedPtrField<v1::CovariateProfile>& profiles);

// Of whom curves are wanted and when, into a request of a regression of times.
template <typename Request>
absl::Status ReadPredictions(const RegressionText& text, Request& request) {
  const absl::Status status =
      ReadPredictedProfiles(text, *request.mutable_predictions());
  if (!status.ok()) return status;
  return ReadTimes(text.question, *request.mutable_at_days());
}

// All of them into a request of a regression of hazards.
template <typename Request>
absl::Status ReadRegression(const RegressionText& text, Request& request) {
  absl::Status status = ReadQuestion(text.question, *request.mutable_options());
  if (!status.ok()) return status;
  status = ReadCovariates(text, *request.mutable_covariates());
  if (!status.ok()) return status;
  status = ReadStrata(text, *request.mutable_strata());
  if (!status.ok()) return status;
  const absl::StatusOr<v1::RegressionCluster> cluster = ReadCluster(text);
  if (!cluster.ok()) return cluster.status();
  request.set_cluster(*cluster);
  const absl::StatusOr<v1::RegressionTies> ties = ReadTies(text);
  if (!ties.ok()) return ties.status();
  request.set_ties(*ties);
  return ReadPredictions(text, request);
}

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_COMMANDS_REGRESSION_OPTIONS_H_
