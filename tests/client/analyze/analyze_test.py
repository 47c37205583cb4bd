"""`enthesis analyze` as a statistician runs it, through the real program.

    analyze_test.py ENTHESIS

Figures were worked by hand or come from R (survival 3.5-3, cmprsk 2.2-11) on
the data of tests/golden/data; the keys are the contract of client/README.md.
"""

import csv
import io
import json
import math
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import unittest

DATA = pathlib.Path(__file__).resolve().parents[2] / "golden" / "data"
DONE, USAGE, FAILED = 0, 2, 3

CAUSES = """time,cause,arm,score,x
5,1,B,3,1
6,2,A,1,0
6,0,B,4,2
7,1,A,2,1
8,2,B,7,0
9,1,A,5,2
9,0,A,6,1
12,1,B,9,0
13,0,A,8,1
15,2,B,4,2
"""


def run(*args, stdin=None):
    return subprocess.run([ENTHESIS, "analyze", *args], input=stdin,
                          capture_output=True, text=True, check=False)


def answer(*args, stdin=None):
    """The JSON document; standard output holds it and nothing else."""
    done = run(*args, "--format", "json", stdin=stdin)
    assert done.returncode == DONE, done.stderr

    def refuse(constant):
        raise ValueError(f"{constant} is no JSON")
    return json.loads(done.stdout, parse_constant=refuse)


def golden(name):
    """A golden input without its comment lines."""
    lines = (DATA / f"{name}.csv").read_text(encoding="utf-8").splitlines()
    return "\n".join(l for l in lines if not l.startswith("#")) + "\n"


def survival(*args, stdin):
    return answer("survival", "--data", "-", "--time", "time", "--event",
                  "cause", *args, stdin=stdin)


class SurvivalTest(unittest.TestCase):
    def test_keys_and_order(self):
        got = survival("--by", "group", "--at", "2,100", "--quantiles", "0.25",
                       "--rmst", "4", stdin=golden("flat"))
        self.assertEqual(list(got)[:3], ["n", "dropped", "curves"])
        for key in ("test", "conventions", "warnings"):
            self.assertIn(key, got)
        curve = got["curves"][0]
        self.assertEqual(
            list(curve),
            ["group", "n", "events", "median", "quantiles", "restrictedMean",
             "at", "points"])
        self.assertEqual(curve["group"], {"group": "a"})
        self.assertEqual(
            list(curve["at"][0]),
            ["time", "atRisk", "survival", "stdError", "lower", "upper",
             "cumulativeHazard"])
        self.assertEqual(curve["quantiles"][0]["p"], 0.25)
        # Beyond the last time there is no value, and group b ends at 0.
        self.assertEqual(curve["at"][1], {"time": 100})
        self.assertEqual(got["curves"][1]["at"][1]["survival"], 0)
        self.assertEqual(curve["points"][0]["events"], 1)
        self.assertEqual(
            list(got["test"]), ["name", "chiSquare", "df", "pValue", "groups"])
        self.assertEqual(got["test"]["df"], 2)

    def test_lung_equals_r(self):
        got = survival("--by", "group", "--conf-type", "log",
                       stdin=golden("lung_sex"))
        self.assertEqual([c["median"]["estimate"] for c in got["curves"]],
                         [270, 426])
        self.assertEqual(got["curves"][0]["median"]["lower"], 212)
        self.assertAlmostEqual(got["test"]["chiSquare"], 10.326741954885632,
                               places=9)

    def test_one_group_without_by(self):
        got = survival(stdin=CAUSES)
        self.assertEqual(got["curves"][0]["group"], {})
        self.assertNotIn("test", got)

    def test_every_rank_test(self):
        for name in ("log-rank", "gehan-breslow", "tarone-ware", "peto-peto",
                     "peto-peto-textbook", "fleming-harrington"):
            got = survival("--by", "arm", "--test", name, stdin=CAUSES)
            self.assertEqual(got["test"]["name"], name)
            self.assertGreaterEqual(got["test"]["chiSquare"], 0)
        # Weights rho = gamma = 0 are the log-rank test.
        plain = survival("--by", "arm", stdin=CAUSES)
        zero = survival("--by", "arm", "--rho", "0", stdin=CAUSES)
        self.assertEqual(zero["test"]["name"], "fleming-harrington")
        self.assertAlmostEqual(zero["test"]["chiSquare"],
                               plain["test"]["chiSquare"], places=12)

    def test_pairs_trend_landmark(self):
        got = survival("--by", "group", "--pairwise", "--trend",
                       stdin=golden("veteran_celltype"))
        self.assertEqual(len(got["pairwise"]), 6)
        for pair in got["pairwise"]:
            self.assertGreaterEqual(pair["adjustedPValue"], pair["pValue"])
        self.assertEqual(got["trend"]["df"], 1)
        later = survival("--landmark", "6", stdin=CAUSES)
        self.assertLess(later["curves"][0]["n"], 10)

    def test_tests_after_a_landmark_are_of_the_rows_after_it(self):
        head, *lines = golden("veteran_celltype").splitlines()
        place = head.split(",").index("time")
        after = [x for x in lines if float(x.split(",")[place]) > 60]
        self.assertLess(len(after), len(lines))
        asked = ["--by", "group", "--pairwise", "--trend"]
        got = survival(*asked, "--landmark", "60", stdin="\n".join(
            [head, *lines]) + "\n")
        want = survival(*asked, stdin="\n".join([head, *after]) + "\n")
        for key in ("test", "pairwise", "trend"):
            self.assertEqual(got[key], want[key])

    def test_weights(self):
        # Whole weights are copies of rows.
        rows = ["time,cause,w"] + [f"{t},{c},{w}" for t, c, w in
                                   ((1, 1, 2), (2, 0, 1), (3, 1, 3))]
        copies = ["time,cause"] + ["1,1"] * 2 + ["2,0"] + ["3,1"] * 3
        weighted = survival("--weights", "w", stdin="\n".join(rows) + "\n")
        written = survival(stdin="\n".join(copies) + "\n")
        self.assertEqual(weighted["curves"][0]["points"],
                         written["curves"][0]["points"])
        self.assertEqual(weighted["conventions"]["variance"], "Greenwood")


