"""Competing risks and regressions of `enthesis analyze`, through the program.

    models_test.py ENTHESIS

Figures were worked by hand or come from R (survival 3.5-3, cmprsk 2.2-11) on
the data of tests/golden/data; the keys are the contract of client/README.md.
"""

import csv
import math
import os
import pathlib
import sys
import tempfile
import unittest

from analyze_program import CAUSES, USAGE, answer, golden, run


class CompetingRisksTest(unittest.TestCase):
    ARGS = ("--data", "-", "--time", "time", "--event", "cause")

    def test_incidence(self):
        got = answer("incidence", *self.ARGS, "--by", "arm", "--at", "7",
                     stdin=CAUSES)
        self.assertEqual([c["group"]["arm"] for c in got["curves"]],
                         ["A", "B"])
        causes = got["curves"][0]["causes"]
        self.assertEqual([c["cause"] for c in causes], ["1", "2"])
        # Arm A: 6 (cause 2) of 5, then 7 (cause 1) of 4.
        self.assertAlmostEqual(causes[1]["at"][0]["incidence"], 0.2)
        self.assertAlmostEqual(causes[0]["at"][0]["incidence"], 0.2)
        self.assertEqual([t["cause"] for t in got["tests"]], ["1", "2"])
        jackknife = answer("incidence", *self.ARGS, "--variance", "jackknife",
                           stdin=CAUSES)
        self.assertEqual(jackknife["tests"], [])

    def test_causes_as_text(self):
        text = CAUSES.replace(",0,", ",alive,").replace(",1,", ",back,")
        done = run("incidence", *self.ARGS, stdin=text)
        self.assertEqual(done.returncode, USAGE)
        self.assertIn("--censored", done.stderr)
        got = answer("incidence", *self.ARGS, "--censored", "alive",
                     stdin=text)
        self.assertIn("back", [c["cause"] for c in
                               got["curves"][0]["causes"]])

    def test_fine_gray(self):
        got = answer("fine-gray", *self.ARGS, "--cause", "1", "--covariates",
                     "x", "--predict", "x=1", stdin=CAUSES)
        row = got["coefficients"][0]
        self.assertEqual(list(row), ["name", "estimate", "stdError", "z",
                                     "pValue", "hazardRatio", "lower",
                                     "upper"])
        self.assertAlmostEqual(row["hazardRatio"], math.exp(row["estimate"]))
        self.assertNotIn("concordance", got)
        self.assertGreater(len(got["curves"][0]["points"]), 0)
        # Times asked are no steps of the curve that is drawn.
        with tempfile.TemporaryDirectory() as folder:
            plot = os.path.join(folder, "curve.svg")
            command = ["fine-gray", *self.ARGS, "--cause", "1", "--covariates",
                       "x", "--predict", "x=1", "--at", "100,8"]
            drawn = answer(*command, "--plot", plot, stdin=CAUSES)["curves"][0]
            self.assertEqual([p["time"] for p in drawn["points"]],
                             [5, 7, 9, 12])
            asked = answer(*command, stdin=CAUSES)["curves"][0]
        self.assertEqual(drawn["at"][0], {"time": 100})
        self.assertEqual(drawn["at"][1]["incidence"],
                         drawn["points"][1]["incidence"])
        self.assertEqual(asked["at"], drawn["at"])
        self.assertEqual(asked["points"], [])
        done = run("fine-gray", *self.ARGS, "--cause", "9", "--covariates",
                   "x", stdin=CAUSES)
        self.assertEqual(done.returncode, USAGE)
        self.assertIn('--cause "9"', done.stderr)


