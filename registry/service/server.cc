#include "registry/service/server.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "grpcpp/health_check_service_interface.h"
#include "grpcpp/resource_quota.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "registry/model/limits.h"
#include "registry/service/executor.h"
#include "registry/service/import_stream.h"
#include "registry/service/registry_handlers.h"
#include "registry/service/registry_service.h"
#include "registry/service/statistics_handlers.h"
#include "registry/service/statistics_service.h"

namespace enthesis::service {
namespace {

// Limits of one connection and of all of them. Debian's gRPC 1.51 has known
// ways to be worn out (CVE-2023-4785, CVE-2023-33953); limits keep the harm
// small.
constexpr int kMaxStreamsPerConnection = 256;
constexpr int kMaxMetadataBytes = 16 << 10;
constexpr size_t kMaxTransportBytes = size_t{512} << 20;
constexpr int kKeepaliveMillis = 60'000;
constexpr int kKeepaliveTimeoutMillis = 20'000;

bool IsLoopbackHost(absl::string_view host) {
  if (host == "localhost" || host == "[::1]") return true;
  const std::vector<absl::string_view> parts = absl::StrSplit(host, '.');
  if (parts.size() != 4 || parts[0] != "127") return false;
  for (const absl::string_view part : parts) {
    int number = 0;
    if (part.size() > 3 || !absl::SimpleAtoi(part, &number) || number < 0 ||
        number > 255) {
      return false;
    }
  }
  return true;
}

void SetLimits(grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(model::kMaxMessageBytes);
  builder.SetMaxSendMessageSize(model::kMaxMessageBytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS,
                             kMaxStreamsPerConnection);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMaxMetadataBytes);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMillis);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS,
                             kKeepaliveTimeoutMillis);
  // Otherwise a second server could take half of the first one's calls.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  grpc::ResourceQuota quota("enthesis");
  quota.Resize(kMaxTransportBytes);
  builder.SetResourceQuota(quota);
}

}  // namespace

absl::Status CheckListenAddress(absl::string_view listen) {
  if (absl::StartsWith(listen, "unix:")) return absl::OkStatus();
  const size_t colon = listen.rfind(':');
  int port = -1;
  if (colon == absl::string_view::npos ||
      !absl::SimpleAtoi(listen.substr(colon + 1), &port) || port < 0 ||
      port > 65535) {
    return absl::InvalidArgumentError(absl::StrCat(
        "\"", listen, "\" is not HOST:PORT with a port from 0 to 65535"));
  }
  if (!IsLoopbackHost(listen.substr(0, colon))) {
    return absl::InvalidArgumentError(absl::StrCat(
        "\"", listen,
        "\" is not a loopback address. The registry knows no identities yet, "
        "so it serves this machine only: 127.0.0.0/8, [::1], localhost or "
        "unix:PATH"));
  }
  return absl::OkStatus();
}

// In order of construction: what comes later uses what comes before. gRPC is
// shut down before anything is destroyed.
struct Server::Parts {
  Parts(storage::Store& store, cohort::Cohort& cohort, stats::ThreadPool& pool,
        const ServerOptions& options)
      : calls(options.executor_threads, options.executor_queue),
        batches(options.batch_threads, options.batch_queue),
        // Never full: each stream has at most its window of rows here.
        rows(options.executor_threads,
             kImportWindow * static_cast<size_t>(options.max_imports)),
        questions(options.question_threads, options.question_queue),
        registry_handlers(store),
        statistics_handlers(cohort, pool, options.policy),
        registry(registry_handlers, {&calls, options.now},
                 {&batches, options.now}, {&rows, options.now},
                 options.max_imports),
        statistics(statistics_handlers, {&questions, options.now}) {}

  Executor calls, batches, rows, questions;
  RegistryHandlers registry_handlers;
  StatisticsHandlers statistics_handlers;
  RegistryService registry;
  StatisticsService statistics;
  std::string address;
  std::unique_ptr<grpc::Server> server;
};

absl::StatusOr<std::unique_ptr<Server>> Server::Start(
    storage::Store& store, cohort::Cohort& cohort, stats::ThreadPool& pool,
    const ServerOptions& options) {
  if (!options.listen.empty()) {
    const absl::Status allowed = CheckListenAddress(options.listen);
    if (!allowed.ok()) return allowed;
  }
  const absl::Status policy = disclosure::CheckPolicy(options.policy);
  if (!policy.ok()) return policy;

  auto parts = std::make_unique<Parts>(store, cohort, pool, options);
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::ServerBuilder builder;
  SetLimits(builder);
  builder.RegisterService(&parts->registry);
  builder.RegisterService(&parts->statistics);
  int port = -1;
  if (!options.listen.empty()) {
    builder.AddListeningPort(options.listen, grpc::InsecureServerCredentials(),
                             &port);
  }
  parts->server = builder.BuildAndStart();
  if (parts->server == nullptr || port == 0) {
    return absl::UnavailableError(absl::StrCat(
        "cannot listen on ", options.listen, ": is another server there?"));
  }
  parts->address = options.listen;
  if (port > 0 && !absl::StartsWith(options.listen, "unix:")) {
    parts->address = absl::StrCat(
        options.listen.substr(0, options.listen.rfind(':')), ":", port);
  }
  return std::unique_ptr<Server>(new Server(std::move(parts)));
}

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Server::~Server() { Drain(absl::ZeroDuration()); }

const std::string& Server::address() const { return parts_->address; }

std::shared_ptr<grpc::Channel> Server::InProcessChannel() {
  return parts_->server->InProcessChannel(grpc::ChannelArguments());
}

void Server::Drain(absl::Duration grace) {
  auto* health = parts_->server->GetHealthCheckService();
  if (health != nullptr) health->Shutdown();
  parts_->server->Shutdown(absl::ToChronoTime(absl::Now() + grace));
  parts_->server->Wait();
}

}  // namespace enthesis::service
