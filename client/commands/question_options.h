// Options that every question takes: cohort, grouping, state, level.

#ifndef ENTHESIS_CLIENT_COMMANDS_QUESTION_OPTIONS_H_
#define ENTHESIS_CLIENT_COMMANDS_QUESTION_OPTIONS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "enthesis/v1/statistics_service.pb.h"
#include "registry/model/code_list.h"
#include "registry/model/endpoint.h"

namespace CLI {
class App;
}

namespace enthesis::client {

struct QuestionText {
  std::string by;                  // dimension
  std::vector<std::string> where;  // dimension=code,code or dimension=a..b
  std::optional<uint64_t> as_of;   // absent: the latest
  double conf_level = 0.95;
  std::string conf_type = "log-log";
  std::string at;  // times, comma separated
};

// --by; `pairs`: also two dimensions.
void AddGroupOption(CLI::App& command, QuestionText& text, bool pairs = false);
// --where, --as-of.
void AddSelectionOptions(CLI::App& command, QuestionText& text);
// All three.
void AddCohortOptions(CLI::App& command, QuestionText& text);
// --measure.
void AddMeasureOption(CLI::App& command, std::string& measure);
// --visit.
void AddVisitOption(CLI::App& command, std::string& visit);
// --conf-level.
void AddLevelOption(CLI::App& command, QuestionText& text);
// --at.
void AddTimesOption(CLI::App& command, QuestionText& text);
// --endpoint, any, and --complication.
void AddEventOptions(CLI::App& command, std::string& endpoint,
                     std::string& complication);
// --conf-level, --conf-type and --at.
void AddCurveOptions(CLI::App& command, QuestionText& text);

// INVALID_ARGUMENT names the option and what is allowed.
absl::Status ReadQuestion(const QuestionText& text,
                          v1::QuestionOptions& options);
absl::StatusOr<v1::IntervalTransform> ReadTransform(absl::string_view text);
absl::StatusOr<v1::Measure> ReadMeasure(absl::string_view text);
// OK for the code of a visit.
absl::Status CheckVisit(absl::string_view text);
// OK where --by is given.
absl::Status CheckGroups(const QuestionText& text);
// OK where --by is given or `test`, what a flag says of the test of groups, is
// empty or 0.
absl::Status CheckTestFlag(const QuestionText& text, absl::string_view flag,
                           absl::string_view test);
// --endpoint, any or one that is `allowed`, a list of codes.
absl::StatusOr<v1::Endpoint> ReadEndpoint(absl::string_view text);
absl::StatusOr<v1::Endpoint> ReadEndpoint(absl::string_view text,
                                          bool (*is_allowed)(model::Endpoint),
                                          absl::string_view allowed);
// --complication; unspecified for an empty text, which is any kind.
absl::StatusOr<v1::ComplicationKind> ReadComplication(absl::string_view text);
// Both, into a request that has both fields.
template <typename Request>
absl::Status ReadEvent(absl::string_view endpoint,
                       absl::string_view complication, Request& request) {
  const absl::StatusOr<v1::Endpoint> read = ReadEndpoint(endpoint);
  if (!read.ok()) return read.status();
  request.set_endpoint(*read);
  const absl::StatusOr<v1::ComplicationKind> kind =
      ReadComplication(complication);
  if (!kind.ok()) return kind.status();
  request.set_complication(*kind);
  return absl::OkStatus();
}
// The dimension that `option` names.
absl::StatusOr<v1::Dimension> ReadDimension(absl::string_view text,
                                            const char* option);
// The number of a code of `codes`.
absl::StatusOr<int32_t> ReadCode(absl::string_view text,
                                 const model::CodeList& codes,
                                 const char* option);
// One time, as --at takes many.
absl::StatusOr<int32_t> ReadTime(absl::string_view text, const char* option);
// "0.25,0.75"; empty: none.
absl::StatusOr<std::vector<double>> ReadShares(absl::string_view text,
                                               const char* option);
absl::Status ReadTimes(const QuestionText& text,
                       google::protobuf::RepeatedField<int32_t>& days);
// "sport_level=competitive,professional" or "age_band=40-49..60-69".
absl::StatusOr<v1::DimensionFilter> ReadFilter(absl::string_view text);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_COMMANDS_QUESTION_OPTIONS_H_
