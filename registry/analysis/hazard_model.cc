#include "registry/analysis/hazard_model.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "registry/analysis/answer.h"
#include "registry/cohort/row.h"

namespace enthesis::analysis {
namespace {

const model::Covariate& CovariateOf(model::Dimension dimension) {
  return *model::FindCovariate(
      model::CodeOf(model::kDimensionCodes, dimension));
}

// Ranks of the tuples of values, which `counts` counts.
std::vector<int> CodesOfStrata(absl::Span<const std::vector<int32_t>> values,
                               std::vector<int64_t>& counts) {
  const size_t n = values.empty() ? 0 : values[0].size();
  std::vector<uint32_t> order(n);
  std::iota(order.begin(), order.end(), 0U);
  const auto before = [&values](uint32_t a, uint32_t b) {
    for (const std::vector<int32_t>& column : values) {
      if (column[a] != column[b]) return column[a] < column[b];
    }
    return false;
  };
  std::sort(order.begin(), order.end(), before);
  std::vector<int> codes(n);
  for (size_t i = 0; i < n; ++i) {
    if (i == 0 || before(order[i - 1], order[i])) counts.push_back(0);
    ++counts.back();
    codes[order[i]] = static_cast<int>(counts.size()) - 1;
  }
  return codes;
}

// A cluster for each patient; a case without one is a cluster of its own. The
// order of codes is that of the hashes, then of the rows' content, so that sums
// over clusters do not depend on the order of rows.
std::vector<int> CodesOfPatients(const cohort::GatheredRows& rows) {
  std::vector<uint32_t> order(rows.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&rows](uint32_t a, uint32_t b) {
    const auto key = [&rows](uint32_t row) {
      return std::make_tuple(rows.patients[row], rows.times[row],
                             rows.causes[row]);
    };
    if (key(a) != key(b)) return key(a) < key(b);
    for (const std::vector<int32_t>& column : rows.values) {
      if (column[a] != column[b]) return column[a] < column[b];
    }
    return false;
  });
  std::vector<int> codes(rows.size());
  int code = -1;
  for (size_t i = 0; i < order.size(); ++i) {
    const uint64_t patient = rows.patients[order[i]];
    if (i == 0 || patient == 0 || patient != rows.patients[order[i - 1]]) {
      ++code;
    }
    codes[order[i]] = code;
  }
  return codes;
}

// Who has no row, and why.
void Exclude(const cohort::GatheredRows& rows,
             absl::Span<const model::Covariate> covariates,
             model::Endpoint endpoint, HazardModel& model,
             Provenance& provenance) {
  if (endpoint == model::Endpoint::kOsteotomyUnion) {
    provenance.exclusions.push_back({"NO_OSTEOTOMY", rows.outside_risk_set});
  } else if (model::IsReturn(endpoint)) {
    provenance.exclusions.push_back({"NOT_AN_ATHLETE", rows.outside_risk_set});
  }
  int64_t dropped = 0;
  for (size_t c = 0; c < covariates.size(); ++c) {
    if (rows.without[c] == 0) continue;
    dropped += rows.without[c];
    provenance.exclusions.push_back(
        {"MISSING_COVARIATE", rows.without[c], covariates[c].name});
  }
  model.dropped = dropped;
}

void SetStrata(const model::TimeRegressionQuestion& question,
               absl::Span<const std::vector<int32_t>> values, HazardRows& data,
               HazardModel& model, Provenance& provenance) {
  if (question.strata.empty()) return;
  std::vector<int64_t> counts;
  data.strata = CodesOfStrata(values, counts);
  std::vector<std::string> names;
  for (const model::Dimension dimension : question.strata) {
    names.push_back(CovariateOf(dimension).name);
  }
  if (!counts.empty()) {
    model.support.parts.push_back(
        {"strata", *std::min_element(counts.begin(), counts.end())});
  }
  provenance.conventions.push_back(absl::StrCat(
      "strata: a baseline hazard for each ", absl::StrJoin(names, " and ")));
}

void SetClusters(const model::TimeRegressionQuestion& question,
                 HazardRows& data, Provenance& provenance) {
  switch (question.cluster) {
    case model::Cluster::kNone:
      return;
    case model::Cluster::kPatient:
      data.clusters = CodesOfPatients(data.rows);
      provenance.conventions.push_back("clusters: the limbs of a patient");
      return;
    case model::Cluster::kSite:
      data.clusters.assign(data.rows.values.back().begin(),
                           data.rows.values.back().end());
      provenance.conventions.push_back("clusters: the cases of a site");
  }
}

std::optional<double> Exp(std::optional<double> value) {
  if (!value.has_value()) return std::nullopt;
  const double result = std::exp(*value);
  return std::isfinite(result) ? std::optional<double>(result) : std::nullopt;
}

}  // namespace

