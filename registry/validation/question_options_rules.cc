#include <set>

#include "absl/strings/str_cat.h"
#include "registry/model/limits.h"
#include "registry/validation/field_rules.h"
#include "registry/validation/question_rules.h"

namespace enthesis::validation {
namespace {

using model::Dimension;
using model::DimensionFilter;

constexpr double kMinConfLevel = 0.5, kMaxConfLevel = 0.999;
constexpr int32_t kMinYear = 1990, kMaxYear = 2100;
// Entries of one filter; there are fewer values than this in any dimension but
// the site.
constexpr size_t kMaxFilterEntries = 1000;

// 0 selects the cases without a value.
bool IsValueOf(Dimension dimension, int32_t value) {
  if (value == 0) return true;
  if (dimension == Dimension::kSurgeryYear) {
    return value >= kMinYear && value <= kMaxYear;
  }
  const model::CodeList* codes = model::CodesOf(dimension);
  return codes != nullptr && codes->Find(value) != nullptr;
}

std::string AllowedValues(Dimension dimension) {
  if (dimension == Dimension::kSurgeryYear) {
    return absl::StrCat(kMinYear, " to ", kMaxYear, ", unknown");
  }
  return absl::StrCat(model::CodesOf(dimension)->Allowed(), ", unknown");
}

void CheckSites(const DimensionFilter& filter, const std::string& path,
                Violations& violations) {
  if (!filter.values.empty() || filter.sites.empty()) {
    violations.push_back(
        {PathOf(path, "values"),
         "a filter by site needs site ids; allowed: one or more"});
  }
  for (size_t i = 0; i < filter.sites.size() && i < kMaxFilterEntries; ++i) {
    if (model::IsSiteId(filter.sites[i])) continue;
    violations.push_back(
        {PathOf(path, "values", i),
         "not a site id; allowed: 4 to 63 lower-case letters, digits and "
         "hyphens, starting and ending with a letter or digit"});
  }
}

void CheckValues(const DimensionFilter& filter, const std::string& path,
                 Violations& violations) {
  const absl::string_view name =
      CodeOf(model::kDimensionCodes, filter.dimension);
  if (filter.values.empty() || !filter.sites.empty()) {
    violations.push_back(
        {PathOf(path, "values"),
         absl::StrCat("a filter by ", name, " needs values of it; allowed: ",
                      AllowedValues(filter.dimension))});
  }
  for (size_t i = 0; i < filter.values.size() && i < kMaxFilterEntries; ++i) {
    if (IsValueOf(filter.dimension, filter.values[i])) continue;
    violations.push_back(
        {PathOf(path, "values", i),
         absl::StrCat(filter.values[i], " is no value of ", name,
                      "; allowed: ", AllowedValues(filter.dimension))});
  }
}

void CheckFilters(const model::Cohort& cohort, Violations& violations) {
  constexpr absl::string_view kPath = "options.cohort";
  if (cohort.filters.size() > model::kDimensionCount) {
    violations.push_back(
        {PathOf(kPath, "filters"),
         absl::StrCat(cohort.filters.size(), " filters; allowed: at most ",
                      model::kDimensionCount, ", one a dimension")});
    return;
  }
  std::set<Dimension> seen;
  for (size_t i = 0; i < cohort.filters.size(); ++i) {
    const DimensionFilter& filter = cohort.filters[i];
    const std::string path = PathOf(kPath, "filters", i);
    if (!IsDimension(filter.dimension)) {
      violations.push_back(
          {PathOf(path, "dimension"),
           absl::StrCat("dimension is ", static_cast<int32_t>(filter.dimension),
                        "; allowed: ", model::kDimensionCodes.Allowed())});
      continue;
    }
    if (!seen.insert(filter.dimension).second) {
      violations.push_back(
          {PathOf(path, "dimension"),
           absl::StrCat(CodeOf(model::kDimensionCodes, filter.dimension),
                        " has a filter already; allowed: each dimension "
                        "once")});
    }
    if (filter.values.size() + filter.sites.size() > kMaxFilterEntries) {
      violations.push_back({PathOf(path, "values"),
                            absl::StrCat("too many values; allowed: at most ",
                                         kMaxFilterEntries)});
    }
    if (filter.dimension == Dimension::kSite) {
      CheckSites(filter, path, violations);
    } else {
      CheckValues(filter, path, violations);
    }
  }
}

}  // namespace

bool IsEndpoint(model::Endpoint endpoint) {
  return model::kEndpointCodes.Find(static_cast<int32_t>(endpoint)) != nullptr;
}

bool IsDimension(Dimension dimension) {
  return model::kDimensionCodes.Find(static_cast<int32_t>(dimension)) !=
         nullptr;
}

namespace {

// Groups by the pairs of values of two dimensions.
void CheckPairs(const model::Question& question, Violations& violations) {
  if (!question.then_by.has_value()) return;
  const auto refuse = [&](std::string message) {
    violations.push_back({"options.then_by", std::move(message)});
  };
  const Dimension overlapping = Dimension::kConcomitantProcedure;
  if (!IsDimension(*question.then_by)) {
    refuse(absl::StrCat("then_by is ", static_cast<int32_t>(*question.then_by),
                        "; allowed: ", model::kDimensionCodes.Allowed()));
  } else if (!question.group_by.has_value()) {
    refuse("there are no groups to part; allowed: only with options.group_by");
  } else if (*question.then_by == *question.group_by) {
    refuse("is the dimension of the groups; allowed: another one");
  } else if (*question.then_by == overlapping ||
             *question.group_by == overlapping) {
    refuse(
        "groups by concomitant_procedure overlap and have no pairs; allowed: "
        "two other dimensions");
  }
}

}  // namespace

Violations CheckOptions(const model::Question& question) {
  Violations violations;
  CheckFilters(question.cohort, violations);
  if (question.group_by.has_value() && !IsDimension(*question.group_by)) {
    violations.push_back(
        {"options.group_by",
         absl::StrCat("group_by is ", static_cast<int32_t>(*question.group_by),
                      "; allowed: ", model::kDimensionCodes.Allowed())});
  }
  CheckPairs(question, violations);
  // Written so that NaN fails.
  if (!(question.conf_level >= kMinConfLevel &&
        question.conf_level <= kMaxConfLevel)) {
    violations.push_back(
        {"options.conf_level",
         absl::StrCat("conf_level is ", question.conf_level,
                      "; allowed: ", kMinConfLevel, " to ", kMaxConfLevel)});
  }
  return violations;
}

void CheckGroups(const model::Question& question, Violations& violations) {
  if (!question.group_by.has_value()) {
    violations.push_back(
        {"options.group_by",
         "is required: the groups to compare; allowed: any dimension but "
         "concomitant_procedure"});
  } else if (*question.group_by == model::Dimension::kConcomitantProcedure) {
    violations.push_back(
        {"options.group_by",
         "groups by concomitant_procedure overlap and cannot be compared; "
         "allowed: any other dimension"});
  }
}

bool CheckMeasure(model::Measure measure, Violations& violations) {
  const auto number = static_cast<int32_t>(measure);
  if (model::kMeasureCodes.Find(number) != nullptr) return true;
  violations.push_back(
      {"measure", absl::StrCat("measure is ", number,
                               "; allowed: ", model::kMeasureCodes.Allowed())});
  return false;
}

void CheckDays(const std::vector<int32_t>& days, Violations& violations) {
  if (days.size() > model::kMaxDaysAsked) {
    violations.push_back(
        {"at_days", absl::StrCat(days.size(), " days; allowed: at most ",
                                 model::kMaxDaysAsked)});
    return;
  }
  for (size_t i = 0; i < days.size(); ++i) {
    if (days[i] >= 0 && days[i] <= model::kMaxDay) continue;
    violations.push_back({PathOf("", "at_days", i),
                          absl::StrCat("day ", days[i], "; allowed: 0 to ",
                                       model::kMaxDay, " days")});
  }
}

void CheckDay(std::optional<int32_t> day, int32_t first,
              absl::string_view field, Violations& violations) {
  if (!day.has_value() || (*day >= first && *day <= model::kMaxDay)) return;
  violations.push_back(
      {std::string(field), absl::StrCat("day ", *day, "; allowed: ", first,
                                        " to ", model::kMaxDay, " days")});
}

void CheckTransform(model::ConfidenceTransform transform,
                    Violations& violations) {
  if (model::kConfidenceTransformCodes.Find(static_cast<int32_t>(transform)) !=
      nullptr) {
    return;
  }
  violations.push_back(
      {"transform", absl::StrCat("transform is ",
                                 static_cast<int32_t>(transform), "; allowed: ",
                                 model::kConfidenceTransformCodes.Allowed())});
}

void CheckComplication(model::Endpoint endpoint,
                       std::optional<model::ComplicationKind> complication,
                       Violations& violations) {
  if (!complication.has_value()) return;
  if (endpoint != model::Endpoint::kComplication) {
    violations.push_back(
        {"complication",
         "a kind of complication is given for another endpoint; allowed: only "
         "with the endpoint complication"});
  }
  if (!Known(model::kComplicationKindCodes, complication).has_value()) {
    violations.push_back(
        {"complication",
         absl::StrCat("complication is ", static_cast<int32_t>(*complication),
                      "; allowed: ", model::kComplicationKindCodes.Allowed())});
  }
}

}  // namespace enthesis::validation
