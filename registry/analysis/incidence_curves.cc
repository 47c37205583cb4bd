#include "registry/analysis/incidence_curves.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "stats/gray_test.h"

namespace enthesis::analysis {
namespace {

constexpr size_t kMaxGrayGroups = 50;
constexpr size_t kMaxGrayCost = 200'000;  // strata x groups^3

IncidencePoint IncidencePointOf(const stats::IncidencePoint& point) {
  IncidencePoint result;
  result.day = static_cast<int32_t>(point.time);
  result.at_risk = static_cast<int64_t>(point.at_risk);
  result.events = static_cast<int64_t>(point.events);
  result.incidence = point.incidence;
  result.std_error = point.std_error;
  result.lower = point.lower;
  result.upper = point.upper;
  if (!point.std_error.has_value() || !point.lower.has_value() ||
      !point.upper.has_value()) {
    result.absence = Absence::kUndefined;
  }
  return result;
}

IncidenceCause CauseOf(const stats::CumulativeIncidence& curve, int cause,
                       const std::string& name,
                       const std::vector<int32_t>& days) {
  IncidenceCause result;
  result.cause = name;
  result.events = 0;
  const auto found = stats::IncidenceAt(curve, cause, Times(days));
  for (size_t i = 0; i < days.size(); ++i) {
    IncidencePoint point;
    if (found[i].has_value()) {
      point = IncidencePointOf(*found[i]);
    } else {
      point.absence = Absence::kBeyondFollowUp;
    }
    point.day = days[i];
    result.at.push_back(std::move(point));
  }
  for (const stats::IncidencePoint& point :
       curve.causes[static_cast<size_t>(cause)]) {
    if (point.events <= 0) continue;
    *result.events += static_cast<int64_t>(point.events);
    result.points.push_back(IncidencePointOf(point));
  }
  return result;
}

GrayTest ResultOf(const stats::GrayTest& test) {
  GrayTest result;
  result.df = test.df;
  result.chi_square = test.chi_square;
  result.p_value = test.p_value;
  if (!test.chi_square.has_value()) result.absence = Absence::kUndefined;
  return result;
}

}  // namespace

std::vector<std::string> CauseNames(model::Endpoint endpoint,
                                    const std::string& event) {
  std::vector<std::string> names = {event};
  for (const model::Exit exit : model::CompetingExits(endpoint)) {
    names.emplace_back(model::CompetingName(exit));
  }
  return names;
}

std::vector<IncidenceCause> CausesOf(const stats::CumulativeIncidence& curve,
                                     absl::Span<const std::string> names,
                                     const std::vector<int32_t>& days) {
  std::vector<IncidenceCause> causes;
  for (size_t cause = 0; cause < names.size(); ++cause) {
    causes.push_back(
        CauseOf(curve, static_cast<int>(cause), names[cause], days));
  }
  return causes;
}

absl::StatusOr<GrayTests> TestCauses(const model::Question& question,
                                     const GrayScope& scope, const Plan& plan,
                                     absl::Span<const EventSample> samples,
                                     absl::Span<const std::string> names,
                                     Provenance& provenance) {
  std::vector<std::string>& conventions = provenance.conventions;
  TestScope tested;
  tested.endpoint = scope.endpoint;
  tested.complication = scope.complication;
  tested.strata = scope.strata;
  tested.table_of = [](stats::EventTable exits) { return exits; };
  tested.power = 3;
  tested.max_groups = kMaxGrayGroups;
  tested.max_cost = kMaxGrayCost;
  auto groups = FindTestedGroups(question, tested, plan, samples, provenance);
  if (!groups.ok()) return groups.status();
  GrayTests result;
  if (!groups->possible) return result;
  conventions.push_back(
      absl::StrCat("test: Gray, as cmprsk::cuminc, rho ", scope.rho));
  result.causes.resize(names.size());
  if (groups->absence == Absence::kNone) {
    for (std::vector<stats::EventTable>& stratum : groups->strata) {
      for (stats::EventTable& table : stratum) {
        // An empty table has the causes of the others.
        table.n_causes = static_cast<int>(names.size());
      }
    }
    const auto tests = stats::TestGray(groups->strata, {scope.rho});
    if (!tests.ok()) return tests.status();
    for (size_t cause = 0; cause < names.size(); ++cause) {
      result.causes[cause] = ResultOf((*tests)[cause]);
    }
    result.smallest_compared = groups->smallest;
  }
  for (size_t cause = 0; cause < names.size(); ++cause) {
    result.causes[cause].cause = names[cause];
    result.causes[cause].name = "gray";
    if (groups->absence != Absence::kNone) {
      result.causes[cause].absence = groups->absence;
    }
  }
  return result;
}

}  // namespace enthesis::analysis
