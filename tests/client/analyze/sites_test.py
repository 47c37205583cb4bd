"""`enthesis analyze funnel`, `standardize` and `cusum` as a registry runs them.

    sites_test.py ENTHESIS

Figures come from R on the data of tests/golden/data, or are worked by hand.
"""

import pathlib
import sys
import tempfile
import unittest
import xml.dom.minidom

from analyze_program import DONE, USAGE, answer, golden, run

FUNNEL = ["--data", "-", "--events", "events", "--label", "site"]
SITES = """site,events,n,expected
A,3,40,2.5
B,0,25,1.5
C,21,60,5
D,9,120,14
"""


def draw(method, *args, stdin):
    """The figure, and what the table form prints."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "figure.svg"
        done = run(method, *args, "--plot", str(path), stdin=stdin)
        assert done.returncode == DONE, done.stderr
        return xml.dom.minidom.parse(str(path)), done.stdout


def classes(figure):
    return [node.getAttribute("class") for name in ("path", "rect", "circle",
                                                    "text")
            for node in figure.getElementsByTagName(name)]


class FunnelTest(unittest.TestCase):
    def of(self, *args, stdin=SITES):
        return answer("funnel", *FUNNEL, *args, stdin=stdin)

    def test_keys_and_figures(self):
        got = self.of("--n", "n", stdin=golden("funnel_herds"))
        self.assertEqual(list(got), [
            "method", "n", "dropped", "target", "overdispersion", "limits",
            "sites", "conventions", "warnings"])
        self.assertAlmostEqual(got["target"], 99 / 842, places=15)
        self.assertEqual(list(got["sites"][0]), ["label", "events", "n",
                                                 "estimate", "z", "flag"])
        self.assertEqual(list(got["limits"][0]), [
            "n", "lower95", "upper95", "lower998", "upper998"])

    def test_ratios_of_five_and_twenty(self):
        got = self.of("--expected", "expected", stdin=(
            "site,events,expected\na,5,5\nb,60,20\n"))
        limits = {row["n"]: row for row in got["limits"]}
        self.assertAlmostEqual(limits[5]["lower95"], 0.1084, places=4)
        self.assertAlmostEqual(limits[5]["upper95"], 1.8753, places=4)
        self.assertIsNone(limits[5]["lower998"])
        self.assertAlmostEqual(limits[20]["upper95"], 1.4373, places=4)
        self.assertEqual(got["target"], 1)
        self.assertEqual([(s["expected"], s["n"], s["flag"])
                          for s in got["sites"]],
                         [(5, 5, "in"), (20, 20, "alarm-high")])

    def test_flags_agree_with_limits(self):
        for data in ("funnel_claims", "funnel_herds", "funnel_ends"):
            for size in ("n", "expected"):
                for args in ([], ["--limits", "ci"], ["--limits", "normal"],
                             ["--overdispersion", "additive"],
                             ["--overdispersion", "multiplicative"]):
                    got = self.of(f"--{size}", size, *args,
                                  stdin=golden(data))
                    limits = {row["n"]: row for row in got["limits"]}
                    self.assertEqual(list(limits), sorted(limits))
                    for site in got["sites"]:
                        row = limits[site["n"]]
                        flag = "in"
                        for level, pair in (("alert", "95"), ("alarm", "998")):
                            low, high = row["lower" + pair], row["upper" + pair]
                            if low is not None and site["estimate"] < low:
                                flag = level + "-low"
                            if high is not None and site["estimate"] > high:
                                flag = level + "-high"
                        self.assertEqual(site["flag"], flag)

    def test_exact_limits_give_way_to_overdispersion(self):
        got = self.of("--n", "n", "--overdispersion", "additive")
        self.assertTrue(got["overdispersion"]["applied"])
        self.assertIn("exact limits cannot hold overdispersion",
                      got["conventions"]["limits"])
        self.assertIn("adjustedZ", got["sites"][0])
        same = self.of("--n", "n", "--overdispersion", "additive", "--limits",
                       "normal")
        self.assertEqual(got["limits"], same["limits"])

    def test_figures_do_not_depend_on_the_order_of_rows(self):
        lines = SITES.splitlines(keepends=True)
        turned = lines[0] + "".join(reversed(lines[1:]))
        first, second = (self.of("--n", "n", stdin=text)
                         for text in (SITES, turned))
        self.assertEqual(first, second)
        self.assertEqual([site["label"] for site in first["sites"]],
                         sorted(site["label"] for site in first["sites"]))

    def test_faults_are_named(self):
        for text, args, said in (
                (SITES, [], "--events and either --n or --expected"),
                (SITES, ["--n", "n", "--expected", "expected"],
                 "--events and either --n or --expected"),
                ("site,events,n\nA,5,3\n", ["--n", "n"],
                 'line 2, events "5": there are more events than cases'),
                ("site,events,n\nA,0,3\nB,0,2.5\n", ["--n", "n"],
                 'line 3, n "2.5": a count is a whole number from 0 to 2^53'),
                ("site,events,n\nA,0,-3\n", ["--expected", "n"],
                 'line 2, n "-3": expected events are 0, or from'),
                (SITES, ["--n", "n", "--limits", "exact"],
                 "allowed: prediction, ci, normal"),
                (SITES, ["--n", "n", "--target", "2"],
                 "the target is 2; allowed: a share between 0 and 1")):
            done = run("funnel", *FUNNEL, *args, stdin=text)
            self.assertEqual(done.returncode, USAGE)
            self.assertIn(said, done.stderr)

    def test_a_site_named_twice_is_said(self):
        done = run("funnel", *FUNNEL, "--n", "n", stdin=(
            "site,events,n\nA,1,30\nA,2,40\n"))
        self.assertEqual(done.returncode, DONE)
        self.assertIn('site "A" is on line 2 and on line 3', done.stderr)

    def test_the_figure(self):
        figure, shown = draw("funnel", *FUNNEL, "--n", "n", stdin=SITES)
        kinds = classes(figure)
        self.assertEqual(kinds.count("limits95"), 2)
        self.assertEqual(kinds.count("limits998"), 2)
        flags = [s["flag"] for s in self.of("--n", "n")["sites"]]
        self.assertEqual(kinds.count("site"), flags.count("in"))
        self.assertEqual(kinds.count("alarm") + kinds.count("alert"),
                         kinds.count("label"))
        self.assertIn("o within", shown)
        self.assertIn("#", shown)


CASES = ["--data", "-", "--outcome", "outcome", "--expected", "expected"]


class StandardizeTest(unittest.TestCase):
    def of(self, *args, stdin=None):
        return answer("standardize", *CASES, "--by", "group", *args,
                      stdin=stdin or golden("standardize_herds"))

    # poisson.test(9, 4.8996070...) of R 4.2.2.
    def test_keys_and_figures(self):
        got = self.of()
        self.assertEqual(list(got), [
            "method", "n", "dropped", "groups", "total", "mean", "shrunken",
            "calibration", "conventions", "warnings"])
        first = got["groups"][0]
        self.assertEqual(first["group"], {"group": "1"})
        self.assertEqual((first["n"], first["observed"], first["flag"]),
                         (40, 9, "in"))
        self.assertAlmostEqual(first["ratio"], 1.8368820331, places=9)
        self.assertAlmostEqual(first["lower"], 0.8399394335, places=9)
        self.assertAlmostEqual(first["upper"], 3.4869742776, places=9)
        self.assertEqual(first["lower"], first["exact"]["lower"])
        self.assertEqual({g["group"]["group"]: g["flag"]
                          for g in got["groups"] if g["flag"] != "in"},
                         {"7": "high", "13": "low", "14": "high"})
        self.assertEqual(sum(g["observed"] for g in got["groups"]),
                         got["total"]["observed"])
        self.assertAlmostEqual(got["total"]["ratio"], 1, places=6)
        for drawn, own in zip(got["shrunken"], got["groups"]):
            low, high = sorted((own["ratio"], got["mean"]["ratio"]))
            self.assertTrue(low <= drawn["ratio"] <= high)

    def test_byar_on_request(self):
        first = self.of("--interval", "byar")["groups"][0]
        self.assertEqual(first["lower"], first["byar"]["lower"])
        self.assertNotEqual(first["lower"], first["exact"]["lower"])

    def test_the_order_of_rows_does_not_matter(self):
        lines = golden("standardize_components").splitlines(keepends=True)
        turned = lines[0] + "".join(reversed(lines[1:]))
        args = ["--exposure", "exposure"]
        self.assertEqual(self.of(*args, stdin="".join(lines)),
                         self.of(*args, stdin=turned))

    def test_outliers_are_screened(self):
        got = self.of("--exposure", "exposure",
                      stdin=golden("standardize_components"))
        marked = [g["group"]["group"] for g in got["groups"]
                  if g["outlierScreen"]["outlier"]]
        self.assertEqual(marked, [f"component-{k:02d}"
                                  for k in (3, 5, 9, 10, 11)])
        first = got["groups"][0]["outlierScreen"]
        self.assertTrue(first["leftOutOfComparator"])
        # A group of which the model expects nothing.
        none = got["groups"][6]
        self.assertEqual((none["ratio"], none["lower"], none["flag"]),
                         (None, None, None))
        self.assertEqual(len(got["shrunken"]), 10)
        self.assertIn("1 group of which the model expects no event",
                      got["warnings"][0])

    def test_counts(self):
        got = self.of(stdin=golden("standardize_claims"))
        self.assertEqual(got["total"]["observed"], 3151)
        self.assertNotIn("calibration", got)

    def test_faults_are_named(self):
        for text, args, said in (
                ("group,outcome,expected\nA,0.5,1\n", [],
                 'line 2, outcome "0.5": an outcome is a whole number'),
                ("group,outcome,expected\nA,0,1\nA,1,-1\n", [],
                 'line 3, expected "-1": what a case expects'),
                ("group,outcome,expected,y\nA,2,1,1\n", ["--exposure", "y"],
                 "with --exposure an outcome is 0 or 1"),
                ("group,outcome,expected\nA,0,1\n", ["--interval", "wald"],
                 "allowed: exact, byar")):
            done = run("standardize", *CASES, "--by", "group", *args,
                       stdin=text)
            self.assertEqual(done.returncode, USAGE)
            self.assertIn(said, done.stderr)

    def test_the_figure(self):
        figure, shown = draw("standardize", *CASES, "--by", "group",
                             stdin=golden("standardize_herds"))
        kinds = classes(figure)
        self.assertEqual(kinds.count("interval"), 15)
        self.assertEqual(kinds.count("own"), 15)
        self.assertEqual(kinds.count("apart"), 2)
        self.assertIn("* shrunken", shown)
        # Of one group the ratio itself is drawn.
        figure, shown = draw("standardize", *CASES,
                             stdin=golden("standardize_herds"))
        self.assertEqual(classes(figure).count("interval"), 1)
        self.assertIn("* ratio", shown)


class BlupTest(unittest.TestCase):
    # blup(rma(yi, vi, data = dat.bcg)) of metafor 3.8-1.
    def test_as_metafor(self):
        args = ["--data", "-", "--estimate", "estimate", "--std-error",
                "std_error", "--label", "label", "--blup"]
        got = answer("meta", *args, stdin=golden("meta_bcg"))
        first = got["shrunken"][0]
        self.assertEqual(first["label"], "study-1")
        self.assertAlmostEqual(first["estimate"], -0.8002, places=4)
        self.assertAlmostEqual(first["lower"], -1.6037, places=4)
        self.assertAlmostEqual(first["upper"], 0.0032, places=4)
        figure, shown = draw("meta", *args, stdin=golden("meta_bcg"))
        self.assertEqual(classes(figure).count("own"), 13)
        self.assertIn("study-13", shown)


class CusumTest(unittest.TestCase):
    def of(self, *args, stdin=None):
        return answer("cusum", *CASES, *args,
                      stdin=stdin or golden("cusum_births"))

    def test_keys_and_figures(self):
        got = self.of()
        self.assertEqual(list(got), [
            "method", "n", "dropped", "oddsRatio", "threshold", "arl",
            "signals", "points", "vlad", "conventions", "warnings"])
        self.assertAlmostEqual(got["threshold"], 3.3939879076, places=8)
        self.assertAlmostEqual(got["arl"]["inControl"], 740, places=5)
        self.assertAlmostEqual(got["arl"]["outOfControl"], 54.021037,
                               places=5)
        self.assertEqual([p["index"] for p in got["points"]],
                         list(range(1, 190)))
        self.assertEqual(got["signals"],
                         sum(p["signal"] for p in got["points"]))
        self.assertEqual(list(got["vlad"][0]), [
            "index", "value", "estimate", "stdError", "lower", "upper"])
        self.assertAlmostEqual(got["vlad"][-1]["value"], 0, places=6)

    # Scores 0 and 50 of logit p = -3.68 + 0.077 score.
    def test_published_weights(self):
        data = ("outcome,expected\n1,0.02460\n0,0.02460\n1,0.54240\n"
                "0,0.54240\n")
        got = self.of("--threshold", "0.9", stdin=data)
        value = 0
        for point, weight in zip(got["points"],
                                 (0.66884, -0.02430, 0.25981, -0.43334)):
            value += weight
            self.assertAlmostEqual(point["value"], value, places=4)
            self.assertEqual(point["signal"], value > 0.9)
        self.assertNotIn("wanted", got["arl"])

    def test_sequence(self):
        rows = ["9,1,0.2", "2,0,0.1", "10,1,0.3", "2,1,0.4"]
        text = "t,outcome,expected\n" + "\n".join(rows) + "\n"
        got = self.of("--sequence", "t", "--threshold", "1", stdin=text)
        self.assertEqual(
            [round(v["value"], 12) for v in got["vlad"]],
            [0.1, -0.5, -1.3, -2.0])
        self.assertIn("1 case has the same t as the one before",
                      got["warnings"][0])
        dates = ("t,outcome,expected\n2024-02-01,1,0.5\n2023-12-31,0,0.25\n")
        got = self.of("--sequence", "t", "--threshold", "1", stdin=dates)
        self.assertEqual([v["value"] for v in got["vlad"]], [0.25, -0.25])

    def test_reset(self):
        data = "outcome,expected\n" + "1,0.1\n" * 8
        on = self.of("--threshold", "1", stdin=data)
        again = self.of("--threshold", "1", "--reset", stdin=data)
        self.assertEqual(on["signals"], 7)
        self.assertEqual(again["signals"], 4)

    def test_simulation_stands_beside_the_chain(self):
        got = self.of("--simulate", "2000", "--seed", "5")
        simulated = got["arl"]["simulated"]
        self.assertEqual((simulated["runs"], simulated["seed"]), (2000, 5))
        self.assertLess(abs(simulated["mean"] - got["arl"]["inControl"]),
                        4 * simulated["stdError"])
        self.assertEqual(simulated, self.of(
            "--simulate", "2000", "--seed", "5", "--threads", "1")["arl"][
                "simulated"])

    def test_faults_are_named(self):
        one = "outcome,expected\n1,0.5\n"
        for text, args, said in (
                ("outcome,expected\n2,0.5\n", [],
                 'line 2, outcome "2": an outcome is 0 or 1'),
                ("outcome,expected\n1,0.5\n1,1.5\n", [],
                 'line 3, expected "1.5": what a case expects is a '
                 'probability'),
                (one, ["--odds-ratio", "1"], "--odds-ratio: the odds ratio is "
                 "1; allowed: from 0.001 to 1000, but not 1"),
                (one, ["--threshold", "-1"], "--threshold: the threshold is "
                 "-1; allowed: above 0"),
                (one, ["--arl", "1.5"], "--arl: the run length is 1.5; "
                 "allowed: above 2"),
                (one, ["--arl", "99", "--threshold", "3"],
                 "give either --arl or --threshold"),
                (one, ["--simulate", "0"], "allowed: from 1 to 10000000"),
                ("t,outcome,expected\nsoon,1,0.5\n", ["--sequence", "t"],
                 'line 2, t "soon": a sequence is of numbers, or of dates')):
            done = run("cusum", *CASES, *args, stdin=text)
            self.assertEqual(done.returncode, USAGE)
            self.assertIn(said, done.stderr)

    def test_the_figure(self):
        figure, shown = draw("cusum", *CASES, "--threshold", "1.5",
                             stdin=golden("cusum_births"))
        kinds = classes(figure)
        for kind in ("cusum", "threshold", "vlad"):
            self.assertEqual(kinds.count(kind), 1)
        self.assertEqual(kinds.count("limits"), 2)
        self.assertGreater(kinds.count("signal"), 0)
        self.assertIn("# signal", shown)
        self.assertIn("VLAD", shown)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[2:])
