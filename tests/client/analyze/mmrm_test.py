"""`enthesis analyze mmrm` as a statistician runs it.

    mmrm_test.py ENTHESIS

Figures come from R (nlme 3.1-162, emmeans, and the dense matrices of mmrm.R)
on the data of tests/golden/data; the keys are the contract of
client/README.md.
"""

import csv
import io
import pathlib
import sys
import tempfile
import unittest

from analyze_program import DONE, USAGE, answer, golden, run

ROWS = ("--data", "-", "--response", "response", "--subject", "subject",
        "--visit", "visit")
SMALL = "id,week,y,arm\n" + "".join(
    f"{i},{w},{y},{arm}\n" for i, w, y, arm in (
        (1, 2, 5, "A"), (1, 10, 7, "A"), (2, 2, 6, "A"), (2, 10, 6.5, "A"),
        (3, 2, 4, "A"), (3, 10, 8, "A"), (4, 2, 5, "B"), (4, 10, 9, "B"),
        (5, 2, 7, "B"), (5, 10, 9.5, "B"), (6, 2, 3, "B"), (6, 10, 8, "B")))
SMALL_ROWS = ("--data", "-", "--response", "y", "--subject", "id", "--visit",
              "week", "--covariates", "1", "--by", "arm")


class MmrmTest(unittest.TestCase):
    def of(self, *args, data="mmrm_visa"):
        return answer("mmrm", *ROWS, *args, stdin=golden(data))

    # contestMD of lmerTest where compound symmetry is a random intercept
    def test_terms(self):
        got = self.of("--covariates", "1", "--by", "group", "--covariance",
                      "cs", data="mmrm_orthodont")
        self.assertEqual([(t["name"], t["numeratorDf"]) for t in got["terms"]],
                         [("visit", 3), ("group", 1), ("visit:group", 3)])
        self.assertEqual(list(got["terms"][0]),
                         ["name", "numeratorDf", "df", "statistic", "pValue"])
        visit, group, both = got["terms"]
        self.assertAlmostEqual(visit["df"], 75, 5)
        self.assertAlmostEqual(group["df"], 25, 5)
        self.assertAlmostEqual(visit["statistic"], 35.34733454, 5)
        self.assertAlmostEqual(both["statistic"], 2.36156306, 5)

    def test_figure_of_means(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "means.svg"
            done = run("mmrm", *ROWS, "--covariates", "baseline", "--by",
                       "group", "--plot", str(path),
                       stdin=golden("mmrm_visa"))
            svg = path.read_text(encoding="utf-8")
            self.assertEqual(svg.count('class="interval"'), 8)
            self.assertEqual(svg.count('class="mean"'), 8)
            self.assertEqual(svg.count('class="series"'), 2)
            self.assertIn("group=B", svg)
            self.assertIn("adjusted mean of response", done.stdout)
            none = run("mmrm", *ROWS, "--covariates", "baseline", "--plot",
                       str(path), stdin=golden("mmrm_visa"))
            self.assertEqual(none.returncode, USAGE)
            self.assertIn("--plot draws means of visits", none.stderr)

    def test_keys_and_figures(self):
        got = self.of("--covariates", "1", "--by", "group",
                      data="mmrm_orthodont")
        for key in ("method", "n", "dropped", "coefficients", "covariance",
                    "leastSquaresMeans", "contrasts", "logLikelihood",
                    "conventions", "warnings"):
            self.assertIn(key, got)
        self.assertEqual([c["name"] for c in got["coefficients"]],
                         ["(Intercept)", "visit10", "visit12", "visit14",
                          "groupMale", "visit10:groupMale",
                          "visit12:groupMale", "visit14:groupMale"])
        self.assertEqual(list(got["coefficients"][0]),
                         ["name", "estimate", "stdError", "df", "statistic",
                          "pValue", "lower", "upper"])
        self.assertEqual(list(got["leastSquaresMeans"][0]),
                         ["visit", "group", "estimate", "stdError", "df",
                          "lower", "upper"])
        self.assertEqual(list(got["contrasts"][0]),
                         ["visit", "group", "reference", "estimate",
                          "stdError", "df", "statistic", "pValue", "lower",
                          "upper"])
        # logLik(gls(distance ~ factor(age) * Sex, Orthodont, corSymm, ...))
        self.assertAlmostEqual(got["logLikelihood"], -207.017400498, places=8)
        male = got["coefficients"][4]
        self.assertAlmostEqual(male["estimate"], 1.693181818, places=8)
        self.assertAlmostEqual(male["stdError"], 0.911471315, places=8)
        self.assertAlmostEqual(male["df"], 25, places=8)  # 27 children, 2
        last = got["contrasts"][-1]
        self.assertEqual((last["visit"], last["group"], last["reference"]),
                         ("14", {"group": "Male"}, {"group": "Female"}))
        self.assertAlmostEqual(last["estimate"], 3.377840909, places=8)
        matrix = [row["values"] for row in got["covariance"]]
        self.assertEqual(len(matrix), 4)
        for a in range(4):
            for b in range(4):
                self.assertEqual(matrix[a][b], matrix[b][a])
        self.assertAlmostEqual(matrix[0][0], 5.415454545, places=8)

    def test_kenward_roger_and_other_covariances(self):
        covariates = ("--covariates", "baseline,age,site", "--by", "group")
        plain = self.of(*covariates)
        adjusted = self.of(*covariates, "--df", "kenward-roger")
        self.assertIn("Kenward-Roger", adjusted["conventions"]["df"])
        for a, b in zip(plain["contrasts"], adjusted["contrasts"]):
            self.assertEqual(a["estimate"], b["estimate"])
            self.assertGreater(b["stdError"], a["stdError"])
        likelihoods = {}
        for name in ("un", "cs", "csh", "ar1", "ar1h", "toep"):
            got = self.of(*covariates, "--covariance", name)
            self.assertEqual(got["covarianceStructure"], name)
            likelihoods[name] = got["logLikelihood"]
        for inner, outer in (("cs", "csh"), ("ar1", "ar1h"), ("ar1", "toep"),
                             ("cs", "toep"), ("csh", "un"), ("ar1h", "un"),
                             ("toep", "un")):
            self.assertLess(likelihoods[inner], likelihoods[outer])
        most = self.of(*covariates, "--ml")
        self.assertNotEqual(most["logLikelihood"], plain["logLikelihood"])

    def test_visits_as_numbers_in_order_and_as_a_factor(self):
        line = answer("mmrm", *SMALL_ROWS[:-4], "--covariates", "week",
                      stdin=SMALL)
        self.assertEqual(line["leastSquaresMeans"], [])
        self.assertEqual(line["contrasts"], [])
        self.assertEqual([r["visit"] for r in line["covariance"]],
                         ["2", "10"])
        factor = answer("mmrm", *SMALL_ROWS[:-4], "--covariates",
                        "factor(week)", stdin=SMALL)
        self.assertEqual([m["visit"] for m in factor["leastSquaresMeans"]],
                         ["2", "10"])
        self.assertAlmostEqual(factor["leastSquaresMeans"][0]["estimate"], 5)
        self.assertAlmostEqual(factor["leastSquaresMeans"][0]["df"], 5)
        self.assertEqual(factor["leastSquaresMeans"][0]["group"], {})

    def test_groups_enter_once_and_by_their_reference(self):
        plain = answer("mmrm", *SMALL_ROWS, stdin=SMALL)
        again = answer("mmrm", *SMALL_ROWS[:-4], "--covariates",
                       "factor(week),arm", "--by", "arm", stdin=SMALL)
        self.assertEqual(plain["coefficients"], again["coefficients"])
        other = answer("mmrm", *SMALL_ROWS, "--reference", "arm=B",
                       stdin=SMALL)
        self.assertEqual(other["coefficients"][2]["name"], "armA")
        for a, b in zip(plain["contrasts"], other["contrasts"]):
            self.assertAlmostEqual(a["estimate"], -b["estimate"])
            self.assertAlmostEqual(a["df"], 4)
        self.assertEqual(other["contrasts"][0]["reference"], {"arm": "B"})

    def test_a_missing_response_is_left_out_and_told(self):
        text = SMALL.replace("6,10,8,B", "6,10,NA,B")
        got = answer("mmrm", *SMALL_ROWS, stdin=text)
        self.assertEqual((got["n"], got["dropped"]), (11, 1))
        self.assertEqual(got["subjects"], 6)

    def test_fallback_only_where_asked_for(self):
        text = "id,visit,y\n" + "".join(
            f"{i},{1 + i % 2},{y}\n{i},{2 + i % 2},{z}\n"
            for i, y, z in ((1, 5, 6), (2, 4, 7), (3, 2, 2.5), (4, 3, 3.5),
                            (5, 1, 3), (6, 9, 8)))
        args = ("mmrm", "--data", "-", "--response", "y", "--subject", "id",
                "--visit", "visit", "--covariates", "1")
        done = run(*args, stdin=text)
        self.assertEqual(done.returncode, USAGE)
        self.assertIn("no subject has both visits 1 and 3", done.stderr)
        self.assertIn("--fallback", done.stderr)
        got = answer(*args, "--fallback", "toep,ar1", stdin=text)
        self.assertEqual(got["covarianceStructure"], "ar1")
        self.assertEqual(len(got["warnings"]), 2)
        self.assertIn("unstructured covariance did not converge",
                      got["warnings"][0])

    def test_wrong_flags(self):
        for extra, message in (
                (("--covariance", "us"), "--covariance us: allowed are un"),
                (("--fallback", "csh,x"), "--fallback x: allowed are un"),
                (("--df", "kr"), "--df kr: allowed are satterthwaite"),
                (("--df", "kenward-roger", "--ml"), "leave out --ml"),
                (("--reference", "arm=C"), "the levels are A, B"),
                (("--reference", "id=1"), "no such factor")):
            done = run(*("mmrm", *SMALL_ROWS, *extra), stdin=SMALL)
            self.assertEqual(done.returncode, USAGE, extra)
            self.assertIn(message, done.stderr)
        for missing in ("--response", "--subject", "--visit", "--covariates"):
            args = list(SMALL_ROWS)
            at = args.index(missing)
            del args[at:at + 2]
            done = run("mmrm", *args, stdin=SMALL)
            self.assertIn(f"{missing} is required", done.stderr)

    def test_table_and_csv(self):
        done = run("mmrm", *SMALL_ROWS, stdin=SMALL)
        self.assertEqual(done.returncode, DONE)
        for part in ("Mixed model for repeated measures: 12 rows",
                     "Least squares means", "Covariance of visits (un)",
                     "group minus reference"):
            self.assertIn(part, done.stdout)
        done = run("mmrm", *SMALL_ROWS, "--format", "csv", stdin=SMALL)
        rows = list(csv.DictReader(io.StringIO(done.stdout)))
        kinds = [row["kind"] for row in rows]
        self.assertEqual([kinds.count(kind) for kind in (
            "coefficient", "covariance", "least_squares_mean", "contrast",
            "fit")], [4, 4, 4, 2, 1])
        covariance = [r for r in rows if r["kind"] == "covariance"][1]
        self.assertEqual((covariance["visit"], covariance["other_visit"]),
                         ("2", "10"))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[2:])
