// A measure over repeated visits: mixed models.

#include "stats/mixed.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "registry/analysis/answer.h"
#include "registry/analysis/hazard_model.h"
#include "registry/analysis/model_columns.h"
#include "registry/analysis/plan.h"
#include "registry/cohort/gather.h"
#include "registry/model/visits.h"
#include "stats/mmrm.h"
#include "stats/mmrm_design.h"

namespace enthesis::analysis {
namespace {

using model::MixedStructure;

constexpr double kDaysPerMonth = 30.4375;
constexpr size_t kMaxMixedGroups = 20;

const char* VisitCode(model::Visit visit) {
  return model::kVisitWindows[static_cast<size_t>(visit) - 1].code;
}

void ExplainMixed(const model::MixedQuestion& question,
                  Provenance& provenance) {
  const model::Code& measure =
      *model::kMeasureCodes.Find(static_cast<int32_t>(question.measure));
  provenance.estimand = absl::StrCat(
      "mean ", measure.label, " at each visit",
      question.group_by.has_value() ? " and its difference between groups" : "",
      ", in cases of the cohort asked for with one of the visits and all "
      "covariates; visits are missing at random");
  const std::string structure =
      model::kMixedStructureCodes
          .Find(static_cast<int32_t>(question.structure))
          ->label;
  const bool is_mmrm = model::IsVisitCovariance(question.structure);
  provenance.conventions = {
      absl::StrCat("method: ",
                   is_mmrm ? "mixed model for repeated measures, covariance "
                             "of the visits: "
                           : "linear mixed model: ",
                   structure, is_mmrm ? "" : " of each case"),
      question.restricted ? "restricted maximum likelihood"
                          : "maximum likelihood",
      absl::StrCat(
          "df: ",
          model::kMixedDfCodes.Find(static_cast<int32_t>(question.df))->label),
      "interval: Student's t",
      ConfidenceConvention(question.conf_level),
      kMissingConvention,
      ScaleConvention(question.measure),
      kUnitConvention};
  if (question.random_site) {
    provenance.conventions.push_back(
        "site: a random intercept of each, within which cases lie");
  }
  provenance.conventions.push_back(
      "terms: F, type III, with the df of estimates");
  if (question.structure == MixedStructure::kRandomSlope) {
    provenance.conventions.push_back(
        "slope: by month since surgery, at the target days of the visits");
  }
  if (is_mmrm) {
    provenance.conventions.push_back(
        "means: numeric covariates at their mean, levels of factors weighted "
        "equally, as emmeans");
  }
}

// One row a case, in an order of their values.
struct MixedCases {
  cohort::GatheredRows rows;
  std::vector<size_t> order;
  FactorLevels groups;     // by row
  std::vector<int> sites;  // by row; empty: not in the model
  ModelTerm group;
  ModelColumns columns;  // by row
};

// Rows are drawn up in an order of their content, so that codes of cases do
// not depend on where they lie.
std::vector<size_t> OrderOf(const cohort::GatheredRows& rows) {
  std::vector<size_t> order(rows.size());
  std::iota(order.begin(), order.end(), size_t{0});
  const auto score = [](double x) { return std::isnan(x) ? -1e9 : x; };
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    for (const std::vector<double>& visit : rows.scores_at) {
      if (score(visit[a]) != score(visit[b])) {
        return score(visit[a]) < score(visit[b]);
      }
    }
    for (const std::vector<int32_t>& column : rows.values) {
      if (column[a] != column[b]) return column[a] < column[b];
    }
    return false;
  });
  return order;
}

absl::Status GatherGroups(const model::MixedQuestion& question,
                          const cohort::Grouping& sites, MixedCases& cases) {
  if (!question.group_by.has_value()) return absl::OkStatus();
  absl::StatusOr<FactorLevels> levels =
      LevelsOf(cases.group, cases.rows.values[0], sites);
  if (!levels.ok()) return levels.status();
  cases.groups = *std::move(levels);
  if (cases.groups.names.size() <= kMaxMixedGroups) return absl::OkStatus();
  return FieldError("options.group_by",
                    absl::StrCat("brings too many groups; allowed: at most ",
                                 kMaxMixedGroups));
}

