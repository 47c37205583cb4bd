"""What the registry answers is what `enthesis analyze` finds in the same rows.

    analyze_agreement_test.py ENTHESISD ENTHESIS

A simulated sample is imported. The exit day and cause of every record are read
from the clinics' files here, from the rules of the interface, and handed to
`analyze`; its figures must be those of the registry's answer.
"""

import csv
import json
import math
import os
import subprocess
import sys
import unittest
from collections import Counter

from registry_process import RegistryProcess

CASES, SITES, SEED = 1500, 4, 7
STAGES = ["none", "participation", "sport", "performance"]
LEAST = 11  # --disclosure=on


def whole(cell):
    return int(cell) if cell else None


def first(days):
    return min((day for day in days if day is not None), default=math.inf)


class Record:
    """A record of a clinic's file: what each endpoint asks of it."""

    def __init__(self, site, lines):
        [self.baseline] = [x for x in lines if x["event"] == "baseline"]
        self.site = site
        self.visits = [x for x in lines if (whole(x["day"]) or 0) > 0]
        self.death = math.inf
        if self.baseline["status"] == "died":
            self.death = whole(self.baseline["status_day"])
        days = [int(x["day"]) for x in self.visits]
        if self.death < math.inf:
            days.append(self.death)
        self.last = max(days, default=0)

    def group(self, dimension):
        return self.site if dimension == "site" else self.baseline[dimension]

    def days_of(self, column):
        return [whole(x[column]) for x in self.visits]

    def reoperation(self):
        return first(self.days_of("reoperation_1_day") +
                     self.days_of("reoperation_2_day"))

    def complication(self):
        return first(day for number in range(1, 5)
                     for day in self.days_of(f"complication_{number}_day"))

    def full_weight_bearing(self):
        return first(
            whole(x["full_weight_bearing_day"]) or int(x["day"])
            for x in self.visits
            if x["full_weight_bearing"] == "1" or x["full_weight_bearing_day"])

    def sport(self):
        """First day known back in sport: its own day, else the visit, or the
        day of a later stage, that shows it."""
        days = []
        for x in self.visits:
            days.append(whole(x["return_performance_day"]))
            own = whole(x["return_sport_day"])
            stage = x["return_stage"]
            if own is not None:
                days.append(own)
            elif stage and STAGES.index(stage) >= STAGES.index("sport"):
                days.append(int(x["day"]))
        return first(days)

    def competing_with_sport(self):
        return [("reoperation", self.reoperation()),
                ("retirement", first(self.days_of("retired_from_sport_day"))),
                ("death", self.death)]

    def exit(self, event, competing):
        """Day and cause: the event, what competes by name, or 0. Earlier ones
        come first on one day, an end of the observation last."""
        exits = [(event, 0, "event")]
        exits += [(day, place, name)
                  for place, (name, day) in enumerate(competing, 1)]
        day, _, cause = min(exits)
        return (self.last, "0") if day == math.inf else (day, cause)


def read_records(folder):
    records = []
    for name in sorted(os.listdir(folder)):
        if not name.endswith(".csv"):
            continue
        lines = {}
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            for line in csv.DictReader(file):
                lines.setdefault(line["record_id"], []).append(line)
        records += [Record(name[:-4], lines[key]) for key in lines]
    return records


def by_group(entries):
    """Entries with a group, by the name of its value."""
    named = {}
    for entry in entries:
        # The registry names dimension and value, analyze the column.
        [value] = entry["group"].values() if entry.get("group") else [""]
        named[value] = entry
    return named


