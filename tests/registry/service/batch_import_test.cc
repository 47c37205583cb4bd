// BatchImportCases: row by row what the stream answers for the same rows, each
// row by itself.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "absl/strings/str_cat.h"
#include "registry/model/limits.h"
#include "tests/registry/service/case_commands.h"

namespace enthesis::service {
namespace {

using ::testing::ElementsAre;
using Rows = std::vector<v1::ImportCasesRequest>;
using Answers = std::vector<v1::ImportCasesResponse>;

// One row after the other, each with its own stream: what the batch must equal.
Answers OneByOne(TestRegistry& registry, const Rows& rows) {
  Answers answers;
  for (const v1::ImportCasesRequest& row : rows) {
    grpc::ClientContext context;
    auto stream = registry.registry().ImportCases(&context);
    stream->Write(row);
    stream->WritesDone();
    EXPECT_TRUE(stream->Read(&answers.emplace_back()));
    EXPECT_TRUE(stream->Finish().ok());
  }
  return answers;
}

grpc::Status Send(TestRegistry& registry, const Rows& rows, Answers& answers) {
  v1::BatchImportCasesRequest request;
  *request.mutable_rows() = {rows.begin(), rows.end()};
  v1::BatchImportCasesResponse response;
  const grpc::Status status = TestRegistry::Call(
      registry.registry(), &v1::RegistryService::Stub::BatchImportCases,
      request, &response);
  answers.assign(response.rows().begin(), response.rows().end());
  return status;
}

class BatchImport : public CaseCommands {
 protected:
  Answers Send(const Rows& rows) {
    Answers answers;
    const grpc::Status status = service::Send(registry_, rows, answers);
    EXPECT_TRUE(status.ok()) << Summary(status);
    return answers;
  }

  v1::ImportCasesRequest Row(const v1::CreateCaseRequest& create) {
    v1::ImportCasesRequest row;
    row.set_row(++n_rows_);
    *row.mutable_create() = create;
    return row;
  }
  v1::ImportCasesRequest Row(const v1::UpdateCaseRequest& update) {
    v1::ImportCasesRequest row;
    row.set_row(++n_rows_);
    *row.mutable_update() = update;
    return row;
  }
  v1::ImportCasesRequest Row(const v1::AddFollowUpRequest& add) {
    v1::ImportCasesRequest row;
    row.set_row(++n_rows_);
    *row.mutable_add_follow_up() = add;
    return row;
  }

  static std::string NameOf(const v1::CreateCaseRequest& create) {
    return absl::StrCat(create.parent(), "/cases/", create.case_id());
  }

  // A copy under another case id, for the same person's other limb or not.
  v1::CreateCaseRequest Copy(const v1::CreateCaseRequest& of) {
    v1::CreateCaseRequest copy = registry_.NewCase();
    const std::string patient = copy.case_().patient();
    *copy.mutable_case_() = of.case_();
    copy.mutable_case_()->set_patient(patient);
    for (v1::FollowUp& follow_up :
         *copy.mutable_case_()->mutable_follow_ups()) {
      follow_up.set_id(registry_.NewFollowUp(-1).id());
    }
    return copy;
  }

  static std::vector<std::string> Summaries(const Answers& answers) {
    std::vector<std::string> summaries;
    for (const auto& answer : answers) {
      summaries.push_back(Summary(OutcomeOf(answer.status())));
    }
    return summaries;
  }

