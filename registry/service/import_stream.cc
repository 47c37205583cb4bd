#include "registry/service/import_stream.h"

#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "registry/service/grpc_status.h"
#include "registry/wire/resource_name.h"

namespace enthesis::service {
namespace {

using Reactor = grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>;

class RefusedImport final : public Reactor {
 public:
  explicit RefusedImport(const absl::Status& status) {
    Finish(ToGrpcStatus(status));
  }

 private:
  void OnDone() override { delete this; }
};

// The case that a row is about, in canonical text where it can be read.
std::string CaseOf(const v1::ImportCasesRequest& request) {
  std::string name;
  switch (request.change_case()) {
    case v1::ImportCasesRequest::kCreate:
      name = absl::StrCat(request.create().parent(), "/cases/",
                          request.create().case_id());
      break;
    case v1::ImportCasesRequest::kUpdate:
      name = request.update().case_().name();
      break;
    case v1::ImportCasesRequest::kAddFollowUp:
      name = request.add_follow_up().name();
      break;
    case v1::ImportCasesRequest::CHANGE_NOT_SET:
      break;
  }
  const absl::StatusOr<wire::CaseName> parsed = wire::ParseCaseName(name);
  return parsed.ok() ? wire::FormatCaseName(parsed->site, parsed->id) : name;
}

// Invariants, all under mutex_:
// 1. rows_ holds what was read and not yet answered, in order of reading; at
//    most kImportWindow.
// 2. Of the rows of one case the first not done runs, the others wait in
//    waiting_ behind it.
// 3. n_running_ counts rows on the executor; Finish is called once, when it is
//    0, after which nothing but OnDone touches this.
class ImportStream final : public Reactor {
 public:
  ImportStream(RegistryHandlers& handlers, const CallHost& host,
               const grpc::CallbackServerContext& context,
               std::atomic<int>& n_open)
      : handlers_(handlers),
        host_(host),
        call_(MakeCall(host, context)),
        n_open_(n_open) {
    call_.stop = stop_.get_token();
    const std::lock_guard<std::mutex> lock(mutex_);
    Proceed();
  }

 private:
  struct Row {
    v1::ImportCasesRequest request;
    v1::ImportCasesResponse answer;
    std::string case_name;
    bool done = false;
  };

  void OnReadDone(bool ok) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    reading_ = false;
    // A read may still end well after Finish: a row taken now would run on
    // when this is gone.
    if (ok && !finished_ && !stop_.stop_requested()) {
      Accept();
    } else {
      all_read_ = true;
    }
    Proceed();
  }

  void OnWriteDone(bool ok) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    writing_ = false;
    if (ok) {
      rows_.pop_front();
      outgoing_.Clear();
    } else {
      stop_.request_stop();
    }
    Proceed();
  }

  void OnCancel() override {
    stop_.request_stop();
    const std::lock_guard<std::mutex> lock(mutex_);
    Proceed();
  }

  void OnDone() override {
    --n_open_;
    {
      // Waits for the thread that called Finish to leave the lock.
      const std::lock_guard<std::mutex> lock(mutex_);
    }
    delete this;
  }

  void Accept() {
    rows_.push_back(std::make_unique<Row>());
    Row& row = *rows_.back();
    const absl::Status read = ReadMessage(incoming_, row.request);
    incoming_.Clear();
    if (!read.ok()) {
      *row.answer.mutable_status() = ToRpcStatus(read);
      row.done = true;
      return;
    }
    row.case_name = CaseOf(row.request);
    const auto [place, first] = waiting_.try_emplace(row.case_name);
    if (first) {
      RunOnExecutor(row);
    } else {
      place->second.push_back(&row);
    }
  }

  void RunOnExecutor(Row& row) {
    ++n_running_;
    if (host_.executor->Post([this, &row] { Run(row); })) return;
    --n_running_;
    *row.answer.mutable_status() = ToRpcStatus(ConcurrencyLimit());
    Complete(row);
  }

  // On a thread of the executor.
  void Run(Row& row) {
    if (!stop_.stop_requested()) Apply(row);
    const std::lock_guard<std::mutex> lock(mutex_);
    --n_running_;
    Complete(row);
    Proceed();
  }

  void Apply(Row& row) {
    Call call = call_;
    call.now = host_.now();
    row.answer = handlers_.ImportRow(call, row.request);
  }

  // The row has its answer: the next row of the same case may run.
  void Complete(Row& row) {
    row.done = true;
    const auto place = waiting_.find(row.case_name);
    if (place->second.empty() || stop_.stop_requested()) {
      waiting_.erase(place);
      return;
    }
    Row& next = *place->second.front();
    place->second.pop_front();
    RunOnExecutor(next);
  }

  // Starts whatever can go on.
  void Proceed() {
    if (finished_) return;
    if (stop_.stop_requested()) {
      if (n_running_ == 0 && !writing_) End(StoppedStatus(call_));
      return;
    }
    if (!writing_ && !rows_.empty() && rows_.front()->done) {
      if (!WriteMessage(rows_.front()->answer, outgoing_).ok()) {
        stop_.request_stop();
        return Proceed();
      }
      writing_ = true;
      StartWrite(&outgoing_);
    }
    if (!reading_ && !all_read_ && rows_.size() < kImportWindow) {
      reading_ = true;
      StartRead(&incoming_);
    }
    if (all_read_ && rows_.empty()) End(absl::OkStatus());
  }

  void End(const absl::Status& status) {
    finished_ = true;
    Finish(ToGrpcStatus(status));
  }

  RegistryHandlers& handlers_;
  const CallHost host_;
  std::stop_source stop_;
  Call call_;
  std::atomic<int>& n_open_;

  std::mutex mutex_;
  grpc::ByteBuffer incoming_;  // being read
  grpc::ByteBuffer outgoing_;  // being written
  std::deque<std::unique_ptr<Row>> rows_;
  std::unordered_map<std::string, std::deque<Row*>> waiting_;
  size_t n_running_ = 0;
  bool reading_ = false;
  bool all_read_ = false;
  bool writing_ = false;
  bool finished_ = false;
};

}  // namespace

Reactor* StartImport(RegistryHandlers& handlers, const CallHost& host,
                     const grpc::CallbackServerContext& context,
                     std::atomic<int>& n_open, int max_open) {
  if (++n_open > max_open) {
    --n_open;
    return new RefusedImport(ConcurrencyLimit());
  }
  return new ImportStream(handlers, host, context, n_open);
}

}  // namespace enthesis::service
