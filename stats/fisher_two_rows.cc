// Fisher's test of two rows: events in groups. Where all that may follow the
// counts of some groups is at most as likely as what was seen, its sum has a
// closed form (Mehta & Patel 1983, JASA 78:427); what is left lies within a
// bound. Up to four groups: all groups but two are gone through, and of the
// last two both tails are added. More: the tables of each half of the groups
// are listed by their number of events, sorted, and joined.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <vector>

#include "stats/binomial_density.h"
#include "stats/event_groups.h"
#include "stats/fisher_test.h"

namespace enthesis::stats {
namespace {

constexpr double kSlack = 1e-7;      // of ties, as fisher.test
constexpr double kWorkMost = 6e7;    // steps, about a second
constexpr double kListMost = 1e7;    // tables of half of the groups at once
constexpr double kCountsMost = 4e6;  // counts kept in tables
constexpr double kTailEnd = 1e-18;
constexpr size_t kFewGroups = 4;

// What was seen, and the probability of an event in all.
struct SeenEvents {
  std::vector<int64_t> sizes;
  int64_t events = 0;
  double p = 0, q = 0;
  double start = 0;      // log of 1 / P(events in all)
  double threshold = 0;  // log P of the table seen, and ties
};

SeenEvents Describe(absl::Span<const int64_t> events,
                    absl::Span<const int64_t> groups) {
  SeenEvents seen;
  seen.sizes.assign(groups.begin(), groups.end());
  seen.events = std::accumulate(events.begin(), events.end(), int64_t{0});
  const auto total = static_cast<double>(
      std::accumulate(groups.begin(), groups.end(), int64_t{0}));
  const auto count = static_cast<double>(seen.events);
  seen.p = count / total;
  seen.q = (total - count) / total;
  seen.start = -LogBinomialDensity(count, total, seen.p, seen.q);
  seen.threshold = seen.start + kSlack;
  for (size_t g = 0; g < groups.size(); ++g) {
    seen.threshold +=
        LogBinomialDensity(static_cast<double>(events[g]),
                           static_cast<double>(groups[g]), seen.p, seen.q);
  }
  // The largest groups last: of few groups their counts need no visit.
  std::sort(seen.sizes.begin(), seen.sizes.end());
  return seen;
}

// Few groups.
class PairedTails {
 public:
  explicit PairedTails(const SeenEvents& seen)
      : groups_(seen.sizes, seen.p, seen.q, seen.events),
        threshold_(seen.threshold) {
    Visit(0, seen.events, seen.start);
  }

  std::optional<double> P() const {
    if (steps_ > kWorkMost) return std::nullopt;
    return std::min(1.0, p_value_);
  }

 private:
  void Visit(size_t g, int64_t r, double past) {
    if (steps_ > kWorkMost) return;
    if (g + 2 == groups_.n()) {
      AddPair(g, r, past);
      return;
    }
    p_value_ += groups_.Walk(
        g, r, past, threshold_, steps_,
        [&](int64_t x, double here) { Visit(g + 1, r - x, here); });
  }

  // The last two groups: both tails of a count, found by bisection.
  void AddPair(size_t g, int64_t r, double past) {
    const int64_t mode = groups_.Mode(g, r);
    const auto counts = [&](int64_t x) {
      return past + groups_.LogP(g, x) + groups_.LogP(g + 1, r - x) <=
             threshold_;
    };
    steps_ += 20;
    if (counts(mode)) {
      p_value_ += std::exp(past + groups_.LogRest(g, r));
      return;
    }
    for (const int64_t way : {int64_t{-1}, int64_t{1}}) {
      int64_t in = mode;
      int64_t out =
          way > 0 ? groups_.Highest(g, r) + 1 : groups_.Lowest(g, r) - 1;
      while (std::abs(out - in) > 1) {
        const int64_t middle = in + (out - in) / 2;
        (counts(middle) ? out : in) = middle;
      }
      AddTail(out, way, g, r, past);
    }
  }

  // The last two groups from x on, by the ratio of neighbors.
  void AddTail(int64_t x, int64_t way, size_t g, int64_t r, double past) {
    const int64_t low = groups_.Lowest(g, r), high = groups_.Highest(g, r);
    if (x < low || x > high) return;
    double term =
        std::exp(past + groups_.LogP(g, x) + groups_.LogP(g + 1, r - x));
    const auto a = static_cast<double>(groups_.size(g));
    const auto b = static_cast<double>(groups_.size(g + 1));
    const auto events = static_cast<double>(r);
    double sum = 0;
    for (; x >= low && x <= high; x += way) {
      ++steps_;
      sum += term;
      if (term <= kTailEnd * sum) break;
      const auto at = static_cast<double>(way > 0 ? x : x - 1);
      const double ratio =
          (a - at) / (at + 1) * ((events - at) / (b - events + at + 1));
      term = way > 0 ? term * ratio : term / ratio;
    }
    p_value_ += sum;
  }

