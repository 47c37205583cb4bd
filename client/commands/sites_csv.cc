#include "client/commands/sites_csv.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "client/commands/answer_csv.h"
#include "client/figure_text.h"
#include "google/protobuf/repeated_ptr_field.h"

namespace enthesis::client {
namespace {

const std::vector<std::string>& SiteColumns() {
  static const auto* const kColumns =
      new std::vector<std::string>{"kind",
                                   "site",
                                   "own",
                                   "n",
                                   "events",
                                   "share",
                                   "share_lower",
                                   "share_upper",
                                   "mean",
                                   "completeness",
                                   "expected",
                                   "estimate",
                                   "std_error",
                                   "lower",
                                   "upper",
                                   "z",
                                   "flag",
                                   "lower95",
                                   "upper95",
                                   "lower998",
                                   "upper998",
                                   "shrunken",
                                   "shrunken_lower",
                                   "shrunken_upper",
                                   "weight",
                                   "rate",
                                   "rate_ratio",
                                   "p_value",
                                   "outlier"};
  return *kColumns;
}

// Rows by the names of their cells.
class SiteRowsCsv {
 public:
  using Cells = std::vector<std::pair<const char*, std::string>>;

  explicit SiteRowsCsv(const v1::Provenance& provenance)
      : csv_(SiteColumns(), provenance) {}

  void Add(const Cells& cells, v1::Absence absence = v1::ABSENCE_UNSPECIFIED) {
    std::vector<std::string> row(SiteColumns().size());
    for (const auto& [name, text] : cells) {
      const auto place =
          std::find(SiteColumns().begin(), SiteColumns().end(), name);
      row[static_cast<size_t>(place - SiteColumns().begin())] = text;
    }
    csv_.Add(google::protobuf::RepeatedPtrField<v1::GroupValue>(),
             std::move(row), absence);
  }
  // One figure of all sites; `name` stands in the column of the site.
  void AddFigure(const char* kind, const char* name,
                 std::optional<double> estimate, v1::Absence absence,
                 std::optional<double> lower = std::nullopt,
                 std::optional<double> upper = std::nullopt) {
    Add({{"kind", kind},
         {"site", name},
         {"estimate", CsvNumber(estimate)},
         {"lower", CsvNumber(lower)},
         {"upper", CsvNumber(upper)}},
        absence);
  }
  const std::string& text() const { return csv_.text(); }

