// Sites compared, before disclosure control, one struct per message of
// enthesis.v1 (sites.proto gives the meaning of every field).

#ifndef ENTHESIS_REGISTRY_ANALYSIS_RESULT_SITES_H_
#define ENTHESIS_REGISTRY_ANALYSIS_RESULT_SITES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "registry/analysis/result.h"
#include "registry/analysis/result_regression.h"

namespace enthesis::analysis {

struct FunnelLimits {
  double size = 0;
  std::optional<double> lower95, upper95, lower998, upper998;

  bool operator==(const FunnelLimits&) const = default;
};

enum class FunnelFlag : int32_t {
  kNone = 0,
  kIn = 1,
  kAlertLow = 2,
  kAlarmLow = 3,
  kAlertHigh = 4,
  kAlarmHigh = 5,
};

struct OutlierScreen {
  std::optional<double> rate, rate_ratio, p_value;
  std::optional<bool> is_outlier;

  bool operator==(const OutlierScreen&) const = default;
};

struct RatioEstimate {
  std::optional<double> estimate, lower, upper;

  bool operator==(const RatioEstimate&) const = default;
};

struct ComparedSite {
  std::string site;
  bool is_own = false;
  ProportionEstimate outcome, completeness;
  std::optional<double> expected;   // events; of a score the mean
  std::optional<double> mean;       // of a score
  RatioEstimate ratio, shrunken;    // of a score the difference
  std::optional<double> std_error;  // of the difference
  std::optional<double> z, weight;
  FunnelFlag flag = FunnelFlag::kNone;
  std::optional<FunnelLimits> limits;
  std::optional<OutlierScreen> screen;
  Absence absence = Absence::kNone;

  bool operator==(const ComparedSite&) const = default;
};

struct PooledSites {
  RatioEstimate ratio;  // of a score the difference
  ChiSquare heterogeneity;
  std::optional<double> tau_squared, i_squared;
  std::optional<double> prediction_lower, prediction_upper;

  bool operator==(const PooledSites&) const = default;
};

// Of one's own site, up to the end of a block of cases.
struct CusumBlock {
  int64_t last_case = 0;  // from 1
  double value = 0;       // of the chart
  bool signals = false;   // within the block
  double vlad = 0, vlad_std_error = 0;

  bool operator==(const CusumBlock&) const = default;
};

struct SiteCusum {
  std::optional<int64_t> n;          // cases in order
  std::optional<double> threshold;   // absent: it cannot signal
  std::optional<double> run_length;  // in control
  std::optional<double> out_of_control_run_length;
  std::vector<CusumBlock> blocks;
  Absence absence = Absence::kNone;

  bool operator==(const SiteCusum&) const = default;
};

// The model is that of the case mix.
struct SitesAnswer : EventModel {
  bool is_score = false;                     // means of a measure
  std::optional<double> standard_deviation;  // of a case, of a score
  std::optional<double> target, phi, tau_squared;
  std::vector<ComparedSite> sites;
  std::vector<FunnelLimits> limits;
  PooledSites pooled;
  std::optional<SiteCusum> cusum;
  Discrimination discrimination;
  Provenance provenance;

  bool operator==(const SitesAnswer&) const = default;
};

}  // namespace enthesis::analysis

#endif  // ENTHESIS_REGISTRY_ANALYSIS_RESULT_SITES_H_
