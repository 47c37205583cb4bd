"""`enthesis analyze funnel` as a registry runs it.

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
        self.assertEqual(first["limits"], second["limits"])
        self.assertEqual(first["sites"], second["sites"][::-1])
        self.assertEqual(first["overdispersion"], second["overdispersion"])

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


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[2:])
