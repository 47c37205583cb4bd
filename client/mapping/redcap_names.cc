#include "client/mapping/redcap_names.h"

#include "absl/strings/str_cat.h"

namespace enthesis::client {
namespace {

struct Names {
  absl::string_view raw;
  absl::string_view label;
};
constexpr Names kNames[] = {
    {kEventColumn, "Event Name"},
    {kInstrumentColumn, "Repeat Instrument"},
    {"redcap_repeat_instance", "Repeat Instance"},
    {kDataAccessGroupColumn, "Data Access Group"},
    {kSurveyColumn, "Survey Identifier"},
};

}  // namespace

absl::string_view RawName(absl::string_view header) {
  for (const Names& names : kNames) {
    if (header == names.label) return names.raw;
  }
  return header;
}

int PositionNamed(const std::vector<std::string>& header,
                  absl::string_view name) {
  for (size_t i = 0; i < header.size(); ++i) {
    if (header[i] == name || RawName(header[i]) == name) {
      return static_cast<int>(i);
    }
  }
  return -1;
}

std::string BothNames(absl::string_view raw) {
  for (const Names& names : kNames) {
    if (raw != names.raw) continue;
    return absl::StrCat("\"", raw, "\" (with labels \"", names.label, "\")");
  }
  return absl::StrCat("\"", raw, "\"");
}

}  // namespace enthesis::client
