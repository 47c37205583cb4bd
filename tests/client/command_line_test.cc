// The command line as people run it: documents, messages and exit codes.

#include "tests/client/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/case_json.h"
#include "client/commands/question_options.h"
#include "client/table.h"
#include "enthesis/v1/case.pb.h"

namespace enthesis::client {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

TEST_F(CommandLine, HelpHasExamplesOnEveryCommand) {
  EXPECT_THAT(Run({"--help"}).out, HasSubstr("Examples:"));
  for (const std::vector<std::string>& command :
       std::vector<std::vector<std::string>>{{"site", "create"},
                                             {"site", "list"},
                                             {"case", "create"},
                                             {"case", "get"},
                                             {"case", "add-follow-up"},
                                             {"case", "list"},
                                             {"case", "update"},
                                             {"case", "history"},
                                             {"case", "withdraw"},
                                             {"case", "export"},
                                             {"link", "encrypt"},
                                             {"link", "decrypt"},
                                             {"link", "backup"},
                                             {"link", "restore"},
                                             {"link", "merge"},
                                             {"link", "verify"},
                                             {"link", "dates"},
                                             {"link", "lost"},
                                             {"due"},
                                             {"completeness"},
                                             {"quality"},
                                             {"import"},
                                             {"describe"},
                                             {"survival"},
                                             {"incidence"},
                                             {"return-to-play"},
                                             {"score-change"},
                                             {"compare"},
                                             {"interval"},
                                             {"visa-a"},
                                             {"simulate"}}) {
    std::vector<std::string> with_help = command;
    with_help.push_back("--help");
    const CommandResult result = Run(with_help);
    EXPECT_EQ(result.exit_code, 0) << command[0];
    EXPECT_THAT(result.out, HasSubstr("Examples:")) << command[0];
    EXPECT_THAT(result.err, IsEmpty());
  }
}

TEST_F(CommandLine, ErrorsSpeakOfWhatWasTyped) {
  LoadSample();
  const std::vector<
      std::tuple<std::vector<std::string>, const char*, const char*>>
      wrong = {
          {{"survival", "--by", "sex", "--trend"},
           "--trend: a trend needs groups that have an order; allowed: with "
           "--by surgery_year",
           "options."},
          {{"survival", "--by", "sex,approach", "--trend"},
           "--trend: groups by two dimensions have no order; allowed: with "
           "one dimension of --by",
           "options."},
          {{"survival", "--landmark", "6m", "--rmst", "3m"},
           "--rmst: day 91 is not after the landmark; allowed: 184 and later",
           "mean_horizon"},
          {{"survival", "--landmark", "6m", "--at", "3m"},
           "--at: day 91 is before the landmark",
           "at_days"},
          {{"case", "get", "sites/site-01/cases/0CMXYTHPAJG82DA8QPKJVKYW7HQ"},
           "RESOURCE_NOT_FOUND",
           " NOT_FOUND"},
          {{"import", "x.csv", "--dryrun"}, "did you mean --dry-run?", "ERR"},
          {{"survivl"}, "did you mean survival?", "ERR"},
          {{"case", "list", "--site"},
           "enthesis: --site needs a value",
           "1 req"},
          {{"case", "list", "--record", "A"}, ": --record A\n", "A --record"},
          {{"case", "lst"}, "did you mean list?", "ERR"},
          {{"describe", "--where", "surgery_year=2020-2023"},
           "a range is FIRST..LAST",
           "options."},
      };
  for (const auto& [words, said, unsaid] : wrong) {
    const CommandResult result = Run(words);
    EXPECT_GE(result.exit_code, 2) << result.err;
    EXPECT_THAT(result.err, AllOf(HasSubstr(said), Not(HasSubstr(unsaid))));
  }
  const CommandResult down = RunCommand(
      {"--server", "127.0.0.1:1", "survival", "--endpoint", "reoperation"});
  EXPECT_EQ(down.exit_code, 3);
  EXPECT_THAT(down.err,
              AllOf(StartsWith("enthesis: no registry answers"),
                    HasSubstr("--server"), HasSubstr("ENTHESIS_SERVER")));
}

TEST_F(CommandLine, WrongUsageIs2AndNothingOnStandardOutput) {
  const std::vector<std::vector<std::string>> wrong = {
      {},
      {"nobody"},
      {"describe", "--nobody"},
      {"describe", "--by", "nobody"},
      {"describe", "--where", "sex"},
      {"describe", "--where", "sex=women"},
      {"describe", "--where", "site=X"},
      {"describe", "--where", "sex=female", "--where", "sex=male"},
      {"describe", "--format", "xml"},
      {"describe", "--as-of", "99999999"},
      {"survival", "--endpoint", "nobody"},
      {"survival", "--endpoint", "return_sport"},
      {"survival", "--at", "6 months"},
      {"survival", "--conf-level", "95"},
      {"survival", "--conf-type", "exact"},
      {"survival", "--complication", "nobody"},
      {"survival", "--quantiles", "0.5,1"},
      {"survival", "--rmst", "3m,6m"},
      {"survival", "--landmark", "soon"},
      {"survival", "--by", "sex", "--test", "nobody"},
      {"survival", "--by", "sex", "--test", "log-rank", "--rho", "1"},
      {"survival", "--by", "sex", "--strata", "nobody"},
      {"survival", "--strata", "site"},
      {"survival", "--by", "sex", "--trend"},
      {"survival", "--pairwise"},
      {"survival", "--rho", "1"},
      {"survival", "--gamma", "0.5"},
      {"survival", "--test", "log-rank"},
      {"incidence", "--rho", "1"},
      {"incidence", "--endpoint", "nobody"},
      {"incidence", "--variance", "nobody"},
      {"incidence", "--strata", "site"},
      {"incidence", "--complication", "sural_nerve"},
      {"return-to-play", "--stage", "none"},
      {"score-change", "--measure", "nobody"},
      {"compare"},
      {"interval", "--endpoint", "rupture"},
      {"interval", "--at", "soon"},
      {"compare", "--by", "sex", "--visit", "tomorrow"},
      {"compare", "--by", "sex", "--measure", "nobody"},
      {"score-change", "--thresholds", "0"},
      {"score-change", "--thresholds", "nan"},
      {"site", "create", "X"},
      {"import"},
      {"import", "x.csv"},
      {"simulate", "--cases", "0", "--out", "/tmp/never"},
      {"case", "create", "--site", "site-01", "--set", "baseline.nobody=1"},
      {"visa-a", "--item-2-points", "many"}};
  ExpectMisuse(wrong);
}

TEST_F(CommandLine, NoServerIs3) {
  // Port 1 is nobody's.
  const CommandResult result =
      RunCommand({"describe", "--server", "127.0.0.1:1"});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(result.out, IsEmpty());
  EXPECT_THAT(result.err, StartsWith("enthesis: no registry answers"));
  EXPECT_THAT(
      RunCommand({"describe", "--server", "127.0.0.1:1", "--format", "json"})
          .err,
      StartsWith("enthesis: UNAVAILABLE: no registry answers"));
}

TEST_F(CommandLine, SitesAreMadeAndListed) {
  EXPECT_EQ(Run({"site", "create", "list-me"}).exit_code, 0);
  EXPECT_EQ(Run({"site", "create", "list-me"}).exit_code, 0);  // an equal one
  EXPECT_NE(Run({"site", "create", "list-me", "--synthetic"}).exit_code, 0);
  EXPECT_THAT(Run({"site", "list"}).out, HasSubstr("list-me"));
  EXPECT_THAT(Run({"site", "list", "--format", "csv"}).out,
              AllOf(StartsWith("site,synthetic,commit_index\n"),
                    HasSubstr("list-me,0,")));
  EXPECT_THAT(Run({"site", "list", "--format", "json"}).out,
              HasSubstr("\"name\": \"sites/list-me\""));
}

std::vector<std::string> NewCase() {
  std::vector<std::string> arguments = {"case", "create", "--site", "by-hand"};
  for (const char* set :
       {"baseline.surgery_year=2023", "baseline.diagnosis=tendinopathy",
        "baseline.pathology=insertional", "baseline.laterality=left",
        "baseline.ageYears=50", "baseline.sex=SEX_FEMALE",
        "baseline.sport_level=recreational", "conservative_care.months=8",
        "operation.primary_procedure=debridement", "operation.approach=open",
        "operation.concomitant_procedures=retrocalcaneal_bursectomy;"
        "calcaneoplasty"}) {
    arguments.insert(arguments.end(), {"--set", set});
  }
  return arguments;
}

TEST_F(CommandLine, OneCaseByHand) {
  Run({"site", "create", "by-hand"});
  std::vector<std::string> arguments = NewCase();
  const CommandResult created = Run(arguments);
  ASSERT_EQ(created.exit_code, 0) << created.err;
  ASSERT_THAT(created.out, StartsWith("case: sites/by-hand/cases/"));
  const std::string name = created.out.substr(6, created.out.find('\n') - 6);
  const CommandResult added =
      Run({"case", "add-follow-up", name, "--set", "day=91", "--set",
           "pain_activity=3", "--set", "visa_a.total=70"});
  ASSERT_EQ(added.exit_code, 0) << added.err;
  EXPECT_THAT(added.out, HasSubstr("follow_up: "));
  EXPECT_THAT(
      Run({"case", "get", name}).out,
      AllOf(HasSubstr("operation.concomitant_procedures"),
            HasSubstr("retrocalcaneal_bursectomy;calcaneoplasty"),
            HasSubstr("follow_ups[0].visa_a.total"), HasSubstr("70 points")));
  EXPECT_THAT(Run({"case", "get", name, "--format", "csv"}).out,
              AllOf(StartsWith("record_id,event"), HasSubstr(",insertional,")));
  // The JSON comes back as a new case, short codes and all.
  const TemporaryFolder folder;
  const CommandResult json = Run({"case", "get", name, "--format", "json"});
  WriteText(folder / "case.json", json.out);
  EXPECT_EQ(Run({"case", "create", folder / "case.json", "--site", "by-hand",
                 "--set", "baseline.laterality=right"})
                .exit_code,
            0);
  // Rejected by the rules: 1, with every violation.
  arguments.insert(arguments.end(), {"--set", "baseline.bmi=500", "--set",
                                     "baseline.age_years=12"});
  const CommandResult refused = Run(arguments);
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.out, IsEmpty());
  EXPECT_THAT(refused.err, AllOf(StartsWith("enthesis: 2 faults:\n"),
                                 HasSubstr("\n  baseline.bmi: "),
                                 HasSubstr("\n  baseline.age_years: "),
                                 Not(HasSubstr("FIELD_VIOLATION"))));
  // For programs, code and reason come first.
  arguments.insert(arguments.end(), {"--format", "json"});
  EXPECT_THAT(Run(arguments).err,
              StartsWith("enthesis: INVALID_ARGUMENT FIELD_VIOLATION: \n"
                         "  baseline."));
  EXPECT_EQ(Run({"case", "get",
                 "sites/by-hand/cases/"
                 "0123456789ABCDEFGHJKMNPQRS0"})
                .exit_code,
            2);
}