class CoxTest(unittest.TestCase):
    ARGS = ("cox", "--data", "-", "--time", "time", "--event", "cause")

    def test_keys(self):
        got = answer(*self.ARGS, "--covariates", "factor(group)", "--zph",
                     stdin=golden("veteran_celltype"))
        self.assertEqual([c["name"] for c in got["coefficients"]],
                         ["grouplarge", "groupsmallcell", "groupsquamous"])
        self.assertEqual(list(got["coefficients"][0]),
                         ["name", "estimate", "stdError", "z", "pValue",
                          "hazardRatio", "lower", "upper"])
        self.assertEqual(list(got["tests"]),
                         ["likelihoodRatio", "wald", "score"])
        self.assertEqual(got["proportionalHazards"][-1]["name"], "GLOBAL")
        self.assertLess(got["logLikelihood"]["null"],
                        got["logLikelihood"]["model"])
        self.assertIn("stdError", got["concordance"])

    def test_terms_are_named_as_in_a_formula(self):
        got = answer(*self.ARGS, "--covariates", "factor(group)", "--zph",
                     "--terms", stdin=golden("veteran_celltype"))
        self.assertEqual([t["name"] for t in got["proportionalHazards"]],
                         ["factor(group)", "GLOBAL"])
        got = answer(*self.ARGS, "--covariates", "group", "--zph", "--terms",
                     stdin=golden("veteran_celltype"))
        self.assertEqual([t["name"] for t in got["proportionalHazards"]],
                         ["group", "GLOBAL"])

    def test_a_null_model_has_its_likelihood_alone(self):
        got = answer(*self.ARGS, stdin=CAUSES)
        self.assertNotIn("concordance", got)
        self.assertNotIn("tests", got)
        self.assertEqual(got["coefficients"], [])
        self.assertEqual(got["logLikelihood"]["null"],
                         got["logLikelihood"]["model"])
        table = run(*self.ARGS, stdin=CAUSES).stdout
        self.assertIn("log_likelihood", table)
        self.assertNotIn("Tests of the model", table)

    def test_too_few_clusters_give_no_wald_test(self):
        rows = [f"{1 + (7 * i) % 31},{i % 3 % 2},{i % 5},{i * i % 7},{i % 2}"
                for i in range(30)]
        text = "\n".join(["time,cause,x,y,site", *rows]) + "\n"
        got = answer(*self.ARGS, "--covariates", "x,y", "--cluster", "site",
                     stdin=text)
        self.assertEqual(got["tests"]["wald"], {"df": 2})
        self.assertIn("the robust variance has rank 1, below the 2 "
                      "coefficients: there are too few clusters, and no Wald "
                      "test", got["warnings"])
        self.assertIn("robustStdError", got["coefficients"][0])
        got = answer(*self.ARGS, "--covariates", "x", "--cluster", "site",
                     stdin=text)
        self.assertIn("chiSquare", got["tests"]["wald"])

    def test_columns_near_the_ends_of_the_range_of_numbers(self):
        head, *rows = CAUSES.splitlines()
        place = head.split(",").index("x")
        plain = answer(*self.ARGS, "--covariates", "x", stdin=CAUSES)
        for unit in ("e300", "e-300"):
            lines = [head]
            for row in rows:
                cells = row.split(",")
                cells[place] += unit
                lines.append(",".join(cells))
            got = answer(*self.ARGS, "--covariates", "x", "--predict", "x=1",
                         "--zph", stdin="\n".join(lines) + "\n")
            self.assertAlmostEqual(got["tests"]["wald"]["chiSquare"],
                                   plain["tests"]["wald"]["chiSquare"])
            error = (got["coefficients"][0]["stdError"] * float("1" + unit))
            self.assertAlmostEqual(error, plain["coefficients"][0]["stdError"])
            self.assertIn("x is so large or small", got["warnings"][0])
            self.assertNotIn("curves", got)
            self.assertNotIn("proportionalHazards", got)

    def test_reference(self):
        got = answer(*self.ARGS, "--covariates", "group", "--reference",
                     "group=large", stdin=golden("veteran_celltype"))
        self.assertEqual(got["coefficients"][0]["name"], "groupadeno")
        done = run(*self.ARGS, "--covariates", "group", "--reference",
                   "group=huge", stdin=golden("veteran_celltype"))
        self.assertEqual(done.returncode, USAGE)
        self.assertIn("the levels are", done.stderr)

    def test_cluster_gives_robust_errors(self):
        got = answer(*self.ARGS, "--covariates", "x", "--cluster", "arm",
                     stdin=CAUSES)
        self.assertIn("robustStdError", got["coefficients"][0])

    def test_collinear_column_is_dropped_and_named(self):
        text = "time,cause,a,b\n1,1,1,2\n2,1,3,6\n3,0,2,4\n4,1,0,0\n5,1,1,2\n"
        got = answer(*self.ARGS, "--covariates", "a,b", stdin=text)
        self.assertEqual(got["coefficients"][1], {"name": "b"})
        self.assertIn("b was dropped", got["warnings"][0])

    def test_residuals_and_curves(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "residuals.csv")
            plot = os.path.join(folder, "curves.svg")
            got = answer(*self.ARGS, "--covariates", "x", "--predict", "x=1",
                         "--residuals", path, "--plot", plot, stdin=CAUSES)
            with open(path, encoding="utf-8") as file:
                rows = list(csv.DictReader(file))
            self.assertEqual(len(rows), 10)
            # Martingale residuals add up to 0.
            self.assertAlmostEqual(sum(float(r["martingale"]) for r in rows),
                                   0, places=9)
            # Schoenfeld's too, of which each event has one.
            of_events = [float(r["schoenfeld_x"]) for r in rows
                         if r["schoenfeld_x"]]
            self.assertEqual(len(of_events), got["events"])
            self.assertAlmostEqual(sum(of_events), 0, places=9)
            self.assertEqual([bool(r["schoenfeld_x"]) for r in rows],
                             [bool(r["scaled_schoenfeld_x"]) for r in rows])
            self.assertGreater(len(got["curves"][0]["points"]), 0)
            svg = pathlib.Path(plot).read_text(encoding="utf-8")
            self.assertTrue(svg.startswith("<svg"))