  EventGroups groups_;
  double threshold_;
  double p_value_ = 0, steps_ = 0;
};

// Many groups.
class JoinedHalves {
 public:
  explicit JoinedHalves(const SeenEvents& seen)
      : seen_(seen),
        first_(HalfOf(seen, 0), seen.p, seen.q, seen.events),
        second_(HalfOf(seen, 1), seen.p, seen.q, seen.events) {
    const int64_t low = std::max<int64_t>(0, seen.events - second_.most());
    for (int64_t e = low; e <= first_.most(); ++e) {
      if (steps_ > kWorkMost) return;
      Join(e, seen.events - e);
    }
  }

  std::optional<double> P() const {
    if (steps_ > kWorkMost) return std::nullopt;
    return std::min(1.0, p_value_);
  }

 private:
  // Tables of a half: logs of those that matter, the sum of the others.
  struct Listed {
    std::vector<double> logs;
    double others = 0;
  };

  // Every other group, so that the halves are alike.
  static std::vector<int64_t> HalfOf(const SeenEvents& seen, size_t first) {
    std::vector<int64_t> sizes;
    for (size_t g = first; g < seen.sizes.size(); g += 2) {
      sizes.push_back(seen.sizes[g]);
    }
    return sizes;
  }

  void List(const EventGroups& half, size_t g, int64_t r, double past,
            double limit, Listed& listed) {
    if (static_cast<double>(listed.logs.size()) > kListMost) {
      steps_ = 2 * kWorkMost;
    }
    if (steps_ > kWorkMost) return;
    if (g + 1 == half.n()) {
      listed.logs.push_back(past + half.LogP(g, r));
      return;
    }
    listed.others +=
        half.Walk(g, r, past, limit, steps_, [&](int64_t x, double here) {
          List(half, g + 1, r - x, here, limit, listed);
        });
  }

  void Join(int64_t e, int64_t rest) {
    const double limit = seen_.threshold - seen_.start;
    const double above = first_.Bound(0, e), below = second_.Bound(0, rest);
    if (above + below <= limit) {
      p_value_ += std::exp(seen_.start + first_.LogRest(0, e) +
                           second_.LogRest(0, rest));
      return;
    }
    Listed a, b;
    List(first_, 0, e, 0, limit - below, a);
    List(second_, 0, rest, 0, limit - above, b);
    if (steps_ > kWorkMost) return;
    std::sort(a.logs.begin(), a.logs.end());
    std::sort(b.logs.begin(), b.logs.end());
    steps_ += 20 * static_cast<double>(a.logs.size() + b.logs.size());
    // The others of the first half with all of the second; its own with the
    // others of the second; and of those listed the pairs below the limit.
    const double all_b = std::exp(second_.LogRest(0, rest));
    double joined = a.others * all_b;
    double sum_b = b.others;
    size_t taken = 0;
    for (size_t i = a.logs.size(); i-- > 0;) {  // the likeliest first
      while (taken < b.logs.size() && a.logs[i] + b.logs[taken] <= limit) {
        sum_b += std::exp(b.logs[taken++]);
      }
      joined += std::exp(a.logs[i]) * sum_b;
    }
    p_value_ += std::exp(seen_.start) * joined;
  }

  const SeenEvents& seen_;
  EventGroups first_, second_;
  double p_value_ = 0, steps_ = 0;
};

}  // namespace

std::optional<double> FisherOfTwoRows(absl::Span<const int64_t> events,
                                      absl::Span<const int64_t> groups) {
  const int64_t total =
      std::accumulate(groups.begin(), groups.end(), int64_t{0});
  int64_t count = std::accumulate(events.begin(), events.end(), int64_t{0});
  // The rarer of the two rows keeps the tables short.
  std::vector<int64_t> rarer(events.begin(), events.end());
  if (count > total - count) {
    for (size_t g = 0; g < rarer.size(); ++g) rarer[g] = groups[g] - events[g];
    count = total - count;
  }
  if (static_cast<double>(count) * static_cast<double>(groups.size()) >
      kCountsMost) {
    return std::nullopt;
  }
  const SeenEvents seen = Describe(rarer, groups);
  if (groups.size() <= kFewGroups) return PairedTails(seen).P();
  return JoinedHalves(seen).P();
}

}  // namespace enthesis::stats
