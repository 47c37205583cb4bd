// What holds for every method of every service. A new method fails here until
// it is in the table, and then has to keep the rules.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/descriptor.h"
#include "grpcpp/generic/generic_stub.h"
#include "tests/registry/service/test_registry.h"

namespace enthesis::service {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using ::testing::Contains;
using ::testing::IsSupersetOf;

struct Method {
  std::shared_ptr<Message> accepted;       // a request that is accepted
  std::vector<std::string> required = {};  // paths of the fields it must have
};

template <typename Request>
std::shared_ptr<Message> Box(Request request) {
  return std::make_shared<Request>(std::move(request));
}

class Conformance : public ::testing::Test {
 protected:
  Conformance() {
    registry_.MakeSite();
    stored_ = registry_.MakeCase();
    while (stored_.baseline().has_bmi()) stored_ = registry_.MakeCase();
    for (const char* service :
         {"enthesis.v1.RegistryService", "enthesis.v1.StatisticsService"}) {
      const auto* descriptor =
          google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
              service);
      for (int i = 0; i < descriptor->method_count(); ++i) {
        methods_[descriptor->method(i)->full_name()] = descriptor->method(i);
      }
    }
  }

  std::map<std::string, Method> Table() {
    std::map<std::string, Method> table;
    const auto add = [&table](const char* service, const char* method,
                              std::shared_ptr<Message> accepted,
                              std::vector<std::string> required) {
      table[absl::StrCat("enthesis.v1.", service, ".", method)] = {
          std::move(accepted), std::move(required)};
    };
    const auto site = [this] {
      v1::CreateSiteRequest request;
      request.set_site_id("site-99");
      request.mutable_site()->set_synthetic(true);
      request.set_request_id(registry_.NextRequestId());
      return request;
    };
    add("RegistryService", "CreateSite", Box(site()),
        {"site", "site_id", "request_id"});
    add("RegistryService", "ListSites", Box(v1::ListSitesRequest()), {});
    add("RegistryService", "CreateCase", Box(registry_.NewCase()),
        {"parent", "case_id", "case", "request_id", "case.patient",
         "case.baseline.surgery_year", "case.baseline.diagnosis",
         "case.baseline.pathology", "case.baseline.laterality",
         "case.baseline.age_years", "case.baseline.sex",
         "case.baseline.sport_level", "case.conservative_care.months",
         "case.operation.primary_procedure", "case.operation.approach"});
    v1::GetCaseRequest get;
    get.set_name(stored_.name());
    add("RegistryService", "GetCase", Box(get), {"name"});
    v1::ListCasesRequest list;
    list.set_parent("sites/site-01");
    add("RegistryService", "ListCases", Box(list), {"parent"});
    v1::UpdateCaseRequest update;
    update.mutable_case_()->set_name(stored_.name());
    update.mutable_case_()->set_etag(stored_.etag());
    update.mutable_case_()->mutable_baseline()->set_bmi(27);
    update.mutable_update_mask()->add_paths("baseline.bmi");
    update.set_reason(v1::CORRECTION_REASON_LATE_INFORMATION);
    update.set_request_id(registry_.NextRequestId());
    add("RegistryService", "UpdateCase", Box(update),
        {"case", "case.name", "case.etag", "update_mask", "reason",
         "request_id"});
    v1::AddFollowUpRequest follow;
    follow.set_name(registry_.MakeCase().name());
    *follow.mutable_follow_up() = registry_.NewFollowUp(-89);
    follow.set_request_id(registry_.NextRequestId());
    add("RegistryService", "AddFollowUp", Box(follow),
        {"name", "follow_up", "follow_up.id", "follow_up.day", "request_id"});
    v1::WithdrawCaseRequest withdraw;
    withdraw.set_name(registry_.MakeCase().name());
    withdraw.set_reason(v1::WITHDRAWAL_REASON_DUPLICATE);
    withdraw.set_request_id(registry_.NextRequestId());
    add("RegistryService", "WithdrawCase", Box(withdraw),
        {"name", "reason", "request_id"});
    v1::ListCaseRevisionsRequest revisions;
    revisions.set_name(stored_.name());
    add("RegistryService", "ListCaseRevisions", Box(revisions), {"name"});
    v1::ImportCasesRequest row;
    *row.mutable_create() = registry_.NewCase();
    add("RegistryService", "ImportCases", Box(row), {"create"});
    v1::BatchImportCasesRequest batch;
    *batch.add_rows()->mutable_create() = registry_.NewCase();
    add("RegistryService", "BatchImportCases", Box(batch), {"rows"});
    v1::ScoreVisaARequest score;
    score.mutable_visa_a()->set_item_2_points(5);
    add("RegistryService", "ScoreVisaA", Box(score), {"visa_a"});
    v1::DescribeCohortRequest describe;
    add("StatisticsService", "DescribeCohort", Box(describe), {});
    v1::EstimateSurvivalRequest survival;
    survival.set_endpoint(v1::ENDPOINT_REOPERATION);
    add("StatisticsService", "EstimateSurvival", Box(survival), {"endpoint"});
    add("StatisticsService", "EstimateIntervalCensored",
        Box(v1::EstimateIntervalCensoredRequest()), {});
    v1::EstimateIncidenceRequest incidence;
    incidence.set_endpoint(v1::ENDPOINT_RUPTURE);
    add("StatisticsService", "EstimateIncidence", Box(incidence), {"endpoint"});
    add("StatisticsService", "EstimateReturnToPlay",
        Box(v1::EstimateReturnToPlayRequest()), {});
    v1::CompareGroupsRequest compare;
    compare.mutable_options()->set_group_by(v1::DIMENSION_SEX);
    add("StatisticsService", "CompareGroups", Box(compare),
        {"options.group_by"});
    add("StatisticsService", "EstimateScoreChange",
        Box(v1::EstimateScoreChangeRequest()), {});
    v1::FitCoxRequest cox;
    cox.set_endpoint(v1::ENDPOINT_RUPTURE);
    cox.add_covariates()->set_name("age_years");
    add("StatisticsService", "FitCox", Box(cox), {"endpoint"});
    v1::FitAncovaRequest ancova;
    ancova.mutable_options()->set_group_by(v1::DIMENSION_APPROACH);
    add("StatisticsService", "FitAncova", Box(ancova), {"options.group_by"});
    v1::FitFineGrayRequest fine_gray;
    fine_gray.set_endpoint(v1::ENDPOINT_RETURN_SPORT);
    fine_gray.add_covariates()->set_name("age_years");
    add("StatisticsService", "FitFineGray", Box(fine_gray), {"endpoint"});
    v1::FitParametricRequest parametric;
    parametric.set_endpoint(v1::ENDPOINT_RUPTURE);
    parametric.add_covariates()->set_name("age_years");
    add("StatisticsService", "FitParametric", Box(parametric), {"endpoint"});
    v1::FitRegressionRequest regression;
    regression.set_family(v1::REGRESSION_FAMILY_POISSON);
    regression.set_endpoint(v1::ENDPOINT_RUPTURE);
    regression.add_covariates()->set_name("age_years");
    add("StatisticsService", "FitRegression", Box(regression), {"endpoint"});
    add("StatisticsService", "FitMixedModel", Box(v1::FitMixedModelRequest()),
        {});
    v1::CompareSitesRequest sites;
    sites.set_endpoint(v1::ENDPOINT_RUPTURE);
    sites.set_by_day(365);
    add("StatisticsService", "CompareSites", Box(sites), {"endpoint"});
    return table;
  }

