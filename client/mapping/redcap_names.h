// What REDCap heads the columns of its own, beside those of a project: one name
// in an export of raw data, another in one with labels.
//
// Threads: pure functions.

#ifndef ENTHESIS_CLIENT_MAPPING_REDCAP_NAMES_H_
#define ENTHESIS_CLIENT_MAPPING_REDCAP_NAMES_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace enthesis::client {

inline constexpr absl::string_view kEventColumn = "redcap_event_name";
inline constexpr absl::string_view kInstrumentColumn =
    "redcap_repeat_instrument";
inline constexpr absl::string_view kDataAccessGroupColumn =
    "redcap_data_access_group";
inline constexpr absl::string_view kSurveyColumn = "redcap_survey_identifier";

// "Event Name" is redcap_event_name; any other header stays as it is.
absl::string_view RawName(absl::string_view header);

// Where the column `name` is, by either name of one of REDCap; -1: nowhere.
int PositionNamed(const std::vector<std::string>& header,
                  absl::string_view name);

// `"redcap_event_name" (with labels "Event Name")`, for messages.
std::string BothNames(absl::string_view raw);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_MAPPING_REDCAP_NAMES_H_
