// Rows of an import in messages: cut into batches, a few of them under way at a
// time, the answers in order.
//
// Rows of one case keep their order: a batch is sent only after every earlier
// one that has a row of a case of its own was answered.

#ifndef ENTHESIS_CLIENT_ROW_BATCHES_H_
#define ENTHESIS_CLIENT_ROW_BATCHES_H_

#include <cstddef>
#include <functional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "enthesis/v1/registry_service.pb.h"

namespace enthesis::client {

struct RowBatchOptions {
  size_t max_rows = 256;               // of a batch
  size_t max_bytes = size_t{1} << 20;  // of a batch of several rows
  int calls = 3;                       // batches under way, at most
  // Whether a batch failed for its size: it is then sent in halves.
  std::function<bool(const absl::Status& status)> is_too_large;
};

// Sends one batch, and again where that may help. Called by several threads at
// a time.
using SendBatch = std::function<absl::StatusOr<v1::BatchImportCasesResponse>(
    const v1::BatchImportCasesRequest& batch)>;

// Sends rows from `next` on, and calls `on_answer` for each in order, on the
// caller's thread; `next` is advanced past every answered row. Rows are taken
// out of `rows` while they are sent and put back. At most twice `calls` batches
// are held, in messages or answers.
//
// Once `stop` says so no further batch is sent, and the answers to those that
// were are waited for: CANCELLED. The first failure ends it in the same way and
// is returned; INTERNAL where an answer is not for the row in its place.
absl::Status SendInBatches(
    std::vector<v1::ImportCasesRequest>& rows, const RowBatchOptions& options,
    const SendBatch& send,
    const std::function<void(size_t index,
                             const v1::ImportCasesResponse& answer)>& on_answer,
    const std::function<bool()>& stop, size_t& next);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_ROW_BATCHES_H_
