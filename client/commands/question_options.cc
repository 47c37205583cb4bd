#include "client/commands/question_options.h"

#include <CLI/CLI.hpp>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/time_text.h"
#include "registry/model/codes.h"
#include "registry/model/dimension.h"
#include "registry/model/endpoint.h"
#include "registry/model/id.h"
#include "registry/model/measure.h"
#include "registry/model/question.h"
#include "registry/model/visits.h"

namespace enthesis::client {
namespace {

absl::Status CheckValue(v1::Dimension dimension, absl::string_view text) {
  if (dimension == v1::DIMENSION_SITE) {
    if (model::IsSiteId(text)) return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrCat(
        "--where: \"", text,
        "\" is no site id (4 to 63 lower-case letters, digits, hyphens)"));
  }
  const absl::Status status =
      model::ParseValue(static_cast<model::Dimension>(dimension), text)
          .status();
  if (status.ok()) return status;
  return absl::InvalidArgumentError(
      absl::StrCat("--where: ", status.message(),
                   model::IsOrdered(static_cast<model::Dimension>(dimension))
                       ? "; a range is FIRST..LAST"
                       : ""));
}

}  // namespace

absl::StatusOr<v1::Dimension> ReadDimension(absl::string_view text,
                                            const char* option) {
  const model::Code* code = model::kDimensionCodes.Find(text);
  if (code != nullptr) return static_cast<v1::Dimension>(code->value);
  return absl::InvalidArgumentError(absl::StrCat(
      option, ": \"", text,
      "\" is no dimension; allowed: ", model::kDimensionCodes.Allowed()));
}

void AddGroupOption(CLI::App& command, QuestionText& text, bool pairs) {
  command
      .add_option(
          "--by", text.by,
          absl::StrCat(
              "Group by one dimension",
              pairs ? ", or by the pairs of values of two (A,B): " : ": ",
              model::kDimensionCodes.Allowed()))
      ->type_name(pairs ? "DIMS" : "DIM");
}

void AddCohortOptions(CLI::App& command, QuestionText& text) {
  AddGroupOption(command, text, true);
  AddSelectionOptions(command, text);
}

void AddSelectionOptions(CLI::App& command, QuestionText& text) {
  command
      .add_option("--where", text.where,
                  "Only cases with one of these values: DIM=CODE,CODE or, "
                  "for years and bands, DIM=FIRST..LAST; repeat for "
                  "further dimensions")
      ->type_name("DIM=CODES")
      ->allow_extra_args(false);
  command
      .add_option("--as-of", text.as_of,
                  "Answer for the state after this commit")
      ->type_name("COMMIT");
}

void AddMeasureOption(CLI::App& command, std::string& measure) {
  command
      .add_option("--measure", measure,
                  absl::StrCat("One of: ", model::kMeasureCodes.Allowed()))
      ->capture_default_str();
}

void AddVisitOption(CLI::App& command, std::string& visit) {
  command
      .add_option("--visit", visit,
                  absl::StrCat("One of: ", model::kVisitCodes.Allowed()))
      ->capture_default_str();
}

void AddLevelOption(CLI::App& command, QuestionText& text) {
  command
      .add_option("--conf-level", text.conf_level,
                  "Confidence level, 0.5 to 0.999")
      ->capture_default_str();
}

void AddEventOptions(CLI::App& command, std::string& endpoint,
                     std::string& complication) {
  command.add_option("--endpoint", endpoint, model::kEndpointCodes.Allowed())
      ->capture_default_str();
  command.add_option("--complication", complication,
                     "With --endpoint complication: one kind");
}

void AddCurveOptions(CLI::App& command, QuestionText& text) {
  AddLevelOption(command, text);
  command
      .add_option("--conf-type", text.conf_type,
                  "Scale of the interval: log-log, log, plain, logit or arcsin")
      ->capture_default_str();
  AddTimesOption(command, text);
}

void AddTimesOption(CLI::App& command, QuestionText& text) {
  command
      .add_option("--at", text.at,
                  "Times after surgery: days (91), weeks (13w), months (6m) "
                  "or years (2y), separated by commas")
      ->type_name("TIMES");
}

absl::StatusOr<v1::DimensionFilter> ReadFilter(absl::string_view text) {
  const std::vector<absl::string_view> sides =
      absl::StrSplit(text, absl::MaxSplits('=', 1));
  if (sides.size() != 2 || sides[1].empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--where: \"", text,
                     "\" is not DIMENSION=CODE,CODE or DIMENSION=FIRST..LAST"));
  }
  v1::DimensionFilter filter;
  const absl::StatusOr<v1::Dimension> dimension =
      ReadDimension(sides[0], "--where");
  if (!dimension.ok()) return dimension.status();
  filter.set_dimension(*dimension);
  const std::vector<absl::string_view> ends =
      absl::StrSplit(sides[1], absl::MaxSplits("..", 1));
  const bool range = ends.size() == 2;
  const std::vector<absl::string_view> values =
      range ? ends : absl::StrSplit(sides[1], ',');
  for (absl::string_view value : values) {
    const absl::Status status = CheckValue(*dimension, value);
    if (!status.ok()) return status;
    if (!range) filter.add_values(std::string(value));
  }
  if (range) {
    filter.set_from(std::string(ends[0]));
    filter.set_to(std::string(ends[1]));
  }
  return filter;
}

