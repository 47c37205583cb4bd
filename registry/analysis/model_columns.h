// From covariates by name to the columns of a model. Internal to the analysis.

#ifndef ENTHESIS_REGISTRY_ANALYSIS_MODEL_COLUMNS_H_
#define ENTHESIS_REGISTRY_ANALYSIS_MODEL_COLUMNS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "registry/analysis/result_regression.h"
#include "registry/cohort/selection.h"
#include "registry/model/regression_question.h"
#include "stats/design_matrix.h"

namespace enthesis::analysis {

// One covariate as a question asks for it.
struct ModelTerm {
  const model::Covariate* covariate = nullptr;
  bool factor = false;    // of a number: its values are levels
  std::string reference;  // of a factor; empty: the first level with a case
  std::string path;       // of the reference in the question, for errors

  bool is_factor() const { return factor || !covariate->is_number; }
};

// The levels of a factor that cases have, in the order of their codes.
struct FactorLevels {
  std::vector<std::string> names;
  std::vector<int64_t> counts;
  std::vector<int> codes;  // by row, from 0
  int reference = 0;
};

// What a column stands for; no level for a number.
struct ColumnLabel {
  std::string covariate, level;
};

inline constexpr char kMissingConvention[] =
    "missing: a case without a value of a covariate is left out, counted at "
    "the first one it lacks";

struct ModelColumns {
  stats::DesignMatrix design;
  std::vector<ColumnLabel> labels;        // by column
  std::vector<ModelSupport::Part> parts;  // by term
  // [term] that cases have: levels of a factor, members of a set.
  std::vector<std::vector<std::string>> levels;
  std::vector<std::string> conventions;  // references
};

// More columns are a mistake, and cost their square for each row.
inline constexpr size_t kMaxColumns = 100;

// `values` are those of cohort::GatheredRows; sites are named by `sites`.
// Errors: INVALID_ARGUMENT with the path of the reference as payload kFieldPath
// when no case has it.
absl::StatusOr<FactorLevels> LevelsOf(const ModelTerm& term,
                                      absl::Span<const int32_t> values,
                                      const cohort::Grouping& sites);

// Of a value of a factor, or of a member of a set.
std::string NameOfLevel(const model::Covariate& covariate, int32_t level,
                        const cohort::Grouping& sites);

// Adds the columns of a term: a number as it is; a factor as an indicator of
// each level but the reference, named COVARIATELEVEL; a set as an indicator of
// each member. Its smallest part is the level with the fewest cases; of a
// number the cases beside its most frequent value, who alone tell a slope; of a
// set the fewest with or without a member. Errors: as LevelsOf;
// INVALID_ARGUMENT with payload kFieldPath above kMaxColumns.
absl::Status AddTerm(const ModelTerm& term, absl::Span<const int32_t> values,
                     const cohort::Grouping& sites, ModelColumns& columns);

// Lists the cases left out for want of each covariate; `without[i]` lack the
// i-th. Returns how many there are.
int64_t ExcludeMissing(const std::vector<int64_t>& without,
                       absl::Span<const model::Covariate> covariates,
                       Provenance& provenance);

// The covariates of a question, "covariates[i]" in errors. The names are known
// (validation::ValidateQuestion).
std::vector<ModelTerm> TermsOf(
    absl::Span<const model::CovariateTerm> covariates);

// Whether disclosure control will withhold a regression, of which `answer` has
// support and exclusions. Then it is not fitted, so that no error tells what
// its figures may not.
template <typename Answer>
bool IsWithheld(const model::Question& question, const Answer& answer) {
  return !model::ReasonToWithhold(answer.support, LeftOut(answer.provenance),
                                  question.smallest_group)
              .empty();
}

// An estimator that gives up on these data: FAILED_PRECONDITION with payload
// kNotFitted. Other errors stay as they are.
absl::Status ExplainFit(const absl::Status& status);

// INVALID_ARGUMENT about one field of the question.
absl::Status FieldError(absl::string_view path, absl::string_view message);

}  // namespace enthesis::analysis

#endif  // ENTHESIS_REGISTRY_ANALYSIS_MODEL_COLUMNS_H_