class ParametricTest(unittest.TestCase):
    def fit(self, *args, stdin):
        return answer("parametric", "--data", "-", *args, stdin=stdin)

    def test_exponential_by_hand(self):
        """Three events in 12 days: a mean of 4, its log with variance 1/3."""
        found = self.fit("--distribution", "exponential", "--time", "t",
                         "--event", "e", stdin="t,e\n1,1\n2,1\n4,0\n5,1\n")
        self.assertEqual(["(Intercept)"],
                         [c["name"] for c in found["coefficients"]])
        self.assertAlmostEqual(math.log(4),
                               found["coefficients"][0]["estimate"], 12)
        self.assertAlmostEqual(math.sqrt(1 / 3),
                               found["coefficients"][0]["stdError"], 12)
        self.assertEqual((4, 3, 1), (found["n"], found["events"],
                                     found["scale"]))
        self.assertNotIn("stdError", found["logScale"])

    def test_weighted_rows_are_counted_as_rows(self):
        found = self.fit("--time", "t", "--event", "e", "--weights", "w",
                         stdin="t,e,w\n1,1,2\n2,1,0.5\n4,0,3\n5,1,1\n")
        self.assertEqual((4, 3), (found["n"], found["events"]))
        self.assertEqual((3.5, 3), (found["exact"], found["rightCensored"]))

    def test_intervals_are_the_times_they_close_on(self):
        rows = ["5,1,1", "6,1,0", "7,0,2", "8,1,1", "9,0,0", "12,1,2"]
        times = self.fit("--time", "t", "--event", "e", "--covariates", "x",
                         stdin="t,e,x\n" + "\n".join(rows) + "\n")
        ends = "l,u,x\n" + "".join(
            f"{t},{t if e == '1' else ''},{x}\n"
            for t, e, x in (row.split(",") for row in rows))
        intervals = self.fit("--lower", "l", "--upper", "u", "--covariates",
                             "x", stdin=ends)
        self.assertEqual(times["coefficients"], intervals["coefficients"])
        self.assertEqual(times["logLikelihood"], intervals["logLikelihood"])

    def test_predictions_by_hand(self):
        """Survival exp(-t / 4), half by 4 log 2; log 4 has variance 1/3."""
        found = self.fit("--distribution", "exponential", "--time", "t",
                         "--event", "e", "--at", "0,4", "--quantiles", "0.5",
                         stdin="t,e\n1,1\n2,1\n4,0\n5,1\n")
        (one,) = found["predictions"]
        self.assertEqual(["profile", "at", "quantiles"], list(one))
        self.assertEqual(["time", "survival", "stdError", "lower", "upper"],
                         list(one["at"][1]))
        self.assertEqual(1, one["at"][0]["survival"])
        self.assertAlmostEqual(math.exp(-1), one["at"][1]["survival"], 12)
        self.assertAlmostEqual(math.exp(-1) / math.sqrt(3),
                               one["at"][1]["stdError"], 12)
        (half,) = one["quantiles"]
        self.assertEqual(["p", "estimate", "stdError", "lower", "upper"],
                         list(half))
        self.assertAlmostEqual(4 * math.log(2), half["estimate"], 12)
        reach = math.exp(1.959963984540054 / math.sqrt(3))
        self.assertAlmostEqual(half["estimate"] * reach, half["upper"], 12)

    def test_predictions_of_names_with_commas(self):
        data = ('t,e,"site; a, b"\n1,1,"x, y"\n2,1,z;w\n3,1,"x, y"\n'
                '4,1,z;w\n5,1,"x, y"\n')
        found = self.fit("--distribution", "exponential", "--time", "t",
                         "--event", "e", "--covariates", '"site; a, b"',
                         "--predict", '"site; a, b"="x, y";"site; a, b"="z;w"',
                         "--at", "1", stdin=data)
        # Means of 9 / 3 and 6 / 2 days.
        self.assertEqual(2, len(found["predictions"]))
        for one in found["predictions"]:
            self.assertAlmostEqual(math.exp(-1 / 3),
                                   one["at"][0]["survival"], 9)

    def test_predictions_by_profile(self):
        data = "t,e,g\n" + "".join(f"{t},1,{'ab'[t % 2]}\n"
                                   for t in range(1, 13))
        args = ["--time", "t", "--event", "e", "--covariates", "g"]
        found = self.fit(*args, "--predict", "g=a;g=b", stdin=data)
        a, b = found["predictions"]
        self.assertEqual((1, 2), (a["profile"], b["profile"]))
        self.assertEqual(([], []), (a["at"], b["at"]))
        ratio = math.exp(found["coefficients"][1]["estimate"])
        self.assertAlmostEqual(ratio, b["quantiles"][0]["estimate"] /
                               a["quantiles"][0]["estimate"], 12)
        for extra, message in [
                (["--at", "3"], "--at and --quantiles need --predict with a "
                 "value of each covariate"),
                (["--predict", "g=a", "--quantiles", "2"],
                 "quantile 2: must lie strictly between 0 and 1"),
                (["--predict", "g=c"], "--predict g=c: the levels are a, b")]:
            done = run("parametric", "--data", "-", *args, *extra, stdin=data)
            self.assertEqual(USAGE, done.returncode)
            self.assertEqual(f"enthesis: {message}\n", done.stderr)

    def test_faults_are_named(self):
        for args, data, message in [
                (["--time", "t", "--event", "e"], "t,e\n0,1\n2,0\n",
                 'line 2, t "0": an event at time 0 has no density; give it an '
                 "upper end with --lower and --upper"),
                (["--time", "t", "--event", "e", "--lower", "t"],
                 "t,e\n1,1\n", "give --time and --event, or --lower and "
                 "--upper"),
                (["--time", "t", "--event", "e", "--distribution", "gamma"],
                 "t,e\n1,1\n", '--distribution "gamma" is not known; allowed: '
                 "weibull, exponential, lognormal, loglogistic")]:
            done = run("parametric", "--data", "-", *args, stdin=data)
            self.assertEqual(USAGE, done.returncode)
            self.assertEqual(f"enthesis: {message}\n", done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[2:])
