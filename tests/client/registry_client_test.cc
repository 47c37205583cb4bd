// Retries, paging and the import stream against a scripted server.

#include "client/registry_client.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <deque>
#include <mutex>
#include <set>

#include "absl/strings/str_cat.h"
#include "enthesis/v1/registry_service.grpc.pb.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace enthesis::client {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;

grpc::Status Exhausted(bool with_delay) {
  google::rpc::Status status;
  status.set_code(static_cast<int>(grpc::StatusCode::RESOURCE_EXHAUSTED));
  if (with_delay) {
    google::rpc::RetryInfo retry;
    retry.mutable_retry_delay()->set_seconds(7);
    status.add_details()->PackFrom(retry);
  }
  return {grpc::StatusCode::RESOURCE_EXHAUSTED, "busy",
          status.SerializeAsString()};
}

grpc::Status TwoViolations() {
  google::rpc::Status status;
  google::rpc::ErrorInfo info;
  info.set_reason("FIELD_VIOLATION");
  status.add_details()->PackFrom(info);
  google::rpc::BadRequest bad;
  for (const char* path : {"case.baseline.bmi", "case.status"}) {
    auto& violation = *bad.add_field_violations();
    violation.set_field(path);
    violation.set_description("is wrong");
  }
  status.add_details()->PackFrom(bad);
  return {grpc::StatusCode::INVALID_ARGUMENT, "no", status.SerializeAsString()};
}

class Scripted : public v1::RegistryService::Service {
 public:
  std::deque<grpc::Status> failures;  // of the next calls
  std::vector<std::string> request_ids;
  std::vector<std::string> page_tokens;
  int break_after = -1;  // rows of an import, then UNAVAILABLE
  std::vector<std::string> import_ids;
  int64_t n_streams = 0;
  int64_t most_unanswered = 0;
  bool hold_answers = false;

  grpc::Status CreateSite(grpc::ServerContext*,
                          const v1::CreateSiteRequest* request,
                          v1::Site* site) override {
    request_ids.push_back(request->request_id());
    site->set_name("sites/" + request->site_id());
    return NextFailure();
  }

  grpc::Status ListSites(grpc::ServerContext*,
                         const v1::ListSitesRequest* request,
                         v1::ListSitesResponse* response) override {
    page_tokens.push_back(request->page_token());
    const size_t page = page_tokens.size();
    response->add_sites()->set_name(absl::StrCat("sites/site-", page));
    if (page < 3) response->set_next_page_token(absl::StrCat("page", page));
    return NextFailure();
  }

  grpc::Status ImportCases(
      grpc::ServerContext*,
      grpc::ServerReaderWriter<v1::ImportCasesResponse, v1::ImportCasesRequest>*
          stream) override {
    ++n_streams;
    v1::ImportCasesRequest row;
    std::deque<int64_t> held;
    const auto answer = [&](int64_t number) {
      v1::ImportCasesResponse response;
      response.set_row(number);
      stream->Write(response);
    };
    while (stream->Read(&row)) {
      import_ids.push_back(row.create().request_id());
      held.push_back(row.row());
      most_unanswered =
          std::max(most_unanswered, static_cast<int64_t>(held.size()));
      if (break_after >= 0 && break_after-- == 0) {
        return {grpc::StatusCode::UNAVAILABLE, "gone"};
      }
      // Answers only when the client sends no more without them.
      if (hold_answers && held.size() < 4 && row.row() + 1 < 10) continue;
      for (int64_t number : held) answer(number);
      held.clear();
    }
    return grpc::Status::OK;
  }

 private:
  grpc::Status NextFailure() {
    if (failures.empty()) return grpc::Status::OK;
    const grpc::Status status = failures.front();
    failures.pop_front();
    return status;
  }
};

class RegistryClientTest : public testing::Test {
 protected:
  RegistryClientTest() {
    grpc::ServerBuilder builder;
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    options_.wait = [this](milliseconds delay) { waits_.push_back(delay); };
  }

  void Connect() {
    client_ =
        RegistryClient::OnChannel(server_->InProcessChannel({}), options_);
  }

  absl::Status CreateSite() {
    v1::CreateSiteRequest request;
    request.set_site_id("site-01");
    return client_->CreateSite(request).status();
  }

  Scripted service_;
  std::unique_ptr<grpc::Server> server_;
  ClientOptions options_;
  std::vector<milliseconds> waits_;
  std::unique_ptr<RegistryClient> client_;
};