absl::StatusOr<HazardRows> GatherHazards(
    const model::TimeRegressionQuestion& question, model::Endpoint endpoint,
    std::optional<model::ComplicationKind> kind, const Plan& plan,
    HazardModel& model, Provenance& provenance) {
  const std::vector<ModelTerm> terms = TermsOf(question.covariates);
  cohort::RowContent content;
  content.endpoint = endpoint;
  content.kind = kind;
  content.patients = question.cluster == model::Cluster::kPatient;
  for (const ModelTerm& term : terms) {
    content.covariates.push_back(*term.covariate);
  }
  for (const model::Dimension dimension : question.strata) {
    content.covariates.push_back(CovariateOf(dimension));
  }
  if (question.cluster == model::Cluster::kSite) {
    content.covariates.push_back(CovariateOf(model::Dimension::kSite));
  }
  absl::StatusOr<cohort::GatheredRows> rows = cohort::GatherRows(
      plan.snapshot, plan.selection, content, plan.pool, plan.stop);
  if (!rows.ok()) return rows.status();
  HazardRows data;
  data.rows = *std::move(rows);
  data.columns.design.n_rows = data.rows.size();
  Exclude(data.rows, content.covariates, endpoint, model, provenance);
  const cohort::Grouping sites(model::Dimension::kSite, plan.snapshot);
  for (size_t t = 0; t < terms.size(); ++t) {
    const absl::Status status =
        AddTerm(terms[t], data.rows.values[t], sites, data.columns);
    if (!status.ok()) return status;
  }
  model.n = static_cast<int64_t>(data.rows.size());
  model.support.n = *model.n;
  model.support.n_coefficients =
      static_cast<int64_t>(data.columns.labels.size());
  model.support.parts = data.columns.parts;
  for (const std::string& convention : data.columns.conventions) {
    provenance.conventions.push_back(convention);
  }
  SetStrata(question,
            absl::MakeConstSpan(data.rows.values)
                .subspan(terms.size(), question.strata.size()),
            data, model, provenance);
  SetClusters(question, data, provenance);
  return data;
}

std::vector<Coefficient> HazardCoefficients(
    const std::vector<stats::Coefficient>& coefficients,
    const std::vector<std::string>& separated, const ModelColumns& columns) {
  std::vector<Coefficient> result;
  for (size_t c = 0; c < coefficients.size(); ++c) {
    const stats::Coefficient& from = coefficients[c];
    Coefficient& to = result.emplace_back();
    to.name = from.name;
    to.covariate = columns.labels[c].covariate;
    to.level = columns.labels[c].level;
    if (!from.estimate.has_value()) {
      const bool infinite = std::find(separated.begin(), separated.end(),
                                      from.name) != separated.end();
      to.absence = infinite ? Absence::kSeparated : Absence::kDropped;
      continue;
    }
    to.estimate = from.estimate;
    to.std_error = from.std_error;
    to.robust_std_error = from.robust_std_error;
    to.statistic = from.statistic;
    to.p_value = from.p_value;
    to.hazard_ratio = Exp(from.estimate);
    to.lower = Exp(from.lower);
    to.upper = Exp(from.upper);
  }
  return result;
}

ChiSquare ChiSquareOf(const stats::ChiSquareTest& test) {
  return {test.chi_square, test.p_value, static_cast<int32_t>(test.df)};
}

absl::Status ExplainFit(const absl::Status& status) {
  if (!absl::IsFailedPrecondition(status)) return status;
  absl::Status explained = absl::FailedPreconditionError(
      absl::StrCat("the model cannot be fitted: ", status.message()));
  explained.SetPayload(kNotFitted, absl::Cord());
  return explained;
}

}  // namespace enthesis::analysis
