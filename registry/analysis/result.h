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
};

struct GroupValue {
  model::Dimension dimension = model::Dimension::kSite;
  std::string value;
};
using Group = std::vector<GroupValue>;  // empty: pooled

struct Exclusion {
  std::string reason;
  std::optional<int64_t> n;
};

struct Provenance {
  uint64_t as_of = 0;
  model::Cohort cohort;
  std::optional<int64_t> n_cases, n_sites;
  std::vector<Exclusion> exclusions;
  std::string estimand;
  std::vector<std::string> conventions;
  bool synthetic = false;
};

struct TimeEstimate {
  std::optional<double> estimate, lower, upper;
  Absence absence = Absence::kNone;
  // Cases at risk at each of the three times, for disclosure control alone:
  // cleared on release.
  std::optional<int64_t> at_risk, lower_at_risk, upper_at_risk;
};

struct ProportionEstimate {
  std::optional<int64_t> count, n;
  std::optional<double> estimate, lower, upper;
  Absence absence = Absence::kNone;
};

struct SurvivalPoint {
  std::optional<int32_t> day;
  std::optional<int64_t> at_risk, events, censored;
  std::optional<double> survival, std_error, lower, upper, cumulative_hazard;
  Absence absence = Absence::kNone;
};

struct SurvivalCurve {
  Group group;
  std::optional<int64_t> n, events;
  TimeEstimate median;
  std::vector<SurvivalPoint> at, points;
  Absence absence = Absence::kNone;
};

struct TestGroup {
  Group group;
  std::optional<int64_t> n;
  std::optional<double> observed, expected;
  Absence absence = Absence::kNone;
};

struct CurveTest {
  std::string name;
  std::optional<double> chi_square, p_value;
  std::optional<int32_t> df;
  std::vector<TestGroup> groups;
  Absence absence = Absence::kNone;
};

struct SurvivalAnswer {
  std::vector<SurvivalCurve> curves;
  std::optional<CurveTest> test;
  Provenance provenance;
};

struct IncidencePoint {
  std::optional<int32_t> day;
  std::optional<int64_t> at_risk, events;
  std::optional<double> incidence, std_error, lower, upper;
  Absence absence = Absence::kNone;
};

struct IncidenceCause {
  std::string cause;
  std::optional<int64_t> events;
  std::vector<IncidencePoint> at, points;
};

struct ReturnCurve {
  Group group;
  std::optional<int64_t> n, not_athletes;
  std::vector<IncidenceCause> causes;
  TimeEstimate median;
  ProportionEstimate known_by_visit, sustained;
  Absence absence = Absence::kNone;
};

struct ReturnAnswer {
  model::ReturnStage stage = model::ReturnStage::kSport;
  std::vector<ReturnCurve> curves;
  Provenance provenance;
};

struct MeanEstimate {
  std::optional<int64_t> n;
  std::optional<double> mean, std_dev, lower, upper;
  Absence absence = Absence::kNone;
};

struct TTest {
  std::optional<double> statistic, df, p_value;
};

struct ResponderShare {
  std::optional<double> threshold;
  ProportionEstimate share;
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
};

struct VisitReadiness {
  model::Visit visit = model::Visit::kBaseline;
  ProportionEstimate strength, hop, plyometric;
};

struct ScoreGroup {
  Group group;
  std::optional<int64_t> n_cases;
  std::vector<VisitScore> visits;
  std::vector<VisitReadiness> readiness;
  Absence absence = Absence::kNone;
};

struct ScoreAnswer {
  model::Measure measure = model::Measure::kVisaA;
  std::vector<ScoreGroup> groups;
  Provenance provenance;
};

struct ValueCount {
  std::string value;
  std::optional<int64_t> n;
  Absence absence = Absence::kNone;
};

struct DimensionCounts {
  model::Dimension dimension = model::Dimension::kSite;
  std::vector<ValueCount> values;
};

struct VisitCompleteness {
  model::Visit visit = model::Visit::kBaseline;
  std::optional<int64_t> due, completed;
  std::optional<double> completeness;
  Absence absence = Absence::kNone;
};

struct CohortGroup {
  Group group;
  std::optional<int64_t> n_cases, n_patients, n_sites, n_athletes;
  std::optional<double> mean_age_years, median_follow_up_days;
  std::vector<DimensionCounts> dimensions;
  std::vector<VisitCompleteness> visits;
  Absence absence = Absence::kNone;
  // Cases at risk at the median follow-up, for disclosure control alone:
  // cleared on release.
  std::optional<int64_t> follow_up_at_risk;
};

struct DescribeAnswer {
  std::vector<CohortGroup> groups;
  Provenance provenance;
};

}  // namespace enthesis::analysis

#endif  // ENTHESIS_REGISTRY_ANALYSIS_RESULT_H_
