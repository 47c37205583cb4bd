#include "client/analyze/meta_data.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/analyze/time_data.h"
#include "stats/study_effects.h"
#include "stats/value_counts.h"

namespace enthesis::client {
namespace {

// A flag that names a column.
struct ColumnFlag {
  const char* flag;
  std::string AnalyzeOptions::*column;
};

constexpr ColumnFlag kEstimate = {"--estimate", &AnalyzeOptions::estimate};
constexpr ColumnFlag kError = {"--std-error", &AnalyzeOptions::std_error};
constexpr ColumnFlag kEvents = {"--events", &AnalyzeOptions::events};
constexpr ColumnFlag kSize = {"--n", &AnalyzeOptions::size};
constexpr ColumnFlag kExposure = {"--exposure", &AnalyzeOptions::exposure};
constexpr ColumnFlag kMean = {"--mean", &AnalyzeOptions::mean};
constexpr ColumnFlag kSd = {"--sd", &AnalyzeOptions::sd};
constexpr ColumnFlag kControlEvents = {"--control-events",
                                       &AnalyzeOptions::control_events};
constexpr ColumnFlag kControlSize = {"--control-n",
                                     &AnalyzeOptions::control_size};
constexpr ColumnFlag kControlExposure = {"--control-exposure",
                                         &AnalyzeOptions::control_exposure};
constexpr ColumnFlag kControlMean = {"--control-mean",
                                     &AnalyzeOptions::control_mean};
constexpr ColumnFlag kControlSd = {"--control-sd", &AnalyzeOptions::control_sd};

std::vector<ColumnFlag> AllFlags() {
  return {
      kEstimate,    kError,    kEvents,        kSize,        kExposure,
      kMean,        kSd,       kControlEvents, kControlSize, kControlExposure,
      kControlMean, kControlSd};
}

std::vector<ColumnFlag> FlagsOf(StudyMeasure measure) {
  switch (measure) {
    case StudyMeasure::kGiven:
      return {kEstimate, kError};
    case StudyMeasure::kOddsRatio:
    case StudyMeasure::kRiskRatio:
    case StudyMeasure::kRiskDifference:
      return {kEvents, kSize, kControlEvents, kControlSize};
    case StudyMeasure::kLogit:
      return {kEvents, kSize};
    case StudyMeasure::kRate:
      return {kEvents, kExposure};
    case StudyMeasure::kRateRatio:
      return {kEvents, kExposure, kControlEvents, kControlExposure};
    case StudyMeasure::kMean:
      return {kMean, kSd, kSize};
    case StudyMeasure::kMeanDifference:
      return {kMean, kSd, kSize, kControlMean, kControlSd, kControlSize};
  }
  return {};
}

absl::StatusOr<StudyMeasure> ParseMeasure(const std::string& name) {
  static const auto* const kMeasures = new std::map<std::string, StudyMeasure>{
      {"or", StudyMeasure::kOddsRatio},
      {"rr", StudyMeasure::kRiskRatio},
      {"rd", StudyMeasure::kRiskDifference},
      {"logit", StudyMeasure::kLogit},
      {"rate", StudyMeasure::kRate},
      {"rate-ratio", StudyMeasure::kRateRatio},
      {"mean", StudyMeasure::kMean},
      {"md", StudyMeasure::kMeanDifference}};
  const auto found = kMeasures->find(name);
  if (found != kMeasures->end()) return found->second;
  return absl::InvalidArgumentError(
      absl::StrCat("--measure \"", name,
                   "\" is not known; allowed: or, rr, rd, logit, rate, "
                   "rate-ratio, mean, md"));
}

absl::Status CheckFlags(const AnalyzeOptions& options, StudyMeasure measure) {
  std::vector<std::string> names;
  std::vector<std::string> wanted;
  for (const ColumnFlag& flag : FlagsOf(measure)) names.emplace_back(flag.flag);
  const bool given = measure == StudyMeasure::kGiven;
  const std::string of = options.measure.empty()
                             ? ""
                             : absl::StrCat(" for --measure ", options.measure);
  for (const ColumnFlag& flag : AllFlags()) {
    const bool is_wanted =
        std::find(names.begin(), names.end(), flag.flag) != names.end();
    const bool is_there = !(options.*flag.column).empty();
    if (is_there && !is_wanted) {
      return absl::InvalidArgumentError(
          given ? absl::StrCat(flag.flag,
                               " needs --measure, which says what is made of "
                               "it")
                : absl::StrCat(flag.flag, " is not", of, ", which takes ",
                               absl::StrJoin(names, ", ")));
    }
  }
  for (const ColumnFlag& flag : FlagsOf(measure)) {
    if (!(options.*flag.column).empty()) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        absl::StrJoin(names, given ? " and " : ", "), " are required", of));
  }
  return absl::OkStatus();
}

absl::StatusOr<double> ParseStudyCorrection(const std::string& text) {
  if (text == "none") return 0.0;
  if (text.empty()) return 0.5;
  const absl::StatusOr<double> number = ParseFlagNumber(text, "--correction");
  if (!number.ok()) return number.status();
  if (*number > 0) return *number;
  return absl::InvalidArgumentError("--correction is above 0, or none");
}

