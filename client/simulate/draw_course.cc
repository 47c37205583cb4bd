#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include "client/simulate/draw.h"
#include "client/simulate/draw_events.h"
#include "client/simulate/draw_scores.h"
#include "registry/model/endpoint.h"
#include "registry/model/procedures.h"
#include "registry/model/visits.h"

namespace enthesis::client {
namespace {

using model::Case;
using model::CaseStatus;
using model::FollowUp;
using model::kVisitCount;
using model::Visit;

// Share who answer at each visit, in the order of the windows. With telephone
// calls 100, 83, 83 and 76 of 100 before surgery, at 3, 6 and 12 months; by
// mail alone 86, 55, 55 and 53 (PMC6545294, 5769 operations). 60 months: 28 of
// 55 (endoscopic calcaneoplasty). The rest is assumed between them.
constexpr std::array<double, kVisitCount> kChased = {1.00, 0.95, 0.92, 0.83,
                                                     0.83, 0.76, 0.68, 0.50};
constexpr std::array<double, kVisitCount> kByMail = {0.86, 0.85, 0.75, 0.55,
                                                     0.55, 0.53, 0.44, 0.30};

// Chance to be lost for good between one visit and the next; assumed.
constexpr double kLostPerVisit = 0.03;
constexpr double kDeclinedPerVisit = 0.005;

// Days of the visits that take place, within their windows.
struct AttendedVisit {
  Visit visit;
  int32_t day;
};

int32_t DayWithin(Random& random, const model::VisitWindow& window) {
  const double spread = (window.last_day - window.first_day) / 8.0;
  const double day = random.Normal(window.target_day, spread);
  return std::clamp(static_cast<int32_t>(std::lround(day)), window.first_day,
                    window.last_day);
}

// Visits attended up to `end`; sets the status where follow-up breaks off.
std::vector<AttendedVisit> DrawVisits(Random& random, const SiteEffect& site,
                                      int32_t end, Case& record) {
  const auto& answers = site.chases_answers ? kChased : kByMail;
  std::vector<AttendedVisit> attended;
  int32_t last = 0;
  for (size_t i = 1; i < model::kVisitWindows.size(); ++i) {
    const model::VisitWindow& window = model::kVisitWindows[i];
    const int32_t day = DayWithin(random, window);
    if (day > end) break;
    const bool lost = random.Chance(kLostPerVisit);
    const bool declined = random.Chance(kDeclinedPerVisit);
    if ((lost || declined) && record.status == CaseStatus::kActive) {
      record.status = lost ? CaseStatus::kLost : CaseStatus::kDeclined;
      record.status_day = std::max(last, day);
      break;
    }
    if (!random.Chance(answers[i])) continue;
    attended.push_back({window.visit, day});
    last = day;
  }
  return attended;
}

void AddAssessmentBeforeSurgery(Random& random, const SiteEffect& site,
                                const ScoreCourse& scores, Case& record) {
  const bool answers =
      random.Chance(site.chases_answers ? kChased[0] : kByMail[0]);
  if (!answers) return;
  FollowUp before;
  before.day = -random.Between(0, 60);
  DrawScores(random, record, scores, Visit::kBaseline, before);
  record.follow_ups.push_back(std::move(before));
}

// Death within the follow-up: 2 per 1000 and year at 50, doubling every 9
// years (order of magnitude of a population's life table).
std::optional<int32_t> DrawDeath(Random& random, const Case& record,
                                 int32_t end) {
  const double per_year =
      0.002 * std::exp2((*record.baseline.age_years - 50) / 9.0);
  const double day = 365.25 * random.Exponential(per_year);
  if (day >= end || day < 1) return std::nullopt;
  return static_cast<int32_t>(day);
}

}  // namespace

SiteEffect DrawSiteEffect(Random& random) {
  // Between sites: SD 3 points of VISA-A, 0.3 in log odds; assumed.
  SiteEffect site;
  site.visa_a_points = random.Normal(0, 3);
  site.complication_log_odds = random.Normal(0, 0.3);
  site.chases_answers = random.Chance(0.6);
  return site;
}

void DrawCourse(Random& random, const SiteEffect& site, int32_t days_until_cut,
                Case& record) {
  int32_t end = std::clamp(days_until_cut, 0, 2191);
  const std::optional<int32_t> death = DrawDeath(random, record, end);
  if (death.has_value()) {
    record.status = CaseStatus::kDied;
    record.status_day = death;
    end = *death;
  }
  const ScoreCourse scores = DrawScoreCourse(random, site, record);
  AddAssessmentBeforeSurgery(random, site, scores, record);
  Events events = DrawEvents(random, site, record);
  for (const AttendedVisit& visit : DrawVisits(random, site, end, record)) {
    FollowUp follow_up;
    follow_up.day = visit.day;
    DrawScores(random, record, scores, visit.visit, follow_up);
    ReportEvents(random, record, events, follow_up);
    record.follow_ups.push_back(std::move(follow_up));
  }
}

}  // namespace enthesis::client
