// The store as a change of a case sees it: sites, cases, and the cases that it
// has to be compared with. One view serves all changes that are judged
// together: it reads for all of them at once, and shows to each what those
// before it are about to store.
//
// Errors of the store are passed on. Threads: externally synchronized.

#ifndef ENTHESIS_REGISTRY_SERVICE_CASE_VIEW_H_
#define ENTHESIS_REGISTRY_SERVICE_CASE_VIEW_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "registry/model/case.h"
#include "registry/storage/store.h"
#include "registry/wire/resource_name.h"

namespace enthesis::service {

// A case in one stored version.
struct StoredCase {
  model::Case record;
  storage::CommitIndex index = 0;
  std::optional<model::WithdrawalReason> withdrawn;  // then no record
};

// What was read of a case; null when there is no version, while a tombstone is
// a value.
absl::StatusOr<std::optional<StoredCase>> ToStoredCase(
    const absl::StatusOr<storage::Document>& document);
// RESOURCE_NOT_FOUND for no version; of a live case for a tombstone, too.
absl::StatusOr<StoredCase> RequireCase(
    const wire::CaseName& name, absl::StatusOr<std::optional<StoredCase>> found,
    bool live);

// A case with the prefixes by which it is found and its keys under them.
struct IndexedCase {
  explicit IndexedCase(const model::Case& record);

  std::vector<std::string> prefixes;
  std::vector<std::string> keys;  // as prefixes
};

class CaseView {
 public:
  // Of the last commit. `store` outlives the view.
  explicit CaseView(storage::Store& store)
      : store_(store), as_of_(store.LastCommit().index) {}

  // Reads what is asked for next; what was not is read when it is asked for.
  void ReadCases(absl::Span<const std::string> keys);
  absl::Status ReadCandidates(absl::Span<const std::string> prefixes);

  // RESOURCE_NOT_FOUND when there is none. The site is the view's.
  absl::StatusOr<const model::Site*> Site(const std::string& site);
  // Whether a version of a case that was read is there, tombstones included.
  bool Has(const std::string& key) const;
  // As stored, whatever is pending.
  absl::StatusOr<std::optional<StoredCase>> Case(const std::string& key);

  struct Candidates {
    std::vector<model::Case> cases;
    bool any_pending = false;  // some are not stored yet
  };
  // Cases that ValidateAgainst compares `record` with, in order of key.
  absl::StatusOr<Candidates> CandidatesOf(const model::Case& record,
                                          const IndexedCase& indexed);

  // `record` is about to take the place of `before` (null: it is new). It
  // outlives the view.
  void AddPending(const std::string& key, const IndexedCase* before,
                  const model::Case& record, const IndexedCase& indexed);

 private:
  storage::Store& store_;
  const storage::CommitIndex as_of_;
  absl::flat_hash_map<std::string, model::Site> sites_;
  absl::flat_hash_map<std::string, absl::StatusOr<storage::Document>> cases_;
  absl::flat_hash_map<std::string, std::vector<std::string>> index_;
  // Candidates, by key; null for one that is not there, or is withdrawn.
  absl::flat_hash_map<std::string, std::optional<model::Case>> others_;
  // What is about to be stored: keys added under each prefix, keys removed,
  // and cases by key.
  absl::flat_hash_map<std::string, std::vector<std::string>> added_;
  absl::flat_hash_set<std::string> removed_;
  absl::flat_hash_map<std::string, const model::Case*> pending_;
};

}  // namespace enthesis::service

#endif  // ENTHESIS_REGISTRY_SERVICE_CASE_VIEW_H_
