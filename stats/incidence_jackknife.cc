#include "stats/incidence_jackknife.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <tuple>
#include <vector>

#include "stats/distributions.h"
#include "stats/interval.h"

namespace enthesis::stats {
namespace {

// Subjects who leave at one time in one way, having entered at one time.
struct Leavers {
  size_t exit = 0;   // index of the time
  size_t entry = 0;  // 1 + index of the time; 0: from the start
  int cause = 0;
  double square = 0;  // sum of their squared weights

  friend bool operator<(const Leavers& a, const Leavers& b) {
    return std::tie(a.exit, a.entry, a.cause, a.square) <
           std::tie(b.exit, b.entry, b.cause, b.square);
  }
};

// A subject's influence: the derivative of survival S and of the incidence F
// by its weight.
struct Influence {
  double survival = 0;
  double incidence = 0;
};

// A sum over subjects of the moments of their influence, by squared weight.
struct Moments {
  double n = 0;
  double survival = 0;
  double incidence = 0;
  double survival2 = 0;
  double product = 0;
  double incidence2 = 0;

  void Add(const Influence& u, double square) {
    n += square;
    survival += square * u.survival;
    incidence += square * u.incidence;
    survival2 += square * u.survival * u.survival;
    product += square * u.survival * u.incidence;
    incidence2 += square * u.incidence * u.incidence;
  }
};

// One time: S' = kept S, F' = F + share S. An influence follows, and who is at
// risk adds its part in the shares.
struct Step {
  double survival = 1;  // before
  double n = 0;
  double kept = 1;
  double share = 0;      // of the cause
  double all_share = 0;  // of any cause

  Influence Own(bool event, bool of_cause) const {
    return {survival * (all_share - (event ? 1 : 0)) / n,
            survival * ((of_cause ? 1 : 0) - share) / n};
  }

  Influence Carry(const Influence& u, const Influence& own) const {
    return {kept * u.survival + own.survival,
            u.incidence + share * u.survival + own.incidence};
  }

  void Carry(const Influence& own, Moments& sum) const {
    const Moments m = sum;
    const double s = own.survival;
    const double f = own.incidence;
    sum.survival = kept * m.survival + m.n * s;
    sum.incidence = m.incidence + share * m.survival + m.n * f;
    const double carried = m.incidence + share * m.survival;
    sum.survival2 =
        kept * kept * m.survival2 + 2 * s * kept * m.survival + m.n * s * s;
    sum.product = kept * (m.product + share * m.survival2) +
                  f * kept * m.survival + s * carried + m.n * s * f;
    sum.incidence2 = m.incidence2 +
                     share * (2 * m.product + share * m.survival2) +
                     2 * f * carried + m.n * f * f;
  }
};

// The recursion over times for one cause.
class Jackknife {
 public:
  Jackknife(const EventTable& table, const std::vector<Leavers>& leavers,
            size_t cause)
      : table_(table), leavers_(leavers), cause_(cause) {
    const size_t n_times = table.times.size();
    from_start_.assign(n_times + 1, 0);
    entering_.assign(n_times, 0);
    n_late_.assign(n_times, 0);
    for (const Leavers& one : leavers_) {
      if (one.entry == 0) {
        from_start_[one.exit] += one.square;
      } else {
        entering_[one.entry - 1] += one.square;
        ++n_late_[one.entry - 1];
      }
    }
    // From the end, so that none is left when all have gone.
    for (size_t i = n_times; i-- > 0;) from_start_[i] += from_start_[i + 1];
    entries_.resize(table.entered.empty() ? 0 : n_times);
  }

  std::vector<double> Variances();

 private:
  // State just after a time, for those who enter at it.
  struct AtEntry {
    Influence virtual_influence;
    double survival = 0;
    double incidence = 0;
  };

  Influence BeforeExit(const Leavers& one) const;
  void TakeStep(const Step& step, size_t i);
  void AddEntries(size_t i);

  const EventTable& table_;
  const std::vector<Leavers>& leavers_;
  size_t cause_;
  std::vector<double> from_start_;  // squares still at risk, from the start
  std::vector<double> entering_;    // squares
  std::vector<size_t> n_late_;
  std::vector<AtEntry> entries_;

