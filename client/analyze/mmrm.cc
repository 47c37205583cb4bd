// enthesis analyze mmrm: the mixed model for repeated measures.

#include "stats/mmrm.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/analyze/means_plot.h"
#include "client/analyze/methods.h"
#include "client/analyze/mmrm_report.h"
#include "client/analyze/regression_report.h"
#include "client/analyze/time_data.h"

namespace enthesis::client {
namespace {

using stats::VisitCovariance;

constexpr std::pair<const char*, VisitCovariance> kVisitCovariances[] = {
    {"un", VisitCovariance::kUnstructured},
    {"cs", VisitCovariance::kCompoundSymmetry},
    {"csh", VisitCovariance::kHeterogeneousCompoundSymmetry},
    {"ar1", VisitCovariance::kAutoregressive},
    {"ar1h", VisitCovariance::kHeterogeneousAutoregressive},
    {"toep", VisitCovariance::kToeplitz},
};

absl::StatusOr<VisitCovariance> ParseCovariance(const char* flag,
                                                const std::string& name) {
  for (const auto& [known, kind] : kVisitCovariances) {
    if (name == known) return kind;
  }
  return absl::InvalidArgumentError(absl::StrCat(
      flag, " ", name, ": allowed are un, cs, csh, ar1, ar1h and toep"));
}

absl::StatusOr<stats::MmrmOptions> ReadMmrmOptions(
    const AnalyzeOptions& options) {
  stats::MmrmOptions how;
  how.conf_level = options.conf_level;
  how.restricted = !options.ml;
  const auto covariance = ParseCovariance("--covariance", options.covariance);
  if (!covariance.ok()) return covariance.status();
  how.covariance = *covariance;
  for (const std::string& name : SplitList(options.fallback)) {
    const auto fallback = ParseCovariance("--fallback", name);
    if (!fallback.ok()) return fallback.status();
    how.fallbacks.push_back(*fallback);
  }
  if (options.df == "kenward-roger") {
    how.df = stats::MmrmDf::kKenwardRoger;
  } else if (options.df != "satterthwaite") {
    return absl::InvalidArgumentError(absl::StrCat(
        "--df ", options.df, ": allowed are satterthwaite and kenward-roger"));
  }
  if (options.ml && how.df == stats::MmrmDf::kKenwardRoger) {
    return absl::InvalidArgumentError(
        "--df kenward-roger needs restricted maximum likelihood: leave out "
        "--ml");
  }
  return how;
}

// The columns of a model, their levels and what the engine is given.
struct MmrmColumns {
  std::vector<double> response;
  std::vector<int> subjects;
  Factor visits;
  Groups groups;
  std::vector<CovariateTerm> terms;  // that the engine does not add itself
  References references;             // of those
  stats::MmrmData data;
};

bool IsFactor(const Frame& frame, const CovariateTerm& term) {
  return term.is_factor || frame.HoldsText(term.column);
}

// Takes those of the columns of --by from `references`: the group that has
// them, and the first level where none is chosen.
absl::StatusOr<int> ReferenceGroup(const Frame& frame, const Groups& groups,
                                   References& references) {
  std::vector<std::string> wanted;
  for (const std::string& column : groups.columns) {
    const std::vector<std::string> levels = frame.FactorOf(column).levels;
    const auto chosen = references.find(column);
    if (chosen == references.end()) {
      wanted.push_back(levels.front());
      continue;
    }
    const std::optional<size_t> at = FindLevel(levels, chosen->second);
    if (!at.has_value()) {
      return absl::InvalidArgumentError(
          absl::StrCat("--reference ", column, "=", chosen->second,
                       ": the levels are ", absl::StrJoin(levels, ", ")));
    }
    wanted.push_back(levels[*at]);
    references.erase(chosen);
  }
  const auto at = std::find(groups.labels.begin(), groups.labels.end(), wanted);
  if (at == groups.labels.end()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "no row has the reference group ", absl::StrJoin(wanted, ", "),
        " of --by; --reference COLUMN=LEVEL names another"));
  }
  return static_cast<int>(at - groups.labels.begin());
}

