#include "stats/fine_gray_censoring.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace enthesis::stats {
namespace {

// Counts of one grid time that has any.
struct Moment {
  int32_t time = 0;
  double censored = 0;
  double events = 0;
  double entered = 0;
};

std::vector<Moment> MomentsOf(const std::vector<CensoringRow>& rows) {
  std::vector<Moment> moments;
  moments.reserve(2 * rows.size());
  for (const CensoringRow& row : rows) {
    moments.push_back({row.time, row.censored ? row.count : 0,
                       row.censored ? 0 : row.count, 0});
    if (row.entry != CensoringRow::kFromStart) {
      moments.push_back({row.entry, 0, 0, row.count});
    }
  }
  std::sort(moments.begin(), moments.end(),
            [](const Moment& a, const Moment& b) { return a.time < b.time; });
  size_t last = 0;
  for (size_t i = 1; i < moments.size(); ++i) {
    if (moments[i].time != moments[last].time) {
      moments[++last] = moments[i];
      continue;
    }
    moments[last].censored += moments[i].censored;
    moments[last].events += moments[i].events;
    moments[last].entered += moments[i].entered;
  }
  if (!moments.empty()) moments.resize(last + 1);
  return moments;
}

size_t CountBelow(const std::vector<int32_t>& times, int32_t time) {
  return static_cast<size_t>(
      std::lower_bound(times.begin(), times.end(), time) - times.begin());
}

}  // namespace

CensoringCurve::CensoringCurve(FineGrayConvention convention,
                               std::vector<CensoringRow> rows,
                               const std::vector<double>& grid, bool delayed)
    : convention_(convention), starts_at_zero_(!grid.empty() && grid[0] <= 0) {
  const std::vector<Moment> moments = MomentsOf(rows);
  // Counts are whole, so differences of them are exact.
  double at_risk = 0;
  for (const CensoringRow& row : rows) {
    if (row.entry == CensoringRow::kFromStart) at_risk += row.count;
    last_time_ = std::max(last_time_, row.time);
  }
  std::vector<double> factors;  // of entries_
  uncensored_.push_back(1);
  for (const Moment& moment : moments) {
    if (moment.censored > 0) {
      const double shared = convention == FineGrayConvention::kCrr
                                ? at_risk
                                : at_risk - moment.events;
      censorings_.push_back(moment.time);
      uncensored_.push_back(uncensored_.back() *
                            ((shared - moment.censored) / shared));
    }
    at_risk += moment.entered - moment.censored - moment.events;
    if (delayed && moment.entered > 0) {
      entries_.push_back(moment.time);
      factors.push_back((at_risk - moment.entered) / at_risk);
    }
  }
  // Time runs backwards for entries: who is under observation at a later time
  // had entered before with the product of what follows.
  entered_.assign(entries_.size() + 1, 1);
  for (size_t i = entries_.size(); i-- > 0;) {
    entered_[i] = entered_[i + 1] * factors[i];
  }
}

double CensoringCurve::Before(int32_t time) const {
  if (time > last_time_) return 0;
  const bool after =
      convention_ == FineGrayConvention::kCrr && time == 0 && starts_at_zero_;
  return uncensored_[CountBelow(censorings_, time + (after ? 1 : 0))] *
         entered_[CountBelow(entries_, time)];
}

int32_t CensoringCurve::NextChange(int32_t time) const {
  int32_t next = last_time_;
  for (const std::vector<int32_t>* times : {&censorings_, &entries_}) {
    const size_t below = CountBelow(*times, time);
    if (below < times->size()) next = std::min(next, (*times)[below]);
  }
  return next;
}

}  // namespace enthesis::stats
