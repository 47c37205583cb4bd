// Groups compared on a measure at a visit, adjusted for its baseline.

#include "stats/ancova.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "registry/analysis/answer.h"
#include "registry/analysis/hazard_model.h"
#include "registry/analysis/model_columns.h"
#include "registry/analysis/plan.h"
#include "registry/cohort/gather.h"

namespace enthesis::analysis {
namespace {

// Every two groups are compared.
constexpr size_t kMaxAncovaGroups = 100;

struct AncovaRows {
  cohort::GatheredRows rows;
  ModelTerm group;
  FactorLevels groups;
  std::vector<double> baseline;
  ModelColumns columns;  // of the further covariates
};

void ExplainAncova(const model::AncovaQuestion& question,
                   Provenance& provenance) {
  const model::Code& measure =
      *model::kMeasureCodes.Find(static_cast<int32_t>(question.measure));
  const model::Code& visit =
      *model::kVisitCodes.Find(static_cast<int32_t>(question.visit));
  provenance.estimand = absl::StrCat(
      "difference of mean ", measure.label, " at the visit ", visit.code,
      " between groups of equal baseline and covariates, in cases of the "
      "cohort asked for with all of them");
  provenance.conventions = {
      "method: analysis of covariance by least squares, as lm",
      "interval: Student's t",
      ConfidenceConvention(question.conf_level),
      "adjusted means: numeric covariates at their mean, levels of factors "
      "weighted equally, as emmeans",
      "contrasts: first minus second, not adjusted for many comparisons",
      kMissingConvention,
      kUnitConvention};
}

// The baseline of the measure and the groups come first: of what is missing
// they are named first.
absl::StatusOr<AncovaRows> GatherAncova(const model::AncovaQuestion& question,
                                        const Plan& plan, AncovaAnswer& answer,
                                        Provenance& provenance) {
  AncovaRows data;
  const std::vector<ModelTerm> terms = TermsOf(question.covariates);
  data.group.covariate = model::FindCovariate(
      model::CodeOf(model::kDimensionCodes, *question.group_by));
  data.group.factor = true;
  data.group.reference = question.reference;
  data.group.path = "reference";
  cohort::RowContent content;
  content.measure = question.measure;
  content.visit = question.visit;
  content.covariates = {
      *model::FindCovariate(absl::StrCat(
          "baseline_", model::CodeOf(model::kMeasureCodes, question.measure))),
      *data.group.covariate};
  for (const ModelTerm& term : terms) {
    content.covariates.push_back(*term.covariate);
  }
  absl::StatusOr<cohort::GatheredRows> rows = cohort::GatherRows(
      plan.snapshot, plan.selection, content, plan.pool, plan.stop);
  if (!rows.ok()) return rows.status();
  data.rows = *std::move(rows);
  provenance.exclusions.push_back({"NO_VALUE", data.rows.without_score});
  answer.dropped =
      ExcludeMissing(data.rows.without, content.covariates, provenance);
  data.baseline.assign(data.rows.values[0].begin(), data.rows.values[0].end());
  const cohort::Grouping sites(model::Dimension::kSite, plan.snapshot);
  absl::StatusOr<FactorLevels> groups =
      LevelsOf(data.group, data.rows.values[1], sites);
  if (!groups.ok()) return groups.status();
  data.groups = *std::move(groups);
  if (data.groups.names.size() > kMaxAncovaGroups) {
    return FieldError("options.group_by",
                      absl::StrCat("brings too many groups; allowed: at most ",
                                   kMaxAncovaGroups));
  }
  data.columns.design.n_rows = data.rows.size();
  for (size_t t = 0; t < terms.size(); ++t) {
    const absl::Status status =
        AddTerm(terms[t], data.rows.values[t + 2], sites, data.columns);
    if (!status.ok()) return status;
  }
  return data;
}

void SupportAncova(const AncovaRows& data, ModelSupport& support) {
  support.n = static_cast<int64_t>(data.rows.size());
  support.n_coefficients = static_cast<int64_t>(data.columns.labels.size() +
                                                data.groups.names.size() + 1);
  const auto smallest =
      std::min_element(data.groups.counts.begin(), data.groups.counts.end());
  support.parts.push_back({data.group.covariate->name, *smallest});
  for (const ModelSupport::Part& part : data.columns.parts) {
    support.parts.push_back(part);
  }
}

void SetCoefficients(const AncovaRows& data, const std::string& baseline,
                     const stats::Ancova& fit, AncovaAnswer& answer) {
  std::vector<ColumnLabel> labels = {{}, {baseline, ""}};
  for (size_t g = 0; g < data.groups.names.size(); ++g) {
    if (static_cast<int>(g) == data.groups.reference) continue;
    labels.push_back({data.group.covariate->name, data.groups.names[g]});
  }
  labels.insert(labels.end(), data.columns.labels.begin(),
                data.columns.labels.end());
  for (size_t c = 0; c < fit.coefficients.size(); ++c) {
    answer.coefficients.push_back(
        CoefficientOf(fit.coefficients[c], std::move(labels[c]), {}));
  }
}

void SetGroups(const model::AncovaQuestion& question, const AncovaRows& data,
               const stats::Ancova& fit, AncovaAnswer& answer) {
  const auto group_of = [&](size_t group) {
    return Group{{*question.group_by, data.groups.names[group]}};
  };
  for (size_t g = 0; g < fit.adjusted_means.size(); ++g) {
    const stats::AdjustedMean& from = fit.adjusted_means[g];
    answer.adjusted_means.push_back(
        {group_of(g), data.groups.counts[g], from.estimate, from.std_error,
         from.lower, from.upper,
         from.estimate.has_value() ? Absence::kNone : Absence::kUndefined});
  }
  for (const stats::GroupContrast& from : fit.contrasts) {
    answer.contrasts.push_back({group_of(static_cast<size_t>(from.first)),
                                group_of(static_cast<size_t>(from.second)),
                                from.estimate, from.std_error, from.statistic,
                                from.p_value, from.lower, from.upper});
  }
  answer.group_test = {fit.group_test.statistic, fit.group_test.df,
                       fit.group_test.residual_df, fit.group_test.p_value};
}

absl::Status FitGroups(const model::AncovaQuestion& question,
                       const AncovaRows& data, AncovaAnswer& answer) {
  stats::AncovaData input;
  input.response = data.rows.scores;
  input.baseline = data.baseline;
  input.groups = data.groups.codes;
  for (const std::string& name : data.groups.names) {
    input.group_names.push_back(absl::StrCat(data.group.covariate->name, name));
  }
  input.baseline_name = absl::StrCat(
      "baseline_", model::CodeOf(model::kMeasureCodes, question.measure));
  input.covariates = data.columns.design;
  stats::AncovaOptions options;
  options.conf_level = question.conf_level;
  options.reference = data.groups.reference;
  const absl::StatusOr<stats::Ancova> fit = stats::FitAncova(input, options);
  if (!fit.ok()) return ExplainFit(fit.status());
  SetCoefficients(data, input.baseline_name, *fit, answer);
  SetGroups(question, data, *fit, answer);
  answer.residual_variance = fit->residual_variance;
  answer.residual_df = fit->residual_df;
  answer.r_squared = fit->r_squared;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<AncovaAnswer> Answer(const model::AncovaQuestion& question,
                                    const cohort::Snapshot& snapshot,
                                    stats::ThreadPool& pool,
                                    std::stop_token stop) {
  absl::StatusOr<Plan> plan =
      MakePlan(question, snapshot, pool, std::move(stop));
  if (!plan.ok()) return plan.status();
  AncovaAnswer answer;
  answer.measure = question.measure;
  answer.visit = question.visit;
  answer.provenance = plan->provenance;
  ExplainAncova(question, answer.provenance);
  const absl::StatusOr<AncovaRows> data =
      GatherAncova(question, *plan, answer, answer.provenance);
  if (!data.ok()) return data.status();
  answer.n = static_cast<int64_t>(data->rows.size());
  if (answer.n == 0) {
    answer.absence = Absence::kUndefined;
    return answer;
  }
  SupportAncova(*data, answer.support);
  std::vector<std::string>& conventions = answer.provenance.conventions;
  conventions.push_back(absl::StrCat(
      kReferenceConvention, data->group.covariate->name, " = ",
      data->groups.names[static_cast<size_t>(data->groups.reference)]));
  conventions.insert(conventions.end(), data->columns.conventions.begin(),
                     data->columns.conventions.end());
  if (IsWithheld(question, answer)) return answer;
  absl::Status status = CheckStop(plan->stop);
  if (status.ok()) status = FitGroups(question, *data, answer);
  if (!status.ok()) return status;
  return answer;
}

}  // namespace enthesis::analysis
