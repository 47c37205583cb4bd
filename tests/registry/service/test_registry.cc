#include "tests/registry/service/test_registry.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "registry/storage/rocks_store.h"
#include "registry/wire/case_wire.h"
#include "rocksdb/env.h"
#include "tests/registry/support/random_case.h"

namespace enthesis::service {
namespace {

void DieUnless(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "test registry: %s\n", status.ToString().c_str());
  std::abort();
}

}  // namespace

Outcome OutcomeOf(const google::rpc::Status& status) {
  Outcome outcome;
  outcome.code = static_cast<grpc::StatusCode>(status.code());
  outcome.message = status.message();
  for (const google::protobuf::Any& detail : status.details()) {
    google::rpc::ErrorInfo info;
    google::rpc::BadRequest bad;
    google::rpc::ResourceInfo resource;
    if (detail.UnpackTo(&info)) {
      outcome.reason = info.reason();
      EXPECT_EQ(info.domain(), "enthesis");
    } else if (detail.UnpackTo(&bad)) {
      for (const auto& violation : bad.field_violations()) {
        outcome.paths.push_back(violation.field());
        EXPECT_FALSE(violation.description().empty()) << violation.field();
      }
    } else if (detail.UnpackTo(&resource)) {
      outcome.resource = resource.resource_name();
    }
    outcome.has_retry |= detail.Is<google::rpc::RetryInfo>();
    outcome.has_quota |= detail.Is<google::rpc::QuotaFailure>();
    outcome.has_precondition |= detail.Is<google::rpc::PreconditionFailure>();
  }
  return outcome;
}

Outcome OutcomeOf(const grpc::Status& status) {
  google::rpc::Status details;
  if (!details.ParseFromString(status.error_details()) ||
      status.error_details().empty()) {
    details.set_code(static_cast<int>(status.error_code()));
    details.set_message(status.error_message());
  }
  Outcome outcome = OutcomeOf(details);
  EXPECT_EQ(outcome.code, status.error_code());
  EXPECT_EQ(outcome.message, status.error_message());
  return outcome;
}

std::string Summary(const Outcome& outcome) {
  return absl::StrCat(
      absl::StatusCodeToString(static_cast<absl::StatusCode>(outcome.code)),
      outcome.reason.empty() ? "" : " ", outcome.reason,
      outcome.paths.empty() ? "" : " ", absl::StrJoin(outcome.paths, ", "));
}

std::string Summary(const grpc::Status& status) {
  return Summary(OutcomeOf(status));
}

std::string RequestId(int n) {
  return absl::StrFormat("%08x-0000-4000-8000-000000000000", n);
}

ServerOptions TestRegistry::DefaultOptions() {
  ServerOptions options;
  options.listen = "";
  options.executor_threads = 8;
  options.now = [] { return absl::FromUnixSeconds(1'718'445'600); };  // 2024
  return options;
}

TestRegistry::TestRegistry(ServerOptions options)
    : options_(std::move(options)),
      env_(rocksdb::NewMemEnv(rocksdb::Env::Default())) {
  storage::RocksStoreOptions store_options;
  store_options.folder = "/registry";
  store_options.env = env_.get();
  auto store = storage::OpenRocksStore(store_options);
  DieUnless(store.status());
  store_ = *std::move(store);
  StartServer();
}

TestRegistry::~TestRegistry() = default;

void TestRegistry::Restart() {
  server_.reset();
  cohort_.reset();
  StartServer();
}

void TestRegistry::StartServer() {
  auto cohort = cohort::Cohort::Open(*store_);
  DieUnless(cohort.status());
  cohort_ = *std::move(cohort);
  auto server = Server::Start(*store_, *cohort_, pool_, options_);
  DieUnless(server.status());
  server_ = *std::move(server);
  channel_ = server_->InProcessChannel();
  registry_ = v1::RegistryService::NewStub(channel_);
  statistics_ = v1::StatisticsService::NewStub(channel_);
}

v1::CreateCaseRequest TestRegistry::NewCase() {
  model::Case record = tests::RandomCase(random_);
  record.site = kSite;
  // Leaves the days before surgery to NewFollowUp.
  std::erase_if(record.follow_ups, [](const model::FollowUp& follow_up) {
    return follow_up.day < 0;
  });
  v1::CreateCaseRequest request;
  request.set_parent(absl::StrCat("sites/", kSite));
  request.set_case_id(model::FormatId(record.id));
  *request.mutable_case_() = wire::ToWire(record);
  request.mutable_case_()->clear_name();
  request.set_request_id(NextRequestId());
  return request;
}

v1::FollowUp TestRegistry::NewFollowUp(int day) {
  v1::FollowUp follow_up;
  follow_up.set_id(model::FormatId({random_() | 1, random_()}));
  follow_up.set_day(day);
  follow_up.set_pain_activity(3);
  return follow_up;
}

void TestRegistry::MakeSite(const std::string& site) {
  v1::CreateSiteRequest request;
  request.set_site_id(site);
  request.mutable_site()->set_synthetic(true);
  request.set_request_id(NextRequestId());
  v1::Site made;
  const grpc::Status status =
      Call(*registry_, &v1::RegistryService::Stub::CreateSite, request, &made);
  ASSERT_TRUE(status.ok()) << Summary(status);
}

v1::Case TestRegistry::MakeCase() {
  const v1::CreateCaseRequest request = NewCase();
  v1::CreateCaseResponse response;
  const grpc::Status status = Call(
      *registry_, &v1::RegistryService::Stub::CreateCase, request, &response);
  EXPECT_TRUE(status.ok()) << Summary(status) << status.error_message();
  return response.case_();
}

}  // namespace enthesis::service
