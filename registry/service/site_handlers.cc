#include <string>
#include <utility>

#include "registry/model/id.h"
#include "registry/service/grpc_status.h"
#include "registry/service/registry_handlers.h"
#include "registry/service/request_rules.h"
#include "registry/wire/case_wire.h"
#include "registry/wire/page_token.h"

namespace enthesis::service {

absl::StatusOr<v1::Site> RegistryHandlers::CreateSite(
    const Call& call, const v1::CreateSiteRequest& request) {
  Violations violations;
  RequireKnownFields(request, violations);
  if (!request.has_site()) Violate("site", "is required", violations);
  if (request.site_id().empty()) {
    Violate("site_id", "is required", violations);
  } else if (!model::IsSiteId(request.site_id())) {
    Violate("site_id",
            "must be 4 to 63 lower-case letters, digits and hyphens, starting "
            "and ending with a letter or digit",
            violations);
  }
  const std::string request_id =
      RequireRequestId(request.request_id(), violations);
  if (!violations.empty()) return FieldViolations(violations);

  const model::Site site{request.site_id(), request.site().synthetic()};
  const std::string key = storage::SiteKey(site.id);
  const std::string name = wire::FormatSiteName(site.id);
  const std::string digest = DigestOf("CreateSite", request);
  const auto replayed = store_.Replay(request_id, digest);
  if (!replayed.ok()) return replayed.status();
  if (replayed->has_value()) return wire::ToWire(site, (*replayed)->index);
  storage::Batch batch;
  batch.preconditions.push_back({key, storage::Precondition::Kind::kAbsent, 0});
  batch.puts.push_back({key, storage::EncodeSite(site)});
  batch.request = storage::RequestRecord{request_id, digest, std::string()};
  batch.audit.push_back({call.actor, "CreateSite", name, std::string()});
  batch.time_unix_nanos = absl::ToUnixNanos(call.now);
  const absl::StatusOr<storage::CommitResult> result =
      store_.Commit(std::move(batch));
  if (result.ok()) return wire::ToWire(site, result->index);
  if (!absl::IsAlreadyExists(result.status())) return result.status();

  const absl::StatusOr<storage::Document> stored =
      store_.Get(key, store_.LastCommit().index);
  if (!stored.ok()) return stored.status();
  const absl::StatusOr<model::Site> existing =
      storage::DecodeSite(stored->value);
  if (!existing.ok()) return existing.status();
  if (*existing != site) {
    return ResourceExists("site", name, "with another value of synthetic");
  }
  return wire::ToWire(site, stored->index);
}

absl::StatusOr<v1::ListSitesResponse> RegistryHandlers::ListSites(
    const Call&, const v1::ListSitesRequest& request) {
  Violations violations;
  RequireKnownFields(request, violations);
  const int page_size = RequirePageSize(request.page_size(), violations);
  if (!violations.empty()) return FieldViolations(violations);
  absl::StatusOr<PageStart> start =
      StartPage(request.page_token(),
                request.has_as_of() ? std::optional<uint64_t>(request.as_of())
                                    : std::nullopt,
                "sites", storage::kSitePrefix);
  if (!start.ok()) return start.status();

  v1::ListSitesResponse response;
  response.set_as_of(start->as_of);
  absl::Status corrupt;
  std::string last;
  const absl::Status scanned =
      store_.Scan(storage::kSitePrefix, start->as_of,
                  {start->after, static_cast<size_t>(page_size) + 1, false},
                  [&](const storage::Document& document) {
                    if (response.sites_size() == page_size) {
                      response.set_next_page_token(
                          wire::FormatPageToken({start->as_of, last}, "sites"));
                      return false;
                    }
                    const absl::StatusOr<model::Site> site =
                        storage::DecodeSite(document.value);
                    corrupt = site.status();
                    if (!site.ok()) return false;
                    *response.add_sites() = wire::ToWire(*site, document.index);
                    last = document.key;
                    return true;
                  });
  if (!scanned.ok()) return scanned;
  if (!corrupt.ok()) return corrupt;
  return response;
}

}  // namespace enthesis::service
