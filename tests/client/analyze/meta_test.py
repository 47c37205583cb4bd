"""`enthesis analyze meta` as a statistician runs it.

    meta_test.py ENTHESIS

Figures come from R (metafor 3.8-1) on the data of tests/golden/data.
"""

import pathlib
import sys
import tempfile
import unittest
import xml.dom.minidom

from analyze_program import DONE, USAGE, answer, golden, run

COLUMNS = ["--data", "-", "--estimate", "estimate", "--std-error",
           "std_error"]


class MetaTest(unittest.TestCase):
    def of(self, *args, stdin=None):
        return answer("meta", *COLUMNS, *args,
                      stdin=stdin or golden("meta_bcg"))

    def test_keys_and_figures(self):
        got = self.of("--label", "label", "--hksj", "--leave-one-out",
                      "--egger")
        self.assertEqual(list(got)[:5],
                         ["k", "dropped", "estimate", "stdError", "lower"])
        self.assertAlmostEqual(got["estimate"], -0.71453234, places=8)
        self.assertAlmostEqual(got["stdError"], 0.18079172, places=6)
        self.assertAlmostEqual(got["tau2Interval"]["upper"], 1.1114791,
                               places=6)
        self.assertEqual(got["q"]["df"], 12)
        self.assertEqual(got["df"], 12)
        self.assertEqual(got["studies"][0]["label"], "study-1")
        self.assertAlmostEqual(sum(x["weight"] for x in got["studies"]), 100)
        self.assertEqual(len(got["leaveOneOut"]), 13)
        self.assertEqual(got["leaveOneOut"][0]["k"], 12)
        self.assertAlmostEqual(got["egger"]["statistic"], -1.401282, places=6)
        for key in ("h2", "i2", "prediction", "conventions", "warnings"):
            self.assertIn(key, got)

    def test_cumulates_in_the_order_of_the_file(self):
        got = self.of("--cumulative", "--tau2", "dl")
        self.assertEqual(got["cumulative"][-1]["estimate"], got["estimate"])
        self.assertEqual(got["cumulative"][0]["estimate"],
                         got["studies"][0]["estimate"])

    def test_one_and_two_studies(self):
        two = self.of("--hksj", stdin="estimate,std_error\n1,1\n3,1\n")
        self.assertIn("1 df", two["warnings"][0])
        one = self.of("--egger", stdin="estimate,std_error\n1,1\nNA,2\n")
        self.assertEqual((one["k"], one["dropped"], one["egger"]), (1, 1, {}))
        self.assertIn("one study", one["warnings"][0])

    def test_faults_are_named(self):
        for text, args, said in (
                ("estimate,std_error\n1,0\n", [],
                 'line 2, std_error "0": a standard error is above 0'),
                ("estimate,std_error\n1,x\n", [], "line 2"),
                ("estimate,std_error\n1,1\n", ["--tau2", "he"],
                 "allowed: fe, dl, reml, ml, pm, hs, sj")):
            done = run("meta", *COLUMNS, *args, stdin=text)
            self.assertEqual(done.returncode, USAGE)
            self.assertIn(said, done.stderr)

    def test_forest_plot(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "forest.svg"
            done = run("meta", *COLUMNS, "--label", "label", "--plot",
                       str(path), stdin=golden("meta_bcg"))
            self.assertEqual(done.returncode, DONE)
            drawn = xml.dom.minidom.parse(str(path))
            kinds = [x.getAttribute("class")
                     for name in ("rect", "path")
                     for x in drawn.getElementsByTagName(name)]
            self.assertEqual(kinds.count("study"), 13)
            self.assertEqual(kinds.count("interval"), 13)
            self.assertEqual(kinds.count("pooled"), 1)
            self.assertEqual(kinds.count("prediction"), 1)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[2:])
