// The gRPC server: services, limits, and an orderly end.
//
// Loopback only until identities exist: any other address is refused.

#ifndef ENTHESIS_REGISTRY_SERVICE_SERVER_H_
#define ENTHESIS_REGISTRY_SERVICE_SERVER_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "grpcpp/channel.h"
#include "registry/cohort/cohort.h"
#include "registry/disclosure/release.h"
#include "registry/storage/store.h"
#include "stats/parallel.h"

namespace enthesis::service {

struct ServerOptions {
  // HOST:PORT on loopback (127.0.0.0/8, [::1], localhost; port 0: the system
  // picks one) or unix:PATH. Empty: no address, in-process channels only.
  std::string listen = "127.0.0.1:7443";
  // Threads that run commands: each waits for the disk, and those that wait
  // together share one synced write.
  int executor_threads = 64;
  size_t executor_queue = 1024;
  // Questions at a time, and those that may wait. A question uses all of the
  // pool's threads, so more at a time only makes each slower.
  int question_threads = 4;
  size_t question_queue = 32;
  int max_imports = 8;  // open ImportCases streams
  // Messages of BatchImportCases that are worked on at a time, which bounds
  // the memory of their rows, and those that may wait.
  int batch_threads = 4;
  size_t batch_queue = 256;
  disclosure::Policy policy;
  std::function<absl::Time()> now;  // the clock; required
};

// Whether `listen` may be served: INVALID_ARGUMENT says why not.
absl::Status CheckListenAddress(absl::string_view listen);

class Server {
 public:
  // Starts serving. All three outlive the server.
  // Errors: INVALID_ARGUMENT (the address, the policy), UNAVAILABLE (the
  // address is taken).
  static absl::StatusOr<std::unique_ptr<Server>> Start(
      storage::Store& store, cohort::Cohort& cohort, stats::ThreadPool& pool,
      const ServerOptions& options);
  ~Server();  // as Drain with no time

  // The address served, with the port that the system picked.
  const std::string& address() const;

  // A channel that needs no address.
  std::shared_ptr<grpc::Channel> InProcessChannel();

  // Accepts nothing new, lets what runs finish, and cancels what is left after
  // `grace`. Returns when nothing runs.
  void Drain(absl::Duration grace);

 private:
  struct Parts;
  explicit Server(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace enthesis::service

#endif  // ENTHESIS_REGISTRY_SERVICE_SERVER_H_
