#include "registry/analysis/compared_sites.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "registry/analysis/model_columns.h"
#include "registry/cohort/gather.h"
#include "registry/cohort/tabulate.h"
#include "registry/model/small_groups.h"

namespace enthesis::analysis {
namespace {

// Follow-up of a site.
struct FollowUpCounts {
  int64_t known = 0, due = 0;
};

// An order of ids without meaning, the same in every answer: FNV-1a, mixed.
uint64_t PlaceOf(const std::string& id) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : id) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  }
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9;
  return hash ^ (hash >> 31);
}

// Whether the outcome of a row is known; that of a score always is.
bool IsKnown(const model::SitesQuestion& question,
             const cohort::GatheredRows& rows, size_t row) {
  if (!question.endpoint.has_value()) return true;
  return rows.causes[row] != static_cast<int>(model::Exit::kCensored) ||
         rows.times[row] >= *question.by_day;
}

// Only the rows of `keep`, in their order.
template <typename T>
void KeepOnly(const std::vector<size_t>& keep, std::vector<T>& column) {
  if (column.empty()) return;
  for (size_t i = 0; i < keep.size(); ++i) column[i] = column[keep[i]];
  column.resize(keep.size());
}
void KeepOnly(const std::vector<size_t>& keep, cohort::GatheredRows& rows) {
  KeepOnly(keep, rows.times);
  KeepOnly(keep, rows.causes);
  KeepOnly(keep, rows.scores);
  KeepOnly(keep, rows.sequences);
  for (std::vector<int32_t>& column : rows.values) KeepOnly(keep, column);
}

// What is due and known by place of the site in `sites`.
absl::StatusOr<std::vector<FollowUpCounts>> CountFollowUp(
    const model::SitesQuestion& question, const cohort::GatheredRows& rows,
    const cohort::Grouping& sites, const Plan& plan) {
  std::vector<FollowUpCounts> counts(sites.size());
  if (question.endpoint.has_value()) {
    for (size_t i = 0; i < rows.size(); ++i) {
      FollowUpCounts& count =
          counts[static_cast<size_t>(rows.values.back()[i])];
      ++count.due;
      if (IsKnown(question, rows, i)) ++count.known;
    }
    return counts;
  }
  const size_t visit = static_cast<size_t>(question.visit) - 1;
  const absl::Status status = cohort::TabulateScores(
      {plan.snapshot, plan.selection, sites, plan.pool, plan.stop},
      *question.measure, [&](const cohort::ScoreGroup& group) {
        counts[group.group] = {group.completeness[visit].completed,
                               group.completeness[visit].due};
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  return counts;
}

// Codes of all sites of the registry, whichever are asked about and whoever
// asks: two answers do not tell which is which.
std::vector<std::string> CodesOfSites(const cohort::Grouping& sites) {
  std::vector<size_t> order(sites.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    const uint64_t first = PlaceOf(sites.label(a));
    const uint64_t second = PlaceOf(sites.label(b));
    return first != second ? first < second : sites.label(a) < sites.label(b);
  });
  std::vector<std::string> codes(order.size());
  for (size_t i = 0; i < order.size(); ++i) {
    codes[order[i]] = absl::StrFormat("S%02d", i + 1);
  }
  return codes;
}

// Places of the sites with cases: one's own first, then by code.
std::vector<size_t> OrderOfSites(const std::vector<int64_t>& cases,
                                 const cohort::Grouping& sites,
                                 const std::vector<std::string>& codes,
                                 const std::string& own) {
  std::vector<size_t> order;
  for (size_t s = 0; s < cases.size(); ++s) {
    if (cases[s] > 0) order.push_back(s);
  }
  const auto key = [&](size_t s) {
    return std::tuple(sites.label(s) != own, codes[s].size(), codes[s]);
  };
  std::sort(order.begin(), order.end(),
            [&](size_t a, size_t b) { return key(a) < key(b); });
  return order;
}

// Why a site that is not compared is not.
Absence WhyNot(const SiteCases& site) {
  return site.n == 0 ? Absence::kUndefined : Absence::kSuppressed;
}

absl::Status ListSites(const model::SitesQuestion& question,
                       const std::vector<FollowUpCounts>& follow_up,
                       const std::vector<size_t>& order, const SiteRows& data,
                       SitesAnswer& answer) {
  for (size_t s = 0; s < data.sites.size(); ++s) {
    const SiteCases& from = data.sites[s];
    const bool is_own = from.id == question.own_site;
    if (!answer.withheld_for.empty() && !is_own) continue;
    ComparedSite& site = answer.sites.emplace_back();
    site.is_own = is_own;
    site.site = site.is_own ? from.id : from.code;
    if (!from.is_compared) site.absence = WhyNot(from);
    const FollowUpCounts& counts = follow_up[order[s]];
    absl::StatusOr<ProportionEstimate> complete =
        ShareOf(counts.known, counts.due, question.conf_level);
    if (!complete.ok()) return complete.status();
    site.completeness = *std::move(complete);
  }
  return absl::OkStatus();
}

void ExcludeUnknown(const model::SitesQuestion& question,
                    const cohort::GatheredRows& rows, int64_t not_followed,
                    Provenance& provenance) {
  if (!question.endpoint.has_value()) {
    provenance.exclusions.push_back({"NO_VALUE", rows.without_score});
    return;
  }
  if (*question.endpoint == model::Endpoint::kOsteotomyUnion) {
    provenance.exclusions.push_back({"NO_OSTEOTOMY", rows.outside_risk_set});
  } else if (model::IsReturn(*question.endpoint)) {
    provenance.exclusions.push_back({"NOT_AN_ATHLETE", rows.outside_risk_set});
  }
  provenance.exclusions.push_back({"NOT_FOLLOWED", not_followed});
}

// Fewer sites that a filter leaves over are told by their codes.
constexpr size_t kLeastCoded = 3;

// Sites of enough cases, and of so many that no other follows by subtraction.
void ChooseCompared(const model::SitesQuestion& question, SiteRows& data,
                    SitesAnswer& answer) {
  const int64_t least = question.smallest_group;
  if (least > 1 && !question.cohort.filters.empty() &&
      data.sites.size() < kLeastCoded) {
    answer.absence = Absence::kSuppressed;
    answer.withheld_for =
        absl::StrCat("fewer than ", kLeastCoded,
                     " sites have cases in this cohort, which would tell their "
                     "codes; widen it");
    return;
  }
  std::vector<int64_t> sizes;
  for (const SiteCases& site : data.sites) sizes.push_back(site.n);
  std::vector<bool> withheld(sizes.size());
  model::MarkSmallGroups(sizes, LeftOut(answer.provenance), least, withheld);
  size_t with_cases = 0, compared = 0;
  for (size_t s = 0; s < sizes.size(); ++s) {
    data.sites[s].is_compared = sizes[s] > 0 && !withheld[s];
    if (sizes[s] > 0) ++with_cases;
    if (data.sites[s].is_compared) ++compared;
  }
  if (compared >= 2) return;
  answer.absence = with_cases < 2 ? Absence::kUndefined : Absence::kSuppressed;
}

absl::Status AddColumns(const std::vector<ModelTerm>& terms,
                        const cohort::Grouping& sites, SiteRows& data,
                        Provenance& provenance) {
  data.columns.design.n_rows = data.rows.size();
  for (size_t t = 0; t < terms.size(); ++t) {
    const absl::Status status =
        AddTerm(terms[t], data.rows.values[t], sites, data.columns);
    if (!status.ok()) return status;
  }
  for (const std::string& convention : data.columns.conventions) {
    provenance.conventions.push_back(convention);
  }
  return absl::OkStatus();
}

}  // namespace

