"""Answers of the Python package are those of the command line, figure by
figure, and every figure stands in a table.

    answers_test.py ENTHESISD ENTHESIS PACKAGE
"""

import collections
import json
import os
import pathlib
import subprocess
import sys
import unittest

from live_registry import LiveRegistry

SOURCE_DIR = pathlib.Path(__file__).resolve().parents[3]
REPORT = SOURCE_DIR / "client/python/examples/report.py"
TIMES = ["6m", "12m", "24m"]
AT = ("--at", "6m,12m,24m")

# What the example asks, on the command line.
REPORTED = {
    "describe": ("describe",),
    "survival": ("survival", "--by", "pathology", *AT),
    "return-to-play": ("return-to-play", "--by", "sport_level", *AT),
    "score-change": ("score-change", "--measure", "visa_a"),
    "cox": ("cox", "--covariates", "sex,age_years", "--reference",
            "sex=male"),
}


def questions(enthesis):
    """Every method, with many of its arguments: how Python asks and how the
    command line does."""
    profiles = [{"age_years": 45, "sex": "male"},
                {"age_years": 60.0, "sex": "female"}]
    predict = ("--predict", "age_years=45,sex=male;age_years=60,sex=female",
               "--at", "180,365")
    outcome = ("--endpoint", "complication", "--by-day", "3m")
    return {
        "describe, grouped": (
            lambda r: r.describe(by="site"), ("describe", "--by", "site")),
        "survival, all of it": (
            lambda r: r.survival(
                "complication", by="approach", at=TIMES, transform="plain",
                quantiles=[0.1, 0.25], mean_horizon="12m", landmark=14,
                test="fleming_harrington", rho=1, gamma=0.5, strata="site",
                pairwise=True, conf_level=0.9,
                where={"surgery_year": enthesis.Between(2015, 2023)}),
            ("survival", "--endpoint", "complication", "--by", "approach",
             *AT, "--conf-type", "plain", "--quantiles", "0.1,0.25",
             "--rmst", "12m", "--landmark", "14", "--test",
             "fleming-harrington", "--rho", "1", "--gamma", "0.5", "--strata",
             "site", "--pairwise", "--conf-level", "0.9", "--where",
             "surgery_year=2015..2023")),
        "survival, one kind, a trend": (
            lambda r: r.survival(complication="sural_nerve",
                                 endpoint="complication", by="age_band",
                                 trend=True, at=["1y"]),
            ("survival", "--endpoint", "complication", "--complication",
             "sural_nerve", "--by", "age_band", "--trend", "--at", "1y")),
        "incidence": (
            lambda r: r.incidence(
                "daily_life", by="approach", strata="site", at=["13w"],
                variance="jackknife", rho=1, transform="log"),
            ("incidence", "--endpoint", "daily_life", "--by", "approach",
             "--strata", "site", "--at", "13w", "--variance", "jackknife",
             "--rho", "1", "--conf-type", "log")),
        "return to play": (
            lambda r: r.return_to_play(
                "performance", where={"sport_level": ["competitive",
                                                      "professional"]}),
            ("return-to-play", "--stage", "performance", "--where",
             "sport_level=competitive,professional")),
        "interval": (
            lambda r: r.interval("return_sport", by="sex", at=TIMES),
            ("interval", "--endpoint", "return_sport", "--by", "sex", *AT)),
        "score change": (
            lambda r: r.score_change("pain_activity", by=("approach", "sex"),
                                     thresholds=[1.5, 3]),
            ("score-change", "--measure", "pain_activity", "--by",
             "approach,sex",
             "--thresholds", "1.5,3")),
        "compare": (
            lambda r: r.compare("primary_procedure", visit="6_months",
                                change=True),
            ("compare", "--by", "primary_procedure", "--visit", "6_months",
             "--change")),
        "cox": (
            lambda r: r.cox("complication", ["age_years", "sex"],
                            strata=["pathology"], cluster="patient",
                            ties="breslow", test_proportional_hazards=True,
                            predict=profiles, at=[180, 365]),
            ("cox", "--endpoint", "complication", "--covariates",
             "age_years,sex", "--strata", "pathology", "--cluster", "patient",
             "--ties", "breslow", "--zph", *predict)),
        "fine-gray": (
            lambda r: r.fine_gray("return_sport", ["age_years", "sex"],
                                  convention="finegray", predict=profiles,
                                  at=[180, 365]),
            ("fine-gray", "--covariates", "age_years,sex", "--convention",
             "finegray", *predict)),
        "parametric": (
            lambda r: r.parametric("return_sport", ["age_years", "sex"],
                                   distribution="log_logistic",
                                   predict=profiles, at=[180, 365]),
            ("parametric", "--covariates", "age_years,sex", "--distribution",
             "loglogistic", *predict)),
        "regress on an event": (
            lambda r: r.regress("logistic", ["smoking", enthesis.Covariate(
                "mri_grade", factor=True, reference="2")],
                endpoint="complication", by_day="3m", cluster="site"),
            ("regress", *outcome, "--covariates", "smoking,factor(mri_grade)",
             "--reference", "mri_grade=2", "--cluster", "site")),
        "regress on a count": (
            lambda r: r.regress("negative_binomial", ["age_years"],
                                measure="heel_rise_count", visit="6_months"),
            ("regress", "--family", "negbin", "--measure", "heel_rise_count",
             "--visit", "6_months", "--covariates", "age_years")),
        "mixed": (
            lambda r: r.mixed("visa_a", ["baseline_visa_a"], by="approach",
                              visits=["6_months", "12_months"],
                              structure="heterogeneous_autoregressive",
                              reference="open", df="kenward_roger"),
            ("mixed", "--covariates", "baseline_visa_a", "--by", "approach",
             "--visits", "6_months,12_months", "--structure", "ar1h",
             "--reference", "approach=open", "--df", "kenward-roger")),
        "mixed, random slopes": (
            lambda r: r.mixed(structure="random_slope",
                              maximum_likelihood=True),
            ("mixed", "--structure", "slope", "--ml")),
        "ancova": (
            lambda r: r.ancova("approach", ["age_years"], visit="6_months",
                               measure="pain_activity", reference="open"),
            ("ancova", "--by", "approach", "--covariates", "age_years",
             "--visit", "6_months", "--measure", "pain_activity",
             "--reference", "approach=open")),
        "compare sites": (
            lambda r: r.compare_sites(
                ["age_years"], endpoint="complication", by_day="3m",
                own_site="site-02", limits="normal",
                overdispersion="multiplicative"),
            ("sites", *outcome, "--covariates", "age_years", "--site",
             "site-02", "--limits", "normal", "--overdispersion",
             "multiplicative")),
        "cusum": (
            lambda r: r.compare_sites(
                endpoint="complication", by_day="3m", own_site="site-02",
                cusum=True, cusum_odds_ratio=2, cusum_run_length=500),
            ("cusum", *outcome, "--site", "site-02", "--odds-ratio", "2",
             "--arl", "500")),
        "withheld": (
            lambda r: r.cox("rupture", ["age_years"],
                            where={"site": "site-01"}),
            ("cox", "--endpoint", "rupture", "--covariates", "age_years",
             "--where", "site=site-01")),
    }