 private:
  AnswerCsv csv_;
};

#define ENTHESIS_CELL(message, field) \
  CsvNumber(ENTHESIS_OPTIONAL(message, field))

void AddLimits(const v1::FunnelLimits& limits, SiteRowsCsv::Cells& cells) {
  cells.emplace_back("lower95", ENTHESIS_CELL(limits, lower95));
  cells.emplace_back("upper95", ENTHESIS_CELL(limits, upper95));
  cells.emplace_back("lower998", ENTHESIS_CELL(limits, lower998));
  cells.emplace_back("upper998", ENTHESIS_CELL(limits, upper998));
}

void AddSite(const v1::ComparedSite& site, SiteRowsCsv& csv) {
  const v1::ProportionEstimate& share = site.outcome();
  const v1::OutlierScreen& screen = site.screen();
  SiteRowsCsv::Cells cells = {
      {"kind", "site"},
      {"site", site.site()},
      {"own", site.is_own() ? "1" : "0"},
      {"n", ENTHESIS_CELL(share, n)},
      {"events", ENTHESIS_CELL(share, count)},
      {"share", ENTHESIS_CELL(share, estimate)},
      {"share_lower", ENTHESIS_CELL(share, lower)},
      {"share_upper", ENTHESIS_CELL(share, upper)},
      {"completeness", ENTHESIS_CELL(site.completeness(), estimate)},
      {"expected", ENTHESIS_CELL(site, expected)},
      {"mean", ENTHESIS_CELL(site, mean)},
      {"estimate", site.has_difference() ? ENTHESIS_CELL(site, difference)
                                         : ENTHESIS_CELL(site, ratio)},
      {"std_error", ENTHESIS_CELL(site, std_error)},
      {"lower", ENTHESIS_CELL(site, lower)},
      {"upper", ENTHESIS_CELL(site, upper)},
      {"z", ENTHESIS_CELL(site, z)},
      {"flag", FlagText(site.flag())},
      {"shrunken", site.has_shrunken_difference()
                       ? ENTHESIS_CELL(site, shrunken_difference)
                       : ENTHESIS_CELL(site, shrunken_ratio)},
      {"shrunken_lower", ENTHESIS_CELL(site, shrunken_lower)},
      {"shrunken_upper", ENTHESIS_CELL(site, shrunken_upper)},
      {"weight", ENTHESIS_CELL(site, weight)},
      {"rate", ENTHESIS_CELL(screen, rate)},
      {"rate_ratio", ENTHESIS_CELL(screen, rate_ratio)},
      {"p_value", ENTHESIS_CELL(screen, p_value)}};
  if (screen.has_is_outlier()) {
    cells.emplace_back("outlier", screen.is_outlier() ? "1" : "0");
  }
  AddLimits(site.limits(), cells);
  csv.Add(cells, site.absence());
}

// The chart, and expected less observed events with their error.
void AddCusum(const v1::SiteCusum& cusum, SiteRowsCsv& csv) {
  for (const v1::CusumBlock& block : cusum.blocks()) {
    csv.Add({{"kind", "cusum"},
             {"own", "1"},
             {"n", ENTHESIS_CELL(block, last_case)},
             {"estimate", ENTHESIS_CELL(block, value)},
             {"flag", block.signals() ? "signal" : ""}});
    csv.Add({{"kind", "vlad"},
             {"own", "1"},
             {"n", ENTHESIS_CELL(block, last_case)},
             {"estimate", ENTHESIS_CELL(block, vlad)},
             {"std_error", ENTHESIS_CELL(block, vlad_std_error)}});
  }
  csv.AddFigure("cusum_threshold", "", ENTHESIS_OPTIONAL(cusum, threshold),
                cusum.absence());
  csv.AddFigure("cusum_run_length", "in control",
                ENTHESIS_OPTIONAL(cusum, run_length), cusum.absence());
  csv.AddFigure("cusum_run_length", "at the odds looked for",
                ENTHESIS_OPTIONAL(cusum, out_of_control_run_length),
                cusum.absence());
}

template <typename Coefficient>
void AddCaseMix(const Coefficient& one, const std::string& z,
                SiteRowsCsv& csv) {
  csv.Add({{"kind", "case_mix"},
           {"site", one.name()},
           {"estimate", ENTHESIS_CELL(one, estimate)},
           {"std_error", ENTHESIS_CELL(one, std_error)},
           {"lower", ENTHESIS_CELL(one, lower)},
           {"upper", ENTHESIS_CELL(one, upper)},
           {"z", z},
           {"p_value", ENTHESIS_CELL(one, p_value)}},
          one.absence());
}

void AddPooled(const v1::CompareSitesResponse& answer, SiteRowsCsv& csv) {
  const v1::PooledSites& pooled = answer.pooled();
  const auto add = [&](const char* kind, const char* name,
                       std::optional<double> estimate,
                       std::optional<double> lower = std::nullopt,
                       std::optional<double> upper = std::nullopt) {
    csv.AddFigure(kind, name, estimate, answer.absence(), lower, upper);
  };
  add("target", "", ENTHESIS_OPTIONAL(answer, target));
  add("pooled", "",
      pooled.has_difference() ? ENTHESIS_OPTIONAL(pooled, difference)
                              : ENTHESIS_OPTIONAL(pooled, ratio),
      ENTHESIS_OPTIONAL(pooled, lower), ENTHESIS_OPTIONAL(pooled, upper));
  add("prediction", "", std::nullopt,
      ENTHESIS_OPTIONAL(pooled, prediction_lower),
      ENTHESIS_OPTIONAL(pooled, prediction_upper));
  add("spread", "q", ENTHESIS_OPTIONAL(pooled.heterogeneity(), chi_square));
  add("spread", "tau_squared", ENTHESIS_OPTIONAL(pooled, tau_squared));
  add("spread", "i_squared", ENTHESIS_OPTIONAL(pooled, i_squared));
  add("spread", "phi", ENTHESIS_OPTIONAL(answer, phi));
  if (answer.has_standard_deviation()) {
    add("spread", "standard_deviation",
        ENTHESIS_OPTIONAL(answer, standard_deviation));
  }
  if (!answer.has_discrimination()) return;
  add("discrimination", "auc", ENTHESIS_OPTIONAL(answer.discrimination(), auc));
  add("discrimination", "brier",
      ENTHESIS_OPTIONAL(answer.discrimination(), brier));
}

}  // namespace

const char* FlagText(v1::FunnelFlag flag) {
  switch (flag) {
    case v1::FUNNEL_FLAG_IN:
      return "in";
    case v1::FUNNEL_FLAG_ALERT_LOW:
      return "alert, low";
    case v1::FUNNEL_FLAG_ALARM_LOW:
      return "alarm, low";
    case v1::FUNNEL_FLAG_ALERT_HIGH:
      return "alert, high";
    case v1::FUNNEL_FLAG_ALARM_HIGH:
      return "alarm, high";
    default:
      return "";
  }
}

std::string SitesCsv(const v1::CompareSitesResponse& answer) {
  SiteRowsCsv csv(answer.provenance());
  csv.Add({{"kind", "model"},
           {"n", ENTHESIS_CELL(answer, n)},
           {"events", ENTHESIS_CELL(answer, events)}},
          answer.absence());
  for (const v1::ComparedSite& site : answer.sites()) AddSite(site, csv);
  for (const v1::FunnelLimits& limits : answer.limits()) {
    SiteRowsCsv::Cells cells = {{"kind", "limits"},
                                {"n", ENTHESIS_CELL(limits, size)}};
    AddLimits(limits, cells);
    csv.Add(cells);
  }
  if (answer.has_cusum()) AddCusum(answer.cusum(), csv);
  AddPooled(answer, csv);
  for (const v1::GlmCoefficient& one : answer.case_mix()) {
    AddCaseMix(one, ENTHESIS_CELL(one, z), csv);
  }
  for (const v1::LinearCoefficient& one : answer.linear_case_mix()) {
    AddCaseMix(one, ENTHESIS_CELL(one, statistic), csv);
  }
  return csv.text();
}

}  // namespace enthesis::client
