#include "registry/analysis/model_columns.h"

#include <algorithm>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "registry/analysis/answer.h"

namespace enthesis::analysis {
namespace {

// How many rows have each value from the least to the greatest.
struct ValueRange {
  int32_t min = 0;
  std::vector<int64_t> counts;
};

ValueRange CountValues(absl::Span<const int32_t> values) {
  ValueRange range;
  if (values.empty()) return range;
  const auto [least, greatest] =
      std::minmax_element(values.begin(), values.end());
  range.min = *least;
  range.counts.resize(static_cast<size_t>(*greatest - *least) + 1);
  for (const int32_t value : values) {
    ++range.counts[static_cast<size_t>(value - range.min)];
  }
  return range;
}

template <typename Value>
void AddColumn(const ModelTerm& term, const std::string& level,
               absl::Span<const int32_t> rows, const Value& value_of,
               ModelColumns& columns) {
  stats::DesignMatrix& design = columns.design;
  design.n_rows = rows.size();
  design.names.push_back(absl::StrCat(term.covariate->name, level));
  design.terms.push_back(static_cast<int>(columns.parts.size()));
  design.values.reserve(design.values.size() + rows.size());
  for (const int32_t value : rows) design.values.push_back(value_of(value));
  columns.labels.push_back({term.covariate->name, level});
}

int64_t AddNumber(const ModelTerm& term, absl::Span<const int32_t> values,
                  ModelColumns& columns) {
  const ValueRange range = CountValues(values);
  AddColumn(
      term, "", values,
      [](int32_t value) { return static_cast<double>(value); }, columns);
  if (range.counts.empty()) return 0;
  return static_cast<int64_t>(values.size()) -
         *std::max_element(range.counts.begin(), range.counts.end());
}

int64_t AddSet(const ModelTerm& term, absl::Span<const int32_t> masks,
               ModelColumns& columns) {
  const auto n_rows = static_cast<int64_t>(masks.size());
  int64_t smallest = n_rows;
  for (const model::Code& code : term.covariate->codes->codes) {
    const int shift = code.value - 1;
    const auto has = [shift](int32_t mask) { return (mask >> shift & 1) != 0; };
    const int64_t n = std::count_if(masks.begin(), masks.end(), has);
    if (n == 0) continue;
    columns.levels.back().push_back(code.code);
    AddColumn(
        term, code.code, masks,
        [&has](int32_t mask) { return has(mask) ? 1.0 : 0.0; }, columns);
    for (const int64_t side : {n, n_rows - n}) {
      if (side > 0) smallest = std::min(smallest, side);
    }
  }
  return smallest;
}

// The columns of a factor read codes, which the levels have by row.
void AddIndicators(const ModelTerm& term, const FactorLevels& levels,
                   ModelColumns& columns) {
  for (size_t level = 0; level < levels.names.size(); ++level) {
    const auto code = static_cast<int>(level);
    if (code == levels.reference) continue;
    AddColumn(
        term, levels.names[level], levels.codes,
        [code](int32_t value) { return value == code ? 1.0 : 0.0; }, columns);
  }
  if (levels.names.empty()) return;
  columns.conventions.push_back(
      absl::StrCat(kReferenceConvention, term.covariate->name, " = ",
                   levels.names[static_cast<size_t>(levels.reference)],
                   levels.names.size() == 1 ? ", the only value" : ""));
}

}  // namespace

std::string NameOfLevel(const model::Covariate& covariate, int32_t level,
                        const cohort::Grouping& sites) {
  if (covariate.codes != nullptr) {
    return covariate.codes->codes[static_cast<size_t>(level)].code;
  }
  if (covariate.is_number) return absl::StrCat(level);
  return sites.label(static_cast<size_t>(level));
}

absl::Status ExplainFit(const absl::Status& status) {
  if (!absl::IsFailedPrecondition(status)) return status;
  absl::Status explained = absl::FailedPreconditionError(
      absl::StrCat("the model cannot be fitted: ", status.message()));
  explained.SetPayload(kNotFitted, absl::Cord());
  return explained;
}

absl::Status FieldError(absl::string_view path, absl::string_view message) {
  absl::Status status = absl::InvalidArgumentError(message);
  status.SetPayload(kFieldPath, absl::Cord(path));
  return status;
}

absl::StatusOr<FactorLevels> LevelsOf(const ModelTerm& term,
                                      absl::Span<const int32_t> values,
                                      const cohort::Grouping& sites) {
  const ValueRange range = CountValues(values);
  FactorLevels levels;
  std::vector<int> code_of(range.counts.size());
  bool found = term.reference.empty() || values.empty();
  for (size_t i = 0; i < range.counts.size(); ++i) {
    if (range.counts[i] == 0) continue;
    const auto code = static_cast<int>(levels.names.size());
    code_of[i] = code;
    levels.names.push_back(NameOfLevel(
        *term.covariate, range.min + static_cast<int32_t>(i), sites));
    levels.counts.push_back(range.counts[i]);
    if (levels.names.back() != term.reference) continue;
    levels.reference = code;
    found = true;
  }
  if (!found) {
    return FieldError(
        term.path,
        absl::StrCat("no case of the model has ", term.covariate->name, " = ",
                     term.reference, "; allowed: a value that cases have"));
  }
  levels.codes.reserve(values.size());
  for (const int32_t value : values) {
    levels.codes.push_back(code_of[static_cast<size_t>(value - range.min)]);
  }
  return levels;
}

absl::Status AddTerm(const ModelTerm& term, absl::Span<const int32_t> values,
                     const cohort::Grouping& sites, ModelColumns& columns) {
  ModelSupport::Part part{term.covariate->name, 0};
  columns.levels.emplace_back();
  if (term.covariate->is_set) {
    part.n = AddSet(term, values, columns);
  } else if (!term.is_factor()) {
    part.n = AddNumber(term, values, columns);
  } else {
    const absl::StatusOr<FactorLevels> levels = LevelsOf(term, values, sites);
    if (!levels.ok()) return levels.status();
    if (levels->names.size() + columns.labels.size() > kMaxColumns + 1) {
      return FieldError("covariates",
                        absl::StrCat(term.covariate->name,
                                     " brings too many coefficients; allowed: "
                                     "at most ",
                                     kMaxColumns, " in a model"));
    }
    AddIndicators(term, *levels, columns);
    columns.levels.back() = levels->names;
    if (!levels->counts.empty()) {
      part.n = *std::min_element(levels->counts.begin(), levels->counts.end());
    }
  }
  columns.parts.push_back(std::move(part));
  return absl::OkStatus();
}

int64_t ExcludeMissing(const std::vector<int64_t>& without,
                       absl::Span<const model::Covariate> covariates,
                       Provenance& provenance) {
  int64_t dropped = 0;
  for (size_t c = 0; c < covariates.size(); ++c) {
    if (without[c] == 0) continue;
    dropped += without[c];
    provenance.exclusions.push_back(
        {"MISSING_COVARIATE", without[c], covariates[c].name});
  }
  return dropped;
}

std::vector<ModelTerm> TermsOf(
    absl::Span<const model::CovariateTerm> covariates) {
  std::vector<ModelTerm> terms;
  for (size_t i = 0; i < covariates.size(); ++i) {
    terms.push_back({model::FindCovariate(covariates[i].name),
                     covariates[i].factor, covariates[i].reference,
                     absl::StrCat("covariates[", i, "].reference")});
  }
  return terms;
}

}  // namespace enthesis::analysis