OutcomeKind OutcomeKindOf(const model::SitesQuestion& question) {
  if (!question.score.has_value()) return OutcomeKind::kBinary;
  return question.score == model::SiteScore::kChange ? OutcomeKind::kChange
                                                     : OutcomeKind::kCount;
}

absl::StatusOr<SiteRows> GatherSites(const model::SitesQuestion& question,
                                     const Plan& plan, SitesAnswer& answer) {
  const std::vector<ModelTerm> terms = TermsOf(question.covariates);
  cohort::RowContent content =
      OutcomeContent(question, OutcomeKindOf(question));
  content.known_by_day.reset();  // those who left are counted by site
  for (size_t t = 0; t < terms.size(); ++t) {
    content.covariates.insert(
        content.covariates.begin() + static_cast<ptrdiff_t>(t),
        *terms[t].covariate);
  }
  content.covariates.push_back(*model::FindCovariate("site"));
  content.sequences = question.cusum;
  absl::StatusOr<cohort::GatheredRows> rows = cohort::GatherRows(
      plan.snapshot, plan.selection, content, plan.pool, plan.stop);
  if (!rows.ok()) return rows.status();
  const cohort::Grouping sites(model::Dimension::kSite, plan.snapshot);
  const absl::StatusOr<std::vector<FollowUpCounts>> follow_up =
      CountFollowUp(question, *rows, sites, plan);
  if (!follow_up.ok()) return follow_up.status();

  SiteRows data;
  data.rows = *std::move(rows);
  std::vector<int64_t> cases(sites.size(), 0), known(sites.size(), 0);
  for (size_t i = 0; i < data.rows.size(); ++i) {
    const size_t s = static_cast<size_t>(data.rows.values.back()[i]);
    ++cases[s];
    if (IsKnown(question, data.rows, i)) ++known[s];
  }
  const std::vector<std::string> codes = CodesOfSites(sites);
  const std::vector<size_t> order =
      OrderOfSites(cases, sites, codes, question.own_site);
  std::vector<int> place(sites.size(), -1);
  for (const size_t s : order) {
    place[s] = static_cast<int>(data.sites.size());
    data.sites.push_back({sites.label(s), codes[s], known[s], false});
  }
  if (!question.own_site.empty() &&
      (data.sites.empty() || data.sites[0].id != question.own_site)) {
    return FieldError("own_site", "has no case in the cohort");
  }
  const int64_t not_followed =
      static_cast<int64_t>(data.rows.size()) -
      std::accumulate(known.begin(), known.end(), int64_t{0});
  ExcludeUnknown(question, data.rows, not_followed, answer.provenance);
  answer.dropped =
      ExcludeMissing(data.rows.without, content.covariates, answer.provenance);
  ChooseCompared(question, data, answer);
  absl::Status status = ListSites(question, *follow_up, order, data, answer);
  if (!status.ok()) return status;

  std::vector<size_t> keep;
  for (size_t i = 0; i < data.rows.size(); ++i) {
    if (!IsKnown(question, data.rows, i)) continue;
    const int site = place[static_cast<size_t>(data.rows.values.back()[i])];
    if (!data.sites[static_cast<size_t>(site)].is_compared) continue;
    keep.push_back(i);
    data.site_of.push_back(site);
  }
  KeepOnly(keep, data.rows);
  status = AddColumns(terms, sites, data, answer.provenance);
  if (!status.ok()) return status;
  return data;
}

}  // namespace enthesis::analysis