  Outcome Send(const MethodDescriptor& method, const Message& request) {
    if (method.client_streaming()) return SendRow(request);
    return SendBytes(method, request.SerializeAsString());
  }

  // Sends bytes, as a client of any language would.
  Outcome SendBytes(const MethodDescriptor& method,
                    const std::string& request) {
    const grpc::Slice slice(request);
    const grpc::ByteBuffer bytes(&slice, 1);
    grpc::GenericStub stub(registry_.channel());
    grpc::CompletionQueue queue;
    grpc::ClientContext context;
    auto call = stub.PrepareUnaryCall(
        &context,
        absl::StrCat("/", method.service()->full_name(), "/", method.name()),
        bytes, &queue);
    call->StartCall();
    grpc::ByteBuffer answer;
    grpc::Status status;
    call->Finish(&answer, &status, nullptr);
    void* tag = nullptr;
    bool ok = false;
    EXPECT_TRUE(queue.Next(&tag, &ok));
    return OutcomeOf(status);
  }

  Outcome SendRow(const Message& request) {
    grpc::ClientContext context;
    auto stream = registry_.registry().ImportCases(&context);
    v1::ImportCasesRequest row;
    EXPECT_TRUE(row.ParseFromString(request.SerializeAsString()));
    EXPECT_TRUE(stream->Write(row));
    stream->WritesDone();
    v1::ImportCasesResponse answer;
    EXPECT_TRUE(stream->Read(&answer));
    EXPECT_TRUE(stream->Finish().ok());
    return OutcomeOf(answer.status());
  }

  TestRegistry registry_;
  v1::Case stored_;
  std::map<std::string, const MethodDescriptor*> methods_;
};

void Clear(const std::string& path, Message* message) {
  const std::vector<std::string> names = absl::StrSplit(path, '.');
  for (size_t i = 0; i < names.size(); ++i) {
    const FieldDescriptor* field =
        message->GetDescriptor()->FindFieldByName(names[i]);
    ASSERT_NE(field, nullptr) << path;
    if (i + 1 < names.size()) {
      message = message->GetReflection()->MutableMessage(message, field);
    } else {
      message->GetReflection()->ClearField(message, field);
    }
  }
}

