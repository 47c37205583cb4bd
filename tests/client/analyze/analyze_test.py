"""`enthesis analyze` as a statistician runs it, through the real program.

    analyze_test.py ENTHESIS

Figures were worked by hand or come from R (survival 3.5-3, cmprsk 2.2-11) on
the data of tests/golden/data; the keys are the contract of client/README.md.
"""

import csv
import io
import pathlib
import random
import sys
import tempfile
import unittest

from analyze_program import (CAUSES, DONE, FAILED, USAGE, answer, golden, run,
                             survival)


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
        # Benjamini & Hochberg: the least of m p / rank from here upward.
        bh = survival("--by", "group", "--pairwise", "--adjust", "bh",
                      stdin=golden("veteran_celltype"))["pairwise"]
        bh.sort(key=lambda pair: pair["pValue"])
        for rank, pair in enumerate(bh, 1):
            self.assertAlmostEqual(
                pair["adjustedPValue"],
                min(6 * later["pValue"] / place
                    for place, later in enumerate(bh[rank - 1:], rank)))
        done = run("survival", "--data", "-", "--time", "time", "--event",
                   "cause", "--adjust", "tukey", stdin=CAUSES)
        self.assertEqual(done.returncode, USAGE)
        self.assertIn("allowed: holm, bh, none", done.stderr)
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
    def test_names_with_signs_of_the_flags(self):
        # The same answer as with plain names, wherever a name is given.
        def counted(event, stdin):
            return answer("survival", "--data", "-", "--time", "time",
                          "--event", event, stdin=stdin)["curves"]
        plain = CAUSES
        head, rest = plain.split("\n", 1)
        for name in ("cause=1", "a,b", "a,b=c", 'say "=", now', "=", "a\\b"):
            flag = '"' + name.replace('"', '""') + '"'
            text = head.replace("cause", flag) + "\n" + rest
            for value in ("=2", ""):
                self.assertEqual(counted(flag + value, stdin=text),
                                 counted("cause" + value, stdin=plain), name)
        text = plain.replace("cause", "a=b", 1)
        self.assertEqual(counted("a\\=b=2", stdin=text),
                         counted("cause=2", stdin=plain))
        done = run("survival", "--data", "-", "--time", "time", "--event",
                   "a=b=2", stdin=text)
        self.assertIn('no column a;', done.stderr)

    def test_models_on_names_with_signs(self):
        rows = [f"{i % 2},{'xyz'[i % 3]},{i * 7 % 11}" for i in range(60)]
        text = "\n".join(['"y=",g=h,"g=h=i"'] + rows) + "\n"
        plain = "\n".join(["y,g,u"] + rows) + "\n"
        named = answer("logistic", "--data", "-", "--response", '"y="=1',
                       "--covariates", '"g=h","g=h=i"', "--reference",
                       '"g=h"=y', stdin=text)
        want = answer("logistic", "--data", "-", "--response", "y=1",
                      "--covariates", "g,u", "--reference", "g=y",
                      stdin=plain)
        self.assertEqual([one["estimate"] for one in named["coefficients"]],
                         [one["estimate"] for one in want["coefficients"]])
        self.assertEqual(named["coefficients"][1]["name"], "g=hx")
        times = ("parametric", "--data", "-", "--time", "t", "--event", "y",
                 "--covariates")
        rows = [f"{1 + i * 5 % 13},{row}" for i, row in enumerate(rows)]
        named = answer(*times, "g=h,g=h=i", "--predict", "g=h=y,g=h=i=3",
                       stdin="\n".join(["t,y,g=h,g=h=i"] + rows) + "\n")
        want = answer(*times, "g,u", "--predict", "g=y,u=3",
                      stdin="\n".join(["t,y,g,u"] + rows) + "\n")
        self.assertEqual(named["predictions"][0]["quantiles"],
                         want["predictions"][0]["quantiles"])

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
        self.assertEqual([r["group"] for r in rows if r["kind"] == "curve"],
                         ["arm=A", "arm=B"])
        self.assertIn("Conventions:", run(*command, stdin=CAUSES).stdout)

    def test_help_of_every_method(self):
        for method in ("survival", "incidence", "cox", "fine-gray",
                       "parametric", "interval", "meta", "change", "compare",
                       "ancova", "describe"):
            done = run(method, "--help")
            self.assertEqual(done.returncode, DONE)
            self.assertIn("Example:", done.stdout)


class EncodingTest(unittest.TestCase):
    def of(self, data):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "data.csv")
            path.write_bytes(data)
            return answer("survival", "--data", str(path), "--time", "t",
                          "--event", "e", "--by", "g")

    def test_what_excel_writes_is_read_and_named(self):
        text = "t,e,g\n1,1,caf\u00e9\n2,0,caf\u00e9\n3,1,th\u00e9\n"
        plain = self.of(text.encode())
        self.assertEqual(plain["warnings"], [])
        for encoding, name in (("cp1252", "Windows-1252"),
                               ("utf-16", "UTF-16")):
            got = self.of(text.encode(encoding))
            self.assertEqual(got["curves"], plain["curves"])
            self.assertEqual(got["warnings"], [f"the file is read as {name}"])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[2:])
