#include "registry/service/request_rules.h"

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/wire_format_lite.h"
#include "registry/model/limits.h"
#include "registry/model/sha256.h"

namespace enthesis::service {
namespace {

bool IsUuid4(absl::string_view text) {
  if (text.size() != 36) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
    if (hyphen ? text[i] != '-'
               : !absl::ascii_isxdigit(static_cast<unsigned char>(text[i]))) {
      return false;
    }
  }
  return text[14] == '4' &&
         absl::string_view("89abAB").find(text[19]) != absl::string_view::npos;
}

// Takes a field out of a message that is serialized in `bytes` from `begin` on:
// the bytes are those of the message without it, which need not be copied.
void CutField(int number, size_t begin, std::string& bytes) {
  using google::protobuf::internal::WireFormatLite;
  google::protobuf::io::CodedInputStream fields(
      reinterpret_cast<const uint8_t*>(bytes.data()) + begin,
      static_cast<int>(bytes.size() - begin));
  for (;;) {
    const auto start = static_cast<size_t>(fields.CurrentPosition());
    const uint32_t tag = fields.ReadTag();
    if (tag == 0 || !WireFormatLite::SkipField(&fields, tag)) return;
    if (WireFormatLite::GetTagFieldNumber(tag) != number) continue;
    const auto end = static_cast<size_t>(fields.CurrentPosition());
    bytes.erase(begin + start, end - start);
    return;
  }
}

}  // namespace

void Violate(absl::string_view path, absl::string_view message,
             Violations& violations) {
  violations.push_back({std::string(path), std::string(message)});
}

void AddFaults(const wire::Faults& faults, Violations& violations) {
  for (const wire::Fault& fault : faults) {
    Violate(fault.path, fault.message, violations);
  }
}

void AddFindings(const Violations& found, Violations& violations) {
  std::set<std::string> faulty;
  for (const validation::Violation& known : violations) {
    faulty.insert(known.path);
  }
  for (const validation::Violation& violation : found) {
    if (faulty.count(violation.path) == 0) violations.push_back(violation);
  }
}

void RequireKnownFields(const google::protobuf::Message& request,
                        Violations& violations) {
  wire::Faults faults;
  wire::FindUnknownFields(request, "", faults);
  AddFaults(faults, violations);
}

std::string RequireSiteName(absl::string_view name, absl::string_view path,
                            Violations& violations) {
  if (name.empty()) {
    Violate(path, "is required: sites/{site}", violations);
    return {};
  }
  const absl::StatusOr<std::string> site = wire::ParseSiteName(name);
  if (site.ok()) return *site;
  Violate(path, site.status().message(), violations);
  return {};
}

wire::CaseName RequireCaseName(absl::string_view name, absl::string_view path,
                               Violations& violations) {
  if (name.empty()) {
    Violate(path, "is required: sites/{site}/cases/{case}", violations);
    return {};
  }
  const absl::StatusOr<wire::CaseName> parsed = wire::ParseCaseName(name);
  if (parsed.ok()) return *parsed;
  Violate(path, parsed.status().message(), violations);
  return {};
}

model::Id RequireId(absl::string_view text, absl::string_view path,
                    Violations& violations) {
  if (text.empty()) {
    Violate(path, "is required: a random identifier of 27 characters",
            violations);
    return {};
  }
  const absl::StatusOr<model::Id> id = model::ParseId(text);
  if (id.ok()) return *id;
  Violate(path, id.status().message(), violations);
  return {};
}

std::string RequireRequestId(absl::string_view text, Violations& violations) {
  if (IsUuid4(text)) {
    std::string digits(text);
    digits.erase(std::remove(digits.begin(), digits.end(), '-'), digits.end());
    return absl::HexStringToBytes(digits);
  }
  Violate("request_id",
          text.empty() ? "is required: a random UUID (version 4), the same on "
                         "every retry"
                       : "must be a UUID of version 4, such as "
                         "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
          violations);
  return {};
}

int RequirePageSize(int32_t page_size, Violations& violations) {
  if (page_size < 0) {
    Violate(
        "page_size",
        absl::StrCat("must not be negative; 0 means ", model::kDefaultPageSize),
        violations);
  }
  if (page_size <= 0) return model::kDefaultPageSize;
  return std::min(page_size, model::kMaxPageSize);
}

std::string DigestOf(absl::string_view method,
                     const google::protobuf::Message& request) {
  std::string bytes = absl::StrCat(method, "\n");
  const size_t begin = bytes.size();
  bytes.reserve(begin + request.ByteSizeLong());  // fills the cached sizes
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    request.SerializeWithCachedSizes(&coded);
  }
  const auto* id = request.GetDescriptor()->FindFieldByName("request_id");
  if (id != nullptr) CutField(id->number(), begin, bytes);
  return model::Sha256(bytes);
}

}  // namespace enthesis::service
