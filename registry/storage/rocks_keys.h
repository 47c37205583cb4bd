// The bytes of keys and values in the RocksDB store: format 1.
//
// One column family, so that a withdrawal's flush frees the write-ahead log
// and no two memtables can recover to different moments. The first byte of a
// key is its table. Integers are 8 bytes, big-endian, so that order of keys is
// order of numbers; ~ is the bitwise complement, so that newest comes first.
//
//   'a' index                      audit of one commit     -> AuditRecord
//   'e' document                   bytes still to be erased -> (empty)
//   'i' index key                  secondary index          -> (empty)
//   'l' index                      change log               -> LogEntry
//   'm' name                       "format": decimal text
//   'r' request id                 answer                   -> index
//   RequestEntry 't' time request id            requests by time (nanoseconds,
//   sign bit
//                                  flipped)                  -> (empty)
//   'v' esc(document) 00 01 ~index one version -> kind payload
//
// esc() writes 00 as 00 FF, so that no document key is a prefix of another and
// keys keep their order; a scan of a prefix needs no terminator. `kind` is one
// byte: 'D' a document, 'T' a tombstone. Messages: enthesis.record.v1.
//
// Never renumber: a table letter, the terminator and a kind keep their meaning
// for ever. What does not fit is a new letter and, when old readers must not
// open the store, a new format.

#ifndef ENTHESIS_REGISTRY_STORAGE_ROCKS_KEYS_H_
#define ENTHESIS_REGISTRY_STORAGE_ROCKS_KEYS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "registry/storage/store.h"

namespace enthesis::storage {

inline constexpr int kStoreFormat = 1;

enum class KeyTable : char {
  kAudit = 'a',
  kErasure = 'e',
  kIndex = 'i',
  kLog = 'l',
  kMeta = 'm',
  kRequest = 'r',
  kRequestTime = 't',
  kVersion = 'v',
};

inline constexpr char kDocumentKind = 'D';
inline constexpr char kTombstoneKind = 'T';
inline constexpr size_t kIntegerBytes = 8;

std::string EncodeInteger(uint64_t value);
// The first 8 bytes of `bytes`, which has at least as many.
uint64_t DecodeInteger(absl::string_view bytes);

// table + bytes: keys of 'e', 'i', 'm' and 'r', and prefixes of their scans.
std::string TableKey(KeyTable table, absl::string_view bytes = "");

// table + integer: keys of 'a' and 'l'.
std::string IntegerKey(KeyTable table, CommitIndex index);

std::string RequestTimeKey(int64_t time_unix_nanos, absl::string_view id);
struct RequestTime {
  int64_t time_unix_nanos = 0;
  absl::string_view id;  // into the key
};
std::optional<RequestTime> ParseRequestTimeKey(absl::string_view key);

// What all versions of a document start with, terminator included.
std::string VersionsPrefix(absl::string_view document);
// What all versions of the documents of a prefix start with.
std::string VersionsOfPrefix(absl::string_view document_prefix);
// After every version of the document with this VersionsPrefix, before those
// of the next one.
std::string AfterVersions(absl::string_view versions_prefix);
// The suffix of VersionsPrefix that makes the key of one version.
inline std::string VersionSuffix(CommitIndex index) {
  return EncodeInteger(~index);
}

// Splits the key of a version into its VersionsPrefix (into the key) and
// index; nullopt when it is none.
struct VersionKey {
  absl::string_view versions_prefix;
  CommitIndex index = 0;
};
std::optional<VersionKey> ParseVersionKey(absl::string_view key);
// Writes the document key of a VersionsPrefix to `document`.
void DecodeVersionsPrefix(absl::string_view versions_prefix,
                          std::string& document);

}  // namespace enthesis::storage

#endif  // ENTHESIS_REGISTRY_STORAGE_ROCKS_KEYS_H_
