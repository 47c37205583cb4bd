#include "registry/service/call.h"

#include <algorithm>
#include <chrono>

#include "absl/time/clock.h"

namespace enthesis::service {

int64_t Call::MillisLeft(int64_t limit) const {
  if (deadline == absl::InfiniteFuture()) return limit;
  return std::clamp<int64_t>(absl::ToInt64Milliseconds(deadline - absl::Now()),
                             0, limit);
}

Call MakeCall(const CallHost& host,
              const grpc::CallbackServerContext& context) {
  Call call;
  call.actor = "local";
  call.now = host.now();
  if (context.deadline() != std::chrono::system_clock::time_point::max()) {
    call.deadline = absl::FromChrono(context.deadline());
  }
  return call;
}

absl::Status StoppedStatus(const Call& call) {
  if (call.MillisLeft(1) == 0) {
    return absl::DeadlineExceededError("the deadline passed");
  }
  return absl::CancelledError("the caller cancelled");
}

}  // namespace enthesis::service