class DataTest(unittest.TestCase):
    def test_missing_values_drop_the_row(self):
        text = "time,cause,other\n1,1,\n,1,2\n3,NA,2\n4,0,NA\n"
        got = survival(stdin=text)
        self.assertEqual((got["n"], got["dropped"]), (2, 2))

    def test_bad_values_are_named(self):
        for text, said in (
                ("time,cause\n1,1\n-2,1\n", 'line 3, time "-2"'),
                ("time,cause\n1,1\nten,1\n", 'line 3, time "ten"'),
                ("time,cause\n1,1\ninf,1\n", 'line 3, time "inf"'),
                ("time,cause\n1,1,1\n", "line 2 has 3 cells"),
                ("time;cause\n1;1\n", "not separated by commas"),
                ("time,event\n1,1\n", "no column cause"),
                ("time,cause,time\n1,1,1\n", "twice"),
                ("", "the file is empty")):
            done = run("survival", "--data", "-", "--time", "time", "--event",
                       "cause", stdin=text)
            self.assertEqual(done.returncode, USAGE, text)
            self.assertIn(said, done.stderr)
            self.assertEqual(done.stdout, "")

    def test_entry_after_exit_and_negative_weight(self):
        for flag, text, said in (
                ("--entry", "time,cause,z\n4,1,1\n5,1,7\n", 'line 3, z "7"'),
                ("--weights", "time,cause,z\n4,1,1\n5,1,-1\n",
                 'line 3, z "-1"')):
            done = run("survival", "--data", "-", "--time", "time", "--event",
                       "cause", flag, "z", stdin=text)
            self.assertEqual(done.returncode, USAGE)
            self.assertIn(said, done.stderr)

    def test_levels_are_numbers_or_bytes(self):
        text = "time,cause,g\n1,1,10\n2,1,9\n3,1,9.0\n4,0,10\n"
        got = survival("--by", "g", stdin=text)
        self.assertEqual([c["group"]["g"] for c in got["curves"]],
                         ["9", "10"])
        got = survival("--by", "g", stdin=text.replace("9.0", "a"))
        self.assertEqual([c["group"]["g"] for c in got["curves"]],
                         ["10", "9", "a"])

    def test_events(self):
        text = "time,cause\n1,1\n2,2\n3,2\n"
        got = survival(stdin=text)
        self.assertEqual(got["curves"][0]["events"], 3)
        self.assertIn("no row of cause is 0", got["warnings"][0])
        got = answer("survival", "--data", "-", "--time", "time", "--event",
                     "cause=2", stdin=text)
        self.assertEqual(got["curves"][0]["events"], 2)
        self.assertEqual(got["warnings"], [])

    def test_shuffled_rows_give_the_same_bytes(self):
        header, *rows = golden("mgus2_sex").splitlines()
        random.Random(7).shuffle(rows)
        shuffled = "\n".join([header, *rows]) + "\n"
        for method in (["survival", "--by", "group"],
                       ["incidence", "--by", "group"],
                       ["cox", "--covariates", "group"],
                       ["fine-gray", "--cause", "1", "--covariates", "group"]):
            command = [*method, "--data", "-", "--time", "time", "--event",
                       "cause", "--format", "json"]
            self.assertEqual(run(*command, stdin=golden("mgus2_sex")).stdout,
                             run(*command, stdin=shuffled).stdout)

    def test_quoted_cells_and_byte_order_mark(self):
        text = '\ufefftime,cause,arm\r\n1,1,"a ""b"", c"\r\n2,0,d\r\n'
        got = survival("--by", "arm", stdin=text)
        self.assertEqual(got["curves"][0]["group"]["arm"], 'a "b", c')

    def test_no_such_file(self):
        done = run("survival", "--data", "/nowhere.csv", "--time", "t",
                   "--event", "e")
        self.assertEqual(done.returncode, FAILED)


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