TEST_F(Conformance, EveryMethodIsInTheTableAndAccepted) {
  std::map<std::string, Method> table = Table();
  for (const auto& [name, method] : methods_) {
    ASSERT_EQ(table.count(name), 1u) << name << " is not in the table";
    const Outcome outcome = Send(*method, *table[name].accepted);
    // Too few cases to say anything about them: accepted all the same.
    if (outcome.reason == "COHORT_TOO_SMALL") continue;
    EXPECT_EQ(Summary(outcome), "OK") << name << ": " << outcome.message;
  }
  EXPECT_EQ(table.size(), methods_.size());
}

TEST_F(Conformance, EachRequiredFieldIsRequired) {
  for (const auto& [name, entry] : Table()) {
    for (const std::string& path : entry.required) {
      const std::unique_ptr<Message> request(entry.accepted->New());
      request->CopyFrom(*entry.accepted);
      Clear(path, request.get());
      const Outcome outcome = Send(*methods_.at(name), *request);
      EXPECT_EQ(outcome.code, grpc::StatusCode::INVALID_ARGUMENT)
          << name << " without " << path;
      EXPECT_EQ(outcome.reason, "FIELD_VIOLATION") << name << " " << path;
      const std::string reported = path == "create" ? "change" : path;
      EXPECT_THAT(outcome.paths, Contains(reported)) << name;
    }
  }
}

TEST_F(Conformance, AllMissingFieldsAreReportedAtOnce) {
  for (const auto& [name, entry] : Table()) {
    if (methods_.at(name)->client_streaming()) continue;
    const std::unique_ptr<Message> empty(entry.accepted->New());
    std::vector<std::string> top;
    for (const std::string& path : entry.required) {
      if (path.find('.') == std::string::npos) top.push_back(path);
    }
    if (top.empty()) continue;
    EXPECT_THAT(Send(*methods_.at(name), *empty).paths, IsSupersetOf(top))
        << name;
  }
}

TEST_F(Conformance, UnknownFieldsAreRefused) {
  for (const auto& [name, entry] : Table()) {
    const std::unique_ptr<Message> request(entry.accepted->New());
    request->CopyFrom(*entry.accepted);
    request->GetReflection()
        ->MutableUnknownFields(request.get())
        ->AddLengthDelimited(9999, "1970-05-12");
    EXPECT_EQ(Summary(Send(*methods_.at(name), *request)),
              "INVALID_ARGUMENT FIELD_VIOLATION 9999")
        << name;
  }
}

TEST_F(Conformance, RequestIdsAreUuidsOfVersion4) {
  int checked = 0;
  for (const auto& [name, entry] : Table()) {
    const FieldDescriptor* field =
        entry.accepted->GetDescriptor()->FindFieldByName("request_id");
    if (field == nullptr) continue;
    ++checked;
    for (const char* id : {"7", "00000000-0000-0000-0000-000000000000",
                           "00000001-0000-1000-8000-000000000000",
                           "00000001-0000-4000-c000-000000000000",
                           "0000000100004000800000000000000000000",
                           "0000000g-0000-4000-8000-000000000000"}) {
      const std::unique_ptr<Message> request(entry.accepted->New());
      request->CopyFrom(*entry.accepted);
      request->GetReflection()->SetString(request.get(), field, id);
      EXPECT_EQ(Summary(Send(*methods_.at(name), *request)),
                "INVALID_ARGUMENT FIELD_VIOLATION request_id")
          << name << " " << id;
    }
  }
  EXPECT_EQ(checked, 5);
}

// Bytes that are no message are the client's mistake and told as such.
TEST_F(Conformance, BytesThatAreNoMessageAreRefused) {
  for (const auto& [name, method] : methods_) {
    if (method->client_streaming()) continue;
    EXPECT_EQ(SendBytes(*method, "\xff\xff").code,
              grpc::StatusCode::INVALID_ARGUMENT)
        << name;
  }
}

TEST_F(Conformance, QuestionsHaveNoSideEffects) {
  const auto before = registry_.store().LastCommit().index;
  for (const auto& [name, entry] : Table()) {
    if (methods_.at(name)->options().idempotency_level() !=
        google::protobuf::MethodOptions::NO_SIDE_EFFECTS) {
      EXPECT_TRUE(entry.accepted->GetDescriptor()->FindFieldByName(
                      "request_id") != nullptr ||
                  methods_.at(name)->client_streaming() ||
                  entry.accepted->GetDescriptor() ==
                      v1::BatchImportCasesRequest::descriptor())  // of each row
          << name;
      continue;
    }
    Send(*methods_.at(name), *entry.accepted);
  }
  // The table itself stored two cases.
  EXPECT_EQ(registry_.store().LastCommit().index, before + 2);
}

}  // namespace
}  // namespace enthesis::service
