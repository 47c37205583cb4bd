"""`enthesis analyze METHOD --plot FILE --plot-axis FROM..TO`.

    plot_axis_test.py ENTHESIS
"""

import pathlib
import sys
import tempfile
import unittest

from analyze_program import CAUSES, DONE, USAGE, run

TIMES = ("--data", "-", "--time", "time", "--event", "cause")
MODEL = ("--covariates", "x", "--predict", "x=1")
INTERVALS = "left,right\n0,3\n1,5\n4,\n2,2\n3,\n"
# Method, its flags, its data, the title of its axis.
CURVES = [
    ("survival", TIMES, CAUSES, "Survival"),
    ("incidence", TIMES, CAUSES, "Cumulative incidence"),
    ("cox", (*TIMES, *MODEL), CAUSES, "Predicted survival"),
    ("fine-gray", (*TIMES, "--cause", "1", *MODEL), CAUSES,
     "Predicted incidence"),
    ("interval", ("--data", "-", "--lower", "left", "--upper", "right"),
     INTERVALS, "Survival"),
]


class PlotAxisTest(unittest.TestCase):
    def figure(self, method, *args, stdin):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "curve.svg"
            done = run(method, *args, "--plot", str(path), stdin=stdin)
            self.assertEqual((DONE, True), (done.returncode, path.exists()),
                             done.stderr)
            return path.read_text(encoding="utf-8")

    def test_curves_are_drawn_on_the_axis_asked_for(self):
        for method, flags, data, title in CURVES:
            with self.subTest(method=method):
                whole = self.figure(method, *flags, stdin=data)
                self.assertIn(f">{title}</text>", whole)
                self.assertNotIn('class="break"', whole)
                part = self.figure(method, *flags, "--plot-axis", "0.4..0.9",
                                   stdin=data)
                self.assertIn(f">{title} (axis from 0.4)</text>", part)
                self.assertIn('class="break"', part)
                self.assertIn(">0.40</text>", part)
                self.assertNotIn(">0.25</text>", part)
                self.assertIn("What is beyond 0.4 to 0.9 is not drawn.", part)

    def test_what_is_no_axis_says_what_is_allowed(self):
        for axis in ("0.9", "1..0.9", "0..1.1", "a..b"):
            done = run("survival", *TIMES, "--plot", "no.svg", "--plot-axis",
                       axis, stdin=CAUSES)
            self.assertEqual(USAGE, done.returncode)
            self.assertIn("allowed: FROM..TO", done.stderr)
        done = run("survival", *TIMES, "--plot-axis", "0..1", stdin=CAUSES)
        self.assertEqual(USAGE, done.returncode)
        self.assertIn("allowed: with --plot FILE", done.stderr)

    def test_the_help_says_so_and_other_figures_have_none(self):
        for method, *_ in CURVES:
            self.assertIn("--plot-axis FROM..TO", run(method, "--help").stdout)
        for method in ("funnel", "mmrm", "meta", "mixed"):
            shown = run(method, "--help").stdout
            self.assertIn("--plot", shown)
            self.assertNotIn("--plot-axis", shown)


if __name__ == "__main__":
    del sys.argv[1]
    unittest.main()