absl::StatusOr<MixedCases> GatherMixed(const model::MixedQuestion& question,
                                       const Plan& plan, MixedAnswer& answer) {
  MixedCases cases;
  const std::vector<ModelTerm> terms = TermsOf(question.covariates);
  cohort::RowContent content;
  content.measure = question.measure;
  content.visits = question.visits;
  const size_t first = question.group_by.has_value() ? 1 : 0;
  if (question.group_by.has_value()) {
    cases.group.covariate = model::FindCovariate(
        model::CodeOf(model::kDimensionCodes, *question.group_by));
    cases.group.factor = true;
    cases.group.reference = question.reference;
    cases.group.path = "reference";
    content.covariates.push_back(*cases.group.covariate);
  }
  for (const ModelTerm& term : terms) {
    content.covariates.push_back(*term.covariate);
  }
  // Last, and of every case: no row lacks it.
  if (question.random_site) {
    content.covariates.push_back(*model::FindCovariate("site"));
  }
  absl::StatusOr<cohort::GatheredRows> rows = cohort::GatherRows(
      plan.snapshot, plan.selection, content, plan.pool, plan.stop);
  if (!rows.ok()) return rows.status();
  cases.rows = *std::move(rows);
  answer.provenance.exclusions.push_back(
      {"NO_VALUE", cases.rows.without_score});
  answer.dropped =
      ExcludeMissing(cases.rows.without, content.covariates, answer.provenance);
  const cohort::Grouping sites(model::Dimension::kSite, plan.snapshot);
  absl::Status status = GatherGroups(question, sites, cases);
  if (!status.ok()) return status;
  if (question.random_site) {
    const std::vector<int32_t>& codes = cases.rows.values.back();
    cases.sites.assign(codes.begin(), codes.end());
  }
  cases.columns.design.n_rows = cases.rows.size();
  for (size_t t = 0; t < terms.size(); ++t) {
    status =
        AddTerm(terms[t], cases.rows.values[first + t], sites, cases.columns);
    if (!status.ok()) return status;
  }
  cases.order = OrderOf(cases.rows);
  return cases;
}

// One row a measurement.
struct Measurements {
  std::vector<double> response, months;
  std::vector<int> subjects, visits, groups, sites;
  stats::DesignMatrix covariates;
  std::vector<stats::MmrmColumn> columns;
  std::vector<std::vector<int64_t>> counts;  // [visit][group]
};

// Indicators of the visits but the first, without groups.
void AddVisits(const model::MixedQuestion& question, Measurements& data) {
  const int term = static_cast<int>(data.covariates.term_names.size());
  data.covariates.term_names.emplace_back("visit");
  for (size_t v = 1; v < question.visits.size(); ++v) {
    data.covariates.names.push_back(
        absl::StrCat("visit", VisitCode(question.visits[v])));
    data.columns.push_back(stats::MmrmColumn::kOfVisit);
    data.covariates.terms.push_back(term);
    for (const int visit : data.visits) {
      data.covariates.values.push_back(visit == static_cast<int>(v) ? 1 : 0);
    }
  }
}

Measurements Measure(const model::MixedQuestion& question,
                     const MixedCases& cases) {
  Measurements data;
  const size_t n_visits = question.visits.size();
  const size_t n_groups = std::max<size_t>(cases.groups.names.size(), 1);
  data.counts.assign(n_visits, std::vector<int64_t>(n_groups, 0));
  std::vector<size_t> row_of;
  for (size_t c = 0; c < cases.order.size(); ++c) {
    const size_t row = cases.order[c];
    const int group = cases.groups.codes.empty() ? 0 : cases.groups.codes[row];
    for (size_t v = 0; v < n_visits; ++v) {
      const double score = cases.rows.scores_at[v][row];
      if (std::isnan(score)) continue;
      data.response.push_back(score);
      data.subjects.push_back(static_cast<int>(c));
      data.visits.push_back(static_cast<int>(v));
      data.groups.push_back(group);
      if (!cases.sites.empty()) data.sites.push_back(cases.sites[row]);
      const auto window = static_cast<size_t>(question.visits[v]) - 1;
      data.months.push_back(model::kVisitWindows[window].target_day /
                            kDaysPerMonth);
      ++data.counts[v][static_cast<size_t>(group)];
      row_of.push_back(row);
    }
  }
  const stats::DesignMatrix& from = cases.columns.design;
  data.covariates.n_rows = row_of.size();
  data.covariates.names = from.names;
  data.covariates.terms = from.terms;
  for (const ModelTerm& term : TermsOf(question.covariates)) {
    data.covariates.term_names.push_back(term.covariate->name);
  }
  data.columns.assign(from.n_columns(), stats::MmrmColumn::kHeld);
  for (size_t c = 0; c < from.n_columns(); ++c) {
    for (const size_t row : row_of) {
      data.covariates.values.push_back(from.Column(c)[row]);
    }
  }
  if (!question.group_by.has_value()) AddVisits(question, data);
  return data;
}

