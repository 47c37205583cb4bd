#include "registry/storage/records.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/types/span.h"
#include "enthesis/record/v1/case_record.access.h"
#include "enthesis/record/v1/case_record.pb.h"
#include "google/protobuf/arena.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "registry/model/fields.h"
#include "registry/model/sha256.h"

namespace enthesis::storage {
namespace {

namespace pb = google::protobuf;
namespace record_v1 = enthesis::record::v1;

constexpr uint32_t kFormat = 1;
constexpr size_t kIdBytes = 16;
constexpr size_t kFingerprintBytes = 16;
// Arena block on the stack: a case with ten follow-ups fits.
constexpr size_t kArenaBytes = 8192;

absl::Status Undecodable(absl::string_view what) {
  return absl::DataLossError(absl::StrCat("stored record: ", what));
}

bool IsKnown(const pb::Message& message) {
  return message.GetReflection()->GetUnknownFields(message).empty();
}

// Ranges of numbers may change with time; a code outside its list would be an
// enumerator that no reader can handle.
template <typename T>
bool CodesAreKnown(const T& record, absl::Span<const model::Field<T>> fields) {
  return std::all_of(fields.begin(), fields.end(), [&](const auto& field) {
    if (field.codes == nullptr) return true;
    const std::optional<int32_t> value = field.get(record);
    return !value.has_value() || field.codes->Find(*value) != nullptr;
  });
}

template <typename T, typename Message>
absl::Status ReadKnown(const Message& from,
                       absl::Span<const model::Field<T>> fields, T& to) {
  if (!IsKnown(from)) return Undecodable("unknown field");
  record_v1::ReadFields(from, to);
  return CodesAreKnown(to, fields) ? absl::OkStatus()
                                   : Undecodable("unknown code");
}

template <typename E>
absl::Status ReadCodes(const pb::RepeatedField<int32_t>& from,
                       const model::CodeList& codes, std::vector<E>& to) {
  to.reserve(static_cast<size_t>(from.size()));
  for (const int32_t value : from) {
    if (codes.Find(value) == nullptr) return Undecodable("unknown code");
    to.push_back(static_cast<E>(value));
  }
  return absl::OkStatus();
}

// The zero id is stored as no bytes.
void WriteId(const model::Id& id, std::string& to) {
  if (!id.IsZero()) to = model::IdToBytes(id);
}

absl::Status ReadId(const std::string& from, model::Id& to) {
  if (from.empty()) return absl::OkStatus();
  if (from.size() != kIdBytes) return Undecodable("identifier of wrong size");
  to = model::IdFromBytes(from);
  return absl::OkStatus();
}

std::string Serialize(const pb::Message& message) {
  std::string bytes;
  bytes.reserve(message.ByteSizeLong());
  {
    pb::io::StringOutputStream stream(&bytes);
    pb::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&coded);
  }
  return bytes;
}

bool Parse(absl::string_view bytes, pb::Message& message) {
  return bytes.size() <= INT32_MAX &&
         message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

void WriteOperation(const model::Operation& from, record_v1::Operation& to) {
  WriteFields(from, to);
  for (const model::Procedure p : from.concomitant_procedures) {
    to.add_concomitant_procedures(static_cast<int32_t>(p));
  }
  for (const model::ImplantClass implant : from.implants) {
    to.add_implants(static_cast<int32_t>(implant));
  }
}

void WriteFollowUp(const model::FollowUp& from, record_v1::FollowUp& to) {
  WriteId(from.id, *to.mutable_id());
  WriteFields(from, to);
  if (from.visa_a.has_value()) WriteFields(*from.visa_a, *to.mutable_visa_a());
  for (const model::Complication& complication : from.complications) {
    WriteFields(complication, *to.add_complications());
  }
  for (const model::Reoperation& reoperation : from.reoperations) {
    WriteFields(reoperation, *to.add_reoperations());
  }
}

absl::Status ReadFollowUp(const record_v1::FollowUp& from,
                          model::FollowUp& to) {
  absl::Status status = ReadId(from.id(), to.id);
  if (status.ok()) status = ReadKnown(from, model::FollowUpFields(), to);
  if (status.ok() && from.has_visa_a()) {
    status =
        ReadKnown(from.visa_a(), model::VisaAFields(), to.visa_a.emplace());
  }
  to.complications.reserve(static_cast<size_t>(from.complications_size()));
  for (const record_v1::Complication& complication : from.complications()) {
    if (!status.ok()) return status;
    status = ReadKnown(complication, model::ComplicationFields(),
                       to.complications.emplace_back());
  }
  to.reoperations.reserve(static_cast<size_t>(from.reoperations_size()));
  for (const record_v1::Reoperation& reoperation : from.reoperations()) {
    if (!status.ok()) return status;
    status = ReadKnown(reoperation, model::ReoperationFields(),
                       to.reoperations.emplace_back());
  }
  return status;
}

absl::Status ReadOperation(const record_v1::Operation& from,
                           model::Operation& to) {
  absl::Status status = ReadKnown(from, model::OperationFields(), to);
  if (status.ok()) {
    status = ReadCodes(from.concomitant_procedures(), model::kProcedureCodes,
                       to.concomitant_procedures);
  }
  if (status.ok()) {
    status = ReadCodes(from.implants(), model::kImplantClassCodes, to.implants);
  }
  return status;
}

absl::Status ReadCase(const record_v1::Case& from, CaseVersion& to) {
  if (from.format() != kFormat) return Undecodable("unknown format of a case");
  if (!IsKnown(from)) return Undecodable("unknown field");
  model::Case& record = to.record;
  record.site = from.site();
  record.synthetic = from.synthetic();
  absl::Status status = ReadId(from.id(), record.id);
  if (status.ok()) status = ReadId(from.patient(), record.patient);
  if (status.ok())
    status =
        ReadKnown(from.baseline(), model::BaselineFields(), record.baseline);
  if (status.ok()) {
    status =
        ReadKnown(from.conservative_care(), model::ConservativeCareFields(),
                  record.conservative_care);
  }
  if (status.ok()) status = ReadOperation(from.operation(), record.operation);
  if (!status.ok()) return status;
  if (model::kCaseStatusCodes.Find(from.status()) == nullptr) {
    return Undecodable("unknown status");
  }
  record.status = static_cast<model::CaseStatus>(from.status());
  if (from.has_status_day()) record.status_day = from.status_day();
  record.follow_ups.reserve(static_cast<size_t>(from.follow_ups_size()));
  for (const record_v1::FollowUp& follow_up : from.follow_ups()) {
    status = ReadFollowUp(follow_up, record.follow_ups.emplace_back());
    if (!status.ok()) return status;
  }
  if (from.correction_reason() != 0) {
    if (model::kCorrectionReasonCodes.Find(from.correction_reason()) ==
        nullptr) {
      return Undecodable("unknown reason of a correction");
    }
    to.correction_reason =
        static_cast<model::CorrectionReason>(from.correction_reason());
  }
  return absl::OkStatus();
}

// The same for two records of one operation, however they came in: the place
// in the order of the site and what happened later are left out.
std::string Fingerprint(const model::Case& record) {
  model::Baseline baseline = record.baseline;
  baseline.operation_sequence.reset();
  record_v1::Baseline baseline_message;
  WriteFields(baseline, baseline_message);
  record_v1::Operation operation_message;
  WriteOperation(record.operation, operation_message);
  const std::string first = Serialize(baseline_message);
  const std::string bytes =
      absl::StrCat(first.size(), ":", first, Serialize(operation_message));
  return absl::BytesToHexString(
      model::Sha256(bytes).substr(0, kFingerprintBytes));
}

}  // namespace

std::string SiteKey(absl::string_view site) {
  return absl::StrCat(kSitePrefix, site);
}

std::string CaseKey(absl::string_view site, const model::Id& id) {
  return absl::StrCat(kCasePrefix, site, "/", model::FormatId(id));
}

std::string CasesOfSitePrefix(absl::string_view site) {
  return absl::StrCat(kCasePrefix, site, "/");
}

namespace {

// Strict, unlike ParseId: one case has one key.
std::optional<CaseName> MakeCaseName(absl::string_view site,
                                     absl::string_view text) {
  const absl::StatusOr<model::Id> id = model::ParseId(text);
  if (site.empty() || !id.ok() || model::FormatId(*id) != text) {
    return std::nullopt;
  }
  return CaseName{std::string(site), *id};
}

}  // namespace

std::optional<CaseName> ParseCaseKey(absl::string_view key) {
  const std::vector<absl::string_view> parts = absl::StrSplit(key, '/');
  if (parts.size() != 3 || parts[0] != "c") return std::nullopt;
  return MakeCaseName(parts[1], parts[2]);
}

std::vector<std::string> CandidatePrefixes(const model::Case& record) {
  std::vector<std::string> prefixes;
  if (!record.patient.IsZero()) {
    prefixes.push_back(
        absl::StrCat("p/", model::FormatId(record.patient), "/"));
  }
  const model::Baseline& baseline = record.baseline;
  if (baseline.surgery_year.has_value() &&
      baseline.operation_sequence.has_value()) {
    // Fixed width, so that order of keys is order of numbers.
    prefixes.push_back(absl::StrFormat(
        "q/%s/%04d/%010d/", record.site, std::max(*baseline.surgery_year, 0),
        std::max(*baseline.operation_sequence, 0)));
  }
  prefixes.push_back(
      absl::StrCat("d/", record.site, "/", Fingerprint(record), "/"));
  return prefixes;
}

std::vector<std::string> IndexKeys(const model::Case& record) {
  return IndexKeys(record, CandidatePrefixes(record));
}

std::vector<std::string> IndexKeys(const model::Case& record,
                                   std::vector<std::string> prefixes) {
  std::vector<std::string> keys = std::move(prefixes);
  const std::string id = model::FormatId(record.id);
  for (std::string& key : keys) {
    if (key[0] == 'p') {
      absl::StrAppend(&key, record.site, "/", id);
    } else {
      key += id;
    }
  }
  return keys;
}

absl::string_view CandidatePrefixOf(absl::string_view index_key) {
  if (index_key.size() < 2 || index_key[1] != '/') return {};
  int parts = 0;
  switch (index_key[0]) {
    case 'p':
      parts = 2;
      break;
    case 'd':
      parts = 3;
      break;
    case 'q':
      parts = 4;
      break;
    default:
      return {};
  }
  size_t end = 0;
  for (; parts > 0; --parts) {
    const size_t slash = index_key.find('/', end);
    if (slash == absl::string_view::npos) return {};
    end = slash + 1;
  }
  return index_key.substr(0, end);
}

std::optional<CaseName> ParseIndexKey(absl::string_view key) {
  const std::vector<absl::string_view> parts = absl::StrSplit(key, '/');
  if (parts[0] == "p" && parts.size() == 4) {
    return MakeCaseName(parts[2], parts[3]);
  }
  if (parts[0] == "q" && parts.size() == 5) {
    return MakeCaseName(parts[1], parts[4]);
  }
  if (parts[0] == "d" && parts.size() == 4) {
    return MakeCaseName(parts[1], parts[3]);
  }
  return std::nullopt;
}

std::string EncodeCase(const model::Case& record,
                       std::optional<model::CorrectionReason> reason) {
  alignas(8) std::array<char, kArenaBytes> block;
  pb::Arena arena(block.data(), block.size());
  auto& to = *pb::Arena::CreateMessage<record_v1::Case>(&arena);
  to.set_format(kFormat);
  to.set_site(record.site);
  WriteId(record.id, *to.mutable_id());
  WriteId(record.patient, *to.mutable_patient());
  to.set_synthetic(record.synthetic);
  WriteFields(record.baseline, *to.mutable_baseline());
  WriteFields(record.conservative_care, *to.mutable_conservative_care());
  WriteOperation(record.operation, *to.mutable_operation());
  to.set_status(static_cast<int32_t>(record.status));
  if (record.status_day.has_value()) to.set_status_day(*record.status_day);
  to.mutable_follow_ups()->Reserve(static_cast<int>(record.follow_ups.size()));
  for (const model::FollowUp& follow_up : record.follow_ups) {
    WriteFollowUp(follow_up, *to.add_follow_ups());
  }
  if (reason.has_value()) {
    to.set_correction_reason(static_cast<int32_t>(*reason));
  }
  return Serialize(to);
}

absl::StatusOr<CaseVersion> DecodeCase(absl::string_view bytes) {
  alignas(8) std::array<char, kArenaBytes> block;
  pb::Arena arena(block.data(), block.size());
  auto& from = *pb::Arena::CreateMessage<record_v1::Case>(&arena);
  if (!Parse(bytes, from)) return Undecodable("not a case");
  CaseVersion version;
  if (absl::Status status = ReadCase(from, version); !status.ok()) {
    return status;
  }
  return version;
}

std::string EncodeSite(const model::Site& site) {
  record_v1::Site to;
  to.set_format(kFormat);
  to.set_id(site.id);
  to.set_synthetic(site.synthetic);
  return Serialize(to);
}

absl::StatusOr<model::Site> DecodeSite(absl::string_view bytes) {
  record_v1::Site from;
  if (!Parse(bytes, from)) return Undecodable("not a site");
  if (from.format() != kFormat) return Undecodable("unknown format of a site");
  if (!IsKnown(from)) return Undecodable("unknown field");
  return model::Site{from.id(), from.synthetic()};
}

std::string EncodeTombstone(model::WithdrawalReason reason) {
  record_v1::Tombstone to;
  to.set_format(kFormat);
  to.set_reason(static_cast<int32_t>(reason));
  return Serialize(to);
}

absl::StatusOr<model::WithdrawalReason> DecodeTombstone(
    absl::string_view bytes) {
  record_v1::Tombstone from;
  if (!Parse(bytes, from)) return Undecodable("not a tombstone");
  if (from.format() != kFormat) {
    return Undecodable("unknown format of a tombstone");
  }
  if (!IsKnown(from) ||
      model::kWithdrawalReasonCodes.Find(from.reason()) == nullptr) {
    return Undecodable("unknown reason of a withdrawal");
  }
  return static_cast<model::WithdrawalReason>(from.reason());
}

}  // namespace enthesis::storage
