// Answers of the registry before disclosure control, one struct per message of
// enthesis.v1 (statistics_service.proto gives the meaning of every field).
// A figure that is not there is an empty optional and its row says why.

#ifndef ENTHESIS_REGISTRY_ANALYSIS_RESULT_H_
#define ENTHESIS_REGISTRY_ANALYSIS_RESULT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "registry/model/question.h"
#include "registry/model/visits.h"

namespace enthesis::analysis {

enum class Absence : int32_t {
  kNone = 0,
  kSuppressed = 1,
  kNotReached = 2,
  kBeyondFollowUp = 3,
  kUndefined = 4,
  kDropped = 5,
  kSeparated = 6,
};

struct GroupValue {
  model::Dimension dimension = model::Dimension::kSite;
  std::string value;

  bool operator==(const GroupValue&) const = default;
};
using Group = std::vector<GroupValue>;  // empty: pooled

struct Exclusion {
  std::string reason;
  std::optional<int64_t> n;
  std::string covariate = {};  // that is missing

  bool operator==(const Exclusion&) const = default;
};

struct Provenance {
  uint64_t as_of = 0;
  model::Cohort cohort;
  std::optional<int64_t> n_cases, n_sites;
  std::vector<Exclusion> exclusions;
  std::string estimand;
  std::vector<std::string> conventions;
  bool synthetic = false;
  std::optional<int64_t> n_synthetic;

  bool operator==(const Provenance&) const = default;
};

// How many were left out for each reason, before any is withheld.
inline std::vector<int64_t> LeftOut(const Provenance& provenance) {
  std::vector<int64_t> counts;
  for (const Exclusion& exclusion : provenance.exclusions) {
    counts.push_back(exclusion.n.value_or(0));
  }
  return counts;
}

struct TimeEstimate {
  std::optional<double> estimate, lower, upper;
  Absence absence = Absence::kNone;

  bool operator==(const TimeEstimate&) const = default;
};

struct ProportionEstimate {
  std::optional<int64_t> count, n;
  std::optional<double> estimate, lower, upper;
  Absence absence = Absence::kNone;

  bool operator==(const ProportionEstimate&) const = default;
};

struct SurvivalPoint {
  std::optional<int32_t> day;
  std::optional<int64_t> at_risk, events, censored;
  std::optional<double> survival, std_error, lower, upper, cumulative_hazard;
  Absence absence = Absence::kNone;

  bool operator==(const SurvivalPoint&) const = default;
};

struct CurveQuantile {
  double p = 0;  // share with the event
  TimeEstimate time;

  bool operator==(const CurveQuantile&) const = default;
};

struct RestrictedMean {
  int32_t horizon = 0;
  std::optional<double> estimate, std_error, lower, upper;
  Absence absence = Absence::kNone;

  bool operator==(const RestrictedMean&) const = default;
};

struct SurvivalCurve {
  Group group;
  std::optional<int64_t> n, events;
  TimeEstimate median;
  std::vector<CurveQuantile> quantiles;
  std::optional<RestrictedMean> restricted_mean;
  std::vector<SurvivalPoint> at, points;
  Absence absence = Absence::kNone;

  bool operator==(const SurvivalCurve&) const = default;
};

struct TestGroup {
  Group group;
  std::optional<int64_t> n;
  std::optional<double> observed, expected;
  Absence absence = Absence::kNone;

  bool operator==(const TestGroup&) const = default;
};

struct CurveTest {
  std::string name;
  std::optional<double> chi_square, p_value;
  std::optional<int32_t> df;
  std::vector<TestGroup> groups;
  Absence absence = Absence::kNone;

  bool operator==(const CurveTest&) const = default;
};

struct TrendTest {
  std::string name;
  std::optional<double> z, chi_square, p_value;
  std::optional<int32_t> df;
  Absence absence = Absence::kNone;

  bool operator==(const TrendTest&) const = default;
};

struct CurvePair {
  Group first, second;
  std::optional<double> chi_square, p_value, adjusted_p_value;
  std::optional<int32_t> df;

  bool operator==(const CurvePair&) const = default;
};

struct MeanContrast {
  std::optional<double> estimate, std_error, lower, upper, z, p_value;

  bool operator==(const MeanContrast&) const = default;
};

struct RestrictedMeanContrast {
  Group group, reference;
  std::optional<MeanContrast> difference, ratio, lost_ratio;
  Absence absence = Absence::kNone;

  bool operator==(const RestrictedMeanContrast&) const = default;
};

struct SurvivalAnswer {
  std::vector<SurvivalCurve> curves;
  std::vector<RestrictedMeanContrast> mean_contrasts;
  std::optional<CurveTest> test;
  std::optional<TrendTest> trend;
  std::vector<CurvePair> pairs;
  Provenance provenance;

  bool operator==(const SurvivalAnswer&) const = default;
};

struct IncidencePoint {
  std::optional<int32_t> day;
  std::optional<int64_t> at_risk, events;
  std::optional<double> incidence, std_error, lower, upper;
  Absence absence = Absence::kNone;

  bool operator==(const IncidencePoint&) const = default;
};

struct IncidenceCause {
  std::string cause;
  std::optional<int64_t> events;
  std::vector<IncidencePoint> at, points;

  bool operator==(const IncidenceCause&) const = default;
};

// Gray's test of one cause.
struct GrayTest {
  std::string cause, name;
  std::optional<double> chi_square, p_value;
  std::optional<int32_t> df;
  Absence absence = Absence::kNone;