stats::MmrmData MmrmDataOf(const model::MixedQuestion& question,
                           const MixedCases& cases, const Measurements& from) {
  stats::MmrmData data;
  data.response = from.response;
  data.subjects = from.subjects;
  data.visits = from.visits;
  for (const model::Visit visit : question.visits) {
    data.visit_levels.push_back(VisitCode(visit));
    data.visit_names.push_back(absl::StrCat("visit", VisitCode(visit)));
  }
  if (question.group_by.has_value()) {
    data.groups = from.groups;
    for (const std::string& name : cases.groups.names) {
      data.group_names.push_back(
          absl::StrCat(cases.group.covariate->name, name));
    }
    data.reference = cases.groups.reference;
    data.group_term = cases.group.covariate->name;
  }
  data.covariates = from.covariates;
  data.columns = from.columns;
  data.means_by_visit = true;
  return data;
}

void SupportMixed(const MixedCases& cases, const Measurements& data,
                  const model::MixedQuestion& question, size_t n_coefficients,
                  ModelSupport& support) {
  support.n = static_cast<int64_t>(cases.rows.size());
  support.n_coefficients = static_cast<int64_t>(n_coefficients);
  support.parts = cases.columns.parts;
  for (size_t v = 0; v < data.counts.size(); ++v) {
    for (size_t g = 0; g < data.counts[v].size(); ++g) {
      std::string name = absl::StrCat("visit ", VisitCode(question.visits[v]));
      if (question.group_by.has_value()) {
        absl::StrAppend(&name, " and ", cases.group.covariate->name);
      }
      support.parts.push_back({std::move(name), data.counts[v][g]});
    }
  }
  if (cases.sites.empty()) return;
  // Those beside the largest site alone tell what differs between sites.
  std::map<int, int64_t> sizes;
  int64_t largest = 0;
  for (const int site : cases.sites) largest = std::max(largest, ++sizes[site]);
  support.parts.push_back({"site", support.n - largest});
}

MixedEstimate EstimateOf(const stats::MmrmEstimate& from) {
  MixedEstimate to;
  to.estimate = from.estimate;
  to.std_error = from.std_error;
  to.df = from.df;
  to.statistic = from.statistic;
  to.p_value = from.p_value;
  to.lower = from.lower;
  to.upper = from.upper;
  if (!from.estimate.has_value()) to.absence = Absence::kUndefined;
  return to;
}

stats::VisitCovariance CovarianceOf(MixedStructure structure) {
  switch (structure) {
    case MixedStructure::kHeterogeneousCompoundSymmetry:
      return stats::VisitCovariance::kHeterogeneousCompoundSymmetry;
    case MixedStructure::kAutoregressive:
      return stats::VisitCovariance::kAutoregressive;
    case MixedStructure::kHeterogeneousAutoregressive:
      return stats::VisitCovariance::kHeterogeneousAutoregressive;
    case MixedStructure::kToeplitz:
      return stats::VisitCovariance::kToeplitz;
    default:
      return stats::VisitCovariance::kUnstructured;
  }
}

void SetMeans(const model::MixedQuestion& question, const MixedCases& cases,
              const Measurements& data, const stats::MmrmFit& fit,
              MixedAnswer& answer) {
  const auto group_of = [&](int group) {
    if (!question.group_by.has_value()) return Group();
    return Group{
        {*question.group_by, cases.groups.names[static_cast<size_t>(group)]}};
  };
  for (const stats::MmrmMean& mean : fit.means) {
    const auto visit = static_cast<size_t>(mean.visit);
    const auto group = static_cast<size_t>(std::max(mean.group, 0));
    answer.means.push_back({question.visits[visit], group_of(mean.group),
                            data.counts[visit][group], EstimateOf(mean.value)});
  }
  for (const stats::MmrmContrast& contrast : fit.contrasts) {
    answer.contrasts.push_back(
        {question.visits[static_cast<size_t>(contrast.visit)],
         group_of(contrast.group), group_of(cases.groups.reference),
         EstimateOf(contrast.value)});
  }
}

void SetTerms(const std::vector<stats::TermTest>& from, MixedAnswer& answer) {
  for (const stats::TermTest& test : from) {
    answer.terms.push_back({test.name, static_cast<int64_t>(test.numerator_df),
                            test.df, test.statistic, test.p_value});
  }
}