class ScoreTest(unittest.TestCase):
    SLEEP = "a,b,arm\n" + "\n".join(
        f"{a},{b},{i % 2}" for i, (a, b) in enumerate(
            [(0.7, 1.9), (-1.6, 0.8), (-0.2, 1.1), (-1.2, 0.1), (-0.1, -0.1),
             (3.4, 4.4), (3.7, 5.5), (0.8, 1.6), (0.0, 4.6), (2.0, 3.4)]))

    def test_change(self):
        got = answer("change", "--data", "-", "--baseline", "a", "--follow-up",
                     "b", "--mcid", "1,2", stdin=self.SLEEP)
        group = got["groups"][0]
        # Student (1908).
        self.assertAlmostEqual(group["mean"], 1.58)
        self.assertAlmostEqual(group["tTest"]["statistic"], 4.0621276833,
                               places=9)
        self.assertEqual(group["signedRank"]["statistic"], 45)
        self.assertEqual([r["threshold"] for r in group["responders"]], [1, 2])
        for key in ("hodgesLehmann", "standardizedResponseMean", "hedgesG",
                    "lower", "upper", "stdDev"):
            self.assertIn(key, group)

    def test_compare(self):
        got = answer("compare", "--data", "-", "--value", "b", "--by", "arm",
                     stdin=self.SLEEP)
        self.assertEqual(list(got["tests"]),
                         ["welch", "pooled", "anova", "welchAnova",
                          "mannWhitney", "kruskalWallis"])
        # F of two groups is the square of the pooled t.
        self.assertAlmostEqual(got["tests"]["anova"]["statistic"],
                               got["tests"]["pooled"]["statistic"] ** 2)

    def test_ancova(self):
        got = answer("ancova", "--data", "-", "--response", "b", "--baseline",
                     "a", "--group", "arm", stdin=self.SLEEP)
        self.assertEqual([c["name"] for c in got["coefficients"]],
                         ["(Intercept)", "a", "arm1"])
        self.assertEqual([m["group"] for m in got["adjustedMeans"]],
                         [{"arm": "0"}, {"arm": "1"}])
        self.assertIn("residualVariance", got)

    def test_describe(self):
        text = "x,kind\n1,u\n2,v\n,u\n4,\n"
        got = answer("describe", "--data", "-", "--columns", "x,kind",
                     stdin=text)
        x, kind = got["groups"][0]["columns"]
        self.assertEqual((x["n"], x["missing"], x["median"]), (3, 1, 2))
        self.assertEqual((kind["counts"], kind["missing"]),
                         ([{"value": "u", "n": 2}, {"value": "v", "n": 1}], 1))


class FormTest(unittest.TestCase):
    def test_csv_and_table(self):
        command = ["survival", "--data", "-", "--time", "time", "--event",
                   "cause", "--by", "arm"]
        done = run(*command, "--format", "csv", stdin=CAUSES)
        rows = list(csv.DictReader(io.StringIO(done.stdout)))
        self.assertEqual([r["group"] for r in rows], ["arm=A", "arm=B"])
        self.assertIn("Conventions:", run(*command, stdin=CAUSES).stdout)

    def test_help_of_every_method(self):
        for method in ("survival", "incidence", "cox", "fine-gray",
                       "parametric", "interval", "change", "compare",
                       "ancova", "describe"):
            done = run(method, "--help")
            self.assertEqual(done.returncode, DONE)
            self.assertIn("Example:", done.stdout)


if __name__ == "__main__":
    ENTHESIS = sys.argv.pop(1)
    unittest.main()