// One column as counts; a value that is none is refused by its line.
absl::StatusOr<std::vector<int64_t>> ReadCountColumn(const Frame& frame,
                                                     const std::string& column,
                                                     int64_t least) {
  const absl::StatusOr<std::vector<double>> numbers = frame.Numbers(column);
  if (!numbers.ok()) return numbers.status();
  std::vector<int64_t> counts;
  for (size_t row = 0; row < numbers->size(); ++row) {
    const double number = (*numbers)[row];
    if (number != std::trunc(number) || number < static_cast<double>(least) ||
        number > static_cast<double>(stats::kCountMax)) {
      return frame.Refuse(
          column, row,
          absl::StrCat("a count is a whole number from ", least, " to 2^40"));
    }
    counts.push_back(static_cast<int64_t>(number));
  }
  return counts;
}

absl::StatusOr<std::vector<double>> ReadAbove(const Frame& frame,
                                              const std::string& column,
                                              const char* what) {
  absl::StatusOr<std::vector<double>> numbers = frame.Numbers(column);
  if (!numbers.ok()) return numbers;
  for (size_t row = 0; row < numbers->size(); ++row) {
    if ((*numbers)[row] > 0 && (*numbers)[row] <= stats::kValueMax) continue;
    return frame.Refuse(
        column, row,
        absl::StrCat(what, " is above 0, up to ", stats::kValueMax));
  }
  return numbers;
}

// The columns of one arm of every study, as far as the measure has them.
struct Arm {
  std::vector<int64_t> events, n;
  std::vector<double> exposures, means, std_devs;

  stats::RateCounts Rate(size_t row) const {
    return {events[row], exposures[row]};
  }
  stats::MeanSummary Summary(size_t row) const {
    return {means[row], std_devs[row], n[row]};
  }
};

struct ArmColumns {
  std::string events, n, exposure, mean, sd;
};

absl::StatusOr<Arm> ReadArm(const Frame& frame, const ArmColumns& columns) {
  Arm arm;
  absl::Status status;
  const auto take = [&status](auto read, auto& into) {
    if (!read.ok()) {
      if (status.ok()) status = read.status();
    } else {
      into = *std::move(read);
    }
  };
  if (!columns.events.empty()) {
    take(ReadCountColumn(frame, columns.events, 0), arm.events);
  }
  if (!columns.n.empty()) take(ReadCountColumn(frame, columns.n, 1), arm.n);
  if (!columns.exposure.empty()) {
    take(ReadAbove(frame, columns.exposure, "a time at risk"), arm.exposures);
  }
  if (!columns.mean.empty()) take(frame.Numbers(columns.mean), arm.means);
  if (!columns.sd.empty()) {
    take(ReadAbove(frame, columns.sd, "a standard deviation"), arm.std_devs);
  }
  if (!status.ok()) return status;
  for (size_t row = 0; !arm.events.empty() && row < arm.n.size(); ++row) {
    if (arm.events[row] <= arm.n[row]) continue;
    return frame.Refuse(
        columns.events, row,
        absl::StrCat("more events than ", columns.n, ", ", arm.n[row]));
  }
  return arm;
}

absl::StatusOr<stats::StudyEffect> EffectOfStudy(const MetaQuestion& question,
                                                 const Arm& group,
                                                 const Arm& control,
                                                 size_t row) {
  const double added = question.correction;
  const auto table = [&](stats::TableMeasure measure) {
    return stats::TableEffect(
        {group.events[row], group.n[row], control.events[row], control.n[row]},
        measure, added);
  };
  switch (question.measure) {
    case StudyMeasure::kGiven:
      break;
    case StudyMeasure::kOddsRatio:
      return table(stats::TableMeasure::kLogOddsRatio);
    case StudyMeasure::kRiskRatio:
      return table(stats::TableMeasure::kLogRiskRatio);
    case StudyMeasure::kRiskDifference:
      return table(stats::TableMeasure::kRiskDifference);
    case StudyMeasure::kLogit:
      return stats::LogOddsEffect(group.events[row], group.n[row], added);
    case StudyMeasure::kRate:
      return stats::LogRateEffect(group.Rate(row), added);
    case StudyMeasure::kRateRatio:
      return stats::LogRateRatioEffect(group.Rate(row), control.Rate(row),
                                       added);
    case StudyMeasure::kMean:
      return stats::MeanEffect(group.Summary(row));
    case StudyMeasure::kMeanDifference:
      return stats::MeanDifferenceEffect(group.Summary(row),
                                         control.Summary(row));
  }
  return absl::InternalError("measure");
}

