// How estimators that take long are stopped: they ask once for each evaluation
// of their likelihood and between their phases.

#ifndef ENTHESIS_STATS_STOP_H_
#define ENTHESIS_STATS_STOP_H_

#include <stop_token>

#include "absl/status/status.h"

namespace enthesis::stats {

// CANCELLED once `stop` was requested; a token without a source never is.
// Threads: safe.
inline absl::Status CheckStop(const std::stop_token& stop) {
  if (!stop.stop_requested()) return absl::OkStatus();
  return absl::CancelledError("stopped before the end");
}

// When the search for an optimum ends without one.
struct SearchLimits {
  int max_iterations = 200;
  std::stop_token stop = {};
};

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_STOP_H_