TEST_F(CommandLine, ImportExitCodes) {
  const TemporaryFolder folder;
  Run({"site", "create", "imports"});
  const std::string good =
      "record_id,event,surgery_year,diagnosis,pathology,laterality,age_years,"
      "sex,sport_level,care_months,primary_procedure,approach\n"
      "A,baseline,2023,tendinopathy,insertional,left,50,female,none,8,"
      "debridement,open\n";
  WriteText(folder / "good.csv", good);
  const std::vector<std::string> command = {"import", folder / "good.csv",
                                            "--site", "imports"};
  const CommandResult first = Run(command);
  EXPECT_EQ(first.exit_code, 0) << first.err;
  EXPECT_THAT(first.out, HasSubstr("lines: 1 created, 0 updated"));
  EXPECT_EQ(ReadText(folder / "enthesis-link-imports.tsv").substr(0, 15),
            "enthesis-link\t2");
  WriteText(folder / "good.csv",
            good +
                "B,baseline,2023,tendinopathy,insertional,left,17,female,"
                "none,8,debridement,open\n");
  const CommandResult some = Run(command);
  EXPECT_EQ(some.exit_code, 1);
  EXPECT_THAT(some.out, AllOf(HasSubstr("line 3 (B, baseline): rejected"),
                              HasSubstr("age_years \"17\": "),
                              HasSubstr("1 unchanged, 1 rejected")));
  WriteText(folder / "good.csv", "record_id,event,name\n");
  const CommandResult unknown = Run(command);
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("unknown column \"name\""));
  EXPECT_EQ(Run({"import", folder / "none.csv", "--site", "imports"}).exit_code,
            3);
  WriteText(folder / "good.csv", good);
  EXPECT_EQ(Run({"import", folder / "good.csv", "--site", "nowhere"}).exit_code,
            3);
}

