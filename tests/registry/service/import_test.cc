// ImportCases: order, rows of one case, errors, limits, cancellation.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "grpcpp/generic/generic_stub.h"
#include "registry/service/call.h"
#include "registry/service/import_stream.h"
#include "tests/registry/service/test_registry.h"

namespace enthesis::service {
namespace {

class Import : public ::testing::Test {
 protected:
  Import() { registry_.MakeSite(); }

  // Sends all rows from a thread of its own and returns the answers.
  std::vector<v1::ImportCasesResponse> Send(
      const std::vector<v1::ImportCasesRequest>& rows) {
    grpc::ClientContext context;
    auto stream = registry_.registry().ImportCases(&context);
    std::thread sender([&] {
      for (const auto& row : rows) {
        if (!stream->Write(row)) break;
      }
      stream->WritesDone();
    });
    std::vector<v1::ImportCasesResponse> answers;
    v1::ImportCasesResponse answer;
    while (stream->Read(&answer)) answers.push_back(answer);
    sender.join();
    const grpc::Status status = stream->Finish();
    EXPECT_TRUE(status.ok()) << Summary(status);
    return answers;
  }

  v1::ImportCasesRequest CreateRow(int64_t number) {
    v1::ImportCasesRequest row;
    row.set_row(number);
    *row.mutable_create() = registry_.NewCase();
    return row;
  }

  v1::ImportCasesRequest FollowUpRow(int64_t number, const std::string& name,
                                     int day) {
    v1::ImportCasesRequest row;
    row.set_row(number);
    row.mutable_add_follow_up()->set_name(name);
    *row.mutable_add_follow_up()->mutable_follow_up() =
        registry_.NewFollowUp(day);
    row.mutable_add_follow_up()->set_request_id(registry_.NextRequestId());
    return row;
  }

