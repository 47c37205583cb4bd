// Studies of a data file: estimates with their errors as written, or made from
// the counts or moments that each study reports.

#ifndef ENTHESIS_CLIENT_ANALYZE_META_DATA_H_
#define ENTHESIS_CLIENT_ANALYZE_META_DATA_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/analyze/frame.h"
#include "client/analyze/methods.h"
#include "stats/event_rate.h"
#include "stats/meta_analysis.h"
#include "stats/two_by_two.h"

namespace enthesis::client {

enum class StudyMeasure {
  kGiven,  // estimates and errors
  kOddsRatio,
  kRiskRatio,
  kRiskDifference,
  kLogit,
  kRate,
  kRateRatio,
  kMean,
  kMeanDifference,
};

// What the flags ask for.
struct MetaQuestion {
  StudyMeasure measure = StudyMeasure::kGiven;
  double correction = 0.5;  // of zero cells; 0: a study is left out
  std::vector<std::string> columns;

  bool HasTables() const {
    return measure == StudyMeasure::kOddsRatio ||
           measure == StudyMeasure::kRiskRatio ||
           measure == StudyMeasure::kRiskDifference;
  }
  // What studies estimate, such as "log odds ratio", and what the exponential
  // (of log odds the share) of it is; empty where it stays as it is.
  const char* Scale() const;
  const char* Transformed() const;
  double Transform(double estimate) const;
};

// Errors: INVALID_ARGUMENT for a measure or correction that is not known, flags
// that the measure lacks or does not take.
absl::StatusOr<MetaQuestion> ParseMeta(const AnalyzeOptions& options);

struct StudyData {
  // Of the studies that have an estimate.
  std::vector<double> estimates, std_errors;
  std::vector<std::string> labels;
  std::vector<bool> corrected;
  // Of a measure of two groups, all studies.
  std::vector<stats::TwoByTwo> tables;
  std::vector<stats::RatePair> rates;
  std::vector<std::string> absences;  // "LABEL: why it is left out"

  stats::StudyEffects effects() const { return {estimates, std_errors}; }
};

// Errors: INVALID_ARGUMENT naming line, column and value.
absl::StatusOr<StudyData> ReadStudies(const AnalyzeOptions& options,
                                      const MetaQuestion& question,
                                      const Frame& frame);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_ANALYZE_META_DATA_H_
