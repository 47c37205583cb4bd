"""`enthesis analyze meta` as a statistician runs it.

    meta_test.py ENTHESIS

Figures come from R (metafor 3.8-1) on the data of tests/golden/data.
"""

import pathlib
import re
import sys
import tempfile
import unittest
import xml.dom.minidom

from analyze_program import DONE, USAGE, answer, golden, run

COLUMNS = ["--data", "-", "--estimate", "estimate", "--std-error",
           "std_error"]


TABLES = ["--data", "-", "--events", "events", "--n", "n",
          "--control-events", "control_events", "--control-n", "control_n"]


def numbers_in(value):
    if isinstance(value, dict):
        for part in value.values():
            yield from numbers_in(part)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield float(value)


def cells_of(text):
    for cell in text.replace("\n", ",").split(","):
        try:
            yield float(cell)
        except ValueError:
            pass


class MetaTest(unittest.TestCase):
    def of(self, *args, stdin=None):
        return answer("meta", *COLUMNS, *args,
                      stdin=stdin or golden("meta_bcg"))

    def test_answer_does_not_depend_on_the_order_of_rows(self):
        lines = golden("meta_bcg").splitlines(keepends=True)
        turned = lines[0] + "".join(reversed(lines[1:]))
        flags = ["--label", "label", "--leave-one-out", "--egger"]
        self.assertEqual(self.of(*flags), self.of(*flags, stdin=turned))

    def test_flags_that_would_do_nothing_are_refused(self):
        done = run("meta", *COLUMNS, "--correction", "0.5",
                   stdin=golden("meta_bcg"))
        self.assertEqual(done.returncode, USAGE)
        self.assertIn("--correction is of counts", done.stderr)

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

    def test_tables(self):
        got = answer("meta", *TABLES, "--measure", "or",
                     stdin=golden("study_bcg"))
        # rma, rma.mh and rma.peto of metafor on dat.bcg
        self.assertAlmostEqual(got["estimate"], -0.7451778, places=6)
        self.assertAlmostEqual(got["transformed"]["estimate"], 0.4746499,
                               places=6)
        common = got["mantelHaenszel"]
        self.assertAlmostEqual(common["estimate"], -0.4734112, places=6)
        self.assertAlmostEqual(common["transformed"]["upper"], 0.6750036,
                               places=6)
        self.assertAlmostEqual(common["test"]["statistic"], 136.1630,
                               places=3)
        self.assertAlmostEqual(common["tarone"]["statistic"], 171.7567,
                               places=3)
        self.assertAlmostEqual(got["peto"]["estimate"], -0.4744462, places=6)
        self.assertAlmostEqual(got["peto"]["heterogeneity"]["statistic"],
                               167.7302, places=3)
        self.assertAlmostEqual(got["exact"]["transformed"]["estimate"],
                               0.620527, places=5)
        self.assertEqual(got["conventions"]["measure"], "log odds ratio")
        self.assertIn("correction", got["conventions"])
        self.assertFalse(got["studies"][0]["corrected"])
        for measure, estimate, pooled in (("rr", -0.7145323, -0.4537096),
                                          ("rd", None, None)):
            got = answer("meta", *TABLES, "--measure", measure,
                         stdin=golden("study_bcg"))
            self.assertNotIn("peto", got)
            self.assertNotIn("exact", got)
            if estimate is not None:
                self.assertAlmostEqual(got["estimate"], estimate, places=6)
                self.assertAlmostEqual(got["mantelHaenszel"]["estimate"],
                                       pooled, places=6)
            else:
                self.assertNotIn("transformed", got)

    def test_zero_cells(self):
        data = golden("study_zeros")
        got = answer("meta", *TABLES, "--measure", "or", stdin=data)
        self.assertEqual(got["k"], 5)
        self.assertTrue(any("a cell is 0, so 0.5 was added" in w
                            for w in got["warnings"]))
        self.assertEqual([s["corrected"] for s in got["studies"]],
                         [True, True, True, True, False])
        left = answer("meta", *TABLES, "--measure", "or", "--correction",
                      "none", stdin=data)
        self.assertEqual(left["k"], 1)
        self.assertEqual(sum("left out" in w for w in left["warnings"]), 4)
        self.assertTrue(any("one study" in w for w in left["warnings"]))
        # What needs no correction is of all studies either way.
        for key in ("mantelHaenszel", "peto", "exact"):
            self.assertEqual(left[key], got[key])
        done = run("meta", *TABLES, "--measure", "or", "--correction", "none",
                   stdin="events,n,control_events,control_n\n0,4,1,5\n")
        self.assertEqual(done.returncode, USAGE)
        self.assertIn("no study is left: line 2", done.stderr)

    def test_one_group_and_moments(self):
        shares = answer("meta", "--data", "-", "--measure", "logit",
                        "--events", "events", "--n", "n",
                        stdin=golden("study_pritz"))
        self.assertEqual(shares["k"], 14)
        self.assertTrue(0 < shares["transformed"]["lower"]
                        < shares["transformed"]["estimate"] < 1)
        rates = answer("meta", "--data", "-", "--measure", "rate-ratio",
                       "--events", "events", "--exposure", "exposure",
                       "--control-events", "control_events",
                       "--control-exposure", "control_exposure", "--tau2",
                       "fe", stdin=golden("study_nielweise"))
        self.assertEqual(rates["conventions"]["transformed"], "rate ratio")
        self.assertIsNotNone(rates["mantelHaenszel"]["transformed"]["upper"])
        self.assertNotIn("peto", rates)
        scores = answer("meta", "--data", "-", "--measure", "md",
                        "--mean", "mean", "--sd", "sd", "--n", "n",
                        "--control-mean", "control_mean", "--control-sd",
                        "control_sd", "--control-n", "control_n",
                        stdin=golden("study_normand"))
        self.assertEqual(scores["conventions"]["measure"], "mean difference")
        given = answer("meta", *COLUMNS, stdin=golden("meta_normand"))
        self.assertAlmostEqual(scores["estimate"], given["estimate"],
                               places=10)
        self.assertAlmostEqual(scores["tau2"], given["tau2"], places=8)
        self.assertNotIn("correction", scores["conventions"])
        # What --mean is of needs no --measure.
        change = answer("meta", "--data", "-", "--mean", "d", "--sd", "s",
                        "--n", "n", "--tau2", "dl",
                        stdin="d,s,n\n-8,1.7320508075688772,26\n"
                        "-7.2,1.1532562594670794,104\n")
        self.assertEqual(change["conventions"]["measure"], "mean")
        self.assertAlmostEqual(change["tau2"], 0.25591, places=5)
        self.assertAlmostEqual(change["estimate"], -7.5359, places=4)
        self.assertTrue(any("two studies" in w for w in change["warnings"]))

    def test_faults_of_tables_are_named(self):
        good = "events,n,control_events,control_n\n1,4,2,5\n"
        for text, args, said in (
                (good, ["--measure", "hr"], "allowed: or, rr, rd, logit"),
                (good, [], "--events needs --measure"),
                (good, ["--measure", "or", "--sd", "n"],
                 "--sd is not for --measure or, which takes --events, --n"),
                (good, ["--measure", "rate"],
                 "--n is not for --measure rate"),
                (good, ["--measure", "or", "--correction", "-1"],
                 "--correction is above 0, or none"),
                (good.replace("1,4", "6,4"), ["--measure", "or"],
                 'line 2, events "6": more events than n, 4'),
                (good.replace("1,4", "1,0"), ["--measure", "or"],
                 'line 2, n "0": a count is a whole number from 1'),
                (good.replace("1,4", "0.5,4"), ["--measure", "or"],
                 'line 2, events "0.5": a count is a whole number from 0')):
            with self.subTest(said=said):
                done = run("meta", *TABLES, *args, stdin=text)
                self.assertEqual(done.returncode, USAGE)
                self.assertIn(said, done.stderr)
        done = run("meta", "--data", "-", "--measure", "or", "--events",
                   "events", stdin=good)
        self.assertIn("--events, --n, --control-events, --control-n are "
                      "required for --measure or", done.stderr)

    def test_every_number_of_tables_is_in_csv(self):
        done = run("meta", *TABLES, "--measure", "or", "--format", "csv",
                   stdin=golden("study_zeros"))
        cells = set(cells_of(done.stdout))
        got = answer("meta", *TABLES, "--measure", "or",
                     stdin=golden("study_zeros"))
        for key in ("mantelHaenszel", "peto", "exact", "transformed"):
            for number in numbers_in(got[key]):
                self.assertIn(number, cells, key)

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
        weighed = re.findall(r"(?m)^ *study-\d+ .*[*#].* \d+\.\d %$",
                             done.stdout)
        self.assertEqual(len(weighed), 13)
        self.assertRegex(done.stdout, r"(?m)^ *prediction +=+$")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[2:])
