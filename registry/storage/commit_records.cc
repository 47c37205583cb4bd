#include "registry/storage/commit_records.h"

#include <cstddef>

#include "absl/strings/str_cat.h"
#include "enthesis/record/v1/case_record.pb.h"
#include "registry/storage/rocks_keys.h"

namespace enthesis::storage {
namespace {

namespace record_v1 = enthesis::record::v1;

constexpr uint32_t kFormat = 1;
constexpr int64_t kNanosPerDay = int64_t{86400} * 1'000'000'000;

// Reads a message of the one known format without unknown fields.
template <typename Message>
bool Read(absl::string_view bytes, Message& message) {
  return bytes.size() <= INT32_MAX &&
         message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) &&
         message.format() == kFormat &&
         message.GetReflection()->GetUnknownFields(message).empty();
}

absl::Status Undecodable(absl::string_view what) {
  return absl::DataLossError(absl::StrCat("store: undecodable ", what));
}

}  // namespace

int32_t UtcDay(int64_t time_unix_nanos) {
  int64_t day = time_unix_nanos / kNanosPerDay;
  if (time_unix_nanos % kNanosPerDay < 0) --day;
  return static_cast<int32_t>(day);
}

std::string EncodeLogEntry(const Change& change) {
  record_v1::LogEntry to;
  to.set_format(kFormat);
  to.set_utc_day(change.utc_day);
  for (const std::string& key : change.keys) to.add_keys(key);
  for (const std::string& key : change.withdrawn) to.add_withdrawn(key);
  return to.SerializeAsString();
}

absl::StatusOr<Change> DecodeLogEntry(CommitIndex index,
                                      absl::string_view bytes) {
  record_v1::LogEntry from;
  if (!Read(bytes, from)) return Undecodable("log entry");
  Change change;
  change.index = index;
  change.utc_day = from.utc_day();
  change.keys.assign(from.keys().begin(), from.keys().end());
  change.withdrawn.assign(from.withdrawn().begin(), from.withdrawn().end());
  return change;
}

std::string EncodeAnswerMessage(const RequestRecord& request,
                                int64_t time_unix_nanos) {
  record_v1::RequestEntry to;
  to.set_format(kFormat);
  to.set_digest(request.digest);
  to.set_response(request.response);
  to.set_time_unix_nanos(time_unix_nanos);
  return to.SerializeAsString();
}

absl::StatusOr<KeptAnswer> DecodeAnswer(absl::string_view bytes) {
  record_v1::RequestEntry from;
  if (bytes.size() < kIntegerBytes ||
      !Read(bytes.substr(kIntegerBytes), from)) {
    return Undecodable("answer to a request");
  }
  return KeptAnswer{DecodeInteger(bytes), from.digest(), from.response(),
                    from.time_unix_nanos()};
}

std::string EncodeAudit(int64_t time_unix_nanos,
                        absl::Span<const AuditEntry> entries) {
  record_v1::AuditRecord to;
  to.set_format(kFormat);
  to.set_time_unix_nanos(time_unix_nanos);
  for (const AuditEntry& entry : entries) {
    record_v1::AuditEntry& line = *to.add_entries();
    line.set_actor(entry.actor);
    line.set_action(entry.action);
    line.set_entity(entry.entity);
    line.set_reason(entry.reason);
  }
  return to.SerializeAsString();
}

absl::StatusOr<AuditLine> DecodeAudit(absl::string_view bytes) {
  record_v1::AuditRecord from;
  if (!Read(bytes, from)) return Undecodable("audit record");
  AuditLine line;
  line.time_unix_nanos = from.time_unix_nanos();
  for (const record_v1::AuditEntry& entry : from.entries()) {
    line.entries.push_back(
        {entry.actor(), entry.action(), entry.entity(), entry.reason()});
  }
  return line;
}

}  // namespace enthesis::storage
