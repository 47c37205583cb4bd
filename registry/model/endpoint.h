// Endpoints: what a time-to-event question asks of a case, and how a case
// answers. Time zero is surgery; the unit is whole days.

#ifndef ENTHESIS_REGISTRY_MODEL_ENDPOINT_H_
#define ENTHESIS_REGISTRY_MODEL_ENDPOINT_H_

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "registry/model/case.h"

namespace enthesis::model {

enum class Endpoint : int32_t {
  kReoperation = 1,   // first reoperation, either kind
  kComplication = 2,  // first complication, of one kind or of any
  kRupture = 3,       // first rupture or avulsion
  kReturnParticipation = 4,
  kReturnSport = 5,
  kReturnPerformance = 6,
  kFullWeightBearing = 7,
  kDailyLife = 8,
  kOsteotomyUnion = 9,
};
extern const CodeList kEndpointCodes;

// Stages of return.
constexpr bool IsReturn(Endpoint endpoint) {
  return endpoint == Endpoint::kReturnParticipation ||
         endpoint == Endpoint::kReturnSport ||
         endpoint == Endpoint::kReturnPerformance;
}
// Endpoints whose day may be known by the visit alone.
constexpr bool IsKnownByVisit(Endpoint endpoint) {
  return IsReturn(endpoint) || endpoint == Endpoint::kFullWeightBearing ||
         endpoint == Endpoint::kDailyLife ||
         endpoint == Endpoint::kOsteotomyUnion;
}

// How a case left the risk set. What competes with an endpoint: CompetingExits.
enum class Exit : int32_t {
  kCensored = 0,
  kEvent = 1,
  kReoperation = 2,
  kRetirement = 3,  // from sport, for another reason
  kDeath = 4,
};

struct EndpointTime {
  int32_t exit_day = 0;
  Exit exit = Exit::kCensored;
  // The event is known only by the visit that first reported it: it happened
  // after `interval_start` and at or before exit_day.
  bool known_by_visit = false;
  int32_t interval_start = 0;  // last contact known free of the event
};

// The exits that end the wait for an endpoint for good, in the order of Exit.
// Reoperation and retirement do for the return stages alone: after a
// reoperation a limb is loaded again, heals and may be operated on again, but a
// return to sport then is that of the second operation. Death competes with
// everything.
absl::Span<const Exit> CompetingExits(Endpoint endpoint);

// "reoperation", "retirement" or "death"; "" for what does not compete.
absl::string_view CompetingName(Exit exit);

// Last day known of the case: the latest follow-up or event day, death
// included; 0 without any contact after surgery. A later day on which the
// clinic declared the case lost or declined is no contact.
int32_t LastContactDay(const Case& record);

// Whether the case is in the risk set of return to play.
bool WasAthlete(const Case& record);

// Whether the endpoint can happen to the case at all: return stages to
// athletes, union to osteotomies, the others to everyone. Outside the risk set
// a case is left out and counted, not censored.
bool InRiskSet(const Case& record, Endpoint endpoint);

// On one day the event comes before a competing one; among competing events
// reoperation comes before retirement, retirement before death. An event comes
// before censoring. `kind` restricts kComplication; ignored elsewhere.
EndpointTime TimeTo(const Case& record, Endpoint endpoint,
                    std::optional<ComplicationKind> kind = std::nullopt);

// Sustained return as last reported; nullopt when never asked.
std::optional<bool> SustainedReturn(const Case& record);

}  // namespace enthesis::model

#endif  // ENTHESIS_REGISTRY_MODEL_ENDPOINT_H_
