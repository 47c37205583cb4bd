// The regressions on the command line.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "client/table.h"
#include "tests/client/command_line.h"

namespace enthesis::client {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

class RegressionCommands : public CommandLine {
 protected:
  // Every line has as many cells, and some start so.
  void ExpectCsv(std::vector<std::string> question,
                 const std::vector<std::string>& starts) {
    SCOPED_TRACE(question[0]);
    question.insert(question.end(), {"--format", "csv"});
    const CommandResult result = Run(question);
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const std::vector<std::string> lines =
        absl::StrSplit(result.out, '\n', absl::SkipEmpty());
    const auto n_commas = std::count(lines[0].begin(), lines[0].end(), ',');
    for (const std::string& line : lines) {
      EXPECT_EQ(std::count(line.begin(), line.end(), ','), n_commas) << line;
    }
    for (const std::string& start : starts) {
      EXPECT_THAT(lines, testing::Contains(StartsWith(start)));
    }
  }
};

TEST_F(RegressionCommands, HelpHasExamplesAndTheCovariates) {
  for (const char* command :
       {"cox", "fine-gray", "parametric", "ancova", "regress", "sites",
        "funnel", "forest", "cusum", "mixed"}) {
    const CommandResult result = Run({command, "--help"});
    EXPECT_EQ(result.exit_code, 0) << command;
    EXPECT_THAT(result.out,
                AllOf(HasSubstr("Examples:"), HasSubstr("care_shockwave"),
                      HasSubstr("baseline_visa_a")))
        << command;
    EXPECT_THAT(result.err, IsEmpty());
  }
}

// Conventions of crr are those of Fine-Gray regression alone.
TEST_F(RegressionCommands, HelpOfCoxIsOfCox) {
  EXPECT_THAT(Run({"cox", "--help"}).out,
              AllOf(HasSubstr("Default: efron"), Not(HasSubstr("crr"))));
  EXPECT_THAT(Run({"fine-gray", "--help"}).out, HasSubstr("crr"));
}

TEST_F(RegressionCommands, WrongUsageIs2AndNothingOnStandardOutput) {
  const std::vector<std::vector<std::string>> wrong = {
      {"cox", "--endpoint", "nobody"},
      {"cox", "--covariates", "age"},
      {"cox", "--covariates", "sex,sex"},
      {"cox", "--covariates", "sex", "--reference", "sex=green"},
      {"cox", "--covariates", "sex", "--reference", "smoking=never"},
      {"cox", "--strata", "nobody"},
      {"cox", "--strata", "concomitant_procedure"},
      {"cox", "--cluster", "nobody"},
      {"cox", "--ties", "nobody"},
      {"cox", "--by", "sex"},
      {"fine-gray", "--endpoint", "nobody"},
      {"fine-gray", "--endpoint", "reoperation", "--cause", "retirement"},
      {"fine-gray", "--complication", "sural_nerve"},
      {"fine-gray", "--cause", "nobody"},
      {"fine-gray", "--convention", "nobody"},
      {"fine-gray", "--strata", "site"},
      {"fine-gray", "--ties", "efron"},
      {"cox", "--predict", "sex=male", "--at", "90"},
      {"cox", "--covariates", "sex", "--predict", "sex=male"},
      {"cox", "--covariates", "sex", "--at", "90"},
      {"cox", "--covariates", "sex,bmi", "--predict", "sex=male", "--at", "90"},
      {"cox", "--covariates", "sex", "--predict", "sex=green", "--at", "90"},
      {"fine-gray", "--covariates", "sex", "--predict", "sex=male", "--at",
       "soon"},
      {"parametric", "--covariates", "bmi", "--predict", "bmi=low", "--at",
       "90"},
      {"parametric", "--endpoint", "nobody"},
      {"parametric", "--distribution", "gamma"},
      {"parametric", "--strata", "site"},
      {"parametric", "--by", "sex"},
      {"mixed", "--visits", "6_months"},
      {"mixed", "--visits", "6_months,someday"},
      {"mixed", "--structure", "round"},
      {"mixed", "--df", "kenward-roger"},
      {"mixed", "--by", "sex", "--covariates", "sex"},
      {"mixed", "--measure", "mood"},
      {"cusum", "--endpoint", "reoperation", "--by-day", "1y"},
      {"cusum", "--endpoint", "reoperation", "--by-day", "1y", "--site",
       "site-01", "--odds-ratio", "1"},
      {"cusum", "--endpoint", "reoperation", "--by-day", "1y", "--site",
       "site-01", "--arl", "1"},
      {"sites"},
      {"sites", "--endpoint", "reoperation"},
      {"sites", "--endpoint", "reoperation", "--by-day", "1y", "--covariates",
       "site"},
      {"sites", "--endpoint", "reoperation", "--by-day", "1y", "--by", "sex"},
      {"funnel", "--endpoint", "reoperation", "--by-day", "1y", "--limits",
       "wide"},
      {"funnel", "--endpoint", "reoperation", "--by-day", "1y",
       "--overdispersion", "much"},
      {"forest", "--endpoint", "reoperation", "--by-day", "1y", "--site",
       "The Site"},
      {"regress"},
      {"regress", "--endpoint", "reoperation"},
      {"regress", "--endpoint", "reoperation", "--by-day", "soon"},
      {"regress", "--endpoint", "reoperation", "--by-day", "90", "--measure",
       "visa_a"},
      {"regress", "--endpoint", "reoperation", "--by-day", "90", "--threshold",
       "5"},
      {"regress", "--endpoint", "reoperation", "--family", "negbin"},
      {"regress", "--endpoint", "reoperation", "--family", "gamma"},
      {"regress", "--measure", "visa_a"},
      {"regress", "--measure", "visa_a", "--threshold", "much"},
      {"regress", "--measure", "visa_a", "--threshold", "-1"},
      {"regress", "--measure", "visa_a", "--by-day", "90"},
      {"regress", "--measure", "visa_a", "--family", "poisson"},
      {"regress", "--measure", "heel_rise_count", "--family", "poisson",
       "--firth"},
      {"ancova"},
      {"ancova", "--by", "sex", "--visit", "baseline"},
      {"ancova", "--by", "sex", "--measure", "satisfaction"},
      {"ancova", "--by", "sex", "--reference", "sex=green"},
      {"ancova", "--by", "sex", "--covariates", "sex"},
  };
  ExpectMisuse(wrong);
}

TEST_F(RegressionCommands, ParagraphsFitThePageAndSayWhereTheyComeFrom) {
  LoadSample();
  for (const std::vector<std::string>& question :
       std::vector<std::vector<std::string>>{
           {"cox", "--endpoint", "daily_life", "--covariates",
            "age_years,sex,concomitant_procedure", "--zph"},
           {"cox", "--endpoint", "daily_life", "--covariates",
            "factor(age_years)"},
           {"fine-gray", "--covariates", "age_years,sport_level"},
           {"fine-gray", "--endpoint", "daily_life", "--covariates",
            "age_years"},
           {"parametric", "--covariates", "age_years,sport_level"},
           {"cox", "--endpoint", "daily_life", "--covariates",
            "age_years,sex,concomitant_procedure", "--predict",
            "age_years=45,sex=male,concomitant_procedure=", "--at", "90,180"},
           {"regress", "--endpoint", "daily_life", "--by-day", "90",
            "--covariates", "age_years,sex"},
           {"regress", "--measure", "visa_a", "--threshold", "14"},
           {"regress", "--measure", "heel_rise_count", "--family", "negbin",
            "--covariates", "age_years", "--cluster", "site"},
           {"sites", "--endpoint", "daily_life", "--by-day", "90", "--site",
            "site-01"},
           {"mixed", "--visits", "6_months,12_months", "--structure", "un",
            "--by", "sex", "--covariates", "baseline_visa_a"},
           {"funnel", "--endpoint", "daily_life", "--by-day", "90"},
           {"cusum", "--endpoint", "daily_life", "--by-day", "90", "--site",
            "site-01"},
           {"forest", "--endpoint", "daily_life", "--by-day", "90",
            "--covariates", "age_years"},
           {"ancova", "--by", "primary_procedure"},
           {"ancova", "--by", "sex", "--covariates", "age_years"}}) {
    const CommandResult result = Run(question);
    ASSERT_EQ(result.exit_code, 0) << result.err;
    for (absl::string_view line : absl::StrSplit(result.out, '\n')) {
      // Rows of tables are as wide as what they hold: this is no terminal.
      if (absl::StrContains(absl::StripAsciiWhitespace(line), "  ")) continue;
      EXPECT_LE(WidthOf(line), kPageWidth) << question[0] << ": " << line;
    }
    EXPECT_THAT(
        result.out,
        AllOf(HasSubstr("SYNTHETIC DATA"), HasSubstr("as of commit"),
              HasSubstr("Conventions: "), HasSubstr("Disclosure control: on")))
        << question[0];
  }
}

TEST_F(RegressionCommands, CsvHasARowForEachFigure) {
  LoadSample();
  const TemporaryFolder folder;
  ExpectCsv({"cox", "--endpoint", "daily_life", "--covariates", "sex,age_years",
             "--reference", "sex=male", "--zph"},
            {",all,model,,", ",all,coefficient,sexfemale,",
             ",all,coefficient,age_years,", ",all,log_likelihood,null,",
             ",all,test,wald,", ",all,concordance,,",
             ",all,proportional_hazards,GLOBAL,"});
  ExpectCsv(
      {"parametric", "--covariates", "age_years"},
      {",all,model,,", ",all,events,exact,", ",all,coefficient,(Intercept),",
       ",all,coefficient,age_years,", ",all,scale,,",
       ",all,log_likelihood,model,", ",all,test,likelihood_ratio,"});
  ExpectCsv({"cox", "--endpoint", "daily_life", "--covariates", "age_years,sex",
             "--strata", "site", "--predict",
             "age_years=45,sex=male;age_years=60,sex=male", "--predict",
             "age_years=60,sex=female", "--at", "1m,90"},
            {"site,site-01,survival,age_years=45 sex=male,",
             "site,site-01,survival,age_years=60 sex=male,",
             "site,site-01,survival,age_years=60 sex=female,"});
  ExpectCsv({"parametric", "--at", "90"}, {",all,survival,,"});
  ExpectCsv({"regress", "--endpoint", "daily_life", "--by-day", "90",
             "--covariates", "age_years"},
            {",all,model,,", ",all,coefficient,(Intercept),",
             ",all,coefficient,age_years,", ",all,log_likelihood,null,",
             ",all,deviance,model,", ",all,test,likelihood_ratio,",
             ",all,discrimination,auc,", ",all,test,hosmer_lemeshow,"});
  Run({"simulate", "--cases", "600", "--sites", "2", "--seed", "2", "--out",
       folder / "s"});
  Run({"site", "create", "site-02", "--synthetic"});
  Run({"import", folder / "s/site-02.csv", "--site", "site-02"});
  ExpectCsv(
      {"sites", "--endpoint", "daily_life", "--by-day", "90", "--covariates",
       "age_years", "--site", "site-01"},
      {",all,model,,", ",all,site,site-01,1,", ",all,limits,", ",all,target,",
       ",all,pooled,", ",all,case_mix,age_years,", ",all,discrimination,auc,"});
  ExpectCsv(
      {"mixed", "--visits", "6_months,12_months", "--structure", "un"},
      {",all,model,", ",all,coefficient,(Intercept),", ",all,mean,,6_months,",
       ",all,covariance,6_months,12_months,", ",all,log_likelihood,"});
  ExpectCsv({"ancova", "--by", "sex"},
            {",all,model,", ",all,coefficient,baseline_visa_a,",
             "sex,male,adjusted_mean,", ",all,group_test,", ",all,r_squared,"});
}

}  // namespace
}  // namespace enthesis::client