TEST_F(RegistryClientTest, RetriesUnavailableWithTheSameRequestId) {
  Connect();
  service_.failures = {{grpc::StatusCode::UNAVAILABLE, "a"},
                       {grpc::StatusCode::UNAVAILABLE, "b"}};
  EXPECT_TRUE(CreateSite().ok());
  ASSERT_EQ(service_.request_ids.size(), 3u);
  EXPECT_EQ(std::set<std::string>(service_.request_ids.begin(),
                                  service_.request_ids.end())
                .size(),
            1u);
  ASSERT_EQ(waits_.size(), 2u);
  // Jittered between half and all of 100 ms, then 200 ms.
  EXPECT_GE(waits_[0], milliseconds(50));
  EXPECT_LE(waits_[0], milliseconds(100));
  EXPECT_GE(waits_[1], milliseconds(100));
  EXPECT_LE(waits_[1], milliseconds(200));
}

TEST_F(RegistryClientTest, GivesUpAfterTheLastTry) {
  options_.max_attempts = 3;
  Connect();
  for (int i = 0; i < 9; ++i) {
    service_.failures.push_back({grpc::StatusCode::UNAVAILABLE, "down"});
  }
  EXPECT_EQ(CreateSite().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(service_.request_ids.size(), 3u);
}

TEST_F(RegistryClientTest, ResourceExhaustedOnlyWithADelay) {
  Connect();
  service_.failures = {Exhausted(true)};
  EXPECT_TRUE(CreateSite().ok());
  EXPECT_THAT(waits_, ElementsAre(milliseconds(7000)));
  service_.failures = {Exhausted(false)};
  EXPECT_EQ(CreateSite().code(), absl::StatusCode::kResourceExhausted);
}

TEST_F(RegistryClientTest, OtherErrorsComeBackAtOnceWithDetails) {
  Connect();
  service_.failures = {TwoViolations()};
  const absl::Status status = CreateSite();
  EXPECT_EQ(service_.request_ids.size(), 1u);
  const ErrorDetails error = ErrorOf(status);
  EXPECT_EQ(error.code, absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(error.reason, "FIELD_VIOLATION");
  ASSERT_EQ(error.violations.size(), 2u);
  EXPECT_EQ(error.violations[1].path, "case.status");
}

TEST_F(RegistryClientTest, RequestIdsAreVersion4) {
  std::set<std::string> ids;
  for (int i = 0; i < 200; ++i) {
    const std::string id = NewRequestId();
    EXPECT_THAT(id, testing::MatchesRegex(
                        "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]"
                        "{3}-[0-9a-f]{12}"));
    ids.insert(id);
  }
  EXPECT_EQ(ids.size(), 200u);
}

TEST_F(RegistryClientTest, PagesAreReadToTheEnd) {
  Connect();
  const auto sites = client_->ListSites();
  ASSERT_TRUE(sites.ok());
  EXPECT_EQ(sites->size(), 3u);
  EXPECT_THAT(service_.page_tokens, ElementsAre("", "page1", "page2"));
}

std::vector<v1::ImportCasesRequest> Rows(int n) {
  std::vector<v1::ImportCasesRequest> rows(static_cast<size_t>(n));
  for (auto& row : rows) row.mutable_create()->set_parent("sites/site-01");
  return rows;
}

TEST_F(RegistryClientTest, ImportAnswersComeInOrder) {
  Connect();
  auto rows = Rows(1000);
  std::vector<size_t> answered;
  ASSERT_TRUE(client_
                  ->ImportCases(rows,
                                [&](size_t i, const v1::ImportCasesResponse&) {
                                  answered.push_back(i);
                                })
                  .ok());
  ASSERT_EQ(answered.size(), 1000u);
  EXPECT_TRUE(std::is_sorted(answered.begin(), answered.end()));
}

TEST_F(RegistryClientTest, ImportKeepsItsWindow) {
  options_.import_window = 4;
  service_.hold_answers = true;
  Connect();
  auto rows = Rows(10);
  ASSERT_TRUE(
      client_->ImportCases(rows, [](size_t, const v1::ImportCasesResponse&) {})
          .ok());
  EXPECT_EQ(service_.most_unanswered, 4);
}

TEST_F(RegistryClientTest, ABrokenImportGoesOnWithTheSameIds) {
  Connect();
  service_.break_after = 300;
  auto rows = Rows(500);
  std::vector<size_t> answered;
  ASSERT_TRUE(client_
                  ->ImportCases(rows,
                                [&](size_t i, const v1::ImportCasesResponse&) {
                                  answered.push_back(i);
                                })
                  .ok());
  EXPECT_EQ(answered.size(), 500u);
  EXPECT_EQ(service_.n_streams, 2);
  EXPECT_EQ(std::set<std::string>(service_.import_ids.begin(),
                                  service_.import_ids.end())
                .size(),
            500u);
}

TEST_F(RegistryClientTest, AnImportOfNothingOpensNoStream) {
  Connect();
  std::vector<v1::ImportCasesRequest> rows;
  EXPECT_TRUE(
      client_->ImportCases(rows, [](size_t, const v1::ImportCasesResponse&) {})
          .ok());
  EXPECT_EQ(service_.n_streams, 0);
}

}  // namespace
}  // namespace enthesis::client
