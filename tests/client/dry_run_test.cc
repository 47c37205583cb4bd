// What a dry run says is what the import then does, and it leaves no trace.

#include <atomic>

#include "tests/client/import_fixture.h"

namespace enthesis::client {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class DryRun : public Import {
 protected:
  // The report of a dry run, after which the registry and the link file are as
  // before; then that of the import.
  std::pair<ImportReport, ImportReport> Both(const Export& file) {
    const uint64_t commit = LastCommit();
    const std::string links =
        FileExists() ? ReadText(LinkPath()) : std::string();
    ImportOptions options;
    options.dry_run = true;
    ImportReport dry, real;
    const absl::Status status = TryText(file.Text(), options, dry);
    EXPECT_TRUE(status.ok()) << status;
    EXPECT_TRUE(dry.dry_run);
    EXPECT_EQ(LastCommit(), commit);
    EXPECT_EQ(FileExists() ? ReadText(LinkPath()) : std::string(), links);
    EXPECT_TRUE(TryText(file.Text(), {}, real).ok());
    EXPECT_EQ(Summary(dry), Summary(real));
    for (size_t i = 0; i < std::min(dry.lines.size(), real.lines.size()); ++i) {
      EXPECT_EQ(dry.lines[i].faults, real.lines[i].faults);
      EXPECT_EQ(dry.lines[i].note, real.lines[i].note);
    }
    EXPECT_EQ(dry.n_cases_created, real.n_cases_created);
    EXPECT_EQ(dry.n_cases_updated, real.n_cases_updated);
    EXPECT_EQ(dry.n_cases_rejected, real.n_cases_rejected);
    return {dry, real};
  }