absl::Status FitVisits(const model::MixedQuestion& question,
                       const MixedCases& cases, const Measurements& data,
                       const stats::MmrmData& input, std::stop_token stop,
                       MixedAnswer& answer) {
  stats::MmrmOptions options;
  options.covariance = CovarianceOf(question.structure);
  options.df = question.df == model::MixedDf::kKenwardRoger
                   ? stats::MmrmDf::kKenwardRoger
                   : stats::MmrmDf::kSatterthwaite;
  options.restricted = question.restricted;
  options.conf_level = question.conf_level;
  options.stop = stop;
  const absl::StatusOr<stats::MmrmFit> fit = stats::FitMmrm(input, options);
  if (!fit.ok()) return ExplainFit(fit.status());
  for (const stats::MmrmCoefficient& from : fit->coefficients) {
    MixedCoefficient& to = answer.fixed_effects.emplace_back();
    to.name = from.name;
    to.value = EstimateOf(from.value);
    if (!from.value.estimate.has_value()) to.value.absence = Absence::kDropped;
  }
  SetTerms(fit->terms, answer);
  answer.visit_covariance = fit->visit_covariance;
  answer.log_likelihood = fit->log_likelihood;
  SetMeans(question, cases, data, *fit, answer);
  return absl::OkStatus();
}

absl::Status FitEffects(const model::MixedQuestion& question,
                        const Measurements& data, const stats::MmrmData& input,
                        const Plan& plan, MixedAnswer& answer) {
  stats::MixedRows rows;
  rows.response = data.response;
  rows.groups = data.subjects;
  rows.sites = data.sites;
  if (question.structure == MixedStructure::kRandomSlope) {
    rows.slope = data.months;
  }
  stats::MixedOptions options;
  options.reml = question.restricted;
  options.conf_level = question.conf_level;
  options.terms = stats::MmrmTermsOf(input);
  options.stop = plan.stop;
  const absl::StatusOr<stats::MixedFit> fit =
      stats::FitMixed(rows, stats::MakeMmrmDesign(input), options, &plan.pool);
  if (!fit.ok()) return ExplainFit(fit.status());
  for (const stats::Coefficient& from : fit->coefficients) {
    MixedCoefficient& to = answer.fixed_effects.emplace_back();
    to.name = from.name;
    to.value.estimate = from.estimate;
    to.value.std_error = from.std_error;
    to.value.df = from.df;
    to.value.statistic = from.statistic;
    to.value.p_value = from.p_value;
    to.value.lower = from.lower;
    to.value.upper = from.upper;
    if (!from.estimate.has_value()) to.value.absence = Absence::kDropped;
  }
  SetTerms(fit->terms, answer);
  answer.site_variance = fit->site_variance;
  answer.intercept_variance = fit->intercept_variance;
  answer.slope_variance = fit->slope_variance;
  answer.covariance = fit->slope_covariance;
  answer.residual_variance = fit->residual_variance;
  answer.singular = fit->singular;
  answer.log_likelihood = fit->log_likelihood;
  return absl::OkStatus();
}

void NoteReferences(const MixedCases& cases, Provenance& provenance) {
  if (!cases.groups.names.empty()) {
    provenance.conventions.push_back(absl::StrCat(
        kReferenceConvention, cases.group.covariate->name, " = ",
        cases.groups.names[static_cast<size_t>(cases.groups.reference)]));
  }
  for (const std::string& convention : cases.columns.conventions) {
    provenance.conventions.push_back(convention);
  }
}

}  // namespace

absl::StatusOr<MixedAnswer> Answer(const model::MixedQuestion& question,
                                   const cohort::Snapshot& snapshot,
                                   stats::ThreadPool& pool,
                                   std::stop_token stop) {
  absl::StatusOr<Plan> plan =
      MakePlan(question, snapshot, pool, std::move(stop));
  if (!plan.ok()) return plan.status();
  MixedAnswer answer;
  answer.provenance = plan->provenance;
  answer.measure = question.measure;
  answer.structure = question.structure;
  answer.visits = question.visits;
  ExplainMixed(question, answer.provenance);
  const absl::StatusOr<MixedCases> cases = GatherMixed(question, *plan, answer);
  if (!cases.ok()) return cases.status();
  answer.n = static_cast<int64_t>(cases->rows.size());
  if (answer.n == 0) {
    answer.absence = Absence::kUndefined;
    return answer;
  }
  const Measurements data = Measure(question, *cases);
  answer.n_measurements = static_cast<int64_t>(data.response.size());
  const stats::MmrmData input = MmrmDataOf(question, *cases, data);
  SupportMixed(*cases, data, question,
               stats::MakeMmrmDesign(input).n_columns() + 1, answer.support);
  NoteReferences(*cases, answer.provenance);
  if (IsWithheld(question, answer)) return answer;
  if (absl::Status status = CheckStop(plan->stop); !status.ok()) return status;
  const absl::Status fitted =
      model::IsVisitCovariance(question.structure)
          ? FitVisits(question, *cases, data, input, plan->stop, answer)
          : FitEffects(question, data, input, *plan, answer);
  if (!fitted.ok()) return fitted;
  return answer;
}

}  // namespace enthesis::analysis