absl::Status ReadQuestion(const QuestionText& text,
                          v1::QuestionOptions& options) {
  if (!text.by.empty()) {
    const std::vector<absl::string_view> names = absl::StrSplit(text.by, ',');
    if (names.size() > 2) {
      return absl::InvalidArgumentError(absl::StrCat(
          "--by: \"", text.by, "\" has ", names.size(),
          " dimensions; allowed: one, or two for their pairs of values"));
    }
    for (size_t i = 0; i < names.size(); ++i) {
      const absl::StatusOr<v1::Dimension> by = ReadDimension(names[i], "--by");
      if (!by.ok()) return by.status();
      if (i == 0) options.set_group_by(*by);
      if (i == 1) options.set_then_by(*by);
    }
  }
  for (const std::string& where : text.where) {
    absl::StatusOr<v1::DimensionFilter> filter = ReadFilter(where);
    if (!filter.ok()) return filter.status();
    *options.mutable_cohort()->add_filters() = *std::move(filter);
  }
  if (text.as_of.has_value()) options.set_as_of(*text.as_of);
  if (text.conf_level < 0.5 || text.conf_level > 0.999) {
    return absl::InvalidArgumentError(
        "--conf-level: is out of range; allowed: 0.5 to 0.999");
  }
  options.set_conf_level(text.conf_level);
  return absl::OkStatus();
}

absl::StatusOr<v1::IntervalTransform> ReadTransform(absl::string_view text) {
  const model::Code* code = model::kConfidenceTransformCodes.Find(text);
  if (code != nullptr) return static_cast<v1::IntervalTransform>(code->value);
  return absl::InvalidArgumentError(
      absl::StrCat("--conf-type: \"", text, "\" is not known; allowed: ",
                   model::kConfidenceTransformCodes.Allowed()));
}

absl::Status CheckVisit(absl::string_view text) {
  if (model::kVisitCodes.Find(text) != nullptr) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("--visit: \"", text,
                   "\" is not known; allowed: ", model::kVisitCodes.Allowed()));
}

absl::Status CheckGroups(const QuestionText& text) {
  if (!text.by.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "--by is required: the groups to compare, such as --by "
      "primary_procedure");
}

absl::Status CheckTestFlag(const QuestionText& text, absl::string_view flag,
                           absl::string_view test) {
  if (!text.by.empty() || test.empty() || test == "0") return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      flag, " ", test, ": there are no groups to test; allowed: with --by"));
}

absl::StatusOr<v1::Endpoint> ReadEndpoint(absl::string_view text,
                                          bool (*is_allowed)(model::Endpoint),
                                          absl::string_view allowed) {
  const model::Code* code = model::kEndpointCodes.Find(text);
  if (code != nullptr &&
      is_allowed(static_cast<model::Endpoint>(code->value))) {
    return static_cast<v1::Endpoint>(code->value);
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "--endpoint: \"", text, "\" is not known; allowed: ", allowed));
}

absl::StatusOr<v1::Endpoint> ReadEndpoint(absl::string_view text) {
  return ReadEndpoint(
      text, [](model::Endpoint) { return true; },
      model::kEndpointCodes.Allowed());
}

absl::StatusOr<v1::ComplicationKind> ReadComplication(absl::string_view text) {
  if (text.empty()) return v1::COMPLICATION_KIND_UNSPECIFIED;
  const model::Code* kind = model::kComplicationKindCodes.Find(text);
  if (kind != nullptr) return static_cast<v1::ComplicationKind>(kind->value);
  return absl::InvalidArgumentError(absl::StrCat(
      "--complication: \"", text, "\" is not in the list; allowed: ",
      model::kComplicationKindCodes.Allowed()));
}

absl::StatusOr<v1::Measure> ReadMeasure(absl::string_view text) {
  const model::Code* code = model::kMeasureCodes.Find(text);
  if (code != nullptr) return static_cast<v1::Measure>(code->value);
  return absl::InvalidArgumentError(absl::StrCat(
      "--measure: \"", text,
      "\" is not known; allowed: ", model::kMeasureCodes.Allowed()));
}

absl::StatusOr<int32_t> ReadCode(absl::string_view text,
                                 const model::CodeList& codes,
                                 const char* option) {
  const model::Code* code = codes.Find(text);
  if (code != nullptr) return code->value;
  return absl::InvalidArgumentError(absl::StrCat(
      option, ": \"", text, "\" is not known; allowed: ", codes.Allowed()));
}

absl::StatusOr<int32_t> ReadTime(absl::string_view text, const char* option) {
  const absl::StatusOr<std::vector<int32_t>> days = ParseDayList(text);
  if (!days.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat(option, ": ", days.status().message()));
  }
  if (days->size() == 1) return days->front();
  return absl::InvalidArgumentError(
      absl::StrCat(option, ": \"", text, "\" is not one time"));
}

absl::StatusOr<std::vector<double>> ReadShares(absl::string_view text,
                                               const char* option) {
  std::vector<double> shares;
  if (text.empty()) return shares;
  for (absl::string_view part : absl::StrSplit(text, ',')) {
    double share = 0;
    // Written so that NaN fails.
    if (!absl::SimpleAtod(part, &share) || !(share > 0 && share < 1)) {
      return absl::InvalidArgumentError(absl::StrCat(
          option, ": \"", part, "\" is not a share; allowed: between 0 and 1"));
    }
    shares.push_back(share);
  }
  return shares;
}

absl::Status ReadTimes(const QuestionText& text,
                       google::protobuf::RepeatedField<int32_t>& days) {
  if (text.at.empty()) return absl::OkStatus();
  const absl::StatusOr<std::vector<int32_t>> read = ParseDayList(text.at);
  if (!read.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--at: ", read.status().message()));
  }
  for (int32_t day : *read) days.Add(day);
  return absl::OkStatus();
}

}  // namespace enthesis::client