def leaves(value, path=()):
    """Every number and flag of a JSON document."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield from leaves(one, path + (name,))
    elif isinstance(value, list):
        for one in value:
            yield from leaves(one, path)
    elif not isinstance(value, str) and value is not None:
        yield path[-1], float(value)


def snake(name):
    return "".join("_" + c.lower() if c.isupper() else c for c in name)


class AnswersTest(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.live = LiveRegistry(ENTHESISD, ENTHESIS)
        cls.addClassCleanup(cls.live.__exit__)
        cls.live.load_sample()
        cls.registry = enthesis.connect(cls.live.address)
        cls.addClassCleanup(cls.registry.close)

    def run_report(self, *flags):
        return subprocess.run(
            [sys.executable, "-B", str(REPORT), "--server", self.live.address,
             *flags], env={**os.environ, "PYTHONPATH": PACKAGE},
            capture_output=True, text=True, check=True).stdout

    def test_the_example_answers_as_the_command_line(self):
        reported = json.loads(self.run_report("--json"))
        self.assertEqual(set(REPORTED), set(reported))
        for name, words in REPORTED.items():
            with self.subTest(name):
                self.assertEqual(self.live.ask(*words), reported[name])

    def test_the_page_of_the_example_shows_figures_and_absences(self):
        page = self.run_report()
        answer = self.live.ask(*REPORTED["survival"])
        point = answer["curves"][0]["at"][1]
        self.assertIn(f"day  365  {point['survival']:.1%} "
                      f"({point['lower']:.1%} to {point['upper']:.1%})", page)
        self.assertIn("suppressed", page)
        self.assertIn("SYNTHETIC DATA", page)
        state = str(answer["provenance"]["asOf"])
        self.assertEqual(page, self.run_report("--as-of", state))

    def test_every_question_is_answered_as_on_the_command_line(self):
        asked = questions(enthesis)
        for name, (ask, words) in asked.items():
            with self.subTest(name):
                answer = ask(self.registry)
                self.assertEqual(self.live.ask(*words), answer.to_dict())
                self.assertTrue(answer.synthetic)
                self.assertEqual(answer.to_dict()["provenance"]["asOf"],
                                 answer.as_of)

    def test_every_method_of_the_service_is_asked(self):
        from enthesis.v1 import statistics_service_pb2
        methods = statistics_service_pb2.DESCRIPTOR.services_by_name[
            "StatisticsService"].methods
        asked = {type(ask(self.registry).message).__name__
                 for ask, _ in questions(enthesis).values()}
        self.assertEqual({m.output_type.name for m in methods}, asked)

    def test_every_figure_stands_in_a_table_once(self):
        for name, (ask, words) in questions(enthesis).items():
            with self.subTest(name):
                answer = ask(self.registry)
                expected = self.live.ask(*words)
                exclusions = expected.pop("provenance")["exclusions"]
                expected["exclusions"] = exclusions
                # It is repeated in the rows below it.
                repeated = {"profile"}
                found = collections.Counter()
                for table in answer.table_names:
                    for row in answer.rows(table):
                        self.assertEqual(answer.as_of, row["as_of"])
                        self.assertIs(True, row["synthetic"])
                        for column, value in row.items():
                            if column not in repeated | {"as_of",
                                                         "synthetic"}:
                                found.update(
                                    v for _, v in leaves(value, (column,)))
                wanted = collections.Counter(
                    v for n, v in leaves(expected)
                    if snake(n) not in repeated)
                self.assertEqual(wanted, found)

    def test_absent_figures_are_none_and_say_why(self):
        answer = self.registry.return_to_play(by="sport_level", at=TIMES)
        withheld = [row for row in answer.rows("curves.causes.at")
                    if row["absence"] == "suppressed"]
        self.assertTrue(withheld)
        for row in withheld:
            self.assertIsNone(row["incidence"])
            self.assertIsNotNone(row["day"])
            self.assertIsNotNone(row["group"])
        median = self.registry.survival("reoperation").rows("curves")[0]
        self.assertIsNone(median["median_estimate"])
        self.assertEqual("not_reached", median["median_absence"])

    def test_frames_hold_the_rows(self):
        import pandas
        answer = self.registry.return_to_play(by="sport_level", at=TIMES)
        for name in answer.table_names:
            with self.subTest(name):
                frame = answer.frame(name)
                self.assertEqual(len(answer.rows(name)), len(frame))
                self.assertEqual(list(answer.table(name).columns),
                                 list(frame.columns))
                for index, row in enumerate(answer.rows(name)):
                    for column, value in row.items():
                        held = frame[column].iloc[index]
                        if value is None:
                            self.assertTrue(pandas.isna(held), column)
                        elif not isinstance(value, list):
                            self.assertEqual(value, held, column)
        points = answer.frame("curves.causes.at")
        self.assertEqual("Int64", str(points["at_risk"].dtype))
        self.assertEqual("float64", str(points["incidence"].dtype))

    def test_without_pandas_rows_stay_and_frames_say_what_is_missing(self):
        code = ("import sys; sys.modules['pandas'] = None; import enthesis\n"
                f"a = enthesis.connect('{self.live.address}').describe()\n"
                "print(a.rows('groups')[0]['n_cases'])\n"
                "try:\n    a.frame('groups')\n"
                "except ImportError as e:\n    print(e)\n")
        done = subprocess.run(
            [sys.executable, "-B", "-c", code], capture_output=True, text=True,
            env={**os.environ, "PYTHONPATH": PACKAGE}, check=True)
        self.assertIn("2000\n", done.stdout)
        self.assertIn("python3-pandas", done.stdout)

    def test_an_older_state_is_asked_and_answered_again(self):
        before = self.registry.describe()
        site = self.registry.create_site("site-later", synthetic=True)
        after = self.registry.describe()
        self.assertGreaterEqual(after.as_of, site.commit_index)
        again = self.registry.describe(as_of=before.as_of)
        self.assertEqual(before.to_dict(), again.to_dict())


if __name__ == "__main__":
    PACKAGE = sys.argv.pop(3)
    ENTHESIS = sys.argv.pop(2)
    ENTHESISD = sys.argv.pop(1)
    sys.path.insert(0, PACKAGE)
    import enthesis
    unittest.main()