  double survival_ = 1;
  double incidence_ = 0;
  Influence at_risk_;  // of whoever is at risk from the start until now
  Moments late_;       // at risk, entered late
  size_t n_at_risk_late_ = 0;
  Moments gone_;
  size_t next_ = 0;  // of leavers_
};

// Who entered late has the influence of those from the start, less what these
// had at the entry, carried on.
Influence Jackknife::BeforeExit(const Leavers& one) const {
  if (one.entry == 0) return at_risk_;
  const AtEntry& entry = entries_[one.entry - 1];
  if (entry.survival <= 0) return {};
  const Influence& u = entry.virtual_influence;
  return {at_risk_.survival - u.survival * (survival_ / entry.survival),
          at_risk_.incidence - u.incidence -
              u.survival * ((incidence_ - entry.incidence) / entry.survival)};
}

void Jackknife::TakeStep(const Step& step, size_t i) {
  step.Carry({}, gone_);
  for (; next_ < leavers_.size() && leavers_[next_].exit == i; ++next_) {
    const Leavers& one = leavers_[next_];
    const Influence before = BeforeExit(one);
    const Influence own =
        step.n > 0 ? step.Own(one.cause > 0,
                              static_cast<size_t>(one.cause) == cause_ + 1)
                   : Influence{};
    gone_.Add(step.Carry(before, own), one.square);
    if (one.entry == 0) continue;
    late_.Add(before, -one.square);
    --n_at_risk_late_;
  }
  if (n_at_risk_late_ == 0) late_ = {};
  const Influence own = step.n > 0 ? step.Own(false, false) : Influence{};
  step.Carry(own, late_);
  at_risk_ = step.Carry(at_risk_, own);
  incidence_ += survival_ * step.share;
  survival_ *= step.kept;
}

void Jackknife::AddEntries(size_t i) {
  if (entries_.empty()) return;
  entries_[i] = {at_risk_, survival_, incidence_};
  late_.n += entering_[i];
  n_at_risk_late_ += n_late_[i];
}

std::vector<double> Jackknife::Variances() {
  const size_t n_causes = static_cast<size_t>(table_.n_causes);
  const std::vector<double> at_risk = table_.AtRisk();
  std::vector<double> variances(at_risk.size());
  for (size_t i = 0; i < at_risk.size(); ++i) {
    double events = 0;
    for (size_t k = 0; k < n_causes; ++k) {
      events += table_.events[i * n_causes + k];
    }
    Step step;
    if (events > 0) {
      const double n = at_risk[i];
      step = {survival_, n, (n - events) / n,
              table_.events[i * n_causes + cause_] / n, events / n};
    }
    TakeStep(step, i);
    AddEntries(i);
    variances[i] = gone_.incidence2 + late_.incidence2 +
                   from_start_[i + 1] * at_risk_.incidence * at_risk_.incidence;
  }
  return variances;
}

void SetErrors(const EventTable& table, const std::vector<Leavers>& leavers,
               CumulativeIncidence& curve) {
  const double z = NormalCriticalValue(curve.options.conf_level);
  for (size_t k = 0; k < curve.causes.size(); ++k) {
    std::vector<IncidencePoint>& points = curve.causes[k];
    if (points.empty()) continue;
    const std::vector<double> variances =
        Jackknife(table, leavers, k).Variances();
    for (size_t i = 0; i < points.size(); ++i) {
      const double std_error = std::sqrt(std::max(0.0, variances[i]));
      points[i].std_error = std_error;
      points[i].lower.reset();
      points[i].upper.reset();
      const std::optional<Limits> limits = IncidenceLimits(
          points[i].incidence, std_error, z, curve.options.transform);
      if (!limits.has_value()) continue;
      points[i].lower = limits->lower;
      points[i].upper = limits->upper;
    }
  }
}

// Rows were tied to the first of their times, which the table lists.
size_t IndexOf(const EventTable& table, double time) {
  const auto above =
      std::upper_bound(table.times.begin(), table.times.end(), time);
  return static_cast<size_t>(above - table.times.begin()) - 1;
}

}  // namespace

void JackknifeIncidence(const EventTable& table, CumulativeIncidence& curve) {
  const size_t n_causes = static_cast<size_t>(table.n_causes);
  std::vector<Leavers> leavers;
  for (size_t i = 0; i < table.times.size(); ++i) {
    if (table.censored[i] > 0) leavers.push_back({i, 0, 0, table.censored[i]});
    for (size_t k = 0; k < n_causes; ++k) {
      const double count = table.events[i * n_causes + k];
      if (count > 0) leavers.push_back({i, 0, static_cast<int>(k) + 1, count});
    }
  }
  SetErrors(table, leavers, curve);
}

void JackknifeIncidence(const EventColumns& columns,
                        const std::vector<EventTable>& tables,
                        std::vector<CumulativeIncidence>& curves,
                        ThreadPool* pool) {
  std::vector<std::vector<Leavers>> leavers(tables.size());
  for (size_t i = 0; i < columns.times.size(); ++i) {
    const double weight = columns.weights.empty() ? 1 : columns.weights[i];
    if (weight <= 0) continue;
    const double entry = columns.entries.empty() ? 0 : columns.entries[i];
    const size_t group =
        columns.groups.empty() ? 0 : static_cast<size_t>(columns.groups[i]);
    const EventTable& table = tables[group];
    leavers[group].push_back({IndexOf(table, columns.times[i]),
                              entry > 0 ? IndexOf(table, entry) + 1 : 0,
                              columns.causes[i], weight * weight});
  }
  RunTasks(pool, tables.size(), [&](size_t g) {
    // A total order: squares of fractions are added in one order only.
    std::sort(leavers[g].begin(), leavers[g].end());
    SetErrors(tables[g], leavers[g], curves[g]);
  });
}

}  // namespace enthesis::stats
