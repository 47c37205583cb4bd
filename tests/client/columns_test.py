"""The columns of CSV are a promise: programs read them by name. One that is
added here is new; one that goes or gets another name breaks what reads it."""

import re
import unittest

from on_sample import OnSample

OUTCOME = ("--endpoint", "complication", "--by-day", "3m")
INCIDENCE = ("kind,cause,day,n,events,at_risk,estimate,std_error,lower,upper,"
             "statistic,df,p_value")
HAZARDS = ("kind,name,n,events,dropped,estimate,std_error,robust_std_error,"
           "statistic,df,p_value,hazard_ratio,lower,upper,day,at_risk")
SITES = ("kind,site,own,n,events,share,share_lower,share_upper,mean,"
         "completeness,expected,estimate,std_error,lower,upper,z,flag,lower95,"
         "upper95,lower998,upper998,shrunken,shrunken_lower,shrunken_upper,"
         "weight,rate,rate_ratio,p_value,outlier")
# Of a question to the registry: between dimension, group and absence, as_of,
# synthetic.
STATISTICS = {
    ("describe",): "kind,name,value,n,of,estimate",
    ("survival", "--endpoint", "reoperation"):
        "kind,of,day,n,events,at_risk,censored,estimate,std_error,lower,"
        "upper,cumulative_hazard,statistic,df,p_value,p_holm",
    ("incidence", "--endpoint", "reoperation"): INCIDENCE,
    ("return-to-play",): INCIDENCE,
    ("interval", "--endpoint", "full_weight_bearing"):
        "kind,n,day,left_day,right_day,mass,lower,upper,statistic,df,p_value",
    ("score-change",):
        "visit,kind,threshold,n,count,estimate,std_dev,lower,upper,statistic,"
        "df,p_value",
    ("compare", "--by", "approach", "--visit", "12_months"):
        "kind,second,n,estimate,std_dev,lower,upper,statistic,df,residual_df,"
        "p_value,p_holm",
    ("cox", "--endpoint", "complication", "--covariates", "age_years"):
        HAZARDS,
    ("fine-gray", "--endpoint", "complication", "--covariates", "age_years"):
        HAZARDS,
    ("parametric", "--endpoint", "complication", "--covariates", "age_years"):
        "kind,name,n,events,dropped,estimate,std_error,statistic,df,p_value,"
        "time_ratio,lower,upper,day,at_risk",
    ("mixed", "--covariates", "age_years"):
        "kind,name,visit,reference,n,measurements,dropped,estimate,std_error,"
        "df,statistic,p_value,lower,upper",
    ("regress", *OUTCOME, "--covariates", "age_years"):
        "kind,name,n,events,dropped,estimate,std_error,robust_std_error,"
        "statistic,df,p_value,ratio,lower,upper",
    ("sites", *OUTCOME): SITES,
    ("funnel", *OUTCOME): SITES,
    ("forest", *OUTCOME): SITES,
    ("cusum", *OUTCOME, "--site", "site-02"): SITES,
    ("ancova", "--by", "approach", "--covariates", "age_years", "--visit",
     "6_months"):
        "kind,name,second,n,dropped,estimate,std_error,statistic,df,"
        "residual_df,p_value,lower,upper",
}
# Whole.
OTHERS = {
    ("site", "list"): "site,synthetic,commit_index",
    ("completeness",):
        "site,visit,item,due,completed,completeness,absence,as_of",
    ("completeness", "--site", "site-01"):
        "site,visit,item,due,completed,completeness,absence,as_of",
    ("quality", "--site", "site-01"):
        "site,rule,case,record_id,day,field,value,why,as_of",
    ("case", "list", "--site", "site-01"):
        "case,name,patient,surgery_year,primary_procedure,laterality,"
        "age_years,sex,status,assessments,last_day,missing_visits,"
        "possible_duplicates,duplicate_rules,as_of",
    ("explain",): "figure,commands,section,words",
}
ABSENCES = {"", "suppressed", "not_reached", "beyond_follow_up", "undefined",
            "dropped", "separated"}
NO_STATISTICS = {"site", "case", "import", "link", "due", "completeness",
                 "quality", "template", "map", "visa-a", "simulate", "analyze",
                 "explain", "completion", "man"}


class Columns(OnSample):
    sample = {"cases": 1200, "sites": 3}

    def test_of_every_question(self):
        for words, columns in STATISTICS.items():
            rows = self.csv(*words)
            self.assertEqual(
                ",".join(rows.fieldnames),
                f"dimension,group,{columns},absence,as_of,synthetic", words)
            absences = {row["absence"] for row in rows}
            self.assertLessEqual(absences, ABSENCES, words)
            self.assertTrue(absences, words)

    def test_of_what_looks_after_cases(self):
        for words, columns in OTHERS.items():
            self.assertEqual(",".join(self.csv(*words).fieldnames), columns,
                             words)

    def test_groups_change_no_column(self):
        for words in (("describe",), ("survival", "--endpoint", "rupture"),
                      ("score-change",)):
            alone = self.csv(*words).fieldnames
            for by in ("site", "approach,sex"):
                self.assertEqual(self.csv(*words, "--by", by).fieldnames,
                                 alone, (words, by))

    def test_no_command_is_left_out(self):
        listed = self.registry.run("--help").partition("Subcommands:\n")[2]
        commands = re.findall(r"^  ([a-z]\S*)", listed.partition("\n\n")[0],
                              re.M)
        self.assertEqual({words[0] for words in STATISTICS},
                         set(commands) - NO_STATISTICS)


if __name__ == "__main__":
    unittest.main()
