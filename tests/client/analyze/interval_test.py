"""`enthesis analyze interval` as a statistician runs it.

    interval_test.py ENTHESIS

Figures were worked by hand, or are those of another method that must agree.
"""

import csv
import io
import math
import pathlib
import sys
import tempfile
import unittest

from analyze_program import USAGE, answer, golden, run, survival

INTERVALS = """left,right,arm,w
NA,3,b,1
1,5,b,1
4,,b,1
4.5,4.5,b,1
,,b,1
2,2,a,1
0,2.5,a,1
3,Inf,a,1
5,7,,1
"""


class IntervalTest(unittest.TestCase):
    def of(self, *args, stdin=INTERVALS):
        return answer("interval", "--data", "-", "--lower", "left", "--upper",
                      "right", *args, stdin=stdin)

    def test_by_group(self):
        got = self.of("--by", "arm", "--at", "4,2,99")
        self.assertEqual(list(got), ["n", "dropped", "curves", "test",
                                     "conventions", "warnings"])
        self.assertEqual((got["n"], got["dropped"]), (7, 2))
        self.assertEqual(list(got["test"]),
                         ["name", "chiSquare", "df", "pValue", "groups"])
        self.assertEqual(list(got["test"]["groups"][0]),
                         ["group", "n", "score"])
        self.assertEqual(got["test"]["df"], 1)
        self.assertAlmostEqual(sum(g["score"] for g in got["test"]["groups"]),
                               0, places=13)
        a, b = got["curves"]
        self.assertEqual(
            list(b), ["group", "n", "logLikelihood", "innermostIntervals",
                      "maxViolation", "intervals", "at"])
        self.assertEqual(b["group"], {"arm": "b"})
        # Mass x in (1, 3] and y at 4.5: x (x + y) y y, so 1/3 and 2/3.
        self.assertEqual([(i["left"], i["right"]) for i in b["intervals"]],
                         [(1, 3), (4.5, 4.5)])
        self.assertAlmostEqual(b["intervals"][0]["mass"], 1 / 3, places=14)
        self.assertAlmostEqual(b["logLikelihood"], math.log(4 / 27), places=13)
        self.assertEqual([list(at) for at in b["at"]],
                         3 * [["time", "survivalLower", "survivalUpper"]])
        self.assertAlmostEqual(b["at"][0]["survivalLower"], 2 / 3, places=14)
        self.assertEqual(b["at"][0]["survivalLower"],
                         b["at"][0]["survivalUpper"])
        self.assertAlmostEqual(b["at"][1]["survivalLower"], 2 / 3, places=14)
        self.assertEqual(b["at"][1]["survivalUpper"], 1)
        self.assertEqual(b["at"][2]["survivalUpper"], 0)
        # Mass at 2 and after 3, where the end is open; by 2.5 is the first.
        self.assertEqual(list(a["intervals"][1]), ["left", "mass"])
        self.assertEqual(a["at"][2]["survivalLower"], 0)
        self.assertAlmostEqual(a["at"][2]["survivalUpper"], 1 / 3, places=14)

    def test_right_censored_is_kaplan_meier(self):
        rows = list(csv.DictReader(io.StringIO(golden("lung_sex"))))
        text = "left,right,group\n" + "".join(
            f"{r['time']},{r['time'] if r['cause'] != '0' else ''},"
            f"{r['group']}\n" for r in rows)
        got = self.of("--by", "group", "--at", "100,270,500", stdin=text)
        expected = survival("--by", "group", "--at", "100,270,500",
                            stdin=golden("lung_sex"))
        for ours, theirs in zip(got["curves"], expected["curves"]):
            for x, y in zip(ours["at"], theirs["at"]):
                self.assertAlmostEqual(x["survivalLower"], y["survival"], 12)
                self.assertAlmostEqual(x["survivalUpper"], y["survival"], 12)

    def test_weights_and_order(self):
        text = "left,right,w\n0,2,2\n1,3,1\n2,4,3\n"
        copies = "left,right\n2,4\n0,2\n2,4\n1,3\n0,2\n2,4\n"
        weighted = self.of("--weights", "w", stdin=text)
        self.assertEqual(weighted["curves"], self.of(stdin=copies)["curves"])
        self.assertNotIn("test", weighted)
        half = INTERVALS.replace("b,1", "b,0.5")
        got = self.of("--weights", "w", "--by", "arm", stdin=half)
        self.assertNotIn("test", got)
        self.assertIn("not whole", got["warnings"][0])

    def test_faults_are_named(self):
        head = "left,right\n1,2\n\n"
        for row, message in [
                ("-1,2", 'line 4, left "-1": must be 0 or more'),
                ("5,4", 'line 4, right "4": must not be below left, 5'),
                ("x,4", 'line 4, left "x": is not a number'),
                ("1,NaN", 'line 4, right "NaN": is not a number'),
                ("Inf,", 'line 4, left "Inf": leaves no time for the event'),
                (",-Inf",
                 'line 4, right "-Inf": leaves no time for the event')]:
            done = run("interval", "--data", "-", "--lower", "left",
                       "--upper", "right", stdin=head + row + "\n")
            self.assertEqual(done.returncode, USAGE, row)
            self.assertIn(message, done.stderr)
            self.assertEqual(done.stdout, "")
        for args, message in [
                (["--lower", "left"], "--upper is required"),
                (["--upper", "right"], "--lower is required"),
                (["--lower", "left", "--upper", "right", "--at", "1,b"],
                 '--at: "b" is not a number')]:
            done = run("interval", "--data", "-", *args, stdin=head)
            self.assertEqual(done.returncode, USAGE)
            self.assertIn(message, done.stderr)
        done = run("interval", "--data", "-", "--lower", "left", "--upper",
                   "right", stdin="left,right\n,\n")
        self.assertEqual(done.returncode, USAGE)
        self.assertIn("every row lacks a value", done.stderr)

    def test_plot_has_bands(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "curve.svg"
            self.of("--by", "arm", "--plot", str(path))
            svg = path.read_text(encoding="utf-8")
        self.assertEqual(svg.count('class="curve"'), 2)
        self.assertIn("is unknown", svg)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[2:])
