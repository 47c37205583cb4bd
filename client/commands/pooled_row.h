// The row of all sites below those of each.

#ifndef ENTHESIS_CLIENT_COMMANDS_POOLED_ROW_H_
#define ENTHESIS_CLIENT_COMMANDS_POOLED_ROW_H_

#include <functional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"

namespace enthesis::client {

// The name of the row.
inline constexpr char kAllSites[] = "all sites";

// Whether people and spreadsheets get such a row: the question has groups by
// site alone, and its answer has a row for each.
bool WantsPooledRow(const google::protobuf::Message& request);

// Makes `request` one about all of its cases, of the state that `answer` has
// read, without what is asked between groups.
void PoolRequest(const google::protobuf::Message& answer,
                 google::protobuf::Message& request);

// Appends the rows of `pooled` to those of `answer`, as site "all sites".
void AppendPooledRow(const google::protobuf::Message& pooled,
                     google::protobuf::Message& answer);

// Asks for the row and appends it; `ask` is what the answer came from.
template <typename Request, typename Answer, typename Ask>
absl::Status AddPooledRow(Request request, const Ask& ask, Answer& answer) {
  if (!WantsPooledRow(request)) return absl::OkStatus();
  PoolRequest(answer, request);
  const absl::StatusOr<Answer> pooled = ask(request);
  if (!pooled.ok()) return pooled.status();
  AppendPooledRow(*pooled, answer);
  return absl::OkStatus();
}

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_COMMANDS_POOLED_ROW_H_