  bool operator==(const GrayTest&) const = default;
};

// Of every cause; none when pooled.
struct GrayTests {
  std::vector<GrayTest> causes;
  // Cases in the smallest of the groups compared, for disclosure control alone:
  // cleared on release.
  int64_t smallest_compared = 0;

  bool operator==(const GrayTests&) const = default;
};

struct IncidenceCurve {
  Group group;
  std::optional<int64_t> n;
  std::vector<IncidenceCause> causes;
  Absence absence = Absence::kNone;

  bool operator==(const IncidenceCurve&) const = default;
};

struct IncidenceAnswer {
  std::vector<IncidenceCurve> curves;
  GrayTests tests;
  Provenance provenance;

  bool operator==(const IncidenceAnswer&) const = default;
};

struct ReturnCurve {
  Group group;
  std::optional<int64_t> n, not_athletes;
  std::vector<IncidenceCause> causes;
  TimeEstimate median;
  ProportionEstimate known_by_visit, sustained;
  Absence absence = Absence::kNone;

  bool operator==(const ReturnCurve&) const = default;
};

struct ReturnAnswer {
  model::ReturnStage stage = model::ReturnStage::kSport;
  std::vector<ReturnCurve> curves;
  GrayTests tests;
  Provenance provenance;

  bool operator==(const ReturnAnswer&) const = default;
};

struct MeanEstimate {
  std::optional<int64_t> n;
  std::optional<double> mean, std_dev, lower, upper;
  Absence absence = Absence::kNone;

  bool operator==(const MeanEstimate&) const = default;
};

struct TTest {
  std::optional<double> statistic, df, p_value;

  bool operator==(const TTest&) const = default;
};

// A rank test with its Hodges-Lehmann shift.
struct ShiftTest {
  std::optional<double> statistic, p_value;
  std::optional<bool> exact;
  std::optional<double> shift, shift_lower, shift_upper;

  bool operator==(const ShiftTest&) const = default;
};

struct ResponderShare {
  std::optional<double> threshold;
  ProportionEstimate share;

  bool operator==(const ResponderShare&) const = default;
};

struct VisitScore {
  model::Visit visit = model::Visit::kBaseline;
  MeanEstimate score;
  std::optional<MeanEstimate> baseline, change;
  std::optional<TTest> t_test;
  std::vector<ResponderShare> responders;
  std::optional<ProportionEstimate> full_recovery;
  ProportionEstimate completeness;
  std::optional<ProportionEstimate> ready;
  std::optional<ShiftTest> signed_rank;
  std::optional<double> standardized_response_mean, hedges_g;

  bool operator==(const VisitScore&) const = default;
};

struct VisitReadiness {
  model::Visit visit = model::Visit::kBaseline;
  ProportionEstimate strength, hop, plyometric;

  bool operator==(const VisitReadiness&) const = default;
};

struct ScoreGroup {
  Group group;
  std::optional<int64_t> n_cases;
  std::vector<VisitScore> visits;
  std::vector<VisitReadiness> readiness;
  Absence absence = Absence::kNone;

  bool operator==(const ScoreGroup&) const = default;
};

struct ScoreAnswer {
  model::Measure measure = model::Measure::kVisaA;
  std::vector<ScoreGroup> groups;
  Provenance provenance;

  bool operator==(const ScoreAnswer&) const = default;
};

struct ValueCount {
  std::string value;
  std::optional<int64_t> n;
  Absence absence = Absence::kNone;

  bool operator==(const ValueCount&) const = default;
};

struct DimensionCounts {
  model::Dimension dimension = model::Dimension::kSite;
  std::vector<ValueCount> values;

  bool operator==(const DimensionCounts&) const = default;
};

struct VisitCompleteness {
  model::Visit visit = model::Visit::kBaseline;
  std::optional<int64_t> due, completed;
  std::optional<double> completeness;
  Absence absence = Absence::kNone;

  bool operator==(const VisitCompleteness&) const = default;
};

struct BaselineNumber {
  std::string name;
  std::optional<int64_t> n, missing;
  std::optional<double> mean, std_dev, median, q1, q3;
  Absence absence = Absence::kNone, quantiles_absence = Absence::kNone;

  bool operator==(const BaselineNumber&) const = default;
};

struct StandardizedDifference {
  std::string name;
  // Of a dimension, else of a number.
  std::optional<model::Dimension> dimension = {};
  std::optional<double> estimate = {};
  Absence absence = Absence::kNone;

  bool operator==(const StandardizedDifference&) const = default;
};

struct CohortGroup {
  Group group;
  std::optional<int64_t> n_cases, n_patients, n_sites, n_athletes;
  std::optional<double> mean_age_years, median_follow_up_days;
  std::vector<DimensionCounts> dimensions;
  std::vector<VisitCompleteness> visits;
  std::vector<BaselineNumber> numbers;
  Absence absence = Absence::kNone;
  // Cases at risk at the median follow-up, for disclosure control alone:
  // cleared on release.
  std::optional<int64_t> follow_up_at_risk;

  bool operator==(const CohortGroup&) const = default;
};

struct DescribeAnswer {
  std::vector<CohortGroup> groups;
  std::vector<StandardizedDifference> differences;
  Provenance provenance;

  bool operator==(const DescribeAnswer&) const = default;
};

}  // namespace enthesis::analysis

#endif  // ENTHESIS_REGISTRY_ANALYSIS_RESULT_H_
