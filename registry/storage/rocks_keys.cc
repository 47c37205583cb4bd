#include "registry/storage/rocks_keys.h"

#include "absl/strings/str_cat.h"

namespace enthesis::storage {
namespace {

constexpr char kEscape = '\0';
constexpr char kEscapedZero = '\xff';
constexpr char kTerminator = '\x01';
constexpr size_t kTerminatorBytes = 2;
constexpr uint64_t kSignBit = uint64_t{1} << 63;

void AppendEscaped(absl::string_view text, std::string& to) {
  for (const char c : text) {
    to.push_back(c);
    if (c == kEscape) to.push_back(kEscapedZero);
  }
}

}  // namespace

std::string EncodeInteger(uint64_t value) {
  std::string bytes(kIntegerBytes, '\0');
  for (size_t i = kIntegerBytes; i > 0; --i) {
    bytes[i - 1] = static_cast<char>(value & 0xff);
    value >>= 8;
  }
  return bytes;
}

uint64_t DecodeInteger(absl::string_view bytes) {
  uint64_t value = 0;
  for (size_t i = 0; i < kIntegerBytes; ++i) {
    value = (value << 8) | static_cast<unsigned char>(bytes[i]);
  }
  return value;
}

std::string TableKey(KeyTable table, absl::string_view bytes) {
  std::string key;
  key.reserve(1 + bytes.size());
  key.push_back(static_cast<char>(table));
  key.append(bytes.data(), bytes.size());
  return key;
}

std::string IntegerKey(KeyTable table, CommitIndex index) {
  return TableKey(table, EncodeInteger(index));
}

std::string RequestTimeKey(int64_t time_unix_nanos, absl::string_view id) {
  const uint64_t ordered = static_cast<uint64_t>(time_unix_nanos) ^ kSignBit;
  return absl::StrCat(TableKey(KeyTable::kRequestTime, EncodeInteger(ordered)),
                      id);
}

std::optional<RequestTime> ParseRequestTimeKey(absl::string_view key) {
  if (key.size() < 1 + kIntegerBytes ||
      key[0] != static_cast<char>(KeyTable::kRequestTime)) {
    return std::nullopt;
  }
  const uint64_t ordered = DecodeInteger(key.substr(1));
  return RequestTime{static_cast<int64_t>(ordered ^ kSignBit),
                     key.substr(1 + kIntegerBytes)};
}

std::string VersionsOfPrefix(absl::string_view document_prefix) {
  std::string key;
  key.reserve(1 + document_prefix.size() + kTerminatorBytes + kIntegerBytes);
  key.push_back(static_cast<char>(KeyTable::kVersion));
  AppendEscaped(document_prefix, key);
  return key;
}

std::string VersionsPrefix(absl::string_view document) {
  std::string key = VersionsOfPrefix(document);
  key.push_back(kEscape);
  key.push_back(kTerminator);
  return key;
}

std::string AfterVersions(absl::string_view versions_prefix) {
  std::string key(versions_prefix);
  key.back() = kTerminator + 1;
  return key;
}

std::optional<VersionKey> ParseVersionKey(absl::string_view key) {
  if (key.size() < 1 + kTerminatorBytes + kIntegerBytes ||
      key[0] != static_cast<char>(KeyTable::kVersion)) {
    return std::nullopt;
  }
  const absl::string_view prefix = key.substr(0, key.size() - kIntegerBytes);
  if (prefix[prefix.size() - 2] != kEscape || prefix.back() != kTerminator) {
    return std::nullopt;
  }
  return VersionKey{prefix, ~DecodeInteger(key.substr(prefix.size()))};
}

void DecodeVersionsPrefix(absl::string_view versions_prefix,
                          std::string& document) {
  absl::string_view escaped = versions_prefix.substr(1);
  escaped.remove_suffix(kTerminatorBytes);
  if (escaped.find(kEscape) == absl::string_view::npos) {
    document.assign(escaped.data(), escaped.size());
    return;
  }
  document.clear();
  for (size_t i = 0; i < escaped.size(); ++i) {
    document.push_back(escaped[i]);
    if (escaped[i] == kEscape) ++i;  // skip kEscapedZero
  }
}

}  // namespace enthesis::storage
