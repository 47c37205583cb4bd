"""`enthesis analyze logistic|poisson|negbin` as a statistician runs them.

    glm_test.py ENTHESIS

Figures come from R (glm, MASS 7.3-58) on the data of tests/golden/data; the
keys are the contract of client/README.md.
"""

import csv
import math
import sys
import unittest

from analyze_program import DONE, USAGE, answer, golden, run

BIRTHS = ("--data", "-", "--response", "response", "--covariates",
          "age,lwt,smoke,ui")
DAYS = ("--data", "-", "--response", "response", "--covariates", "EthN,SexM")


class LogisticTest(unittest.TestCase):
    def of(self, *args, stdin=None):
        return answer("logistic", *BIRTHS, *args,
                      stdin=stdin or golden("glm_birthwt"))

    def test_keys_and_figures(self):
        got = self.of()
        self.assertEqual(list(got)[:5], ["n", "dropped", "coefficients",
                                         "deviance", "nullDeviance"])
        row = got["coefficients"][0]
        self.assertEqual(list(row), ["name", "estimate", "stdError", "z",
                                     "pValue", "ratio", "lower", "upper"])
        self.assertEqual([c["name"] for c in got["coefficients"]],
                         ["(Intercept)", "age", "lwt", "smoke", "ui"])
        # glm(low ~ age + lwt + smoke + ui, binomial, MASS::birthwt)
        self.assertAlmostEqual(got["nullDeviance"], 234.671996193, places=8)
        smoke = got["coefficients"][3]
        self.assertAlmostEqual(smoke["ratio"], math.exp(smoke["estimate"]))
        for key in ("logLikelihood", "auc", "brier", "aic", "df", "tests",
                    "calibration", "conventions", "warnings"):
            self.assertIn(key, got)
        self.assertAlmostEqual(got["calibration"]["slope"], 1, places=9)
        self.assertAlmostEqual(got["calibration"]["intercept"], 0, places=9)
        groups = got["calibration"]["groups"]
        self.assertEqual(sum(g["n"] for g in groups), 189)
        self.assertEqual(sum(g["observed"] for g in groups), 59)
        self.assertAlmostEqual(sum(g["expected"] for g in groups), 59)
        self.assertEqual(got["calibration"]["hosmerLemeshow"]["df"],
                         len(groups) - 2)

    def test_intercept_alone_and_a_value_as_the_event(self):
        text = "y,x\nyes,1\nno,3\nyes,4\nNA,2\nyes,2\n"
        got = answer("logistic", "--data", "-", "--response", "y=yes",
                     "--covariates", "1", stdin=text)
        self.assertEqual((got["n"], got["dropped"]), (4, 1))
        self.assertAlmostEqual(got["coefficients"][0]["estimate"], math.log(3))
        self.assertEqual(len(got["coefficients"]), 1)
        self.assertEqual(got["auc"], 0.5)

    def test_robust_errors(self):
        plain = self.of()
        rows = self.of("--robust")
        clusters = self.of("--cluster", "cluster")
        bare = self.of("--cluster", "cluster", "--no-cluster-factor")
        row = rows["coefficients"][1]
        self.assertEqual(row["stdError"],
                         plain["coefficients"][1]["stdError"])
        self.assertAlmostEqual(row["z"],
                               row["estimate"] / row["robustStdError"])
        n_clusters = 6  # values of ftv
        ratio = (clusters["coefficients"][1]["robustStdError"] /
                 bare["coefficients"][1]["robustStdError"])
        self.assertAlmostEqual(ratio, math.sqrt(n_clusters / (n_clusters - 1)))
        self.assertIn("G / (G - 1)", clusters["conventions"]["variance"])
        self.assertIn("no factor", bare["conventions"]["variance"])
        one = answer("logistic", "--data", "-", "--response", "y",
                     "--covariates", "x", "--cluster", "c",
                     stdin="y,x,c\n0,1,1\n1,3,1\n0,2,1\n1,1,1\n")
        self.assertIn("one cluster", one["warnings"][0])
        self.assertNotIn("robustStdError", one["coefficients"][0])

    def test_collapsed_rows(self):
        rows = "y,x\n" + "1,1\n" * 3 + "0,1\n" + "1,0\n" + "0,0\n" * 3
        table = "y,x,count\n1,1,3\n0,1,1\n1,0,1\n0,0,3\n"
        args = ("logistic", "--data", "-", "--response", "y", "--covariates",
                "x")
        one = answer(*args, stdin=rows)
        other = answer(*args, "--weights", "count", stdin=table)
        for key in ("coefficients", "deviance", "logLikelihood", "auc",
                    "brier", "aic", "calibration"):
            self.assertEqual(one[key], other[key], key)

    def test_separation_suggests_firth(self):
        text = "y,x\n0,1\n0,2\n1,3\n1,4\n"
        args = ("logistic", "--data", "-", "--response", "y", "--covariates",
                "x")
        got = answer(*args, stdin=text)
        self.assertEqual(got["coefficients"],
                         [{"name": "(Intercept)"}, {"name": "x"}])
        self.assertIn("--firth", got["warnings"][1])
        self.assertEqual((got["auc"], got["deviance"]), (1, 0))
        firth = answer(*args, "--firth", stdin=text)
        self.assertEqual(firth["warnings"], [])
        # brglm2: brglmFit, type AS_mean
        self.assertAlmostEqual(firth["coefficients"][1]["estimate"],
                               1.30990297, places=7)
        self.assertIn("penalizedLogLikelihood", firth)
        self.assertIn("Firth", firth["conventions"]["estimator"])

    def test_factors(self):
        text = golden("glm_birthwt")
        got = answer("logistic", "--data", "-", "--response", "response",
                     "--covariates", "factor(ptl)", "--reference", "ptl=1",
                     stdin=text)
        self.assertEqual([c["name"] for c in got["coefficients"]],
                         ["(Intercept)", "ptl0", "ptl2", "ptl3"])
        # The one row of ptl = 3 is no case.
        self.assertEqual(got["coefficients"][3], {"name": "ptl3"})

    def test_table_and_csv(self):
        args = ("logistic", *BIRTHS)
        done = run(*args, "--format", "csv", stdin=golden("glm_birthwt"))
        rows = list(csv.DictReader(done.stdout.splitlines()))
        rows = [row for row in rows if row["kind"] == "coefficient"]
        self.assertEqual(rows[0]["name"], "(Intercept)")
        self.assertIn("ratio", rows[0])
        done = run(*args, stdin=golden("glm_birthwt"))
        self.assertIn("Calibration", done.stdout)
        self.assertIn("auc", done.stdout)

    def test_faults_are_named(self):
        for text, args, said in (
                ("y,x\n1,1\n2,3\n", ["y", "x"],
                 'line 3, y "2": a logistic response is 0 or 1'),
                ("y,x\nno,1\nyes,3\n", ["y", "x"], "--response y=VALUE"),
                ("y,x\nno,1\nyes,3\n", ["y=maybe", "x"],
                 "the values are no, yes"),
                ("y,x\n0,1\n1,3\n", ["y", ""], "--covariates is required"),
                ("y,x\n0,1\n1,3\n", ["", "x"], "--response is required")):
            done = run("logistic", "--data", "-", "--response", args[0],
                       "--covariates", args[1], stdin=text)
            self.assertEqual(done.returncode, USAGE)
            self.assertIn(said, done.stderr)