// Visit and group enter as factors once: covariates that say so again are left
// to the engine.
absl::Status ReadGroups(const AnalyzeOptions& options, const Frame& frame,
                        MmrmColumns& columns) {
  columns.groups = MakeGroups(frame, options.by);
  if (columns.groups.columns.empty()) return absl::OkStatus();
  for (const std::string& column : columns.groups.columns) {
    if (absl::Status status = frame.CheckFinite(column); !status.ok()) {
      return status;
    }
    if (column == options.visit) {
      return absl::InvalidArgumentError(
          "--by names the visit; groups are of subjects");
    }
  }
  const auto is_added = [&](const CovariateTerm& term) {
    const bool own = term.column == options.visit ||
                     (columns.groups.columns.size() == 1 &&
                      term.column == columns.groups.columns[0]);
    return own && IsFactor(frame, term);
  };
  columns.terms.erase(
      std::remove_if(columns.terms.begin(), columns.terms.end(), is_added),
      columns.terms.end());
  // Another column of --by may be a factor among the covariates, too: its
  // reference is that of both.
  const References chosen = columns.references;
  const auto reference =
      ReferenceGroup(frame, columns.groups, columns.references);
  if (!reference.ok()) return reference.status();
  for (const CovariateTerm& term : columns.terms) {
    const auto own = chosen.find(term.column);
    if (own != chosen.end() && IsFactor(frame, term)) {
      columns.references.insert(*own);
    }
  }
  columns.data.reference = *reference;
  columns.data.group_term = absl::StrJoin(columns.groups.columns, ".");
  columns.data.groups = columns.groups.codes;
  for (const std::vector<std::string>& labels : columns.groups.labels) {
    std::vector<std::string> parts;
    for (size_t c = 0; c < labels.size(); ++c) {
      parts.push_back(columns.groups.columns[c] + labels[c]);
    }
    columns.data.group_names.push_back(absl::StrJoin(parts, "."));
  }
  return absl::OkStatus();
}

// The covariates, and what the means hold each at.
absl::Status ReadCovariates(const AnalyzeOptions& options, const Frame& frame,
                            MmrmColumns& columns, Report& report) {
  auto design =
      MakeDesign(frame, columns.terms, columns.references, report.warnings);
  if (!design.ok()) return design.status();
  const std::vector<std::string>& by = columns.groups.columns;
  for (const int term : design->terms) {
    const CovariateTerm& own = columns.terms[static_cast<size_t>(term)];
    stats::MmrmColumn& held = columns.data.columns.emplace_back();
    if (own.column == options.visit) {
      held = stats::MmrmColumn::kOfVisit;
      if (IsFactor(frame, own)) columns.data.means_by_visit = true;
    } else if (std::find(by.begin(), by.end(), own.column) != by.end()) {
      held = stats::MmrmColumn::kOfGroup;
    } else {
      held = stats::MmrmColumn::kHeld;
    }
  }
  columns.data.covariates = *std::move(design);
  return absl::OkStatus();
}

absl::Status ReadMmrmColumns(const AnalyzeOptions& options, const Frame& frame,
                             MmrmColumns& columns, Report& report) {
  absl::Status status = CheckRows(frame);
  if (!status.ok()) return status;
  auto response = frame.Numbers(options.response);
  if (!response.ok()) return response.status();
  columns.response = *std::move(response);
  if (status = frame.CheckFinite(options.visit); !status.ok()) return status;
  columns.subjects = CodesOf(frame, options.subject);
  columns.visits = frame.FactorOf(options.visit);
  if (columns.visits.levels.size() > stats::kMmrmVisitsMax) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--visit: ", options.visit, " has ", columns.visits.levels.size(),
        " values; a model may have ", stats::kMmrmVisitsMax, " visits"));
  }
  const std::string mixed = frame.MixedText(options.visit);
  if (!mixed.empty()) {
    report.warnings.push_back(
        absl::StrCat(options.visit, " is taken in order of text: ", mixed));
  }
  stats::MmrmData& data = columns.data;
  data.response = columns.response;
  data.subjects = columns.subjects;
  data.visits = columns.visits.codes;
  data.visit_levels = columns.visits.levels;
  data.visit_term = options.visit;
  for (const std::string& level : columns.visits.levels) {
    data.visit_names.push_back(options.visit + level);
  }
  if (status = ReadGroups(options, frame, columns); !status.ok()) return status;
  return ReadCovariates(options, frame, columns, report);
}