class AgreementTest(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.open = RegistryProcess(ENTHESISD, "--disclosure=off")
        cls.addClassCleanup(cls.open.__exit__)
        cls.guarded = RegistryProcess(ENTHESISD, "--disclosure=on")
        cls.addClassCleanup(cls.guarded.__exit__)
        cls.sample = os.path.join(cls.open.folder, "sample")
        cls.run_program("simulate", "--cases", CASES, "--sites", SITES,
                        "--seed", SEED, "--out", cls.sample)
        cls.records = read_records(cls.sample)
        for registry in cls.open, cls.guarded:
            for number in range(1, SITES + 1):
                site = f"site-{number:02}"
                server = ["--server", registry.address]
                cls.run_program(*server, "site", "create", site, "--synthetic")
                cls.run_program(
                    *server, "import", os.path.join(cls.sample, site + ".csv"),
                    "--site", site, "--links",
                    os.path.join(registry.folder, site + ".links"),
                    "--new-link-file")

    @classmethod
    def run_program(cls, *arguments):
        done = subprocess.run([ENTHESIS, *map(str, arguments)],
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise AssertionError(f"{arguments}: {done.stderr}")
        return done.stdout

    def ask(self, *arguments, registry=None):
        registry = registry or self.open
        return json.loads(self.run_program(
            "--server", registry.address, *arguments, "--format", "json"))

    def analyze(self, method, rows, *arguments):
        """rows: (day, cause, group, stratum)."""
        path = os.path.join(self.open.folder, "rows.csv")
        with open(path, "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["day", "cause", "arm", "stratum"])
            writer.writerows(rows)
        return json.loads(self.run_program(
            "analyze", method, "--data", path, "--time", "day", *arguments,
            "--format", "json"))

    def rows(self, event, group, stratum="sex", least=0, competing=None):
        of = [(*record.exit(event(record), [("death", record.death)]
                            if competing is None else competing(record)),
               record.group(group), record.group(stratum))
              for record in self.records]
        sizes = Counter(row[2] for row in of)
        return [row for row in of if sizes[row[2]] >= least]

    def assert_same(self, ours, theirs, where=""):
        """Every figure of `ours` is in `theirs`, and equal."""
        if isinstance(ours, dict):
            for key, value in ours.items():
                if key in ("group", "first", "second", "reference", "absence"):
                    continue
                other = "time" if key == "day" else key
                self.assertIn(other, theirs, where)
                self.assert_same(value, theirs[other], f"{where}.{key}")
        elif isinstance(ours, list):
            self.assertEqual(len(ours), len(theirs), where)
            for place, value in enumerate(ours):
                self.assert_same(value, theirs[place], f"{where}[{place}]")
        elif isinstance(ours, float):
            self.assertTrue(
                math.isclose(ours, theirs, rel_tol=1e-12, abs_tol=1e-14),
                f"{where}: {ours} is not {theirs}")
        else:
            self.assertEqual(ours, theirs, where)

    def assert_same_groups(self, ours, theirs, where):
        ours, theirs = by_group(ours), by_group(theirs)
        self.assertEqual(sorted(ours), sorted(theirs), where)
        self.assertGreater(len(ours), 1)
        for name in ours:
            for point in ours[name].get("at", []):
                # Of the day asked; analyze says them of the curve's days.
                point.pop("events", None)
                point.pop("censored", None)
            self.assert_same(ours[name], theirs[name], f"{where} {name}")

    def assert_same_test(self, ours, theirs):
        groups = ours.pop("groups"), theirs.pop("groups")
        self.assertIn("pValue", ours)
        self.assert_same(ours, theirs, "test")
        self.assert_same_groups(*groups, "test")

    def test_survival_of_groups_at_every_scale(self):
        options = ["--at", "30,180,365,730", "--quantiles", "0.01,0.02",
                   "--rmst", 730]
        events = {"reoperation": Record.reoperation,
                  "complication": Record.complication,
                  "full_weight_bearing": Record.full_weight_bearing}
        for endpoint, event in events.items():
            rows = self.rows(event, "sex")
            self.assertGreater(sum(row[1] == "event" for row in rows), 20)
            for scale in "log-log", "log", "plain", "logit", "arcsin":
                with self.subTest(endpoint=endpoint, scale=scale):
                    asked = [*options, "--conf-type", scale, "--pairwise"]
                    ours = self.ask("survival", "--endpoint", endpoint,
                                    "--by", "sex", *asked)
                    theirs = self.analyze("survival", rows, "--event",
                                          "cause=event", "--by", "arm", *asked)
                    self.assert_same_groups(ours["curves"], theirs["curves"],
                                            "curves")
                    self.assert_same_test(ours["test"], theirs["test"])
                    self.assert_same(ours["pairwise"], theirs["pairwise"],
                                     "pairwise")
                    self.assert_same_groups(
                        ours["restrictedMeanContrasts"] + ours["curves"][:1],
                        theirs["restrictedMeanContrasts"] +
                        theirs["curves"][:1], "contrasts")

    def test_every_rank_test_with_strata_and_trend(self):
        rows = self.rows(Record.full_weight_bearing, "sport_level", "site")
        # By place in the list, as the trend's scores are.
        order = ["none", "recreational", "competitive", "professional"]
        rows = [(day, cause, order.index(level), stratum)
                for day, cause, level, stratum in rows]
        tests = [[], ["--test", "gehan-breslow"], ["--test", "tarone-ware"],
                 ["--test", "peto-peto"], ["--test", "peto-peto-textbook"],
                 ["--rho", "1", "--gamma", "0.5"]]
        for test in tests:
            for strata in False, True:
                with self.subTest(test=test, strata=strata):
                    ours = self.ask(
                        "survival", "--endpoint", "full_weight_bearing", "--by",
                        "sport_level", "--trend", *test,
                        *(["--strata", "site"] if strata else []))
                    theirs = self.analyze(
                        "survival", rows, "--event", "cause=event", "--by",
                        "arm", "--trend", *test,
                        *(["--strata", "stratum"] if strata else []))
                    self.assertEqual(4, len(ours["curves"]))
                    for group in theirs["test"]["groups"]:
                        group["group"] = {
                            "arm": order[int(group["group"]["arm"])]}
                    self.assert_same_test(ours["test"], theirs["test"])
                    self.assert_same(ours["trend"], theirs["trend"], "trend")

    def test_after_a_landmark(self):
        rows = self.rows(Record.complication, "sex")
        ours = self.ask("survival", "--endpoint", "complication", "--by", "sex",
                        "--landmark", 90, "--at", "180,365")
        theirs = self.analyze("survival", rows, "--event", "cause=event",
                              "--by", "arm", "--landmark", 90, "--at",
                              "180,365")
        self.assert_same_groups(ours["curves"], theirs["curves"], "curves")
        left = sum(row[0] <= 90 for row in rows)
        self.assertIn({"reason": "BEFORE_LANDMARK", "n": left},
                      ours["provenance"]["exclusions"])

    def test_return_to_sport_against_what_competes(self):
        records = self.records
        self.addCleanup(setattr, type(self), "records", records)
        type(self).records = [x for x in records
                              if x.group("sport_level") != "none"]
        rows = [(day, "return" if cause == "event" else cause, group, stratum)
                for day, cause, group, stratum in self.rows(
                    Record.sport, "sex",
                    competing=Record.competing_with_sport)]
        for scale in "log-log", "plain":
            asked = ["--conf-type", scale, "--at", "90,180,365"]
            ours = self.ask("return-to-play", "--by", "sex", *asked)
            theirs = self.analyze("incidence", rows, "--event", "cause",
                                  "--censored", "0",
                                  "--by", "arm", *asked)
            ours, theirs = by_group(ours["curves"]), by_group(theirs["curves"])
            self.assertEqual(sorted(ours), sorted(theirs))
            for name in ours:
                self.assertEqual(ours[name]["n"], theirs[name]["n"])
                causes = {x["cause"]: x for x in theirs[name]["causes"]}
                self.assertGreaterEqual(len(causes), 3)
                for cause in ours[name]["causes"]:
                    if cause["cause"] not in causes:  # in no row
                        self.assertEqual(0, cause["events"])
                        continue
                    for point in cause["at"]:
                        point.pop("events", None)  # of the day asked
                    self.assert_same(cause, causes[cause["cause"]],
                                     f"{name} {cause['cause']}")

    def test_only_large_groups_are_tested(self):
        """With disclosure control the test is that of the rows of the groups
        of 11 and more, and no figure of it speaks of the others."""
        where = ["--where", "sport_level=competitive"]
        records = self.records
        self.addCleanup(setattr, type(self), "records", records)
        type(self).records = [x for x in records
                              if x.group("sport_level") == "competitive"]
        all_rows = self.rows(Record.full_weight_bearing, "primary_procedure")
        rows = self.rows(Record.full_weight_bearing, "primary_procedure",
                         least=LEAST)
        self.assertLess(len(rows), len(all_rows), "a small group is needed")
        self.assertGreater(len({row[2] for row in rows}), 1)
        asked = ["survival", "--endpoint", "full_weight_bearing", "--by",
                 "primary_procedure", *where]
        theirs = self.analyze("survival", rows, "--event", "cause=event",
                              "--by", "arm")["test"]
        ours = self.ask(*asked, registry=self.guarded)["test"]
        tested = [x for x in ours["groups"] if "expected" in x]
        self.assertLess(len(tested), len(ours["groups"]))
        for group in ours["groups"]:
            if group not in tested:
                self.assertLessEqual(set(group), {"group", "absence"})
        ours["groups"] = tested
        self.assert_same_test(ours, theirs)
        everyone = self.ask(*asked)["test"]
        self.assertNotEqual(ours["chiSquare"], everyone["chiSquare"])


if __name__ == "__main__":
    ENTHESIS = os.path.abspath(sys.argv.pop(2))
    ENTHESISD = os.path.abspath(sys.argv.pop(1))
    unittest.main()