TEST_F(CommandLine, ImportNeedsTheLinkFileOfTheSite) {
  const TemporaryFolder first, second;
  Run({"site", "create", "link-files"});
  const std::string file =
      "record_id,event,surgery_year,diagnosis,pathology,laterality,age_years,"
      "sex,sport_level,care_months,primary_procedure,approach\n"
      "A,baseline,2023,tendinopathy,insertional,left,50,female,none,8,"
      "debridement,open\n";
  WriteText(first / "a.csv", file);
  WriteText(second / "a.csv", file);
  std::vector<std::string> command = {"import", first / "a.csv", "--site",
                                      "link-files"};
  EXPECT_EQ(Run(command).exit_code, 0);
  command[1] = second / "a.csv";
  const CommandResult refused = Run(command);
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.out, IsEmpty());
  EXPECT_THAT(refused.err,
              AllOf(HasSubstr("registry " + registry_->address()),
                    HasSubstr(second / "enthesis-link-link-files.tsv"),
                    HasSubstr("--new-link-file")));
  command.push_back("--new-link-file");
  const CommandResult meant = Run(command);
  EXPECT_EQ(meant.exit_code, 0);
  EXPECT_THAT(meant.out, HasSubstr("cases: 1 created"));
}

TEST_F(CommandLine, ColumnsNameUnitRangeCodesAndMeaning) {
  const CommandResult result = Run({"import", "--columns"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out,
              AllOf(HasSubstr("bmi (baseline line)\n"),
                    HasSubstr("a whole number from 12 to 80 (kg/m2)"),
                    HasSubstr("laterality (baseline line, required)\n"),
                    HasSubstr("    left, right\n"),
                    HasSubstr("complication_4_grade (assessment line)")));
}

TEST_F(CommandLine, ParagraphsFitThePageAndSayWhereTheyComeFrom) {
  LoadSample();
  for (const std::vector<std::string>& question :
       std::vector<std::vector<std::string>>{
           {"describe"},
           {"describe", "--by", "primary_procedure"},
           {"survival", "--by", "approach"},
           {"survival", "--endpoint", "complication", "--points"},
           {"survival", "--endpoint", "daily_life", "--by", "primary_procedure",
            "--quantiles", "0.25,0.5", "--rmst", "4m", "--pairwise"},
           {"incidence", "--endpoint", "daily_life", "--by",
            "primary_procedure"},
           {"return-to-play", "--by", "primary_procedure", "--at", "6m,1y"},
           {"score-change", "--by", "primary_procedure", "--readiness"},
           {"compare", "--by", "primary_procedure"},
           {"interval", "--by", "primary_procedure"},
           {"score-change", "--measure", "hop_symmetry", "--thresholds",
            "5,10,15,20,25"}}) {
    const CommandResult result = Run(question);
    ASSERT_EQ(result.exit_code, 0) << result.err;
    for (absl::string_view line : absl::StrSplit(result.out, '\n')) {
      // Rows of tables are as wide as what they hold: this is no terminal.
      if (absl::StrContains(absl::StripAsciiWhitespace(line), "  ")) continue;
      EXPECT_LE(WidthOf(line), 100u) << question[0] << ": " << line;
    }
    EXPECT_THAT(
        result.out,
        AllOf(HasSubstr("SYNTHETIC DATA"), HasSubstr("as of commit"),
              HasSubstr("Conventions: "), HasSubstr("Disclosure control: on"),
              HasSubstr("withheld")))
        << question[0];
  }
}

TEST_F(CommandLine, ATestWithoutGroupsNamesFlagAndWayOut) {
  EXPECT_EQ(Run({"survival", "--rho", "1"}).err,
            "enthesis: --rho 1: there are no groups to test; allowed: with "
            "--by\n");
}

// A median of 22 to 43 cases is shown, its quartiles are not: each is a value
// of somebody.
TEST_F(CommandLine, AMedianWithoutQuartilesSaysSo) {
  LoadSample();
  EXPECT_THAT(Run({"compare", "--by", "sex"}).out,
              HasSubstr(" (quartiles withheld)"));
}

TEST_F(CommandLine, CsvOfEveryAnswerIsRectangularWithAbsence) {
  LoadSample();
  for (const char* question :
       {"describe", "survival", "incidence", "return-to-play", "score-change",
        "compare", "interval"}) {
    const CommandResult result =
        Run({question, "--by", "primary_procedure", "--format", "csv"});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const std::vector<std::string> lines =
        absl::StrSplit(result.out, '\n', absl::SkipEmpty());
    ASSERT_GT(lines.size(), 10u);
    EXPECT_THAT(lines[0], AllOf(StartsWith("dimension,group,"),
                                testing::EndsWith(",absence,as_of,synthetic")));
    const auto n_commas = std::count(lines[0].begin(), lines[0].end(), ',');
    bool any_suppressed = false;
    for (const std::string& line : lines) {
      EXPECT_EQ(std::count(line.begin(), line.end(), ','), n_commas) << line;
      any_suppressed =
          any_suppressed || line.find(",suppressed,") != std::string::npos;
    }
    EXPECT_TRUE(any_suppressed) << question;
  }
}

TEST_F(CommandLine, JsonIsTheWholeAnswerWithProvenance) {
  LoadSample();
  const CommandResult result =
      Run({"return-to-play", "--format", "json", "--at", "6m"});
  EXPECT_THAT(
      result.out,
      AllOf(HasSubstr("\"stage\": \"sport\""), HasSubstr("\"provenance\": {"),
            HasSubstr("\"asOf\": "), HasSubstr("\"synthetic\": true")));
}

TEST_F(CommandLine, VisaAScoresItems) {
  const CommandResult full =
      Run({"visa-a", "--item-1-stiffness-minutes", "30", "--item-2-points", "6",
           "--item-3-points", "6", "--item-4-points", "7", "--item-5-points",
           "5", "--item-6-points", "4", "--item-7-points", "4",
           "--item-8-branch", "pain_can_finish", "--item-8-points", "10"});
  EXPECT_EQ(full.exit_code, 0) << full.err;
  EXPECT_THAT(full.out, HasSubstr("VISA-A 49 of 100"));
  const CommandResult part =
      Run({"visa-a", "--item-2-points", "6", "--format", "csv"});
  EXPECT_THAT(part.out, HasSubstr(",item_1_stiffness_minutes;"));
  EXPECT_EQ(Run({"visa-a", "--item-2-points", "11"}).exit_code, 1);
}

TEST(CaseJson, ReadsShortAndLongCodes) {
  v1::Case record;
  ASSERT_TRUE(ReadJson(R"({"baseline": {"sex": "female", "ageYears": 50,
                           "laterality": "LATERALITY_LEFT"},
                           "operation": {"implants": ["screw", "plate"]},
                           "followUps": [{"day": 91, "visa_a": {"total": 0}}]})",
                       record)
                  .ok());
  EXPECT_EQ(record.baseline().sex(), v1::SEX_FEMALE);
  EXPECT_EQ(record.baseline().laterality(), v1::LATERALITY_LEFT);
  EXPECT_EQ(record.operation().implants_size(), 2);
  EXPECT_TRUE(record.follow_ups(0).visa_a().has_total());
}

