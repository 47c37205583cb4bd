#include "client/commands/curve_figures.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "client/figure_text.h"

namespace enthesis::client {
namespace {

constexpr size_t kDrawnAtMost = 6;  // curves in characters

// What is read where a number is withheld: that it is below the threshold.
std::string BelowThreshold(const v1::Provenance& provenance) {
  return provenance.has_disclosure_threshold()
             ? absl::StrCat("<", provenance.disclosure_threshold())
             : "-";
}

std::string AtRiskText(std::optional<int32_t> n, v1::Absence absence,
                       const v1::Provenance& provenance) {
  if (n.has_value()) return absl::StrCat(*n);
  return absence == v1::ABSENCE_SUPPRESSED ? BelowThreshold(provenance) : "-";
}

template <typename Points>
std::vector<std::string> AtRiskOf(const Points& at,
                                  const v1::Provenance& provenance) {
  std::vector<std::string> texts;
  for (const auto& point : at) {
    texts.push_back(AtRiskText(ENTHESIS_OPTIONAL(point, at_risk),
                               point.absence(), provenance));
  }
  return texts;
}

bool HasValue(const v1::SurvivalPoint& point) { return point.has_survival(); }
bool HasValue(const v1::IncidencePoint& point) { return point.has_incidence(); }

void SetStep(const v1::SurvivalPoint& from, StepPoint& to) {
  to.value = from.survival();
  to.censored = from.censored() > 0;
}

void SetStep(const v1::IncidencePoint& from, StepPoint& to) {
  to.value = from.incidence();
}

// Of `group`, the curve of the answer; `start` is the value on the day of
// surgery.
template <typename Group, typename Points>
StepCurve CurveOf(const Group& group, const std::string& name, double start,
                  const Points& points, const Points& at,
                  const v1::Provenance& provenance) {
  StepCurve curve;
  curve.name = absl::StrReplaceAll(name, {{"_", " "}});
  curve.pooled = name == kAllSites;
  curve.start = start;
  for (const auto& point : points) {
    StepPoint step;
    step.time = point.day() / kDaysPerMonth;
    step.lower = ENTHESIS_OPTIONAL(point, lower);
    step.upper = ENTHESIS_OPTIONAL(point, upper);
    step.at_risk = point.at_risk();
    SetStep(point, step);
    curve.points.push_back(step);
  }
  // An incidence goes on level behind its last event, while cases are observed.
  const double last = points.empty() ? -1 : points.rbegin()->day();
  for (const auto& point : at) {
    if (point.day() <= last || !HasValue(point)) continue;
    StepPoint step;
    step.time = point.day() / kDaysPerMonth;
    step.lower = ENTHESIS_OPTIONAL(point, lower);
    step.upper = ENTHESIS_OPTIONAL(point, upper);
    SetStep(point, step);
    step.censored = false;
    curve.points.push_back(step);
  }
  if (!curve.points.empty()) {
    curve.at_risk = AtRiskOf(at, provenance);
  } else {
    const bool none = group.has_n() && group.n() == 0;
    curve.at_risk = {none ? "no cases" : "withheld"};
  }
  return curve;
}

// Of which cases, of which state, and that the data are synthetic.
std::vector<std::string> HeadingsOf(const v1::Provenance& provenance) {
  const FigureText figures(provenance);
  std::vector<std::string> lines = {figures.Cohort()};
  const std::string synthetic = figures.Synthetic();
  if (!synthetic.empty()) lines.push_back(synthetic);
  return lines;
}

StepPlot PlotWith(const v1::Provenance& provenance, std::string title,
                  std::string y_title) {
  StepPlot plot;
  plot.headings = HeadingsOf(provenance);
  plot.headings.insert(plot.headings.begin(), std::move(title));
  plot.x_title = "Months since surgery";
  plot.y_title = std::move(y_title);
  if (provenance.has_disclosure_threshold()) {
    plot.note =
        absl::StrCat("A curve ends where fewer than ",
                     provenance.disclosure_threshold(), " are at risk.");
  }
  return plot;
}

// Of a curve that rises from 0: up to a round number above the limits.
double TopOf(const StepPlot& plot) {
  double top = 0;
  for (const StepCurve& curve : plot.curves) {
    for (const StepPoint& point : curve.points) {
      top = std::max(top, point.upper.value_or(point.value));
    }
  }
  for (const double round : {0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8}) {
    if (top <= round) return round;
  }
  return 1;
}

// A curve of all cases needs no name.
void DropOnlyName(StepPlot& plot) {
  if (plot.curves.size() == 1 && plot.curves[0].name == "all") {
    plot.curves[0].name.clear();
  }
}

// The last day of a curve, also of one that is level to its last time asked.
template <typename Curve>
double LastOf(const Curve& curve, double last) {
  if (!curve.points().empty()) {
    return std::max<double>(last, curve.points().rbegin()->day());
  }
  for (const auto& point : curve.at()) {
    if (HasValue(point)) last = std::max<double>(last, point.day());
  }
  return last;
}

template <typename Answer>
double LastOfCauses(const Answer& answer) {
  double last = 0;
  for (const auto& curve : answer.curves()) {
    for (const v1::IncidenceCause& cause : curve.causes()) {
      last = LastOf(cause, last);
    }
  }
  return last;
}

// Of one group every cause; of several the first, which is asked for.
template <typename Answer>
StepPlot CausesFigure(const Answer& answer, std::string title,
                      std::string y_title) {
  const v1::Provenance& provenance = answer.provenance();
  StepPlot plot = PlotWith(provenance, std::move(title), std::move(y_title));
  const bool single = answer.curves_size() == 1;
  for (const auto& curve : answer.curves()) {
    const std::string group = GroupText(curve.group());
    if (curve.causes().empty()) {
      const v1::IncidenceCause none;
      plot.curves.push_back(
          CurveOf(curve, group, 0, none.points(), none.at(), provenance));
    }
    for (const v1::IncidenceCause& cause : curve.causes()) {
      plot.curves.push_back(CurveOf(curve, single ? cause.cause() : group, 0,
                                    cause.points(), cause.at(), provenance));
      plot.curves.back().same_group = &cause != &curve.causes(0);
      if (!single) break;
    }
  }
  plot.high = TopOf(plot);
  DropOnlyName(plot);
  return plot;
}

// What stands in the way of the endpoint, be it drawn or not.
std::string CompetingOf(const v1::EstimateIncidenceResponse& answer) {
  for (const v1::IncidenceCurve& curve : answer.curves()) {
    std::vector<std::string> names;
    for (int c = 1; c < curve.causes_size(); ++c) {
      names.push_back(
          absl::StrReplaceAll(curve.causes(c).cause(), {{"_", " "}}));
    }
    if (names.empty()) continue;
    return absl::StrCat("; ", absl::StrJoin(names, ", "),
                        names.size() == 1 ? " competes" : " compete");
  }
  return "";
}

// More than the eye tells apart in characters.
std::string LeftToPlot(size_t n, const char* noun) {
  return absl::StrCat(n, " ", noun, ": --plot FILE.svg draws them.\n\n");
}

// "12 mo" of "12_months".
std::string ShortVisit(const std::string& visit) {
  return absl::StrReplaceAll(
      visit, {{"_months", " mo"}, {"_weeks", " wk"}, {"baseline", "before"}});
}

}  // namespace

std::vector<double> MonthTicks(double first_day, double last_day) {
  const double end = last_day / kDaysPerMonth;
  double step = 60;
  for (const double months : {1, 2, 3, 6, 12, 24, 60}) {
    if (end / months <= 7) {
      step = months;
      break;
    }
  }
  std::vector<double> ticks;
  for (int i = 0; i * step <= end + 1e-9; ++i) {
    // As whole days, which are what is asked for.
    if (std::round(i * step * kDaysPerMonth) >= first_day) {
      ticks.push_back(i * step);
    }
  }
  if (ticks.empty()) ticks.push_back(end);
  return ticks;
}

double LastDay(const v1::EstimateSurvivalResponse& answer) {
  double last = 0;
  for (const v1::SurvivalCurve& curve : answer.curves()) {
    last = LastOf(curve, last);
  }
  return last;
}

double LastDay(const v1::EstimateIncidenceResponse& answer) {
  return LastOfCauses(answer);
}

double LastDay(const v1::EstimateReturnToPlayResponse& answer) {
  return LastOfCauses(answer);
}

StepPlot CurveFigure(const v1::EstimateSurvivalResponse& answer,
                     const std::string& event) {
  const v1::Provenance& provenance = answer.provenance();
  const std::string name = absl::StrReplaceAll(event, {{"_", " "}});
  StepPlot plot =
      PlotWith(provenance,
               absl::StrCat("Kaplan-Meier: free of ", name, " after surgery"),
               absl::StrCat("Free of ", name));
  for (const v1::SurvivalCurve& curve : answer.curves()) {
    plot.curves.push_back(CurveOf(curve, GroupText(curve.group()), 1,
                                  curve.points(), curve.at(), provenance));
  }
  if (answer.test().has_p_value()) {
    plot.note = absl::StrCat("Equal curves (", answer.test().name(),
                             "): ", PValuePhrase(answer.test().p_value()), ". ",
                             plot.note);
  }
  DropOnlyName(plot);
  return plot;
}

StepPlot CurveFigure(const v1::EstimateIncidenceResponse& answer,
                     const std::string& event) {
  const std::string name = absl::StrReplaceAll(event, {{"_", " "}});
  return CausesFigure(answer,
                      absl::StrCat("Cumulative incidence of ", name,
                                   " after surgery", CompetingOf(answer)),
                      answer.curves_size() == 1
                          ? "Cumulative incidence"
                          : absl::StrCat("Incidence of ", name));
}

StepPlot CurveFigure(const v1::EstimateReturnToPlayResponse& answer,
                     const std::string& event) {
  return CausesFigure(answer,
                      absl::StrCat("Return to ", event,
                                   " after surgery (Aalen-Johansen); "
                                   "reoperation, retirement, death compete"),
                      answer.curves_size() == 1
                          ? "Cumulative incidence"
                          : absl::StrCat("Back to ", event));
}

CoursePlot CourseFigure(const v1::EstimateScoreChangeResponse& answer,
                        const std::string& score, double low, double high) {
  const v1::Provenance& provenance = answer.provenance();
  CoursePlot plot;
  plot.headings = HeadingsOf(provenance);
  plot.headings.insert(plot.headings.begin(),
                       absl::StrCat(score, " by visit: mean, with interval"));
  plot.y_title = score;
  plot.low = low;
  plot.high = high;
  for (const v1::ScoreGroup& group : answer.groups()) {
    CourseLine line;
    line.name =
        answer.groups_size() == 1 && group.group().empty()
            ? ""
            : absl::StrReplaceAll(GroupText(group.group()), {{"_", " "}});
    for (const v1::VisitScore& visit : group.visits()) {
      const size_t v = line.points.size();
      if (v == plot.visits.size()) {
        plot.visits.push_back(ShortVisit(visit.visit()));
      }
      const v1::MeanEstimate& mean = visit.score();
      line.points.push_back(
          {ENTHESIS_OPTIONAL(mean, mean), ENTHESIS_OPTIONAL(mean, lower),
           ENTHESIS_OPTIONAL(mean, upper),
           AtRiskText(ENTHESIS_OPTIONAL(mean, n), mean.absence(), provenance)});
    }
    if (line.points.empty()) line.points.push_back({{}, {}, {}, "withheld"});
    plot.lines.push_back(std::move(line));
  }
  return plot;
}

bool HasPoints(const StepPlot& plot) {
  return std::any_of(plot.curves.begin(), plot.curves.end(),
                     [](const StepCurve& c) { return !c.points.empty(); });
}

bool HasPoints(const CoursePlot& plot) {
  return std::any_of(
      plot.lines.begin(), plot.lines.end(), [](const CourseLine& line) {
        return std::any_of(
            line.points.begin(), line.points.end(),
            [](const CoursePoint& point) { return point.mean.has_value(); });
      });
}

std::string DrawingOf(StepPlot plot) {
  if (!HasPoints(plot)) return "";
  if (plot.curves.size() > kDrawnAtMost) {
    return LeftToPlot(plot.curves.size(), "curves");
  }
  // The document says the cohort below, and whole days are not needed here.
  plot.headings.clear();
  // A curve that falls little is drawn where it is; the axis says where.
  if (!plot.own_axis && plot.curves[0].start == 1) {
    double least = 1;
    for (const StepCurve& curve : plot.curves) {
      for (const StepPoint& point : curve.points) {
        least = std::min(least, point.value);
      }
    }
    if (least > 0.5) plot.low = least > 0.8 ? 0.8 : 0.5;
    if (least > 0.92) plot.low = 0.9;
  }
  return absl::StrCat(plot.Text(), "\n");
}

std::string DrawingOf(CoursePlot plot) {
  if (!HasPoints(plot)) return "";
  if (plot.lines.size() > kDrawnAtMost) {
    return LeftToPlot(plot.lines.size(), "groups");
  }
  plot.headings.clear();
  return absl::StrCat(plot.Text(), "\n");
}

}  // namespace enthesis::client
