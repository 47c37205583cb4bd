// Documents of the registry in the store: keys, indexes, and the bytes of a
// site and of a case (enthesis.record.v1).
//
// Keys (readable, ordered; "/" never occurs inside an id):
//   s/{site}                      a site
//   c/{site}/{case}               a case; case in Crockford base 32
// Index keys:
//   p/{patient}/{site}/{case}              cases of one patient
//   q/{site}/{year}/{sequence}/{case}      by order of operation
//   d/{site}/{fingerprint}/{case}          by baseline and procedure
// Never change the meaning of a key: old stores are opened by new versions.

#ifndef ENTHESIS_REGISTRY_STORAGE_RECORDS_H_
#define ENTHESIS_REGISTRY_STORAGE_RECORDS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "registry/model/case.h"
#include "registry/storage/store.h"

namespace enthesis::storage {

std::string SiteKey(absl::string_view site);
std::string CaseKey(absl::string_view site, const model::Id& id);
inline constexpr char kSitePrefix[] = "s/";
inline constexpr char kCasePrefix[] = "c/";
std::string CasesOfSitePrefix(absl::string_view site);

// What a key names.
struct CaseName {
  std::string site;
  model::Id id;
};
std::optional<CaseName> ParseCaseKey(absl::string_view key);

// Index keys of a case, and prefixes to look up candidates of ValidateAgainst.
std::vector<std::string> IndexKeys(const model::Case& record);
std::vector<std::string> CandidatePrefixes(const model::Case& record);
// The same keys where the prefixes are known, each in the place of its prefix.
std::vector<std::string> IndexKeys(const model::Case& record,
                                   std::vector<std::string> prefixes);
// The prefix of CandidatePrefixes that an index key, or the prefix itself,
// starts with (into it); empty for other bytes.
absl::string_view CandidatePrefixOf(absl::string_view index_key);
// The case that an index key points to.
std::optional<CaseName> ParseIndexKey(absl::string_view key);

struct CaseVersion {
  model::Case record;
  std::optional<model::CorrectionReason> correction_reason;
};

// Bytes of a case: deterministic; equal cases give equal bytes.
std::string EncodeCase(
    const model::Case& record,
    std::optional<model::CorrectionReason> reason = std::nullopt);
// DATA_LOSS when the bytes are not a case of a known format.
absl::StatusOr<CaseVersion> DecodeCase(absl::string_view bytes);

std::string EncodeSite(const model::Site& site);
absl::StatusOr<model::Site> DecodeSite(absl::string_view bytes);

std::string EncodeTombstone(model::WithdrawalReason reason);
absl::StatusOr<model::WithdrawalReason> DecodeTombstone(
    absl::string_view bytes);

}  // namespace enthesis::storage

#endif  // ENTHESIS_REGISTRY_STORAGE_RECORDS_H_
