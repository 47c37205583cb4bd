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

// Ranks of the tuples of values, which `counts` counts and `examples` shows in
// a row each.
std::vector<int> CodesOfStrata(absl::Span<const std::vector<int32_t>> values,
                               std::vector<int64_t>& counts,
                               std::vector<size_t>& examples) {
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
    if (i == 0 || before(order[i - 1], order[i])) {
      counts.push_back(0);
      examples.push_back(order[i]);
    }
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
      return std::make_tuple(
          rows.patients[row],
          rows.times.empty() ? rows.scores[row] : rows.times[row],
          rows.causes.empty() ? 0 : rows.causes[row]);
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
             const cohort::RowContent& content, EventModel& model,
             Provenance& provenance) {
  if (!content.endpoint.has_value()) {
    provenance.exclusions.push_back({"NO_VALUE", rows.without_score});
  } else if (*content.endpoint == model::Endpoint::kOsteotomyUnion) {
    provenance.exclusions.push_back({"NO_OSTEOTOMY", rows.outside_risk_set});
  } else if (model::IsReturn(*content.endpoint)) {
    provenance.exclusions.push_back({"NOT_AN_ATHLETE", rows.outside_risk_set});
  }
  if (content.known_by_day.has_value()) {
    provenance.exclusions.push_back({"NOT_FOLLOWED", rows.not_followed});
  }
  model.dropped = ExcludeMissing(rows.without, content.covariates, provenance);
}

void SetStrata(const model::TimeRegressionQuestion& question,
               absl::Span<const std::vector<int32_t>> values,
               const cohort::Grouping& sites, HazardRows& data,
               HazardModel& model, Provenance& provenance) {
  if (question.strata.empty()) return;
  std::vector<int64_t> counts;
  std::vector<size_t> examples;
  data.strata = CodesOfStrata(values, counts, examples);
  for (const size_t row : examples) {
    Group& group = data.groups.emplace_back();
    for (size_t d = 0; d < question.strata.size(); ++d) {
      group.push_back(
          {question.strata[d], NameOfLevel(CovariateOf(question.strata[d]),
                                           values[d][row], sites)});
    }
  }
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

std::optional<double> Exp(std::optional<double> value) {
  if (!value.has_value()) return std::nullopt;
  const double result = std::exp(*value);
  return std::isfinite(result) ? std::optional<double>(result) : std::nullopt;
}

}  // namespace

absl::StatusOr<ModelRows> GatherModelRows(
    const std::vector<model::CovariateTerm>& covariates,
    cohort::RowContent content, const Plan& plan, EventModel& model,
    Provenance& provenance) {
  const std::vector<ModelTerm> terms = TermsOf(covariates);
  for (size_t t = 0; t < terms.size(); ++t) {
    content.covariates.insert(
        content.covariates.begin() + static_cast<ptrdiff_t>(t),
        *terms[t].covariate);
  }
  absl::StatusOr<cohort::GatheredRows> rows = cohort::GatherRows(
      plan.snapshot, plan.selection, content, plan.pool, plan.stop);
  if (!rows.ok()) return rows.status();
  ModelRows data;
  data.rows = *std::move(rows);
  data.columns.design.n_rows = data.rows.size();
  Exclude(data.rows, content, model, provenance);
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
  return data;
}

void AskForClusters(model::Cluster cluster, cohort::RowContent& content) {
  content.patients = cluster == model::Cluster::kPatient;
  if (cluster == model::Cluster::kSite) {
    content.covariates.push_back(CovariateOf(model::Dimension::kSite));
  }
}

std::vector<int> ClustersOf(model::Cluster cluster,
                            const cohort::GatheredRows& rows,
                            Provenance& provenance) {
  switch (cluster) {
    case model::Cluster::kNone:
      break;
    case model::Cluster::kPatient:
      provenance.conventions.push_back("clusters: the limbs of a patient");
      return CodesOfPatients(rows);
    case model::Cluster::kSite:
      provenance.conventions.push_back("clusters: the cases of a site");
      return {rows.values.back().begin(), rows.values.back().end()};
  }
  return {};
}

absl::StatusOr<HazardRows> GatherHazards(
    const model::TimeRegressionQuestion& question, model::Endpoint endpoint,
    std::optional<model::ComplicationKind> kind, const Plan& plan,
    HazardModel& model, Provenance& provenance) {
  cohort::RowContent content;
  content.endpoint = endpoint;
  content.kind = kind;
  for (const model::Dimension dimension : question.strata) {
    content.covariates.push_back(CovariateOf(dimension));
  }
  AskForClusters(question.cluster, content);
  absl::StatusOr<ModelRows> rows = GatherModelRows(
      question.covariates, std::move(content), plan, model, provenance);
  if (!rows.ok()) return rows.status();
  HazardRows data{*std::move(rows), {}, {}, {}};
  SetStrata(question,
            absl::MakeConstSpan(data.rows.values)
                .subspan(question.covariates.size(), question.strata.size()),
            cohort::Grouping(model::Dimension::kSite, plan.snapshot), data,
            model, provenance);
  data.clusters = ClustersOf(question.cluster, data.rows, provenance);
  return data;
}

Coefficient CoefficientOf(const stats::Coefficient& from, ColumnLabel label,
                          const std::vector<std::string>& separated) {
  Coefficient to;
  to.name = from.name;
  to.covariate = std::move(label.covariate);
  to.level = std::move(label.level);
  if (!from.estimate.has_value()) {
    const bool infinite = std::find(separated.begin(), separated.end(),
                                    from.name) != separated.end();
    to.absence = infinite ? Absence::kSeparated : Absence::kDropped;
    return to;
  }
  to.estimate = from.estimate;
  to.std_error = from.std_error;
  to.robust_std_error = from.robust_std_error;
  to.statistic = from.statistic;
  to.p_value = from.p_value;
  to.lower = from.lower;
  to.upper = from.upper;
  return to;
}

void SetRatio(Coefficient& coefficient) {
  coefficient.ratio = Exp(coefficient.estimate);
  coefficient.lower = Exp(coefficient.lower);
  coefficient.upper = Exp(coefficient.upper);
}

ChiSquare ChiSquareOf(const stats::ChiSquareTest& test) {
  return {test.chi_square, test.p_value, static_cast<int32_t>(test.df)};
}

}  // namespace enthesis::analysis
