// Stores changes of cases, one or many at once, as if one after the other.
//
// Each change is a commit of its own with its own answer. Those that are at
// hand together are judged on one view of the store and committed together, so
// that many share each read and one synced write (store.h, CommitAll). Changes
// of one case keep their order; so do those that are compared with other cases
// (new ones and corrections). An added assessment is compared with nothing but
// its own case, and may come before changes of other cases that stand before
// it.
//
// Answers are those of grpc_status.h. Threads: safe.

#ifndef ENTHESIS_REGISTRY_SERVICE_CASE_WRITER_H_
#define ENTHESIS_REGISTRY_SERVICE_CASE_WRITER_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "registry/service/call.h"
#include "registry/service/case_change.h"
#include "registry/service/case_view.h"
#include "registry/service/patient_locks.h"
#include "registry/storage/store.h"

namespace enthesis::service {

class CaseWriter {
 public:
  // `store` outlives the writer.
  explicit CaseWriter(storage::Store& store) : store_(store) {}

  // Sets the answer of every change.
  void Store(const Call& call, absl::Span<CaseChange* const> changes);

 private:
  // A change while it is worked on.
  struct Work;

  void StoreTogether(const Call& call, std::vector<Work> works);
  // Answers retries; leaves the others.
  void AnswerReplays(std::vector<Work>& works);
  void AnswerReplay(const storage::CommitResult& first, CaseChange& change);
  // One try. Leaves those that lost a race against another caller.
  void Try(const Call& call, std::vector<Work>& works);
  // Patients whose cases must not change meanwhile. Answers corrections of
  // cases that are not there.
  std::vector<model::Id> PatientsOf(std::vector<Work>& works);
  void Read(std::vector<Work>& works, CaseView& view);
  // Sets `batch` of a change that is to be stored, else its answer.
  absl::Status Judge(const Call& call, CaseView& view, Work& work);
  absl::Status JudgeNew(CaseView& view, Work& work);
  absl::Status JudgeCorrection(const Call& call, CaseView& view, Work& work);
  absl::Status JudgeAddition(const Call& call, CaseView& view, Work& work);
  absl::Status Compare(CaseView& view, const model::Case& record, Work& work,
                       validation::Findings& findings);
  void Commit(std::vector<Work>& works);
  // False: it lost a race and is to be tried again.
  bool TakeResult(const absl::StatusOr<storage::CommitResult>& result,
                  Work& work);

  storage::Store& store_;
  PatientLocks patients_;
};

}  // namespace enthesis::service

#endif  // ENTHESIS_REGISTRY_SERVICE_CASE_WRITER_H_
