// The store as the handlers of cases see it.

#include <utility>

#include "absl/strings/str_cat.h"
#include "registry/service/grpc_status.h"
#include "registry/service/registry_handlers.h"
#include "registry/wire/resource_name.h"

namespace enthesis::service {

absl::StatusOr<storage::CommitIndex> RegistryHandlers::ResolveAsOf(
    std::optional<uint64_t> as_of) {
  if (!as_of.has_value()) return store_.LastCommit().index;
  const absl::StatusOr<storage::Change> commit = store_.CommitAt(*as_of);
  if (absl::IsOutOfRange(commit.status())) {
    return FieldViolation(
        "as_of",
        absl::StrCat("commit ", *as_of, " does not exist yet; the last is ",
                     store_.LastCommit().index));
  }
  if (!commit.ok()) return commit.status();
  return *as_of;
}

absl::StatusOr<model::Site> RegistryHandlers::ReadSite(
    absl::string_view site, storage::CommitIndex as_of) {
  const absl::StatusOr<storage::Document> document =
      store_.Get(storage::SiteKey(site), as_of);
  if (absl::IsNotFound(document.status())) {
    return ResourceNotFound("site", wire::FormatSiteName(site));
  }
  if (!document.ok()) return document.status();
  return storage::DecodeSite(document->value);
}

absl::StatusOr<StoredCase> RegistryHandlers::ReadCase(
    const wire::CaseName& name, storage::CommitIndex as_of) {
  return RequireCase(
      name,
      ToStoredCase(store_.Get(storage::CaseKey(name.site, name.id), as_of)),
      /*live=*/false);
}

}  // namespace enthesis::service
