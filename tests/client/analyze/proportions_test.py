"""`enthesis analyze proportions` as a statistician runs it.

    proportions_test.py ENTHESIS

Figures come from R 4.2 (prop.test, fisher.test, mantelhaen.test, rma.mh) on
UCBAdmissions and on tables small enough to check by hand.
"""

import random
import sys
import unittest

from analyze_program import DONE, USAGE, answer, golden, run

UCB = ["--data", "-", "--event", "Admit=Admitted", "--by", "Gender",
       "--weights", "Freq"]


def ucb():
    """UCBAdmissions as as.data.frame gives it, with a column of counts."""
    counts = golden("table_ucb").splitlines()[1:]
    lines = ["Admit,Gender,Dept,Freq"]
    for line in counts:
        stratum, group, events, n = map(int, line.split(","))
        gender, dept = ("Male", "Female")[group], "ABCDEF"[stratum]
        lines.append(f"Admitted,{gender},{dept},{events}")
        lines.append(f"Rejected,{gender},{dept},{n - events}")
    return "\n".join(lines) + "\n"


def rows(*cells):
    """One row a subject of (group, events, n) or (.., stratum)."""
    lines = ["g,e,s"]
    for group, events, n, *stratum in cells:
        lines += [f"{group},{int(i < events)},{(stratum or ['x'])[0]}"
                  for i in range(n)]
    return "\n".join(lines) + "\n"


SMALL = ["--data", "-", "--event", "e", "--by", "g"]


