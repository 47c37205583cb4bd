// Imports that broke off: killed after ids were kept and before the answers.

#include <signal.h>

#include <utility>

#include "client/simulate/simulate.h"
#include "tests/client/import_fixture.h"

namespace enthesis::client {
namespace {

using InterruptedImport = Import;

// The link file as it was when the first row went out.
Links BeforeAnswers(Links links) {
  const auto forget = [](auto& entry) {
    if (!entry.digest.empty()) entry.pending = std::exchange(entry.digest, "");
    entry.line.clear();
  };
  for (auto& [key, record] : links.records) {
    record.etag.clear();
    forget(record);
    for (auto& [event, line] : record.lines) forget(line);
  }
  return links;
}

TEST_F(InterruptedImport, InterruptedBeforeTheAnswersTheSameCommandCompletes) {
  const Export file = TwoRecords();
  Run(file);
  const Links links = ReadLinks();
  const uint64_t commit = LastCommit();
  WriteLinks(BeforeAnswers(links));
  EXPECT_TRUE(Run(file).Clean());
  EXPECT_EQ(LastCommit(), commit);
  EXPECT_EQ(ReadLinks(), links);
}

TEST_F(InterruptedImport, InterruptedAndThenChangedUpdates) {
  Export file = TwoRecords();
  Run(file);
  WriteLinks(BeforeAnswers(ReadLinks()));
  file.Line("A", "day_91")["pain_activity"] = "7";
  file.Line("B", "baseline")["bmi"] = "22";
  file.lines.push_back(VisitLine("B", 365, 1));
  EXPECT_TRUE(Run(file).Clean());
  EXPECT_EQ(CountCases(), 2u);
  EXPECT_EQ(Stored("A").follow_ups(1).pain_activity(), 7);
  EXPECT_EQ(Stored("B").baseline().bmi(), 22);
  EXPECT_EQ(Stored("B").follow_ups_size(), 3);
}

TEST_F(InterruptedImport, AnInterruptedUpdateIsNoConflict) {
  Export file = TwoRecords();
  Run(file);
  const Links before = ReadLinks();
  file.Line("A", "baseline")["bmi"] = "33";
  Run(file);
  const uint64_t commit = LastCommit();
  Links interrupted = before;
  interrupted.records["A"].pending = ReadLinks().records["A"].digest;
  WriteLinks(interrupted);
  EXPECT_TRUE(Run(file).Clean());
  EXPECT_EQ(LastCommit(), commit);
  // Changed once more after the interruption.
  WriteLinks(interrupted);
  file.Line("A", "baseline")["bmi"] = "34";
  EXPECT_TRUE(Run(file).Clean());
  EXPECT_EQ(Stored("A").baseline().bmi(), 34);
}

// A process killed in the middle of its import, then run again.
TEST_F(InterruptedImport, KilledAndRunAgainStoresEachCaseOnce) {
  const std::string site = site_ + "-sim";
  v1::CreateSiteRequest request;
  request.set_site_id(site);
  request.mutable_site()->set_synthetic(true);
  ASSERT_TRUE(client_->CreateSite(request).ok());
  SimulateOptions options;
  options.n_cases = 1500;
  options.n_sites = 1;
  options.folder = folder_ / "sample";
  const auto files = Simulate(options);
  ASSERT_TRUE(files.ok());
  site_ = site;
  const std::vector<std::string> command = {
      "import",   (*files)[0].path,     "--site",  site,
      "--server", registry_->address(), "--links", LinkPath()};
  const uint64_t before = LastCommit();
  const pid_t process = StartCommand(command, folder_);
  while (LastCommit() < before + 100) {
  }
  kill(process, SIGKILL);
  FinishCommand(process, folder_);
  const size_t n_before = CountCases();
  EXPECT_GE(n_before, 100u);
  EXPECT_LT(n_before, 1500u);
  const CommandResult again = RunCommand(command);
  EXPECT_EQ(again.exit_code, 0) << again.out << again.err;
  EXPECT_EQ(CountCases(), 1500u);
  EXPECT_EQ(LastCommit(), before + 1500);
}

}  // namespace
}  // namespace enthesis::client
