#include "stats/survival_curves.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "stats/distributions.h"
#include "stats/event_columns.h"
#include "stats/event_table.h"
#include "stats/interval.h"
#include "stats/kaplan_meier.h"
#include "stats/parallel.h"

namespace enthesis::stats {
namespace {

// A sum that carries what rounding cut off: Neumaier (1974).
class CarriedSum {
 public:
  void Add(double x) {
    const double sum = sum_ + x;
    carry_ +=
        std::abs(sum_) >= std::abs(x) ? (sum_ - sum) + x : (x - sum) + sum_;
    sum_ = sum;
  }
  double Value() const { return sum_ + carry_; }

 private:
  double sum_ = 0, carry_ = 0;
};

// A row of a group by positions in its table: at risk at the times after
// `entry` - 1 (0: from the start) up to and with `exit`.
struct Subject {
  size_t exit = 0;
  bool event = false;
  size_t entry = 0;
  double weight = 0;

  // A total order: equal ones are interchangeable, so sums in this order do
  // not depend on that of the rows.
  friend bool operator<(const Subject& a, const Subject& b) {
    return std::tie(a.exit, a.event, a.entry, a.weight) <
           std::tie(b.exit, b.event, b.entry, b.weight);
  }
};

// The first position of `table` after `time`.
size_t PositionAfter(const EventTable& table, double time) {
  const auto after =
      std::upper_bound(table.times.begin(), table.times.end(), time);
  return static_cast<size_t>(after - table.times.begin());
}

// The rows of each group in canonical order. A tied time belongs to the last
// time of the table at or before it.
std::vector<std::vector<Subject>> SubjectsByGroup(
    const EventColumns& columns, const std::vector<EventTable>& tables) {
  std::vector<std::vector<Subject>> groups(tables.size());
  for (size_t i = 0; i < columns.times.size(); ++i) {
    if (columns.weights[i] <= 0) continue;
    const size_t g =
        columns.groups.empty() ? 0 : static_cast<size_t>(columns.groups[i]);
    Subject subject;
    subject.exit = PositionAfter(tables[g], columns.times[i]);
    if (subject.exit == 0) continue;  // of no weight beside the others
    --subject.exit;
    subject.event = columns.causes[i] > 0;
    if (!columns.entries.empty() && columns.entries[i] > 0) {
      subject.entry = PositionAfter(tables[g], columns.entries[i]);
    }
    subject.weight = columns.weights[i];
    groups[g].push_back(subject);
  }
  return groups;
}

// How an estimate that is a sum over times changes with the weight of one
// subject: by own[i] for its event at time i, less shared[i] for each time i
// at which it was at risk. Weights count in units of `unit`.
struct Influence {
  std::vector<double> own, shared;
};

// log S: d log(1 - d/n). The sign is that of the cumulative hazard.
Influence InfluenceOnLogSurvival(const KaplanMeierCurve& curve, double unit) {
  Influence influence;
  for (const SurvivalPoint& point : curve.points) {
    const double n = point.at_risk / unit;
    const double left = (point.at_risk - point.events) / unit;
    const bool counts = point.events > 0 && left > 0;
    influence.own.push_back(counts ? 1 / left : 0);
    influence.shared.push_back(counts ? point.events / unit / (n * left) : 0);
  }
  return influence;
}

// The hazard. With Fleming & Harrington's ties, k tied rows of weight d are
// taken as k events of weight m = d / k: sum over j < k of m / (n - j m).
Influence InfluenceOnHazard(const KaplanMeierCurve& curve,
                            const std::vector<size_t>& n_tied, double unit) {
  Influence influence;
  const bool split =
      curve.options.hazard_ties == HazardTies::kFlemingHarrington;
  for (size_t i = 0; i < curve.points.size(); ++i) {
    const double n = curve.points[i].at_risk / unit;
    const double d = curve.points[i].events / unit;
    const size_t k = d > 0 ? (split ? n_tied[i] : 1) : 0;
    double own = 0;
    double shared = 0;
    for (size_t j = 0; j < k; ++j) {
      const double share = d / static_cast<double>(k);
      const double left = n - static_cast<double>(j) * share;
      own += n / (static_cast<double>(k) * left * left);
      shared += share / (left * left);
    }
    influence.own.push_back(own);
    influence.shared.push_back(shared);
  }
  return influence;
}

// Infinitesimal jackknife: sum of (weight x influence)^2 after each time, a
// subject a cluster of its own. Subjects at risk share what was added since
// they entered, so their part follows from three moments of it.
std::vector<double> JackknifeVariance(const std::vector<Subject>& subjects,
                                      const Influence& influence) {
  const size_t n_times = influence.own.size();
  std::vector<std::vector<double>> entering(n_times);  // weights, at entry - 1
  CarriedSum count, first, second;  // of weight^2 times 1, age, age^2
  for (const Subject& subject : subjects) {
    if (subject.entry > 0) {
      entering[subject.entry - 1].push_back(subject.weight);
    } else {
      count.Add(subject.weight * subject.weight);
    }
  }
  std::vector<double> added(n_times + 1, 0);  // sum of `shared` before
  std::vector<double> variance(n_times);
  CarriedSum gone;
  size_t next = 0;
  for (size_t i = 0; i < n_times; ++i) {
    const double step = influence.shared[i];
    added[i + 1] = added[i] + step;
    second.Add(2 * step * first.Value());
    second.Add(step * step * count.Value());
    first.Add(step * count.Value());
    for (; next < subjects.size() && subjects[next].exit == i; ++next) {
      const Subject& subject = subjects[next];
      const double square = subject.weight * subject.weight;
      const double age = added[i + 1] - added[subject.entry];
      count.Add(-square);
      first.Add(-square * age);
      second.Add(-square * age * age);
      const double change = (subject.event ? influence.own[i] : 0) - age;
      gone.Add(square * change * change);
    }
    for (double weight : entering[i]) count.Add(weight * weight);
    variance[i] = std::max(0.0, gone.Value() + second.Value());
  }
  return variance;
}

std::vector<size_t> CountTiedEvents(const std::vector<Subject>& subjects,
                                    size_t n_times) {
  std::vector<size_t> n_tied(n_times, 0);
  for (const Subject& subject : subjects) {
    if (subject.event) ++n_tied[subject.exit];
  }
  return n_tied;
}

// Hazard with Fleming & Harrington's ties by rows, and survival where it
// follows from the hazard: the table knows only how many events weigh together.
void SplitTies(const std::vector<size_t>& n_tied, KaplanMeierCurve& curve) {
  double hazard = 0;
  for (size_t i = 0; i < curve.points.size(); ++i) {
    SurvivalPoint& point = curve.points[i];
    const double k = static_cast<double>(n_tied[i]);
    for (size_t j = 0; j < n_tied[i]; ++j) {
      const double share = point.events / k;
      hazard += share / (point.at_risk - static_cast<double>(j) * share);
    }
    point.cumulative_hazard = hazard;
    if (curve.options.form == SurvivalForm::kExponentiatedHazard) {
      point.survival = std::exp(-hazard);
    }
  }
}

void FillRobustLimits(const KaplanMeierOptions& options, double log_std_error,
                      SurvivalPoint& point) {
  point.lower = point.upper = std::nullopt;
  point.std_error = point.survival * log_std_error;
  std::optional<Limits> limits;
  if (point.survival > 0) {
    limits = SurvivalLimits(point.survival, log_std_error,
                            NormalCriticalValue(options.conf_level),
                            options.transform);
  } else if (options.transform == IntervalTransform::kPlain) {
    limits = Limits();  // no spread at 0, as survfit has it
  }
  if (!limits.has_value()) return;
  point.lower = limits->lower;
  point.upper = limits->upper;
}

// Robust errors in the place of Greenwood's. `subjects` in any order.
void MakeRobust(std::vector<Subject> subjects, KaplanMeierCurve& curve) {
  std::sort(subjects.begin(), subjects.end());
  const KaplanMeierOptions& options = curve.options;
  // In units of about all weights together: squares neither overflow nor
  // vanish. A power of 2, so that nothing is rounded.
  const double unit = std::exp2(std::ilogb(curve.n));
  for (Subject& subject : subjects) subject.weight /= unit;
  const std::vector<size_t> n_tied =
      CountTiedEvents(subjects, curve.points.size());
  if (options.hazard_ties == HazardTies::kFlemingHarrington) {
    SplitTies(n_tied, curve);
  }
  const std::vector<double> hazard_variance =
      JackknifeVariance(subjects, InfluenceOnHazard(curve, n_tied, unit));
  const std::vector<double> log_variance =
      options.form == SurvivalForm::kExponentiatedHazard
          ? hazard_variance
          : JackknifeVariance(subjects, InfluenceOnLogSurvival(curve, unit));
  for (size_t i = 0; i < curve.points.size(); ++i) {
    SurvivalPoint& point = curve.points[i];
    if (point.events > 0 || i == 0) {
      point.hazard_std_error = std::sqrt(hazard_variance[i]);
      FillRobustLimits(options, std::sqrt(log_variance[i]), point);
      continue;
    }
    // Only events change an error; a difference by rounding would move
    // quantiles.
    const SurvivalPoint& before = curve.points[i - 1];
    point.hazard_std_error = before.hazard_std_error;
    point.std_error = before.std_error;
    point.lower = before.lower;
    point.upper = before.upper;
  }
  curve.robust = true;
  curve.median = SurvivalQuantile(curve, 0.5);
}

}  // namespace

absl::StatusOr<SurvivalCurves> EstimateSurvivalCurves(
    const EventColumns& columns, int n_groups, int n_causes,
    const KaplanMeierOptions& options, ThreadPool* pool) {
  absl::StatusOr<std::vector<EventTable>> tables =
      TabulateEventColumns(columns, n_groups, n_causes, pool);
  if (!tables.ok()) return tables.status();
  if (absl::Status status = CheckConfLevel(options.conf_level); !status.ok()) {
    return status;
  }
  SurvivalCurves result;
  result.robust = HasFractionalWeights(columns);
  result.tables.reserve(tables->size());
  for (EventTable& table : *tables) {
    result.tables.push_back(n_causes == 1 ? std::move(table)
                                          : CollapseCauses(table, -1));
  }
  std::vector<std::vector<Subject>> subjects;
  if (result.robust) subjects = SubjectsByGroup(columns, result.tables);

  const size_t n = result.tables.size();
  result.curves.resize(n);
  std::vector<absl::Status> statuses(n);
  const auto estimate = [&](size_t g, int) {
    result.curves[g].options = options;
    if (result.tables[g].times.empty()) {
      result.curves[g].robust = result.robust;
      return;
    }
    absl::StatusOr<KaplanMeierCurve> curve =
        EstimateKaplanMeier(result.tables[g], options);
    if (!curve.ok()) {
      statuses[g] = curve.status();
      return;
    }
    result.curves[g] = std::move(*curve);
    if (result.robust) MakeRobust(std::move(subjects[g]), result.curves[g]);
  };
  if (pool != nullptr) {
    pool->Run(n, estimate);
  } else {
    for (size_t g = 0; g < n; ++g) estimate(g, 0);
  }
  for (const absl::Status& status : statuses) {
    if (!status.ok()) return status;
  }
  if (std::all_of(result.curves.begin(), result.curves.end(),
                  [](const KaplanMeierCurve& c) { return c.n <= 0; })) {
    return absl::FailedPreconditionError("no subjects");
  }
  return result;
}

}  // namespace enthesis::stats