  TestRegistry registry_;
};

TEST_F(Import, AnswersKeepTheOrderOfTheRows) {
  constexpr int kRows = 3 * static_cast<int>(kImportWindow);
  std::vector<v1::ImportCasesRequest> rows;
  for (int i = 0; i < kRows; ++i) {
    rows.push_back(CreateRow(1000 + i));
    if (i % 10 == 3) {
      rows.back().mutable_create()->mutable_case_()->clear_baseline();
    }
  }
  const auto answers = Send(rows);
  ASSERT_EQ(answers.size(), rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(answers[i].row(), rows[i].row());
    if (i % 10 == 3) {
      const Outcome outcome = OutcomeOf(answers[i].status());
      EXPECT_EQ(outcome.reason, "FIELD_VIOLATION");
      EXPECT_THAT(outcome.paths, ::testing::Contains("case.baseline.sex"));
      EXPECT_EQ(answers[i].name(), "");
      continue;
    }
    EXPECT_EQ(Summary(OutcomeOf(answers[i].status())), "OK") << i;
    EXPECT_EQ(answers[i].name(),
              "sites/site-01/cases/" + rows[i].create().case_id());
    EXPECT_FALSE(answers[i].etag().empty());
    EXPECT_GT(answers[i].commit_index(), 0u);
  }
}

// A case, its follow-ups and a correction, row after row: each row finds what
// the row before it stored.
TEST_F(Import, RowsOfOneCaseAreStoredInOrder) {
  std::vector<v1::ImportCasesRequest> rows;
  constexpr int kCases = 30, kFollowUps = 8;
  for (int i = 0; i < kCases; ++i) {
    rows.push_back(CreateRow(i));
    const std::string name =
        "sites/site-01/cases/" + rows.back().create().case_id();
    for (int n = 0; n < kFollowUps; ++n) {
      rows.push_back(FollowUpRow(i, name, -89 + n));
    }
  }
  const auto answers = Send(rows);
  ASSERT_EQ(answers.size(), rows.size());
  uint64_t last = 0;
  for (size_t i = 0; i < answers.size(); ++i) {
    EXPECT_EQ(Summary(OutcomeOf(answers[i].status())), "OK") << i;
    const bool same_case = i % (1 + kFollowUps) != 0;
    if (same_case) {
      EXPECT_GT(answers[i].commit_index(), last) << i;
    }
    last = answers[i].commit_index();
  }
}

TEST_F(Import, UpdateRowsAndEmptyRows) {
  const v1::Case stored = registry_.MakeCase();
  v1::ImportCasesRequest update;
  update.set_row(1);
  update.mutable_update()->mutable_case_()->set_name(stored.name());
  update.mutable_update()->mutable_case_()->set_etag(stored.etag());
  update.mutable_update()->mutable_case_()->mutable_baseline()->set_bmi(
      stored.baseline().bmi() == 20 ? 21 : 20);
  update.mutable_update()->mutable_update_mask()->add_paths("baseline.bmi");
  update.mutable_update()->set_reason(v1::CORRECTION_REASON_SOURCE_CORRECTED);
  update.mutable_update()->set_request_id(registry_.NextRequestId());
  v1::ImportCasesRequest stale = update;
  stale.set_row(2);
  stale.mutable_update()->mutable_case_()->mutable_baseline()->set_bmi(22);
  stale.mutable_update()->set_request_id(registry_.NextRequestId());
  v1::ImportCasesRequest empty;
  empty.set_row(3);
  const auto answers = Send({update, stale, empty, update});
  ASSERT_EQ(answers.size(), 4u);
  EXPECT_EQ(Summary(OutcomeOf(answers[0].status())), "OK");
  EXPECT_EQ(Summary(OutcomeOf(answers[1].status())), "ABORTED ETAG_MISMATCH");
  EXPECT_EQ(Summary(OutcomeOf(answers[2].status())),
            "INVALID_ARGUMENT FIELD_VIOLATION change");
  // The last row is a retry of the first.
  EXPECT_EQ(answers[3].SerializeAsString(), answers[0].SerializeAsString());
}

// Bytes that are no row get an answer in their place, and the stream goes on.
TEST_F(Import, BytesThatAreNoRowAreOneRejectedRow) {
  grpc::GenericStub stub(registry_.channel());
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  void* tag = nullptr;
  bool ok = false;
  auto call = stub.PrepareCall(
      &context, "/enthesis.v1.RegistryService/ImportCases", &queue);
  call->StartCall(nullptr);
  ASSERT_TRUE(queue.Next(&tag, &ok) && ok);
  for (const std::string& row :
       {CreateRow(1).SerializeAsString(), std::string("\xff\xff"),
        CreateRow(3).SerializeAsString()}) {
    const grpc::Slice slice(row);
    call->Write(grpc::ByteBuffer(&slice, 1), nullptr);
    ASSERT_TRUE(queue.Next(&tag, &ok) && ok);
  }
  call->WritesDone(nullptr);
  ASSERT_TRUE(queue.Next(&tag, &ok) && ok);
  std::vector<std::string> answers;
  for (;;) {
    grpc::ByteBuffer bytes;
    call->Read(&bytes, nullptr);
    if (!queue.Next(&tag, &ok) || !ok) break;
    v1::ImportCasesResponse answer;
    ASSERT_TRUE(ReadMessage(bytes, answer).ok());
    answers.push_back(Summary(OutcomeOf(answer.status())));
  }
  EXPECT_THAT(answers,
              ::testing::ElementsAre(
                  "OK", "INVALID_ARGUMENT FIELD_VIOLATION request", "OK"));
  grpc::Status status;
  call->Finish(&status, nullptr);
  ASSERT_TRUE(queue.Next(&tag, &ok) && ok);
  EXPECT_TRUE(status.ok());
}

TEST_F(Import, SameFileTwiceStoresNothing) {
  std::vector<v1::ImportCasesRequest> rows;
  for (int i = 0; i < 50; ++i) rows.push_back(CreateRow(i));
  const auto first = Send(rows);
  const uint64_t before = registry_.store().LastCommit().index;
  for (auto& row : rows) {
    row.mutable_create()->set_request_id(registry_.NextRequestId());
  }
  const auto again = Send(rows);
  ASSERT_EQ(again.size(), first.size());
  for (size_t i = 0; i < first.size(); ++i) {
    EXPECT_EQ(again[i].etag(), first[i].etag());
  }
  EXPECT_EQ(registry_.store().LastCommit().index, before);
}

TEST_F(Import, CancelledStreamEndsAndItsPlaceIsFree) {
  for (int round = 0; round < 30; ++round) {
    grpc::ClientContext context;
    auto stream = registry_.registry().ImportCases(&context);
    for (int i = 0; i < 20; ++i) {
      if (!stream->Write(CreateRow(i))) break;
    }
    v1::ImportCasesResponse answer;
    EXPECT_TRUE(stream->Read(&answer));
    context.TryCancel();
    EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
  }
  // More rounds than streams may be open: the places came back. The last ones
  // may still be closing, hence the tries.
  for (;;) {
    grpc::ClientContext context;
    auto stream = registry_.registry().ImportCases(&context);
    stream->Write(CreateRow(1));
    stream->WritesDone();
    v1::ImportCasesResponse answer;
    const bool answered = stream->Read(&answer);
    const grpc::Status status = stream->Finish();
    if (answered && status.ok()) break;
    ASSERT_EQ(Summary(status), "RESOURCE_EXHAUSTED CONCURRENCY_LIMIT");
  }
}

TEST_F(Import, TooManyStreamsAreRefused) {
  ServerOptions options = TestRegistry::DefaultOptions();
  options.max_imports = 1;
  TestRegistry registry(options);
  registry.MakeSite();
  grpc::ClientContext first_context, second_context;
  auto first = registry.registry().ImportCases(&first_context);
  v1::ImportCasesRequest row;
  *row.mutable_create() = registry.NewCase();
  ASSERT_TRUE(first->Write(row));
  v1::ImportCasesResponse answer;
  ASSERT_TRUE(first->Read(&answer));  // it is open
  auto second = registry.registry().ImportCases(&second_context);
  EXPECT_FALSE(second->Read(&answer));
  const Outcome refused = OutcomeOf(second->Finish());
  EXPECT_EQ(Summary(refused), "RESOURCE_EXHAUSTED CONCURRENCY_LIMIT");
  EXPECT_TRUE(refused.has_retry);
  first->WritesDone();
  EXPECT_FALSE(first->Read(&answer));
  EXPECT_TRUE(first->Finish().ok());
}

}  // namespace
}  // namespace enthesis::service