class ProportionsTest(unittest.TestCase):
    def test_ucb_admissions(self):
        got = answer("proportions", *UCB, "--strata", "Dept", stdin=ucb())
        self.assertEqual(list(got), ["n", "dropped", "groups", "contrasts",
                                     "tests", "conventions", "warnings"])
        female, male = got["groups"]
        self.assertEqual((female["group"], female["n"], female["events"]),
                         ({"Gender": "Female"}, 1835, 557))
        self.assertAlmostEqual(male["lower"], 0.4265016, places=6)
        contrast = got["contrasts"][0]
        self.assertEqual(contrast["group"], {"Gender": "Male"})
        self.assertEqual(contrast["reference"], {"Gender": "Female"})
        self.assertAlmostEqual(contrast["oddsRatio"]["estimate"], 1.84108,
                               places=5)
        self.assertAlmostEqual(contrast["riskDifference"]["lower"], 0.113213,
                               places=6)
        tests = got["tests"]
        self.assertAlmostEqual(tests["chiSquare"]["statistic"], 92.205281,
                               places=5)
        self.assertAlmostEqual(tests["chiSquare"]["corrected"]["statistic"],
                               91.609598, places=5)
        self.assertAlmostEqual(tests["fisher"]["pValue"] / 4.835903e-22, 1,
                               places=5)
        common = tests["mantelHaenszel"]
        self.assertAlmostEqual(common["statistic"], 1.426949, places=5)
        self.assertAlmostEqual(common["uncorrected"]["statistic"], 1.524607,
                               places=5)
        self.assertAlmostEqual(common["oddsRatio"]["estimate"], 0.9046968,
                               places=6)
        self.assertAlmostEqual(common["exact"]["pValue"], 0.2277625, places=6)
        self.assertAlmostEqual(tests["breslowDay"]["statistic"], 18.8255,
                               places=3)
        self.assertEqual(tests["breslowDay"]["df"], 5)
        self.assertEqual(contrast["mantelHaenszel"]["oddsRatio"],
                         common["oddsRatio"])

    def test_rows_and_counts_are_one(self):
        lines = ucb().splitlines()
        expanded = [lines[0]]
        for line in lines[1:]:
            cells = line.split(",")
            expanded += [",".join(cells[:3] + ["1"])] * int(cells[3])
        table = answer("proportions", *UCB, "--strata", "Dept", stdin=ucb())
        each = answer("proportions", *UCB, "--strata", "Dept",
                      stdin="\n".join(expanded[:1] + sorted(expanded[1:])))
        self.assertEqual((table["n"], each["n"]), (24, 4526))
        for key in ("groups", "contrasts", "tests"):
            self.assertEqual(table[key], each[key])

    def test_intervals(self):
        # 2 of 10: prop.test, binom.test, qbeta(c(.025, .975), 2.5, 8.5)
        for name, lower, upper in (("wilson", 0.05668215, 0.5098375),
                                   ("clopper-pearson", 0.02521073, 0.5560955),
                                   ("jeffreys", 0.04405942, 0.5027745)):
            got = answer("proportions", "--data", "-", "--event", "e",
                         "--interval", name, stdin=rows(("a", 2, 10)))
            self.assertEqual(got["contrasts"], [])
            self.assertEqual(got["tests"], {})
            self.assertAlmostEqual(got["groups"][0]["lower"], lower, places=7)
            self.assertAlmostEqual(got["groups"][0]["upper"], upper, places=6)

    def test_reference_and_several_columns(self):
        data = ("e,a,b\n" + "1,x,1\n0,x,1\n1,x,2\n1,x,2\n0,y,1\n0,y,1\n"
                "1,y,2\n0,y,2\n")
        got = answer("proportions", "--data", "-", "--event", "e", "--by",
                     "a,b", "--reference", "a=y", "--reference", "b=2",
                     stdin=data)
        self.assertEqual(len(got["groups"]), 4)
        self.assertEqual([c["group"] for c in got["contrasts"]],
                         [{"a": "x", "b": "1"}, {"a": "x", "b": "2"},
                          {"a": "y", "b": "1"}])
        self.assertEqual(got["contrasts"][0]["reference"],
                         {"a": "y", "b": "2"})

    def test_zero_cells_are_null_with_a_reason(self):
        data = rows(("a", 0, 10), ("b", 3, 12))
        got = answer("proportions", *SMALL, stdin=data)
        ratio = got["contrasts"][0]["oddsRatio"]
        self.assertIsNone(ratio["estimate"])
        self.assertIn("infinite", ratio["reason"])
        self.assertIsNotNone(got["contrasts"][0]["riskDifference"]["lower"])
        exact = got["contrasts"][0]["conditionalOddsRatio"]
        self.assertIsNone(exact["upper"])
        self.assertGreater(exact["lower"], 0)
        self.assertTrue(any("infinite" in w for w in got["warnings"]))
        self.assertTrue(any("below 5" in w for w in got["warnings"]))
        corrected = answer("proportions", *SMALL, "--correction", "0.5",
                           stdin=data)["contrasts"][0]
        self.assertAlmostEqual(corrected["oddsRatio"]["estimate"],
                               3.5 * 10.5 / (9.5 * 0.5))
        self.assertTrue(corrected["corrected"])
        none = answer("proportions", *SMALL, stdin=rows(("a", 0, 4),
                                                        ("b", 0, 5)))
        self.assertIsNone(none["tests"]["chiSquare"]["pValue"])
        self.assertIsNone(none["tests"]["fisher"]["pValue"])
        self.assertIn("one outcome", none["tests"]["chiSquare"]["reason"])

    def test_strata_without_information_are_told(self):
        data = rows(("a", 3, 9, "u"), ("b", 1, 8, "u"), ("a", 5, 7, "v"),
                    ("b", 2, 9, "v"), ("a", 2, 2, "w"), ("b", 0, 3, "x"),
                    ("a", 0, 3, "x"))
        got = answer("proportions", *SMALL, "--strata", "s", stdin=data)
        self.assertTrue(any("2 of 4 strata" in w for w in got["warnings"]))
        self.assertEqual(got["tests"]["mantelHaenszel"]["strata"], 4)
        self.assertEqual(got["tests"]["mantelHaenszel"]["informativeStrata"],
                         2)
        self.assertEqual(got["tests"]["breslowDay"]["df"], 1)

    def test_groups_over_strata(self):
        data = rows(("a", 3, 9, "u"), ("b", 1, 8, "u"), ("c", 4, 9, "u"),
                    ("a", 5, 7, "v"), ("b", 2, 9, "v"), ("c", 6, 9, "v"))
        got = answer("proportions", *SMALL, "--strata", "s", stdin=data)
        # mantelhaen.test of the 3 x 2 x 2 table
        self.assertAlmostEqual(got["tests"]["mantelHaenszel"]["statistic"],
                               6.3517733, places=5)
        self.assertEqual(got["tests"]["mantelHaenszel"]["df"], 2)
        self.assertIsNone(got["tests"]["breslowDay"]["pValue"])
        self.assertEqual(len(got["contrasts"]), 2)
        self.assertIn("mantelHaenszel", got["contrasts"][1])

    def test_rates(self):
        data = "d,t,g\n3,10.5,a\n0,8,b\n1,4,a\n2,2,b\n"
        got = answer("proportions", "--data", "-", "--event", "d",
                     "--exposure", "t", "--by", "g", stdin=data)
        # poisson.test(4, 14.5), poisson.test(c(2, 4), c(10, 14.5))
        self.assertAlmostEqual(got["groups"][0]["lower"], 0.07516313, places=7)
        self.assertEqual(got["groups"][0]["exposure"], 14.5)
        exact = got["contrasts"][0]["exactRateRatio"]
        self.assertAlmostEqual(exact["upper"], 5.0587189, places=5)
        self.assertAlmostEqual(got["contrasts"][0]["rateRatio"]["estimate"],
                               0.725)

    def test_bytes_do_not_depend_on_order_or_threads(self):
        source = random.Random(5)
        lines = [f"{source.randrange(3)},{source.randrange(4)},"
                 f"{source.randrange(3)},{source.random():.6f}"
                 for _ in range(3000)]
        seen = set()
        for threads in ("1", "2"):
            for _ in range(2):
                source.shuffle(lines)
                text = "e,g,s,t\n" + "\n".join(lines) + "\n"
                for extra in (["--strata", "s"], ["--exposure", "t"]):
                    done = run("proportions", "--data", "-", "--event", "e",
                               "--by", "g", *extra, "--threads", threads,
                               "--format", "json", stdin=text)
                    self.assertEqual(done.returncode, DONE, done.stderr)
                    seen.add(done.stdout)
        self.assertEqual(len(seen), 2)

    def test_faults_are_named(self):
        good = "e,g,w,t\n1,a,2,1\n0,b,1,2\n"
        for text, args, said in (
                (good.replace("2,1", "2.5,1"), ["--weights", "w"],
                 'line 2, w "2.5": a weight is a whole number from 0'),
                (good.replace("b,1", "b,-1"), ["--weights", "w"],
                 'line 3, w "-1": a weight is a whole number from 0'),
                (good, ["--interval", "wald"],
                 "allowed: wilson, clopper-pearson, jeffreys"),
                (good, ["--correction", "0"], "must be above 0"),
                (good, ["--correction", "x"], '--correction: "x"'),
                (good, ["--reference", "g=c"],
                 "--reference g=c: the levels are a, b"),
                (good, ["--reference", "h=c"], "no column of --by"),
                (good.replace("2,1", "2,0"), ["--exposure", "t"],
                 'line 2, t "0": events need an exposure above 0'),
                (good, ["--exposure", "t", "--strata", "w"],
                 "--strata does not go with --exposure"),
                (good.replace("1,a", "1.5,a"), ["--exposure", "t"],
                 "a number of events is a whole number from 0")):
            with self.subTest(said=said):
                done = run("proportions", *SMALL, *args, stdin=text)
                self.assertEqual(done.returncode, USAGE)
                self.assertIn(said, done.stderr)
        done = run("proportions", "--data", "-", "--event", "e", "--strata",
                   "g", stdin=good)
        self.assertIn("--strata needs --by", done.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[2:])
