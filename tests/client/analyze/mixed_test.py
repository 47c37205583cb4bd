"""`enthesis analyze mixed` as a statistician runs it.

    mixed_test.py ENTHESIS

Figures come from R (lme4 1.1-31, lmerTest 3.1-3) on the data of
tests/golden/data; the keys are the contract of client/README.md.
"""

import csv
import io
import pathlib
import sys
import tempfile
import unittest

from analyze_program import USAGE, answer, golden, run

SLEEP = ("mixed", "--data", "-", "--response", "response", "--covariates",
         "days", "--group", "group")
PAIRS = "y,who\n1,a\n3,a\n4,b\n6,b\n10,c\n12,c\n"
COEFFICIENT = ["name", "estimate", "stdError", "df", "statistic", "pValue",
               "lower", "upper"]


class MixedTest(unittest.TestCase):
    def test_keys_and_figures(self):
        got = answer(*SLEEP, "--slope", "days", stdin=golden("mixed_sleepstudy"))
        self.assertEqual(list(got), [
            "n", "dropped", "groups", "coefficients", "terms",
            "randomEffects",
            "residualVariance", "intraclassCorrelation", "singular",
            "logLikelihood", "remlCriterion", "deviance", "aic", "bic",
            "conventions", "warnings"])
        self.assertEqual((got["n"], got["groups"]), (180, 18))
        for row in got["coefficients"]:
            self.assertEqual(list(row), COEFFICIENT)
        # lmer(Reaction ~ Days + (Days | Subject), sleepstudy), refined
        days = got["coefficients"][1]
        self.assertEqual(days["name"], "days")
        self.assertAlmostEqual(days["estimate"], 10.46728596, places=7)
        self.assertAlmostEqual(days["stdError"], 1.54578890, places=7)
        self.assertAlmostEqual(days["df"], 17, places=7)
        self.assertAlmostEqual(days["statistic"], 6.77148476, places=7)
        self.assertAlmostEqual(days["pValue"], 3.263788e-06, places=11)
        random = got["randomEffects"]
        self.assertEqual(list(random), ["interceptVariance", "slopeVariance",
                                        "covariance", "correlation",
                                        "siteVariance"])
        self.assertIsNone(random["siteVariance"])
        self.assertAlmostEqual(random["interceptVariance"], 612.08994, 4)
        self.assertAlmostEqual(random["slopeVariance"], 35.07166, 4)
        self.assertAlmostEqual(random["covariance"], 9.60433, 4)
        self.assertAlmostEqual(got["residualVariance"], 654.94103, places=4)
        self.assertAlmostEqual(got["logLikelihood"], -871.81413598, places=7)
        self.assertAlmostEqual(got["remlCriterion"],
                               -2 * got["logLikelihood"])
        self.assertIsNone(got["deviance"])
        self.assertIsNone(got["intraclassCorrelation"])
        self.assertIs(got["singular"], False)
        self.assertEqual(got["warnings"], [])

    def test_without_a_slope_its_figures_are_null(self):
        got = answer(*SLEEP, "--ml", stdin=golden("mixed_sleepstudy"))
        random = got["randomEffects"]
        self.assertIsNone(random["slopeVariance"])
        self.assertIsNone(random["covariance"])
        self.assertIsNone(got["remlCriterion"])
        self.assertAlmostEqual(got["deviance"], 1794.0786430, places=6)
        share = random["interceptVariance"]
        share /= share + got["residualVariance"]
        self.assertAlmostEqual(got["intraclassCorrelation"], share)
        self.assertIn("REML = FALSE", got["conventions"]["estimator"])
        self.assertIn("Satterthwaite", got["conventions"]["df"])

    # Groups (1, 3), (4, 6), (10, 12) have mean squares 2 and 42.
    def test_predicted_effects_by_name(self):
        args = ("mixed", "--data", "-", "--response", "y", "--covariates", "1",
                "--group", "who")
        self.assertNotIn("groupEffects", answer(*args, stdin=PAIRS))
        got = answer(*args, "--random-effects", stdin=PAIRS)
        self.assertEqual([c["name"] for c in got["coefficients"]],
                         ["(Intercept)"])
        self.assertAlmostEqual(got["residualVariance"], 2)
        effects = got["groupEffects"]
        self.assertEqual([e["group"] for e in effects], ["a", "b", "c"])
        self.assertEqual(list(effects[0]), [
            "group", "n", "intercept", "interceptStdError", "slope",
            "slopeStdError"])
        self.assertAlmostEqual(effects[0]["intercept"], -4 * 40 / 42)
        self.assertAlmostEqual(effects[2]["interceptStdError"],
                               (20 / 21) ** 0.5)
        self.assertIsNone(effects[0]["slope"])

    def test_factors_missing_cells_and_level(self):
        text = ("score,visit,arm,patient\n" + "".join(
            f"{50 + 3 * v + (p * 7) % 11 + (p * v * 5) % 7},{v},"
            f"{'AB'[p % 2]},p{p}\n"
            for p in range(12) for v in range(4)) + "NA,1,A,p1\n40,1,,p2\n")
        args = ("mixed", "--data", "-", "--response", "score", "--covariates",
                "visit,arm", "--group", "patient")
        got = answer(*args, stdin=text)
        self.assertEqual((got["n"], got["dropped"], got["groups"]),
                         (48, 2, 12))
        self.assertEqual([c["name"] for c in got["coefficients"]],
                         ["(Intercept)", "visit", "armB"])
        other = answer(*args, "--reference", "arm=B", "--conf-level", "0.8",
                       stdin=text)
        self.assertEqual(other["coefficients"][2]["name"], "armA")
        self.assertAlmostEqual(other["coefficients"][2]["estimate"],
                               -got["coefficients"][2]["estimate"])
        self.assertLess(other["coefficients"][1]["upper"],
                        got["coefficients"][1]["upper"])

    def test_singular_fits_say_so(self):
        got = answer("mixed", "--data", "-", "--response", "response",
                     "--covariates", "1", "--group", "group",
                     stdin=golden("mixed_dyestuff2"))
        self.assertIs(got["singular"], True)
        self.assertEqual(got["randomEffects"]["interceptVariance"], 0)
        self.assertIn("singular", got["warnings"][0])
        self.assertAlmostEqual(got["coefficients"][0]["df"], 29)

    def test_a_slope_that_is_no_covariate(self):
        got = answer("mixed", "--data", "-", "--response", "response",
                     "--covariates", "1", "--group", "group", "--slope",
                     "days", stdin=golden("mixed_sleepstudy"))
        self.assertIn("is no covariate", got["warnings"][0])

    def test_same_bytes_for_any_order_and_threads(self):
        lines = golden("mixed_visa").splitlines()
        text = "\n".join([lines[0], *lines[:0:-1]]) + "\n"
        args = ("mixed", "--data", "-", "--response", "response",
                "--covariates", "month,arm,arm_month,age", "--group", "group",
                "--slope", "month", "--random-effects", "--format", "json")
        one = run(*args, "--threads", "1", stdin=golden("mixed_visa"))
        other = run(*args, "--threads", "3", stdin=text)
        self.assertEqual(one.stdout, other.stdout)

    # lmer(diameter ~ (1 | plate) + (1 | sample), Penicillin), refined
    def test_sites_across_groups(self):
        args = ("mixed", "--data", "-", "--response", "response",
                "--covariates", "1", "--group", "group", "--site", "site")
        text = golden("mixed_penicillin_sites")
        got = answer(*args, "--random-effects", stdin=text)
        self.assertEqual((got["groups"], got["sites"]), (24, 6))
        random = got["randomEffects"]
        self.assertAlmostEqual(random["interceptVariance"], 0.71690821, 7)
        self.assertAlmostEqual(random["siteVariance"], 3.73091787, 7)
        self.assertAlmostEqual(got["residualVariance"], 0.30241546, 7)
        self.assertAlmostEqual(got["logLikelihood"], -165.4302948, 6)
        effects = got["siteEffects"]
        self.assertEqual(list(effects[0]), ["site", "n", "estimate",
                                            "stdError"])
        self.assertEqual([e["site"] for e in effects], list("123456"))
        self.assertEqual({e["n"] for e in effects}, {24})
        self.assertAlmostEqual(sum(e["estimate"] for e in effects), 0)
        self.assertIn("(1 | site) of lmer", got["conventions"]["site"])
        self.assertNotIn("siteEffects", answer(*args, stdin=text))
        table = run(*args, "--random-effects", stdin=text).stdout
        self.assertIn("Predicted effects of sites", table)

    # Deviations within days alone: nothing is left between them.
    def test_sites_without_variance(self):
        lines = ["y,who,place"]
        for who in range(6):
            for place in range(4):
                noise = (who * 7 + place * 5) % 3 * (-1) ** (who + place)
                lines.append(f"{5 * who + noise},{who},{place}")
        got = answer("mixed", "--data", "-", "--response", "y",
                     "--covariates", "1", "--group", "who", "--site", "place",
                     stdin="\n".join(lines) + "\n")
        self.assertEqual(got["randomEffects"]["siteVariance"], 0)
        self.assertIs(got["singular"], True)
        self.assertIn("no variance between sites of place",
                      got["warnings"][0])

    def test_sites_that_tell_nothing(self):
        rows = ["y,who,place"] + [f"{y},{w},{p}" for y, w, p in zip(
            (1, 3, 4, 6, 10, 12), "aabbcc", "uuvvww")]
        for place, said in (
                (None, "sites and groups divide the rows alike"),
                ("x", "there is one site only"),
                ("row", "every row is a site of its own")):
            lines = [rows[0]] + [
                line if place is None else
                line[:-1] + (place if place == "x" else str(i))
                for i, line in enumerate(rows[1:])]
            done = run("mixed", "--data", "-", "--response", "y",
                       "--covariates", "1", "--group", "who", "--site",
                       "place", stdin="\n".join(lines) + "\n")
            self.assertNotEqual(done.returncode, 0)
            self.assertIn("--group who --site place: ", done.stderr)
            self.assertIn(said, done.stderr)

    # anova of lmerTest: two indicators of a factor make one term
    def test_terms(self):
        text = golden("mixed_machines")
        got = answer("mixed", "--data", "-", "--response", "response",
                     "--covariates", "MachineB,MachineC",
                     "--group", "group", stdin=text)
        self.assertEqual([t["name"] for t in got["terms"]],
                         ["MachineB", "MachineC"])
        lines = ["response,group,machine"]
        for line in text.splitlines()[1:]:
            cells = line.split(",")
            lines.append(f"{cells[0]},{cells[1]}," + (
                "B" if cells[2] == "1" else "C" if cells[3] == "1" else "A"))
        got = answer("mixed", "--data", "-", "--response", "response",
                     "--covariates", "machine", "--group", "group",
                     stdin="\n".join(lines) + "\n")
        term = got["terms"][0]
        self.assertEqual(list(term), ["name", "numeratorDf", "df",
                                      "statistic", "pValue"])
        self.assertEqual((term["name"], term["numeratorDf"]), ("machine", 2))
        self.assertAlmostEqual(term["df"], 46, 5)
        # Of the mean squares of a balanced table of blocks
        self.assertAlmostEqual(term["statistic"], 87.79815869, 5)

    def test_table_csv_and_figure(self):
        text = golden("mixed_sleepstudy")
        args = (*SLEEP, "--slope", "days", "--random-effects")
        done = run(*args, "--format", "csv", stdin=text)
        rows = list(csv.DictReader(io.StringIO(done.stdout)))
        kinds = [row["kind"] for row in rows]
        self.assertEqual(kinds[:6], ["rows", "coefficient", "coefficient",
                                     "term", "random_effects", "fit"])
        self.assertEqual(kinds.count("group_effect"), 18)
        table = run(*args, stdin=text).stdout
        for part in ("Variances", "Fit", "Predicted random effects", "days"):
            self.assertIn(part, table)
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "groups.svg"
            run(*args, "--plot", str(path), stdin=text)
            svg = path.read_text(encoding="utf-8")
        self.assertEqual(svg.count('class="interval"'), 18)
        self.assertIn("random intercept", svg)

    def test_predictions_beyond_the_range_of_numbers(self):
        rows = [f"{y},{i % 4},{(i + 1) * 5e-324!r}" for i, y in enumerate(
            (3, 5, 2, 8, 4, 7, 1, 9, 3, 6, 2, 5, 8, 4, 7, 3))]
        done = run("mixed", "--data", "-", "--response", "y", "--covariates",
                   "1", "--group", "g", "--slope", "x", "--random-effects",
                   stdin="\n".join(["y,g,x", *rows]) + "\n")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("Predicted random effects", done.stdout)
        self.assertIn("beyond the range of numbers", done.stderr)
        self.assertNotIn("nan", done.stdout)
        self.assertNotIn("inf", done.stdout)

    def test_faults_are_named(self):
        for args, said in (
                (("--covariates", "1", "--group", "who"),
                 "--response is required"),
                (("--response", "y", "--group", "who"),
                 "--covariates is required"),
                (("--response", "y", "--covariates", "1"),
                 "--group is required"),
                (("--response", "y", "--covariates", "1", "--group", "y"),
                 "--group y: it is the response already"),
                (("--response", "y", "--covariates", "1", "--group", "who",
                  "--slope", "who"), "--slope who: it is the group already"),
                (("--response", "y", "--covariates", "1", "--group", "who",
                  "--site", "who"), "--site who: it is the group already"),
                (("--response", "who", "--covariates", "1", "--group", "y"),
                 'line 2, who "a": '),
                (("--response", "y", "--covariates", "1", "--group", "site"),
                 "site")):
            done = run("mixed", "--data", "-", *args, stdin=PAIRS)
            self.assertEqual(done.returncode, USAGE)
            self.assertIn(said, done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[2:])
