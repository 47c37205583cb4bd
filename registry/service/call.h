// From the callback interface of gRPC to plain blocking functions
//   absl::StatusOr<Response> F(const Call& call, const Request& request)
// and back: admission, a thread of the executor, cancellation, the status.
// The one file to change when the transport changes.
//
// Messages are read and written here, not by gRPC: it would answer bytes that
// are no message with UNIMPLEMENTED, and end a stream there without a word.

#ifndef ENTHESIS_REGISTRY_SERVICE_CALL_H_
#define ENTHESIS_REGISTRY_SERVICE_CALL_H_

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/arena.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/server_callback.h"
#include "registry/model/limits.h"
#include "registry/service/executor.h"
#include "registry/service/grpc_status.h"

namespace enthesis::service {

// What enters with a call: who, when, until when. Logic has no other clock.
struct Call {
  std::string actor;  // "local" until identities exist
  absl::Time now;     // UTC time of arrival
  // By the clock of the machine, as gRPC keeps it; infinite without one.
  absl::Time deadline = absl::InfiniteFuture();
  // Stopped when the caller cancels or goes away, or the deadline passes.
  std::stop_token stop;

  // Until the deadline by the clock of the machine; at least 0, at most
  // `limit`.
  int64_t MillisLeft(int64_t limit) const;
};

// What all calls of a service share.
struct CallHost {
  Executor* executor = nullptr;
  std::function<absl::Time()> now;  // the clock
};

// The call that `context` describes. `stop` is not set.
Call MakeCall(const CallHost& host, const grpc::CallbackServerContext& context);

// CANCELLED, or DEADLINE_EXCEEDED when that is why.
absl::Status StoppedStatus(const Call& call);

// INVALID_ARGUMENT when `bytes` are not a message of the type.
template <typename Message>
absl::Status ReadMessage(const grpc::ByteBuffer& bytes, Message& message) {
  grpc::ByteBuffer copy = bytes;  // of references; reading consumes them
  if (grpc::SerializationTraits<Message>::Deserialize(&copy, &message).ok()) {
    return absl::OkStatus();
  }
  return FieldViolation("request", "is not a message of this method");
}

template <typename Message>
grpc::Status WriteMessage(const Message& message, grpc::ByteBuffer& bytes) {
  bool own_buffer = false;
  return grpc::SerializationTraits<Message>::Serialize(message, &bytes,
                                                       &own_buffer);
}

// Runs one handler. Deletes itself when gRPC is done with it.
template <typename Request, typename Response>
class UnaryCall final : public grpc::ServerUnaryReactor {
 public:
  using Handler =
      std::function<absl::StatusOr<Response>(const Call& call, const Request&)>;

  // The reactor that gRPC asks for. `request` and `response` live until done.
  static grpc::ServerUnaryReactor* Start(
      const CallHost& host, const grpc::CallbackServerContext& context,
      const grpc::ByteBuffer& request, grpc::ByteBuffer& response,
      Handler handler) {
    auto* call = new UnaryCall(MakeCall(host, context), request, response,
                               std::move(handler));
    if (!host.executor->Post([call] { call->Run(); })) {
      call->Finish(ToGrpcStatus(ConcurrencyLimit()));
    }
    return call;
  }

 private:
  UnaryCall(Call call, const grpc::ByteBuffer& request,
            grpc::ByteBuffer& response, Handler handler)
      : call_(std::move(call)),
        request_(request),
        response_(response),
        handler_(std::move(handler)) {
    call_.stop = stop_.get_token();
  }

  void OnCancel() override { stop_.request_stop(); }
  void OnDone() override { delete this; }

  void Run() {
    if (call_.stop.stop_requested()) {
      return Finish(ToGrpcStatus(StoppedStatus(call_)));
    }
    google::protobuf::Arena arena;  // a case is many small messages
    Request& request = *google::protobuf::Arena::CreateMessage<Request>(&arena);
    const absl::Status read = ReadMessage(request_, request);
    if (!read.ok()) return Finish(ToGrpcStatus(read));
    absl::StatusOr<Response> answer = handler_(call_, request);
    if (absl::IsCancelled(answer.status())) answer = StoppedStatus(call_);
    if (!answer.ok()) return Finish(ToGrpcStatus(answer.status()));
    const grpc::Status written = WriteMessage(*answer, response_);
    if (response_.Length() > model::kMaxMessageBytes) {
      return Finish(ToGrpcStatus(AnswerTooLarge()));
    }
    Finish(written);
  }

  std::stop_source stop_;
  Call call_;
  const grpc::ByteBuffer& request_;
  grpc::ByteBuffer& response_;
  const Handler handler_;
};

}  // namespace enthesis::service

#endif  // ENTHESIS_REGISTRY_SERVICE_CALL_H_
