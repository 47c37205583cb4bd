// The bytes of what a store keeps beside documents: change log, answers to
// requests, audit (enthesis.record.v1).
//
// Decoders answer DATA_LOSS on bytes that are not of a known format.

#ifndef ENTHESIS_REGISTRY_STORAGE_COMMIT_RECORDS_H_
#define ENTHESIS_REGISTRY_STORAGE_COMMIT_RECORDS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "registry/storage/store.h"

namespace enthesis::storage {

// Days since 1970-01-01 of a UTC time, rounded down.
int32_t UtcDay(int64_t time_unix_nanos);

// `index` is the key of the entry and not in its bytes.
std::string EncodeLogEntry(const Change& change);
absl::StatusOr<Change> DecodeLogEntry(CommitIndex index,
                                      absl::string_view bytes);

// A kept answer. Its bytes are the commit index and the message: the index is
// known last, so the caller puts it in front (EncodeInteger).
struct KeptAnswer {
  CommitIndex index = 0;
  std::string digest;
  std::string response;
  int64_t time_unix_nanos = 0;
};
std::string EncodeAnswerMessage(const RequestRecord& request,
                                int64_t time_unix_nanos);
absl::StatusOr<KeptAnswer> DecodeAnswer(absl::string_view bytes);

struct AuditLine {
  int64_t time_unix_nanos = 0;
  std::vector<AuditEntry> entries;
};
std::string EncodeAudit(int64_t time_unix_nanos,
                        absl::Span<const AuditEntry> entries);
absl::StatusOr<AuditLine> DecodeAudit(absl::string_view bytes);

}  // namespace enthesis::storage

#endif  // ENTHESIS_REGISTRY_STORAGE_COMMIT_RECORDS_H_
