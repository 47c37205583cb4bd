// Imports into a registry that does not hold what the link file says: another
// registry, one that lost its data, withdrawn cases, a lost link file.

#include "client/file_bytes.h"
#include "tests/client/import_fixture.h"

namespace enthesis::client {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class RegisteredCases : public Import {
 protected:
  // An import that must stop before anything is sent, and say why.
  std::string Refused(const Export& file) {
    const std::string links = LinkFileText();
    ImportReport report;
    const absl::Status status = TryText(file.Text(), {}, report);
    EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
    EXPECT_THAT(report.lines, IsEmpty());
    EXPECT_EQ(LinkFileText(), links);
    return std::string(status.message());
  }

  std::string LinkFileText() const {
    const auto text = ReadFileBytes(LinkPath());
    return text.ok() ? *text : "";
  }
};

TEST_F(RegisteredCases, ARegistryWithNoneOfThemStopsTheImport) {
  Export file = TwoRecords();
  EXPECT_TRUE(Run(file).Clean());
  const RegistryProcess other;
  ClientOptions options;
  options.server = other.address();
  client_ = RegistryClient::Connect(options);
  // Without the site, as after a lost data folder.
  const auto says_so =
      AllOf(HasSubstr("none of the 2 cases of site " + site_),
            HasSubstr(LinkPath()), HasSubstr("--server"),
            HasSubstr("data folder"), HasSubstr("move the link file away"));
  EXPECT_THAT(Refused(file), says_so);
  v1::CreateSiteRequest request;
  request.set_site_id(site_);
  request.mutable_site();
  ASSERT_TRUE(client_->CreateSite(request).ok());
  EXPECT_THAT(Refused(file), says_so);
  // Also with something new to send.
  file.lines.push_back(BaselineLine("C"));
  EXPECT_THAT(Refused(file), says_so);
  EXPECT_EQ(CountCases(), 0u);
}

TEST_F(RegisteredCases, ACaseThatIsMissingRejectsItsLines) {
  Export file = TwoRecords();
  Run(file);
  Links links = ReadLinks();
  links.records["A"].case_id = model::NewId();
  WriteLinks(links);
  const ImportReport report = Run(file);
  EXPECT_THAT(Summary(report),
              ElementsAre("2 rejected: ", "3 rejected: ", "4 rejected: ",
                          "5 unchanged", "6 unchanged"));
  ASSERT_EQ(report.lines[1].faults.size(), 1u);
  EXPECT_THAT(report.lines[1].faults[0].message,
              HasSubstr("the registry does not hold the case any more"));
  EXPECT_EQ(report.n_cases_rejected, 1);
  // Neither is it stored again, whatever changed.
  file.Line("A", "baseline")["bmi"] = "30";
  file.lines.push_back(VisitLine("A", 365, 1));
  EXPECT_FALSE(Run(file).Clean());
  EXPECT_EQ(CountCases(), 2u);
  EXPECT_EQ(ReadLinks().records["A"].pending, "");
  // A line that vanished besides is not kept by the registry.
  file.lines.erase(file.lines.begin() + 1);
  const ImportReport shorter = Run(file);
  ASSERT_EQ(shorter.vanished.size(), 1u);
  EXPECT_FALSE(shorter.vanished[0].in_registry);
}

TEST_F(RegisteredCases, AWithdrawnCaseRejectsItsUnchangedLines) {
  Export file = TwoRecords();
  Run(file);
  Withdraw("A");
  const ImportReport report = Run(file);
  EXPECT_THAT(Summary(report),
              ElementsAre("2 rejected: ", "3 rejected: ", "4 rejected: ",
                          "5 unchanged", "6 unchanged"));
  ASSERT_EQ(report.lines[0].faults.size(), 1u);
  EXPECT_THAT(report.lines[0].faults[0].message, HasSubstr("withdrawn"));
  // Out of the file, it is settled.
  file.lines.erase(file.lines.begin(), file.lines.begin() + 3);
  const ImportReport without = Run(file);
  EXPECT_TRUE(without.Clean());
  EXPECT_THAT(without.vanished, IsEmpty());
}

// Beside a case that is missing, the one that was withdrawn and forgotten says
// whose registry it is.
TEST_F(RegisteredCases, AForgottenCaseStillTellsTheRegistry) {
  const Export file = TwoRecords();
  Run(file);
  Withdraw("A");
  Run(file);
  Links links = ReadLinks();
  EXPECT_EQ(links.records.count("A"), 0u);
  EXPECT_EQ(links.withdrawn.count("A"), 1u);
  links.records["B"].case_id = model::NewId();
  WriteLinks(links);
  EXPECT_EQ(Run(file).Count(LineOutcome::kRejected), 5);
}

TEST_F(RegisteredCases, ARegistryThatWithdrewThemAllIsTheRightOne) {
  const Export file = TwoRecords();
  Run(file);
  Withdraw("A");
  Withdraw("B");
  const ImportReport report = Run(file);
  EXPECT_EQ(report.Count(LineOutcome::kRejected), 5);
}

TEST_F(RegisteredCases, NoLinkFileForASiteWithCasesStopsTheImport) {
  const Export file = TwoRecords();
  Run(file);
  const uint64_t commit = LastCommit();
  const std::string links = ReadText(LinkPath());
  ASSERT_EQ(std::remove(LinkPath().c_str()), 0);
  const auto says_so =
      AllOf(HasSubstr("site " + site_ + " has 2 cases already"),
            HasSubstr(LinkPath()), HasSubstr("--links FILE"),
            HasSubstr("--new-link-file"));
  EXPECT_THAT(Refused(file), says_so);
  EXPECT_EQ(LinkFileText(), "");  // none was made
  Links empty;
  empty.site = site_;
  WriteLinks(empty);
  EXPECT_THAT(Refused(file), says_so);
  EXPECT_EQ(LastCommit(), commit);
  WriteText(LinkPath(), links);
  EXPECT_TRUE(Run(file).Clean());
  EXPECT_EQ(LastCommit(), commit);
}

TEST_F(RegisteredCases, ASecondCoordinatorStartsALinkFile) {
  Run(TwoRecords());
  ASSERT_EQ(std::remove(LinkPath().c_str()), 0);
  const Export file = {{BaselineLine("C"), VisitLine("C", 91, 4)}};
  ImportOptions options;
  options.new_link_file = true;
  ImportReport report;
  EXPECT_TRUE(TryText(file.Text(), options, report).ok());
  EXPECT_TRUE(report.Clean());
  EXPECT_EQ(CountCases(), 3u);
  // The flag is for the first time; the same command may be repeated.
  EXPECT_TRUE(Run(file).Clean());
  ImportReport again;
  EXPECT_TRUE(TryText(file.Text(), options, again).ok());
  EXPECT_EQ(again.Count(LineOutcome::kUnchanged), 2);
  EXPECT_EQ(CountCases(), 3u);
}

TEST_F(RegisteredCases, AnOldCopyOfTheLinkFileStoresNothingTwice) {
  Export file = TwoRecords();
  Run(file);
  const std::string old_copy = ReadText(LinkPath());
  file.lines.push_back(BaselineLine("C"));
  EXPECT_TRUE(Run(file).Clean());
  const std::string current = ReadText(LinkPath());
  WriteText(LinkPath(), old_copy);
  const auto says_so =
      AllOf(HasSubstr("site " + site_ + " has 1 case that the link file"),
            HasSubstr("1 new record (line 7, C)"), HasSubstr("old copy"),
            HasSubstr("link merge"), HasSubstr("--shared-site"));
  EXPECT_THAT(Refused(file), says_so);
  ImportOptions options;
  options.dry_run = true;
  ImportReport report;
  EXPECT_TRUE(
      absl::IsFailedPrecondition(TryText(file.Text(), options, report)));
  EXPECT_EQ(CountCases(), 3u);
  // What the copy knows can be imported with it.
  Export known = TwoRecords();
  known.lines.push_back(VisitLine("A", 365, 1));
  EXPECT_TRUE(Run(known).Clean());
  WriteText(LinkPath(), current);
  EXPECT_EQ(CountCases(), 3u);
}

TEST_F(RegisteredCases, TwoCoordinatorsEachStoreNewRecords) {
  Export mine = TwoRecords();
  Run(mine);
  const std::string my_links = ReadText(LinkPath());
  ASSERT_EQ(std::remove(LinkPath().c_str()), 0);
  Export theirs = {{BaselineLine("C")}};
  ImportOptions options;
  options.new_link_file = true;
  ImportReport report;
  EXPECT_TRUE(TryText(theirs.Text(), options, report).ok());
  theirs.lines.push_back(BaselineLine("D"));
  Refused(theirs);
  options.new_link_file = false;
  options.shared_site = true;
  EXPECT_TRUE(TryText(theirs.Text(), options, report).ok());
  EXPECT_EQ(CountCases(), 4u);
  // Without new records no flag is needed.
  EXPECT_TRUE(Run(theirs).Clean());
  WriteText(LinkPath(), my_links);
  EXPECT_TRUE(Run(mine).Clean());
}

}  // namespace
}  // namespace enthesis::client
