#include "registry/wire/question_options_wire.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "registry/model/codes.h"
#include "registry/model/id.h"

namespace enthesis::wire {
namespace {

using model::Dimension;

bool HasRanges(Dimension dimension) {
  return dimension == Dimension::kSurgeryYear ||
         dimension == Dimension::kAgeBand || dimension == Dimension::kBmiBand ||
         dimension == Dimension::kVisaABand;
}

// Stands for a value that could not be read, so that the values around it keep
// their places and no filter is empty because of a fault.
constexpr int32_t kUnreadable = 0;

// A value of a dimension; 0 is "unknown". nullopt and a fault when unreadable.
std::optional<int32_t> ReadValue(Dimension dimension, const std::string& text,
                                 const std::string& path, Faults& faults) {
  const absl::StatusOr<int32_t> value = model::ParseValue(dimension, text);
  if (value.ok()) return *value;
  faults.push_back({path, std::string(value.status().message())});
  return std::nullopt;
}

void ReadRange(const v1::DimensionFilter& wire, const std::string& path,
               model::DimensionFilter& filter, Faults& faults) {
  if (!HasRanges(filter.dimension)) {
    faults.push_back({JoinPath(path, "from"),
                      "a range is possible for years and bands only"});
    return;
  }
  if (!wire.values().empty()) {
    faults.push_back(
        {JoinPath(path, "from"), "give values or a range, not both"});
    return;
  }
  std::optional<int32_t> ends[2];
  const std::string* texts[] = {&wire.from(), &wire.to()};
  constexpr const char* kNames[] = {"from", "to"};
  for (int i = 0; i < 2; ++i) {
    const std::string end_path = JoinPath(path, kNames[i]);
    if (texts[i]->empty()) {
      faults.push_back({end_path, "is required: a range has from and to"});
      continue;
    }
    ends[i] = ReadValue(filter.dimension, *texts[i], end_path, faults);
    if (ends[i] == 0) {
      faults.push_back({end_path, "\"unknown\" is not the end of a range"});
      ends[i].reset();
    }
  }
  if (!ends[0].has_value() || !ends[1].has_value()) return;
  if (*ends[0] > *ends[1]) {
    faults.push_back({JoinPath(path, "to"), "comes before from"});
    return;
  }
  for (int32_t value = *ends[0]; value <= *ends[1]; ++value) {
    filter.values.push_back(value);
  }
}

model::DimensionFilter ReadFilter(const v1::DimensionFilter& wire,
                                  const std::string& path, Faults& faults) {
  model::DimensionFilter filter;
  filter.dimension = static_cast<Dimension>(wire.dimension());
  const std::string dimension_path = JoinPath(path, "dimension");
  if (wire.dimension() == v1::DIMENSION_UNSPECIFIED) {
    faults.push_back({dimension_path, "is required"});
    return filter;
  }
  if (!CheckCode(wire.dimension(), model::kDimensionCodes, dimension_path,
                 faults)) {
    return filter;
  }
  if (!wire.from().empty() || !wire.to().empty()) {
    ReadRange(wire, path, filter, faults);
    if (filter.values.empty()) filter.values.push_back(kUnreadable);
    return filter;
  }
  for (int i = 0; i < wire.values_size(); ++i) {
    const std::string value_path = JoinPath(path, "values", i);
    if (filter.dimension == Dimension::kSite) {
      if (!model::IsSiteId(wire.values(i))) {
        faults.push_back({value_path, "is not a site id"});
      }
      filter.sites.push_back(wire.values(i));
      continue;
    }
    const std::optional<int32_t> value =
        ReadValue(filter.dimension, wire.values(i), value_path, faults);
    filter.values.push_back(value.value_or(kUnreadable));
  }
  return filter;
}

}  // namespace

bool CheckCode(int32_t value, const model::CodeList& codes,
               absl::string_view path, Faults& faults) {
  if (value == 0 || codes.Find(value) != nullptr) return true;
  faults.push_back({std::string(path), absl::StrCat("number ", value,
                                                    " is not in the list; "
                                                    "allowed: ",
                                                    codes.Allowed())});
  return false;
}

void ReadOptions(const v1::QuestionOptions& wire, model::Question& question,
                 Faults& faults) {
  for (int i = 0; i < wire.cohort().filters_size(); ++i) {
    question.cohort.filters.push_back(
        ReadFilter(wire.cohort().filters(i),
                   JoinPath("options.cohort", "filters", i), faults));
  }
  question.group_by =
      ReadDimension(wire.group_by(), "options.group_by", faults);
  question.then_by = ReadDimension(wire.then_by(), "options.then_by", faults);
  if (wire.has_as_of()) {
    question.as_of = wire.as_of();
    if (wire.as_of() == 0) {
      faults.push_back({"options.as_of", "0 is no commit; the first is 1"});
    }
  }
  if (wire.has_conf_level()) question.conf_level = wire.conf_level();
}

model::ConfidenceTransform ReadTransform(v1::IntervalTransform wire,
                                         Faults& faults) {
  if (wire == v1::INTERVAL_TRANSFORM_UNSPECIFIED ||
      !CheckCode(wire, model::kConfidenceTransformCodes, "transform", faults)) {
    return model::ConfidenceTransform::kLogLog;
  }
  return static_cast<model::ConfidenceTransform>(wire);
}

void ReadEndpoint(v1::Endpoint wire, v1::ComplicationKind kind,
                  model::Endpoint& endpoint,
                  std::optional<model::ComplicationKind>& complication,
                  Faults& faults) {
  if (wire == v1::ENDPOINT_UNSPECIFIED) {
    faults.push_back({"endpoint", "is required"});
  } else if (CheckCode(wire, model::kEndpointCodes, "endpoint", faults)) {
    endpoint = static_cast<model::Endpoint>(wire);
  }
  if (kind != v1::COMPLICATION_KIND_UNSPECIFIED &&
      CheckCode(kind, model::kComplicationKindCodes, "complication", faults)) {
    complication = static_cast<model::ComplicationKind>(kind);
  }
}

void ReadMeasure(v1::Measure wire, model::Measure& measure, Faults& faults) {
  if (wire != v1::MEASURE_UNSPECIFIED &&
      CheckCode(wire, model::kMeasureCodes, "measure", faults)) {
    measure = static_cast<model::Measure>(wire);
  }
}

void ReadVisit(const std::string& wire, model::Visit& visit, Faults& faults) {
  if (wire.empty()) return;
  const model::Code* code = model::kVisitCodes.Find(wire);
  if (code == nullptr) {
    faults.push_back(
        {"visit", absl::StrCat("\"", wire, "\" is no visit; allowed: ",
                               model::kVisitCodes.Allowed())});
    return;
  }
  visit = static_cast<model::Visit>(code->value);
}

std::optional<model::Dimension> ReadDimension(v1::Dimension wire,
                                              absl::string_view path,
                                              Faults& faults) {
  if (wire == v1::DIMENSION_UNSPECIFIED ||
      !CheckCode(wire, model::kDimensionCodes, path, faults)) {
    return std::nullopt;
  }
  return static_cast<Dimension>(wire);
}

}  // namespace enthesis::wire