  int64_t n_rows_ = 100;
};

// Everything that rows may ask, in a batch to one registry and one by one to
// another that is in the same state: the same answers but for the commits.
TEST_F(BatchImport, AnswersAreThoseOfRowsSentOneAfterTheOther) {
  TestRegistry single;
  single.MakeSite();
  Rows before;
  v1::CreateCaseRequest stored = registry_.NewCase();
  v1::CreateCaseRequest withdrawn = registry_.NewCase();
  before = {Row(stored), Row(withdrawn)};
  for (TestRegistry* registry : {&registry_, &single}) {
    Answers answers;
    ASSERT_TRUE(service::Send(*registry, before, answers).ok());
    v1::WithdrawCaseResponse gone;
    ASSERT_TRUE(TestRegistry::Call(registry->registry(),
                                   &v1::RegistryService::Stub::WithdrawCase,
                                   NewWithdrawal(NameOf(withdrawn)), &gone)
                    .ok());
  }
  v1::CreateCaseRequest first = registry_.NewCase();
  v1::CreateCaseRequest same_limb = registry_.NewCase();
  same_limb.mutable_case_()->set_patient(first.case_().patient());
  same_limb.mutable_case_()->mutable_baseline()->set_laterality(
      first.case_().baseline().laterality());
  v1::CreateCaseRequest faulty = registry_.NewCase();
  faulty.mutable_case_()->mutable_baseline()->clear_sex();
  v1::CreateCaseRequest unknown_field = registry_.NewCase();
  unknown_field.mutable_case_()
      ->GetReflection()
      ->MutableUnknownFields(unknown_field.mutable_case_())
      ->AddVarint(9999, 1);
  v1::CreateCaseRequest elsewhere = registry_.NewCase();
  elsewhere.set_parent("sites/site-77");
  v1::CreateCaseRequest other_content = stored;
  other_content.set_request_id(registry_.NextRequestId());
  other_content.mutable_case_()->mutable_baseline()->set_bmi(
      stored.case_().baseline().bmi() == 30 ? 31 : 30);
  v1::CreateCaseRequest again = stored;
  again.set_request_id(registry_.NextRequestId());
  v1::CreateCaseRequest taken = withdrawn;
  taken.set_request_id(registry_.NextRequestId());
  v1::CreateCaseRequest reused = registry_.NewCase();
  reused.set_request_id(first.request_id());
  v1::CreateCaseRequest only_checked = registry_.NewCase();
  only_checked.set_validate_only(true);
  v1::CreateCaseRequest like_only_checked = registry_.NewCase();
  like_only_checked.mutable_case_()->set_patient(
      only_checked.case_().patient());
  v1::ImportCasesRequest beside;
  beside.set_row(7);
  *beside.mutable_create() = registry_.NewCase();
  beside.GetReflection()->MutableUnknownFields(&beside)->AddVarint(9999, 1);
  v1::ImportCasesRequest empty;
  empty.set_row(8);
  const Rows rows = {
      Row(first),
      Row(same_limb),    // violation: that of the row before
      Row(Copy(first)),  // warning: possible duplicate
      Row(faulty),
      Row(unknown_field),
      Row(elsewhere),
      Row(stored),         // a retry
      Row(again),          // equal content
      Row(other_content),  // conflict
      Row(taken),          // a withdrawn id
      Row(reused),         // the request id of a row before, other content
      Row(first),          // a retry of a row before
      Row(NewFollowUpFor(NameOf(first), -20)),
      Row(NewFollowUpFor(NameOf(first), -10)),
      Row(NewFollowUpFor(NameOf(withdrawn), -20)),
      Row(NewFollowUpFor(NameOf(elsewhere), -20)),
      Row(only_checked),
      Row(like_only_checked),  // nothing of the row before is stored
      beside,
      empty,
      Row(registry_.NewCase()),
  };
  Answers batch = Send(rows), one_by_one = OneByOne(single, rows);
  ASSERT_EQ(batch.size(), rows.size());
  int n_warnings = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(batch[i].row(), rows[i].row());
    EXPECT_EQ(batch[i].commit_index() > 0, one_by_one[i].commit_index() > 0);
    n_warnings += batch[i].warnings_size();
    for (Answers* answers : {&batch, &one_by_one}) {
      (*answers)[i].clear_etag();
      (*answers)[i].clear_commit_index();
    }
    EXPECT_EQ(batch[i].DebugString(), one_by_one[i].DebugString()) << i;
  }
  EXPECT_GT(n_warnings, 0);
  EXPECT_THAT(
      Summaries(batch),
      ElementsAre(
          "OK", "INVALID_ARGUMENT FIELD_VIOLATION case.baseline.laterality",
          "OK", "INVALID_ARGUMENT FIELD_VIOLATION case.baseline.sex",
          "INVALID_ARGUMENT FIELD_VIOLATION case.9999",
          "NOT_FOUND RESOURCE_NOT_FOUND", "OK", "OK",
          "ALREADY_EXISTS RESOURCE_EXISTS", "ALREADY_EXISTS RESOURCE_EXISTS",
          "INVALID_ARGUMENT REQUEST_ID_REUSED request_id", "OK", "OK", "OK",
          "NOT_FOUND RESOURCE_NOT_FOUND", "NOT_FOUND RESOURCE_NOT_FOUND", "OK",
          "OK", "INVALID_ARGUMENT FIELD_VIOLATION 9999",
          "INVALID_ARGUMENT FIELD_VIOLATION change", "OK"));
  EXPECT_EQ(registry_.store().LastCommit().index,
            single.store().LastCommit().index);
}

// Corrections take the case out of the keys by which it was found, also for
// the rows behind them.
TEST_F(BatchImport, ACorrectionChangesWhatLaterRowsAreComparedWith) {
  v1::CreateCaseRequest original = registry_.NewCase();
  Answers stored = Send({Row(original)});
  v1::UpdateCaseRequest update =
      NewUpdate(Get(stored[0].name()).case_(),
                original.case_().baseline().bmi() == 30 ? 31 : 30);
  v1::CreateCaseRequest as_before = Copy(original);
  as_before.mutable_case_()->mutable_baseline()->clear_operation_sequence();
  v1::CreateCaseRequest as_after = as_before;
  as_after.set_case_id(registry_.NewCase().case_id());
  as_after.set_request_id(registry_.NextRequestId());
  as_after.mutable_case_()->set_patient(registry_.NewCase().case_().patient());
  as_after.mutable_case_()->mutable_baseline()->set_bmi(
      update.case_().baseline().bmi());
  const Answers answers = Send({Row(update), Row(as_before), Row(as_after)});
  EXPECT_THAT(Summaries(answers), ElementsAre("OK", "OK", "OK"));
  const auto duplicates = [](const v1::ImportCasesResponse& answer) {
    int n = 0;
    for (const v1::Warning& warning : answer.warnings()) {
      n += warning.reason() == "POSSIBLE_DUPLICATE";
    }
    return n;
  };
  EXPECT_EQ(duplicates(answers[1]), 0);
  EXPECT_EQ(duplicates(answers[2]), 1);
}

TEST_F(BatchImport, RowsOfOneCaseAreStoredInOrder) {
  Rows rows;
  constexpr int kCases = 20, kFollowUps = 6;
  for (int i = 0; i < kCases; ++i) {
    const v1::CreateCaseRequest create = registry_.NewCase();
    rows.push_back(Row(create));
    for (int n = 0; n < kFollowUps; ++n) {
      rows.push_back(Row(NewFollowUpFor(NameOf(create), -89 + n)));
    }
  }
  const uint64_t before = LastCommit();
  const Answers answers = Send(rows);
  EXPECT_EQ(LastCommit(), before + rows.size());  // each its own commit
  for (size_t i = 0; i < answers.size(); ++i) {
    ASSERT_EQ(Summary(OutcomeOf(answers[i].status())), "OK") << i;
    if (i % (1 + kFollowUps) != 0) {
      EXPECT_GT(answers[i].commit_index(), answers[i - 1].commit_index()) << i;
    }
  }
  // The same batch again: the same answers, nothing stored.
  const Answers again = Send(rows);
  for (size_t i = 0; i < answers.size(); ++i) {
    EXPECT_EQ(again[i].SerializeAsString(), answers[i].SerializeAsString());
  }
  EXPECT_EQ(LastCommit(), before + rows.size());
}

TEST_F(BatchImport, TheNumberOfRowsIsBounded) {
  Answers answers;
  EXPECT_EQ(Summary(service::Send(registry_, {}, answers)),
            "INVALID_ARGUMENT FIELD_VIOLATION rows");
  const Rows rows(model::kMaxBatchRows + 1, Row(registry_.NewCase()));
  const uint64_t before = LastCommit();
  EXPECT_EQ(Summary(service::Send(registry_, rows, answers)),
            "INVALID_ARGUMENT FIELD_VIOLATION rows");
  EXPECT_EQ(LastCommit(), before);
}

// What does not fit into one answer is told in several.
TEST_F(BatchImport, AnswersThatDoNotFitAreAnError) {
  v1::CreateCaseRequest faulty = registry_.NewCase();
  v1::FollowUp bad = registry_.NewFollowUp(-5);
  bad.set_day(-5000);
  bad.set_pain_activity(99);
  for (int i = 0; i < 30; ++i) *faulty.mutable_case_()->add_follow_ups() = bad;
  Answers answers;
  EXPECT_EQ(Summary(service::Send(registry_, Rows(900, Row(faulty)), answers)),
            "RESOURCE_EXHAUSTED ROWS_LIMIT");
  EXPECT_TRUE(service::Send(registry_, Rows(9, Row(faulty)), answers).ok());
}

// Batches and single calls that want the same patients and cases, at once: one
// of each wins, and nobody waits for ever.
TEST_F(BatchImport, RacersForTheSamePatientsAndCases) {
  constexpr int kCases = 60, kRacers = 4;
  std::vector<v1::CreateCaseRequest> cases;
  for (int i = 0; i < kCases; ++i) cases.push_back(registry_.NewCase());
  std::vector<Rows> batches(kRacers);
  for (int r = 0; r < kRacers; ++r) {
    for (int i = 0; i < kCases; ++i) {
      v1::CreateCaseRequest mine =
          cases[static_cast<size_t>(r % 2 == 0 ? i : kCases - 1 - i)];
      mine.set_request_id(registry_.NextRequestId());
      // Half of the racers bring the limb under an id of their own.
      if (r >= 2) mine.set_case_id(registry_.NewCase().case_id());
      batches[static_cast<size_t>(r)].push_back(Row(mine));
    }
  }
  const uint64_t before = LastCommit();
  std::vector<Answers> answers(kRacers);
  std::vector<std::thread> racers;
  for (size_t r = 0; r < kRacers; ++r) {
    racers.emplace_back([&, r] {
      if (r == 3) {
        answers[r] = OneByOne(registry_, batches[r]);
      } else {
        service::Send(registry_, batches[r], answers[r]);
      }
    });
  }
  for (std::thread& racer : racers) racer.join();
  EXPECT_EQ(LastCommit(), before + kCases);
  for (const Answers& of_one : answers) {
    ASSERT_EQ(of_one.size(), static_cast<size_t>(kCases));
    for (const std::string& summary : Summaries(of_one)) {
      EXPECT_THAT(
          summary,
          ::testing::AnyOf(
              "OK",
              "INVALID_ARGUMENT FIELD_VIOLATION case.baseline.laterality"));
    }
  }
}

}  // namespace
}  // namespace enthesis::service