absl::Status CheckMmrmFlags(const AnalyzeOptions& options) {
  for (const auto& [flag, value] : {std::pair("--response", &options.response),
                                    std::pair("--subject", &options.subject),
                                    std::pair("--visit", &options.visit)}) {
    if (value->empty()) {
      return absl::InvalidArgumentError(absl::StrCat(flag, " is required"));
    }
  }
  return absl::OkStatus();
}

// Says which flag may help where no covariance did.
absl::Status WithFallback(const AnalyzeOptions& options,
                          const absl::Status& status) {
  if (!absl::IsFailedPrecondition(status) || !options.fallback.empty()) {
    return status;
  }
  return absl::FailedPreconditionError(absl::StrCat(
      status.message(),
      "; --covariance takes another, --fallback csh,ar1 tries others in turn"));
}

// The least squares means over the visits.
absl::Status DrawMeans(const AnalyzeOptions& options, const stats::MmrmFit& fit,
                       const MmrmColumns& columns, Report& report) {
  MeansPlot plot;
  plot.x_title = options.visit;
  plot.y_title = absl::StrCat("adjusted mean of ", options.response);
  plot.note = absl::StrCat("Least squares means with ",
                           FigureOf(100 * options.conf_level),
                           " % intervals, covariance ", FlagOf(fit.covariance));
  plot.visits = columns.visits.levels;
  const bool by_group = !columns.groups.columns.empty();
  plot.series.resize(by_group ? columns.groups.labels.size() : 1);
  for (size_t g = 0; g < plot.series.size() && by_group; ++g) {
    plot.series[g].label = columns.groups.Name(g);
  }
  bool any = false;
  for (const stats::MmrmMean& mean : fit.means) {
    if (!mean.value.estimate.has_value()) continue;
    any = true;
    plot.series[static_cast<size_t>(std::max(mean.group, 0))].means.push_back(
        {static_cast<size_t>(mean.visit), *mean.value.estimate,
         mean.value.lower, mean.value.upper});
  }
  if (!any) {
    return options.draws
               ? absl::InvalidArgumentError(
                     "--plot draws means of visits: give groups with --by, or "
                     "the visit as a factor among --covariates")
               : absl::OkStatus();
  }
  if (options.draws) report.figure = plot.Svg();
  report.drawing = plot.Text();
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Report> AnalyzeMmrm(const AnalyzeOptions& options,
                                   std::string text) {
  absl::Status status = CheckMmrmFlags(options);
  if (!status.ok()) return status;
  const auto how = ReadMmrmOptions(options);
  if (!how.ok()) return how.status();
  MmrmColumns columns;
  auto terms = ParseTerms(options.covariates);
  if (!terms.ok()) return terms.status();
  columns.terms = *std::move(terms);
  auto references = ParseReferences(options.references);
  if (!references.ok()) return references.status();
  columns.references = *std::move(references);
  std::vector<std::string> names = ColumnsOf(columns.terms);
  names.insert(names.end(), {options.response, options.visit});
  for (const std::string* list : {&options.subject, &options.by}) {
    for (std::string& name : SplitList(*list)) names.push_back(std::move(name));
  }
  names = WithoutEmpty(std::move(names));
  const auto file = DataFile::Parse(std::move(text), names, options.pool);
  if (!file.ok()) return file.status();
  const Frame frame(*file, names);
  Report report;
  report.n = static_cast<int64_t>(frame.n_rows());
  report.dropped = frame.dropped();
  status = ReadMmrmColumns(options, frame, columns, report);
  if (!status.ok()) return status;
  const auto fit = stats::FitMmrm(columns.data, *how);
  if (!fit.ok()) return WithFallback(options, frame.WithLine(fit.status()));
  DescribeMmrm(*fit, columns.visits.levels, columns.groups,
               static_cast<size_t>(columns.data.reference), report);
  status = DrawMeans(options, *fit, columns, report);
  if (!status.ok()) return status;
  return report;
}

}  // namespace enthesis::client
