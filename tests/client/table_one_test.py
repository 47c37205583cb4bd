"""The first table of a report, against the files that were imported."""

import csv
import glob
import math
import os
import statistics
import unittest

from on_sample import OnSample

NUMBERS = ("age_years", "bmi", "symptom_duration_months", "care_months",
           "mri_grade")
COLUMNS = (("n", "n"), ("missing", "missing"), ("mean", "mean"),
           ("stdDev", "std_dev"), ("median", "median"), ("q1", "q1"),
           ("q3", "q3"))


def quartile(values, p):
    """Type 7."""
    place = (len(values) - 1) * p
    low = math.floor(place)
    high = min(low + 1, len(values) - 1)
    return values[low] + (place - low) * (values[high] - values[low])


def solve(matrix, vector):
    """By elimination; small and regular."""
    n = len(vector)
    rows = [list(matrix[i]) + [vector[i]] for i in range(n)]
    for i in range(n):
        pivot = max(range(i, n), key=lambda r: abs(rows[r][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        for r in range(n):
            if r != i:
                factor = rows[r][i] / rows[i][i]
                rows[r] = [a - factor * b for a, b in zip(rows[r], rows[i])]
    return [rows[i][n] / rows[i][i] for i in range(n)]


def share_difference(first, second):
    """Yang & Dalton, of lists of values; blank is not known."""
    first = [value for value in first if value not in ("", "unknown")]
    second = [value for value in second if value not in ("", "unknown")]
    values = sorted(set(first) | set(second))[1:]
    p = [first.count(value) / len(first) for value in values]
    q = [second.count(value) / len(second) for value in values]
    s = [[((p[i] + q[i] if i == j else 0) - p[i] * p[j] - q[i] * q[j]) / 2
          for j in range(len(p))] for i in range(len(p))]
    d = [a - b for a, b in zip(p, q)]
    return math.sqrt(sum(a * b for a, b in zip(d, solve(s, d))))


def mean_difference(first, second):
    spread = math.sqrt((statistics.variance(first)
                        + statistics.variance(second)) / 2)
    return (statistics.fmean(first) - statistics.fmean(second)) / spread


class TableOne(OnSample):
    sample = {"cases": 2400, "sites": 4}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cases = []
        for file in glob.glob(os.path.join(cls.registry.folder, "sample",
                                           "*.csv")):
            with open(file, encoding="utf-8") as lines:
                cls.cases += [line for line in csv.DictReader(lines)
                              if line["event"] == "baseline"]
        assert len(cls.cases) == 2400

    def test_numbers_are_those_of_the_files(self):
        answer = self.registry.ask("describe", "--by", "approach")
        compared = 0
        for group in answer["groups"]:
            cases = [c for c in self.cases
                     if c["approach"] == group["group"]["approach"]]
            of = {number["name"]: number for number in group["numbers"]}
            for name in NUMBERS:
                values = sorted(float(c[name]) for c in cases if c[name])
                missing = len(cases) - len(values)
                self.assertFalse(0 < missing < 11 and "n" in of[name])
                if "n" not in of[name]:  # few lack it, here or in a group
                    self.assertEqual(of[name]["absence"], "suppressed")
                    self.assertNotIn("mean", of[name])
                    continue
                self.assertEqual((of[name]["n"], of[name]["missing"]),
                                 (len(values), missing))
                for key, value in (
                        ("mean", statistics.fmean(values)),
                        ("stdDev", statistics.stdev(values)),
                        ("median", statistics.median(values)),
                        ("q1", quartile(values, 0.25)),
                        ("q3", quartile(values, 0.75))):
                    self.assertAlmostEqual(of[name][key], value, places=9,
                                           msg=(name, key))
                    compared += 1
        self.assertGreater(compared, 30)

    def test_differences_of_two_groups(self):
        procedures = ("debridement", "calcaneoplasty")
        answer = self.registry.ask(
            "describe", "--by", "sex", "--where", "sex=female,male",
            "--where", f"primary_procedure={','.join(procedures)}")
        first, second = (
            [c for c in self.cases if c["primary_procedure"] in procedures
             and c["sex"] == sex] for sex in ("female", "male"))
        of = {d["name"]: d for d in answer["differences"]}
        self.assertNotIn("sex", of)
        self.assertNotIn("concomitant_procedure", of)
        compared = 0
        for name in (*NUMBERS, "approach", "pathology", "sport_level",
                     "smoking"):
            if "estimate" not in of[name]:
                self.assertEqual(of[name]["absence"], "suppressed")
                continue
            if name in NUMBERS:
                expected = mean_difference(
                    *([float(c[name]) for c in group if c[name]]
                      for group in (first, second)))
            else:
                expected = share_difference([c[name] for c in first],
                                            [c[name] for c in second])
            self.assertAlmostEqual(of[name]["estimate"], expected, places=9,
                                   msg=name)
            compared += 1
        self.assertGreater(compared, 5)
        for groups in ("approach", "concomitant_procedure"):
            self.assertEqual(self.registry.ask(
                "describe", "--by", groups)["differences"], [])

    def test_a_difference_needs_all_that_it_is_made_of(self):
        answer = self.registry.ask("describe", "--by", "sex", "--where",
                                   "approach=endoscopic")
        of = {d["name"]: d for d in answer["differences"]}
        withheld = 0
        for group in answer["groups"]:
            for counts in group["dimensions"]:
                if counts["dimension"] in of and any(
                        "n" not in value for value in counts["values"]):
                    self.assertNotIn("estimate", of[counts["dimension"]])
                    withheld += 1
            for number in group["numbers"]:
                if "n" not in number:
                    self.assertNotIn("estimate", of[number["name"]])
                    self.assertNotIn("mean", number)
                    withheld += 1
        self.assertGreater(withheld, 3)

    def check_number_rows(self, number, group, rows):
        for key, figure in COLUMNS:
            row, = [r for r in rows if r["kind"] == "number"
                    and r["name"] == number["name"] and r["value"] == figure
                    and r["group"] == group]
            cell = row["n"] or row["estimate"]
            if key in number:
                self.assertEqual(float(cell), number[key])
                self.assertEqual(row["absence"], "")
            else:
                self.assertEqual(cell, "")
                self.assertNotEqual(row["absence"], "")

    def test_forms(self):
        words = ("describe", "--by", "sex", "--where", "sex=female,male")
        answer = self.registry.ask(*words)
        rows, table = self.rows(*words), self.registry.run(*words)
        for group in answer["groups"]:
            for number in group["numbers"]:
                self.check_number_rows(number, group["group"]["sex"], rows)
                if "q1" in number:
                    self.assertIn(f"{number['mean']:.1f} "
                                  f"({number['stdDev']:.1f})", table)
            # The case mix of both stands in the table, its counts too.
            for counts in group["dimensions"]:
                for value in counts["values"]:
                    if value.get("n"):
                        share = 100 * value["n"] / group["nCases"]
                        self.assertIn(f"{value['n']} ({share:.1f} %)", table)
        for difference in answer["differences"]:
            row, = [r for r in rows if r["kind"] == "difference"
                    and r["name"] == difference["name"]]
            self.assertEqual(row["estimate"] == "",
                             "estimate" not in difference)

    def test_the_flow_begins_with_what_was_submitted(self):
        where = ("--where", "approach=open")
        in_cohort = sum(c["approach"] == "open" for c in self.cases)
        self.assertEqual({r["name"]: r["n"]
                          for r in self.rows("describe", *where)
                          if r["kind"] == "flow"},
                         {"registry": "2400", "cohort": str(in_cohort)})
        table = self.registry.run("describe", *where)
        self.assertRegex(table, r"in the registry, not withdrawn +2400\n")
        self.assertRegex(table, rf"of the cohort asked for +{in_cohort}\n")
        visit, = [v for v in self.registry.ask("describe", *where)["groups"][0]
                  ["visits"] if v["visit"] == "12_months"]
        self.assertRegex(table, rf"due for the visit 12_months +{visit['due']}")
        self.assertRegex(table, rf"with a VISA-A then +{visit['completed']}")

    def test_many_groups_are_left_to_csv(self):
        self.assertIn("What 9 groups had before surgery is in --format csv",
                      self.registry.run("describe", "--by",
                                        "primary_procedure"))


if __name__ == "__main__":
    unittest.main()
