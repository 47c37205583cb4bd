// Interval-censored time to an endpoint, before disclosure control
// (interval.proto gives the meaning of every field).

#ifndef ENTHESIS_REGISTRY_ANALYSIS_RESULT_INTERVAL_H_
#define ENTHESIS_REGISTRY_ANALYSIS_RESULT_INTERVAL_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "registry/analysis/result.h"
#include "registry/model/endpoint.h"

namespace enthesis::analysis {

struct CensoredInterval {
  std::optional<int32_t> left_day, right_day;
  std::optional<double> mass;
  // Cases not known to have left before the interval ends (begins, where it has
  // no end), for disclosure control alone: cleared on release.
  int64_t observed = 0;

  bool operator==(const CensoredInterval&) const = default;
};

struct SurvivalBounds {
  std::optional<int32_t> day;
  std::optional<double> lower, upper;
  Absence absence = Absence::kNone;
  int64_t observed = 0;  // at the day, as above

  bool operator==(const SurvivalBounds&) const = default;
};

struct IntervalCurve {
  Group group;
  std::optional<int64_t> n, exact, known_by_visit, right_censored;
  std::optional<int32_t> median_left_day, median_right_day;
  Absence median_absence = Absence::kNone;
  std::vector<CensoredInterval> intervals;
  std::vector<SurvivalBounds> at;
  std::optional<double> log_likelihood, max_violation;
  Absence absence = Absence::kNone;

  bool operator==(const IntervalCurve&) const = default;
};

struct IntervalTestGroup {
  Group group;
  std::optional<int64_t> n;
  std::optional<double> score;

  bool operator==(const IntervalTestGroup&) const = default;
};

struct IntervalTest {
  std::string name;
  std::optional<double> chi_square, p_value;
  std::optional<int32_t> df;
  std::vector<IntervalTestGroup> groups;
  Absence absence = Absence::kNone;

  bool operator==(const IntervalTest&) const = default;
};

struct IntervalAnswer {
  model::Endpoint endpoint = model::Endpoint::kReturnSport;
  std::vector<IntervalCurve> curves;
  std::optional<IntervalTest> test;
  Provenance provenance;

  bool operator==(const IntervalAnswer&) const = default;
};

}  // namespace enthesis::analysis

#endif  // ENTHESIS_REGISTRY_ANALYSIS_RESULT_INTERVAL_H_