  bool FileExists() const { return access(LinkPath().c_str(), F_OK) == 0; }
};

TEST_F(DryRun, NewRecordsAndFaults) {
  Export file = TwoRecords();
  file.Line("B", "baseline")["age_years"] = "17";
  file.Line("A", "day_183")["day"] = "91";
  const auto [dry, real] = Both(file);
  EXPECT_THAT(Summary(dry),
              ElementsAre("2 created", "3 created", "4 rejected: day",
                          "5 rejected: age_years", "6 rejected"));
}

TEST_F(DryRun, ChangesHaveOldAndNewValues) {
  Export file = TwoRecords();
  file.Line("A", "day_91")["complication_1_kind"] = "scar_pain";
  file.Line("A", "day_91")["complication_1_day"] = "30";
  Run(file);
  file.Line("A", "baseline")["bmi"] = "31";
  file.Line("A", "baseline")["visa_a_total"] = "";
  file.Line("A", "baseline")["pathology"] = "combined";
  file.Line("A", "day_91")["pain_activity"] = "7";
  file.Line("A", "day_91")["complication_1_kind"] = "sural_nerve";
  file.Line("B", "baseline")["surgery_date"] = "2023-01-02";
  file.lines.push_back(VisitLine("B", 365, 1));
  const auto [dry, real] = Both(file);
  EXPECT_THAT(Summary(dry),
              ElementsAre("2 updated", "3 updated", "4 unchanged", "5 updated",
                          "6 unchanged", "7 created"));
  EXPECT_THAT(dry.lines[0].changes,
              ElementsAre(CellChange{"pathology", "insertional", "combined"},
                          CellChange{"bmi", "27", "31"},
                          CellChange{"visa_a_total", "48", ""}));
  EXPECT_THAT(dry.lines[1].changes,
              ElementsAre(CellChange{"pain_activity", "4", "7"},
                          CellChange{"complication_1_kind", "scar_pain",
                                     "sural_nerve"}));
  EXPECT_THAT(
      dry.lines[3].changes,
      ElementsAre(CellChange{"surgery_date", "2022-03-04", "2023-01-02"}));
  EXPECT_THAT(dry.lines[5].changes, IsEmpty());
  for (size_t i = 0; i < dry.lines.size(); ++i) {
    EXPECT_EQ(dry.lines[i].changes, real.lines[i].changes) << i;
  }
}

TEST_F(DryRun, ACorrectionIsNoDuplicateOfItself) {
  Export file = TwoRecords();
  file.Line("B", "baseline")["sex"] = "male";
  Run(file);
  file.Line("A", "baseline")["status"] = "lost";
  file.Line("A", "baseline")["status_day"] = "400";
  const auto [dry, real] = Both(file);
  EXPECT_EQ(dry.lines[0].outcome, LineOutcome::kUpdated);
  EXPECT_THAT(dry.lines[0].warnings, IsEmpty());
  EXPECT_THAT(real.lines[0].warnings, IsEmpty());
}

TEST_F(DryRun, ADateWithinTheYearIsShown) {
  Export file = TwoRecords();
  file.Line("B", "baseline")["surgery_date"] = "2022-06-01";
  Run(file);
  file.Line("A", "baseline")["surgery_date"] = "2022-07-01";
  const auto [dry, real] = Both(file);
  EXPECT_THAT(
      dry.lines[0].changes,
      ElementsAre(CellChange{"surgery_date", "2022-03-04", "2022-07-01"}));
}

TEST_F(DryRun, UpdatesThatTheRegistryWouldRefuse) {
  Export file = TwoRecords();
  Run(file);
  file.Line("A", "baseline")["age_years"] = "91";
  file.Line("A", "day_91")["pain_activity"] = "5";
  file.Line("B", "day_91")["pain_activity"] = "11";
  file.lines.push_back(VisitLine("B", 8000, 1));
  const auto [dry, real] = Both(file);
  EXPECT_THAT(Summary(dry),
              ElementsAre("2 rejected: age_years", "3 rejected", "4 unchanged",
                          "5 unchanged", "6 rejected: pain_activity",
                          "7 rejected: day"));
}

TEST_F(DryRun, ConflictsWithdrawalsAndTheSameLimbTwice) {
  Export file = TwoRecords();
  file.lines.push_back(BaselineLine("C"));
  Run(file);
  v1::Case changed = Stored("A");
  changed.mutable_baseline()->set_bmi(40);
  UpdateInRegistry(changed, "baseline");
  file.Line("A", "baseline")["bmi"] = "22";
  Withdraw("C");
  for (const char* record : {"D", "E"}) {
    file.lines.push_back(BaselineLine(record));
    file.lines.back()["patient_key"] = "P1";
  }
  const auto [dry, real] = Both(file);
  EXPECT_THAT(Summary(dry),
              ElementsAre("2 conflict: bmi", "3 unchanged", "4 unchanged",
                          "5 unchanged", "6 unchanged", "7 rejected: ",
                          "8 created", "9 rejected: laterality"));
}

TEST_F(DryRun, AnInterruptedImport) {
  Export file = TwoRecords();
  Run(file);
  Links links = ReadLinks();
  for (auto& [key, record] : links.records) {
    record.etag.clear();
    record.pending = std::exchange(record.digest, "");
    record.line.clear();
    for (auto& [event, line] : record.lines) {
      line.pending = std::exchange(line.digest, "");
      line.line.clear();
    }
  }
  WriteLinks(links);
  Both(file);
}

TEST_F(Import, StopsWhenToldAndGoesOn) {
  Export file;
  constexpr int64_t kRecords = 2000;
  for (int i = 0; i < kRecords; ++i) {
    file.lines.push_back(BaselineLine(absl::StrCat("R", i)));
  }
  ImportOptions options;
  // Asked eight times on the way to the link file, for each 256 records; then
  // when one of four lanes takes up to 512 records, and before it sends them.
  std::atomic<int> n_asked = 0;
  options.stop = [&] { return ++n_asked > 8 + 6; };
  ImportReport report;
  const absl::Status status = TryText(file.Text(), options, report);
  EXPECT_EQ(status.code(), absl::StatusCode::kCancelled);
  const int64_t n_created = report.Count(LineOutcome::kCreated);
  EXPECT_GE(n_created, 512 + kRecords % 512);
  EXPECT_LE(n_created, 3 * 512);
  EXPECT_EQ(report.Count(LineOutcome::kNotSent), kRecords - n_created);
  // Every answer was waited for.
  EXPECT_EQ(CountCases(), static_cast<size_t>(n_created));
  // Told at once, it leaves everything as it is, and has nothing to report.
  const Links links = ReadLinks();
  options.stop = [] { return true; };
  ImportReport none;
  EXPECT_EQ(TryText(file.Text(), options, none).code(),
            absl::StatusCode::kCancelled);
  EXPECT_TRUE(none.lines.empty());
  EXPECT_EQ(ReadLinks(), links);
  const ImportReport rest = Run(file);
  EXPECT_EQ(rest.Count(LineOutcome::kUnchanged), n_created);
  EXPECT_EQ(rest.Count(LineOutcome::kCreated), kRecords - n_created);
  EXPECT_EQ(CountCases(), static_cast<size_t>(kRecords));
}

// Mended lines alone: nothing of the rest has vanished, and no line of it is
// taken for another.
TEST_F(Import, APartOfAFile) {
  Export file = TwoRecords();
  file.Line("A", "day_183")["pain_activity"] = "x";
  Run(file);
  Export part;
  part.lines = {VisitLine("A", 91, 2)};
  part.lines[0]["event"] = "day_183";
  part.lines[0]["import_faults"] = "line 4: ...";
  const ImportReport taken = Run(part);
  ASSERT_EQ(taken.lines.size(), 1u);
  EXPECT_EQ(taken.lines[0].outcome, LineOutcome::kRejected);
  EXPECT_THAT(taken.lines[0].faults.at(0).message, HasSubstr("day"));
  EXPECT_THAT(taken.vanished, IsEmpty());
  part.lines[0]["day"] = "183";
  EXPECT_EQ(Run(part).lines[0].outcome, LineOutcome::kCreated);
  EXPECT_EQ(Stored("A").follow_ups_size(), 3);
  EXPECT_EQ(Stored("A").follow_ups(1).pain_activity(), 4);
}

}  // namespace
}  // namespace enthesis::client