TEST(CaseJson, RefusesWhatItDoesNotKnow) {
  const std::pair<const char*, const char*> bad[] = {
      {"", "not a JSON object"},
      {"[1]", "not a JSON object"},
      {R"({"born": "1970-01-01"})", "born: there is no such field"},
      {R"({"baseline": {"name": "x"}})", "baseline.name: there is no such"},
      {R"({"baseline": {"sex": "women"}})", "allowed: female, male, other"},
      {R"({"baseline": {"sex": "FEMALE"}})", "is not in the list"},
      {R"({"baseline": {"bmi": 27.5}})", ""},
      {R"({"baseline": {"bmi": "NaN"}})", ""},
  };
  for (const auto& [json, message] : bad) {
    v1::Case record;
    const absl::Status status = ReadJson(json, record);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << json;
    EXPECT_THAT(std::string(status.message()), HasSubstr(message)) << json;
  }
}

TEST(CaseJson, SetsFieldsByPath) {
  v1::Case record;
  for (const char* set :
       {"baseline.bmi=27", "status=lost", "status_day=12",
        "operation.implants=screw;plate", "baseline.previousSurgery=yes"}) {
    EXPECT_TRUE(SetField(set, record).ok()) << set;
  }
  EXPECT_EQ(record.baseline().bmi(), 27);
  EXPECT_EQ(record.status(), v1::CASE_STATUS_LOST);
  EXPECT_EQ(record.operation().implants_size(), 2);
  EXPECT_TRUE(record.baseline().previous_surgery());
  EXPECT_TRUE(SetField("baseline.bmi=", record).ok());
  EXPECT_FALSE(record.baseline().has_bmi());
  for (const char* set :
       {"bmi", "bmi=1", "baseline=1", "baseline.bmi=x", "baseline.bmi=27.5",
        "status=gone", "=1", "follow_ups.day=3", "baseline.sex.x=1"}) {
    EXPECT_FALSE(SetField(set, record).ok()) << set;
  }
}

TEST(QuestionOptions, Filters) {
  const auto codes = ReadFilter("sport_level=competitive,professional");
  ASSERT_TRUE(codes.ok());
  EXPECT_THAT(codes->values(),
              testing::ElementsAre("competitive", "professional"));
  const auto range = ReadFilter("age_band=40-49..60-69");
  ASSERT_TRUE(range.ok());
  EXPECT_EQ(range->from(), "40-49");
  EXPECT_EQ(range->to(), "60-69");
  EXPECT_TRUE(ReadFilter("site=site-01,site-02").ok());
  EXPECT_TRUE(ReadFilter("bmi_band=<18.5,unknown").ok());
  for (const char* bad : {"", "sex", "sex=", "nobody=1", "sex=female,x",
                          "surgery_year=20x", "age_band=40..60"}) {
    EXPECT_FALSE(ReadFilter(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace enthesis::client