absl::StatusOr<StudyData> ReadGiven(const AnalyzeOptions& options,
                                    const Frame& frame,
                                    std::vector<std::string> labels) {
  absl::StatusOr<std::vector<double>> estimates =
      frame.Numbers(options.estimate);
  if (!estimates.ok()) return estimates.status();
  absl::StatusOr<std::vector<double>> errors = frame.Numbers(options.std_error);
  if (!errors.ok()) return errors.status();
  for (size_t row = 0; row < frame.n_rows(); ++row) {
    const double variance = (*errors)[row] * (*errors)[row];
    if (!((*errors)[row] > 0) || !(variance > 0) || !std::isfinite(variance)) {
      return frame.Refuse(options.std_error, row,
                          "a standard error is above 0, and so is its square, "
                          "within the range of numbers");
    }
  }
  StudyData data;
  data.estimates = *std::move(estimates);
  data.std_errors = *std::move(errors);
  data.labels = std::move(labels);
  data.corrected.assign(data.labels.size(), false);
  return data;
}

}  // namespace

const char* MetaQuestion::Scale() const {
  switch (measure) {
    case StudyMeasure::kGiven:
      return "as given";
    case StudyMeasure::kOddsRatio:
      return "log odds ratio";
    case StudyMeasure::kRiskRatio:
      return "log risk ratio";
    case StudyMeasure::kRiskDifference:
      return "risk difference";
    case StudyMeasure::kLogit:
      return "log odds";
    case StudyMeasure::kRate:
      return "log rate";
    case StudyMeasure::kRateRatio:
      return "log rate ratio";
    case StudyMeasure::kMean:
      return "mean";
    case StudyMeasure::kMeanDifference:
      return "mean difference";
  }
  return "";
}

const char* MetaQuestion::Transformed() const {
  switch (measure) {
    case StudyMeasure::kOddsRatio:
      return "odds ratio";
    case StudyMeasure::kRiskRatio:
      return "risk ratio";
    case StudyMeasure::kLogit:
      return "proportion";
    case StudyMeasure::kRate:
      return "rate";
    case StudyMeasure::kRateRatio:
      return "rate ratio";
    case StudyMeasure::kGiven:
    case StudyMeasure::kRiskDifference:
    case StudyMeasure::kMean:
    case StudyMeasure::kMeanDifference:
      return "";
  }
  return "";
}

double MetaQuestion::Transform(double estimate) const {
  if (measure == StudyMeasure::kLogit) return 1 / (1 + std::exp(-estimate));
  return std::exp(estimate);
}

absl::StatusOr<MetaQuestion> ParseMeta(const AnalyzeOptions& options) {
  MetaQuestion question;
  if (!options.measure.empty()) {
    const absl::StatusOr<StudyMeasure> measure = ParseMeasure(options.measure);
    if (!measure.ok()) return measure.status();
    question.measure = *measure;
  } else if (!options.mean.empty()) {
    question.measure = options.control_mean.empty()
                           ? StudyMeasure::kMean
                           : StudyMeasure::kMeanDifference;
  }
  const absl::Status status = CheckFlags(options, question.measure);
  if (!status.ok()) return status;
  if (!options.correction.empty() && question.measure == StudyMeasure::kGiven) {
    return absl::InvalidArgumentError(
        "--correction is of counts, which --measure reads; the estimates are "
        "given here");
  }
  const auto correction = ParseStudyCorrection(options.correction);
  if (!correction.ok()) return correction.status();
  question.correction = *correction;
  for (const ColumnFlag& flag : FlagsOf(question.measure)) {
    question.columns.push_back(options.*flag.column);
  }
  question.columns.push_back(options.label);
  question.columns = WithoutEmpty(std::move(question.columns));
  return question;
}

absl::StatusOr<StudyData> ReadStudies(const AnalyzeOptions& options,
                                      const MetaQuestion& question,
                                      const Frame& frame) {
  std::vector<std::string> labels;
  for (size_t row = 0; row < frame.n_rows(); ++row) {
    labels.push_back(options.label.empty()
                         ? absl::StrCat("line ", frame.LineOf(row))
                         : std::string(frame.Text(options.label, row)));
  }
  if (question.measure == StudyMeasure::kGiven) {
    return ReadGiven(options, frame, std::move(labels));
  }
  const auto group =
      ReadArm(frame, {options.events, options.size, options.exposure,
                      options.mean, options.sd});
  if (!group.ok()) return group.status();
  const auto control =
      ReadArm(frame, {options.control_events, options.control_size,
                      options.control_exposure, options.control_mean,
                      options.control_sd});
  if (!control.ok()) return control.status();
  StudyData data;
  for (size_t row = 0; row < frame.n_rows(); ++row) {
    if (question.HasTables()) {
      data.tables.push_back({group->events[row], group->n[row],
                             control->events[row], control->n[row]});
    }
    if (question.measure == StudyMeasure::kRateRatio) {
      data.rates.push_back({group->Rate(row), control->Rate(row)});
    }
    const auto effect = EffectOfStudy(question, *group, *control, row);
    if (!effect.ok()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "line ", frame.LineOf(row), ": ", effect.status().message()));
    }
    if (!effect->estimate.has_value()) {
      data.absences.push_back(absl::StrCat(labels[row], ": ", effect->absence));
      continue;
    }
    data.estimates.push_back(*effect->estimate);
    data.std_errors.push_back(*effect->std_error);
    data.labels.push_back(labels[row]);
    data.corrected.push_back(effect->is_corrected);
  }
  return data;
}

}  // namespace enthesis::client