class CountsTest(unittest.TestCase):
    def test_poisson_offset(self):
        got = answer("poisson", "--data", "-", "--response", "response",
                     "--covariates", "unclass_Age_", "--offset", "offset",
                     stdin=golden("glm_insurance"))
        self.assertNotIn("auc", got)
        self.assertNotIn("theta", got)
        # glm(Claims ~ unclass(Age) + offset(log(Holders)), poisson, Insurance)
        self.assertAlmostEqual(got["nullDeviance"], 236.2589589, places=6)

    def test_negbin(self):
        got = answer("negbin", *DAYS, stdin=golden("glm_quine"))
        # glm.nb(Days ~ Eth + Sex, MASS::quine)
        self.assertAlmostEqual(got["theta"]["estimate"], 1.1714097, places=6)
        # R's error is that of the step before the last.
        self.assertAlmostEqual(got["theta"]["stdError"], 0.1449588, places=4)
        self.assertAlmostEqual(got["aic"], -2 * got["logLikelihood"] + 8)

    def test_no_overdispersion_is_poisson(self):
        text = "y,x\n3,1\n4,2\n5,3\n6,4\n7,5\n8,5\n"
        args = ("--data", "-", "--response", "y", "--covariates", "x")
        got = answer("negbin", *args, stdin=text)
        self.assertEqual(got["theta"], {})
        self.assertIn("theta is infinite", got["warnings"][0])
        poisson = answer("poisson", *args, stdin=text)
        for key in ("coefficients", "deviance", "logLikelihood", "aic"):
            self.assertEqual(got[key], poisson[key])

    def test_all_zeros(self):
        for method in ("poisson", "negbin"):
            got = answer(method, "--data", "-", "--response", "y",
                         "--covariates", "x", stdin="y,x\n0,1\n0,2\n0,3\n")
            self.assertEqual(got["coefficients"][1], {"name": "x"})
            self.assertEqual(got["deviance"], 0)

    def test_only_whole_counts(self):
        for value in ("1.5", "-1", "1e300"):
            done = run("poisson", "--data", "-", "--response", "y",
                       "--covariates", "1", stdin=f"y\n{value}\n2\n")
            self.assertEqual(done.returncode, USAGE)
            self.assertIn(f'line 2, y "{value}": the response must be a '
                          "count", done.stderr)

    def test_firth_is_logistic_only(self):
        done = run("poisson", *DAYS, "--firth", stdin=golden("glm_quine"))
        self.assertNotEqual(done.returncode, DONE)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[2:])
