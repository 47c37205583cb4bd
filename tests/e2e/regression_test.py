"""Regressions of the registry equal those of the engine on the same rows.

    regression_test.py ENTHESISD ENTHESIS

The rows are read off the clinics' files here, by the definitions of the
documentation, not by the registry's code.
"""

import csv
import json
import math
import os
import subprocess
import sys
import unittest

from registry_process import RegistryProcess

SITES = 4


def days_of(lines, prefix, numbers, wanted=None):
    """Days of complication_1_.. or reoperation_1_.. of a record."""
    for line in lines:
        for number in numbers:
            if wanted and line.get(f"{prefix}_{number}_kind") not in wanted:
                continue
            day = line.get(f"{prefix}_{number}_day", "")
            if day:
                yield int(day)


class Record:
    """One limb: its baseline line and those of its assessments."""

    def __init__(self, site, baseline, visits):
        self.site = site
        self.baseline = baseline
        self.visits = visits
        # A baseline line may carry an assessment, too.
        self.lines = [baseline] + visits

    def last_contact(self):
        days = [int(line["day"]) for line in self.visits if line["day"]]
        if self.baseline["status"] == "died":
            days.append(int(self.baseline["status_day"]))
        return max([0] + days)

    def reoperation(self):
        return min(days_of(self.lines, "reoperation", (1, 2)), default=None)

    def time_to_reoperation(self):
        day = self.reoperation()
        return (self.last_contact(), 0) if day is None else (day, 1)


    def time_to_sport(self):
        """(day, cause): 0 censored, 1 back, 2 reoperation, 3 retired,
        4 dead; None for whoever was no athlete."""
        if self.baseline["sport_level"] == "none":
            return None
        stages = ("participation", "sport", "performance")
        back = []
        for line in self.visits:
            if int(line["day"]) <= 0:
                continue
            # A later stage, or the stage without a day, implies this one.
            for stage in stages[1:]:
                if line[f"return_{stage}_day"]:
                    back.append(int(line[f"return_{stage}_day"]))
            if (line["return_stage"] in stages[1:]
                    and not line["return_sport_day"]):
                back.append(int(line["day"]))
        candidates = [(day, 1) for day in back]
        if self.reoperation() is not None:
            candidates.append((self.reoperation(), 2))
        candidates += [(int(line["retired_from_sport_day"]), 3)
                       for line in self.lines if line["retired_from_sport_day"]]
        if self.baseline["status"] == "died":
            candidates.append((int(self.baseline["status_day"]), 4))
        return min(candidates, default=(self.last_contact(), 0))


    def time_to_milestone(self, name):
        """(last day without, first day with): equal ends are a known day, an
        empty upper end was not seen. Death comes after on the same day."""
        known, seen, free = [], [], [0]
        for line in self.visits:
            if line[f"{name}_day"]:
                known.append(int(line[f"{name}_day"]))
            elif line[name] == "1":
                seen.append(int(line["day"]))
            elif line[name] == "0":
                free.append(int(line["day"]))
        day = min(known + seen, default=None)
        died = (int(self.baseline["status_day"])
                if self.baseline["status"] == "died" else None)
        if day is None or (died is not None and died < day):
            return (self.last_contact() if died is None else died, "")
        if day in known:
            return (day, day) if day > 0 else (0, 1)
        return (max(last for last in free if last <= day), day)

    def exit_of(self, endpoint):
        """(day, cause): 0 censored, 1 the event, 4 dead before it."""
        if endpoint == "reoperation":
            day, event = self.time_to_reoperation()
            day = day if event else None
        else:
            days = [int(line[f"{endpoint}_day"] or line["day"])
                    for line in self.visits
                    if line[f"{endpoint}_day"] or line[endpoint] == "1"]
            day = min(days, default=None)
        candidates = [] if day is None else [(day, 1)]
        if self.baseline["status"] == "died":
            candidates.append((int(self.baseline["status_day"]), 4))
        return min(candidates, default=(self.last_contact(), 0))

    def score(self, column, first, target, last):
        """Of the assessments in a window the nearest to its target, then the
        earlier."""
        found = [(abs(int(line["day"] or 0) - target), int(line["day"] or 0),
                  line[column]) for line in self.lines
                 if line[column] and first <= int(line["day"] or 0) <= last]
        return min(found)[2] if found else None


def read_records(folder):
    records = []
    for number in range(1, SITES + 1):
        site = f"site-0{number}"
        with open(f"{folder}/{site}.csv", encoding="utf-8") as file:
            lines = list(csv.DictReader(file))
        for line in lines:
            if line["event"] != "baseline":
                continue
            visits = [other for other in lines
                      if other["record_id"] == line["record_id"]
                      and other is not line]
            records.append(Record(site, line, visits))
    return records


class RegressionTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.registry = RegistryProcess(ENTHESISD, "--disclosure=off")
        cls.addClassCleanup(cls.registry.__exit__)
        cls.folder = os.path.join(cls.registry.folder, "sample")
        cls.run_enthesis("simulate", "--cases", "1200", "--sites", str(SITES),
                         "--seed", "5", "--out", cls.folder)
        cls.records = read_records(cls.folder)
        for number in range(1, SITES + 1):
            site = f"site-0{number}"
            cls.run_enthesis("site", "create", site, "--synthetic")
            cls.run_enthesis("import", f"{cls.folder}/{site}.csv",
                             "--site", site)

    @classmethod
    def run_enthesis(cls, *arguments):
        done = subprocess.run(
            [ENTHESIS, "--server", cls.registry.address, *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            check=False)
        if done.returncode != 0:
            raise AssertionError(f"{arguments}: {done.stderr}")
        return done.stdout

    def ask(self, *arguments):
        return json.loads(self.run_enthesis(*arguments, "--format", "json"))

    def analyze(self, method, rows, *arguments):
        path = os.path.join(self.registry.folder, "rows.csv")
        with open(path, "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)
        return self.ask("analyze", method, "--data", path, *arguments)

    def same(self, expected, answer, path=""):
        """Every figure of `expected` is in `answer`, names included."""
        if isinstance(expected, dict):
            for key, value in expected.items():
                self.assertIn(key, answer, path)
                self.same(value, answer[key], f"{path}.{key}")
        elif isinstance(expected, list):
            self.assertEqual(len(expected), len(answer), path)
            for index, value in enumerate(expected):
                self.same(value, answer[index], f"{path}[{index}]")
        elif isinstance(expected, float):
            self.assertLessEqual(abs(expected - answer),
                                 1e-9 * max(1, abs(expected)), path)
        else:
            self.assertEqual(expected, answer, path)

    def same_curves(self, expected, answer, figure, days):
        """The curves of `analyze` are those of the registry, in their order."""
        self.assertEqual(len(expected), len(answer))
        for ours, theirs in zip(expected, answer):
            self.assertEqual(ours["profile"], theirs["profile"])
            self.assertEqual(days, [at["day"] for at in theirs["at"]])
            for at, point in zip(ours["at"], theirs["at"]):
                self.assertEqual(figure in at, figure in point)
                self.same({key: at[key] for key in
                           (figure, "stdError", "lower", "upper")
                           if key in at}, point)

    def by_name(self, coefficients):
        return {one["name"]: one for one in coefficients}

    def test_cox(self):
        rows = []
        for record in self.records:
            day, event = record.time_to_reoperation()
            baseline = record.baseline
            rows.append({"day": day, "event": event, "site": record.site,
                         "patient": record.site + baseline["patient_key"],
                         **{name: baseline[name] for name in
                            ("age_years", "sex", "bmi", "smoking",
                             "surgery_date", "care_months")}})
            rows[-1]["surgery_year"] = baseline["surgery_date"][:4]
        covariates = "age_years,sex,bmi,smoking,care_months"
        common = ["--covariates", covariates, "--reference", "smoking=never",
                  "--reference", "sex=female", "--at", "30,400,3000",
                  "--predict",
                  "age_years=45,sex=male,bmi=24,smoking=never,care_months=6;"
                  "sex=female,age_years=60,bmi=30,smoking=never,care_months=3"]
        for options in ([], ["--strata", "site", "--zph"],
                        ["--cluster", "site", "--ties", "breslow"],
                        ["--conf-level", "0.9", "--cluster", "patient"]):
            with self.subTest(options=options):
                answer = self.ask("cox", *common, *options)
                expected = self.analyze("cox", rows, "--time", "day",
                                        "--event", "event", *common, *options)
                self.assertGreater(answer["dropped"], 10)
                self.same(self.by_name(expected["coefficients"]),
                          self.by_name(answer["coefficients"]))
                for key in ("n", "dropped", "events", "logLikelihood",
                            "tests", "concordance"):
                    self.same(expected[key], answer[key], key)
                self.same(
                    self.by_name(expected.get("proportionalHazards", [])),
                    self.by_name(answer["proportionalHazards"]))
                self.same_curves(expected["curves"], answer["predictions"],
                                 "survival", [30, 400, 3000])
                self.assertEqual("--strata" in options,
                                 "site" in answer["predictions"][0]["stratum"])
                for at, point in zip(expected["curves"][0]["at"],
                                     answer["predictions"][0]["at"]):
                    self.assertEqual(at.get("atRisk", 0), point["atRisk"])

    def test_fine_gray(self):
        rows = []
        for record in self.records:
            time = record.time_to_sport()
            if time is None:
                continue
            rows.append({"day": time[0], "cause": time[1],
                         "site": record.site,
                         **{name: record.baseline[name] for name in
                            ("age_years", "sport_level", "bmi")}})
        common = ["--covariates", "age_years,sport_level,bmi",
                  "--reference", "sport_level=recreational"]
        profile = ["--predict", "age_years=45,sport_level=recreational,bmi=24",
                   "--at", "90,365"]
        for cause, code in (("event", "1"), ("reoperation", "2")):
            for options in ([], ["--cluster", "site"],
                            ["--convention", "finegray", "--strata", "site"]):
                # Of reoperations a coefficient is infinite.
                options = options + (profile if cause == "event" else [])
                with self.subTest(cause=cause, options=options):
                    answer = self.ask("fine-gray", *common, "--cause", cause,
                                      *options)
                    expected = self.analyze(
                        "fine-gray", rows, "--time", "day", "--event",
                        "cause", "--cause", code, *common, *options)
                    self.same(self.by_name(expected["coefficients"]),
                              self.by_name(answer["coefficients"]))
                    for key in ("n", "dropped", "events", "competing",
                                "logLikelihood", "tests"):
                        self.same(expected[key], answer[key], key)
                    self.same_curves(expected.get("curves", []),
                                     answer["predictions"], "incidence",
                                     [90, 365])

    def test_fine_gray_of_what_death_competes_with(self):
        common = ["--covariates", "age_years,sex", "--reference", "sex=female"]
        for endpoint in ("reoperation", "daily_life"):
            rows = [{"day": day, "cause": cause, "site": record.site,
                     **{name: record.baseline[name] for name in
                        ("age_years", "sex")}}
                    for record in self.records
                    for day, cause in [record.exit_of(endpoint)]]
            self.assertLess(1, sum(row["cause"] == 4 for row in rows))
            for cause, code in ((endpoint, "1"), ("death", "4")):
                with self.subTest(endpoint=endpoint, cause=cause):
                    answer = self.ask("fine-gray", *common, "--endpoint",
                                      endpoint, "--cause", cause)
                    expected = self.analyze(
                        "fine-gray", rows, "--time", "day", "--event",
                        "cause", "--cause", code, *common)
                    self.assertEqual(
                        "event" if cause == endpoint else cause,
                        answer["cause"])
                    self.assertLess(0, answer["competing"])
                    self.same(self.by_name(expected["coefficients"]),
                              self.by_name(answer["coefficients"]))
                    for key in ("n", "dropped", "events", "competing",
                                "logLikelihood", "tests"):
                        self.same(expected[key], answer[key], key)

    def test_predicted_incidence_as_text(self):
        command = ["fine-gray", "--endpoint", "reoperation", "--covariates",
                   "age_years", "--predict", "age_years=45;age_years=60",
                   "--at", "3m,12m", "--format"]
        lines = self.run_enthesis(*command, "csv").splitlines()
        rows = [row for row in csv.DictReader(lines)
                if row["kind"] == "incidence"]
        self.assertEqual(["age_years=45", "age_years=45", "age_years=60",
                          "age_years=60"], [row["name"] for row in rows])
        self.assertEqual(["91", "365"], [row["day"] for row in rows[:2]])
        for row in rows:
            self.assertLess(0, float(row["lower"]))
            self.assertLess(float(row["lower"]), float(row["estimate"]))
            self.assertLess(float(row["estimate"]), float(row["upper"]))
            self.assertLess(0, int(row["at_risk"]))
        table = self.run_enthesis(*command, "table")
        self.assertIn("Predicted incidence", table)
        self.assertIn("profile 2: age_years=60", table)

    def test_parametric(self):
        common = ["--covariates", "age_years,sex,bmi", "--reference",
                  "sex=female"]
        kinds = set()
        for endpoint in ("reoperation", "full_weight_bearing", "daily_life"):
            rows = []
            for record in self.records:
                if endpoint == "reoperation":
                    day, event = record.time_to_reoperation()
                    ends = (0 if event and day == 0 else day,
                            max(day, 1) if event else "")
                else:
                    ends = record.time_to_milestone(endpoint)
                rows.append({"lower": ends[0], "upper": ends[1],
                             **{name: record.baseline[name] for name in
                                ("age_years", "sex", "bmi")}})
            for distribution in ("weibull", "exponential", "lognormal",
                                 "loglogistic"):
                with self.subTest(endpoint=endpoint,
                                  distribution=distribution):
                    options = [*common, "--distribution", distribution,
                               "--conf-level", "0.9", "--predict",
                               "sex=male,age_years=45,bmi=24", "--at", "0,90"]
                    answer = self.ask("parametric", "--endpoint", endpoint,
                                      *options)
                    expected = self.analyze("parametric", rows, "--lower",
                                            "lower", "--upper", "upper",
                                            *options)
                    self.same_times(expected, answer)
                    kinds |= {kind for kind in ("exact", "knownByVisit")
                              if answer[kind] > 50}
        self.assertEqual({"exact", "knownByVisit"}, kinds)

    def same_times(self, expected, answer):
        """The registry's limits are those of the ratio; the engine's those of
        its logarithm."""
        got = self.by_name(answer["coefficients"])
        for one in expected["coefficients"]:
            if one["name"] != "(Intercept)":
                one["timeRatio"] = math.exp(one["estimate"])
                one["lower"] = math.exp(one["lower"])
                one["upper"] = math.exp(one["upper"])
            self.same(one, got.pop(one["name"]), one["name"])
        self.assertEqual({}, got)
        for key in ("n", "dropped", "events", "scale"):
            self.same(expected[key], answer[key], key)
        self.same_curves(expected["predictions"], answer["predictions"],
                         "survival", [0, 90])
        self.assertEqual(answer["exact"] + answer["knownByVisit"],
                         answer["events"])
        self.same(expected["logLikelihood"], answer["logLikelihood"]["model"])
        self.same(expected["logLikelihoodNull"],
                  answer["logLikelihood"]["null"])
        self.same(expected["tests"]["likelihoodRatio"],
                  answer["likelihoodRatio"])
        self.same(expected["logScale"].get("stdError"),
                  answer.get("logScaleStdError"))

    def test_ancova(self):
        rows = []
        for record in self.records:
            later = record.score("pain_activity", 274, 365, 547)
            if later is None:
                continue
            rows.append({
                "later": later,
                "baseline_pain_activity":
                    record.score("pain_activity", -90, 0, 0) or "",
                **{name: record.baseline[name] for name in
                   ("approach", "age_years", "sex", "bmi")}})
        for options in (["--reference", "approach=open"],
                        ["--covariates", "age_years,sex,bmi",
                         "--reference", "sex=male",
                         "--reference", "approach=minimally_invasive"]):
            with self.subTest(options=options):
                answer = self.ask("ancova", "--measure", "pain_activity",
                                  "--by", "approach", *options)
                expected = self.analyze(
                    "ancova", rows, "--response", "later", "--baseline",
                    "baseline_pain_activity", "--group", "approach", *options)
                self.same(self.by_name(expected["coefficients"]),
                          self.by_name(answer["coefficients"]))
                for key in ("n", "dropped", "residualVariance", "residualDf",
                            "rSquared", "groupTest"):
                    self.same(expected[key], answer[key], key)
                means = {mean["group"]["approach"]: mean
                         for mean in answer["adjustedMeans"]}
                for mean in expected["adjustedMeans"]:
                    self.same(mean, means[mean["group"]["approach"]])

    def test_sites_on_a_score(self):
        scores = {}
        for record in self.records:
            later = record.score("pain_activity", 274, 365, 547)
            if later is not None:
                scores.setdefault(record.site, []).append(float(later))
        known = [score for site in scores.values() for score in site]
        overall = sum(known) / len(known)
        squares = sum((score - sum(site) / len(site)) ** 2
                      for site in scores.values() for score in site)
        deviation = (squares / (len(known) - len(scores))) ** 0.5
        rows = []
        for name, site in scores.items():
            answer = self.ask("sites", "--measure", "pain_activity",
                              "--score", "level", "--site", name)
            mean = sum(site) / len(site)
            own = answer["sites"][0]
            self.assertTrue(own["isOwn"])
            self.same({"site": name, "mean": mean, "expected": overall,
                       "difference": mean - overall,
                       "stdError": deviation / len(site) ** 0.5}, own)
            self.same(deviation, answer["standardDeviation"])
            rows.append({"site": name, "y": mean - overall,
                         "se": deviation / len(site) ** 0.5})
        expected = self.analyze("meta", rows, "--estimate", "y",
                                "--std-error", "se", "--label", "site",
                                "--tau2", "reml")
        for theirs, ours in (("estimate", "difference"), ("lower", "lower"),
                             ("upper", "upper"), ("tau2", "tauSquared")):
            self.assertAlmostEqual(expected[theirs], answer["pooled"][ours],
                                   delta=1e-7, msg=ours)


if __name__ == "__main__":
    ENTHESIS = sys.argv.pop(2)
    ENTHESISD = sys.argv.pop(1)
    unittest.main()
