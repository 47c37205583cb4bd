"""What `enthesis analyze` prints: all that JSON has is in CSV, what a flag asks
for is in the tables, and no name is cut.

    forms_test.py ENTHESIS
"""

import csv
import fcntl
import io
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import unittest

from analyze_program import (CAUSES, DONE, USAGE, answer, golden, program, run,
                             survival)

TIMES = ["--data", "-", "--time", "time", "--event", "cause"]
SCORES = "before,after,arm,age\n" + "".join(
    f"{b},{a},{g},{x}\n" for b, a, g, x in (
        (20, 31, "A", 40), (25, 24, "A", 51), (31, 40, "A", 47),
        (18, 33.5, "A", 66), (22, 22, "B", 39), (30, 34, "B", 58),
        (27, 45, "B", 61), (15, 21.5, "B", 33)))
COUNTS = "e,g,s,w\n" + "".join(
    f"{e},{g},{s},{w}\n" for e, g, s, w in (
        (1, "A", "u", 3), (0, "A", "u", 6), (1, "B", "u", 1), (0, "B", "u", 7),
        (1, "A", "v", 5), (0, "A", "v", 2), (1, "B", "v", 2),
        (0, "B", "v", 7)))
STUDIES = "s,est,se\n" + "".join(
    f"{s},{e},{se}\n" for s, e, se in (
        ("a", 0.2, 0.1), ("b", 0.5, 0.2), ("c", -0.1, 0.15), ("d", 0.4, 0.3)))
SITES = "site,events,n,expected\nA,3,40,2.5\nB,0,25,1.5\nC,21,60,5\n"
PATIENTS = "site,y,p,years\n" + "".join(
    f"{s},{y},{p},{t}\n" for s, y, p, t in (
        ("A", 0, 0.1, 2), ("A", 1, 0.3, 1.5), ("B", 1, 0.05, 0.5),
        ("B", 1, 0.2, 3), ("C", 0, 0.15, 2.5), ("C", 0, 0.4, 1)))
VISITS = "y,t,arm,who\n" + "".join(
    f"{20 + 3 * p % 7 + (2 + p % 3) * t + 5 * (p + 2 * t) % 4},{t},"
    f"{'AB'[p % 2]},p{p}\n" for p in range(7) for t in range(4))
REPEATED = "id,v,y,g,x\n" + "".join(
    f"{i},{v},{(i * 7 + v * v * 5 + i * v * 3) % 11},{'AB'[i % 2]},{i % 4}\n"
    for i in range(12) for v in (1, 2, 3) if (i + v) % 7)
INTERVALS = "l,u,g\n,3,a\n2,5,a\n4,,b\n1,6,b\n3,3,a\n2,,b\n"
COMMANDS = {
    "survival": (TIMES + ["--by", "arm", "--at", "7,9,100", "--quantiles",
                          "0.25,0.75", "--rmst", "8", "--pairwise", "--trend"],
                 CAUSES),
    "incidence": (TIMES + ["--by", "arm", "--at", "7,100"], CAUSES),
    "cox": (TIMES[:-1] + ["cause=1", "--covariates", "x,score", "--zph",
                          "--predict", "x=1,score=3;x=0,score=2", "--at",
                          "6,100"], CAUSES),
    "fine-gray": (TIMES + ["--cause", "1", "--covariates", "x", "--predict",
                           "x=1", "--at", "6,100"], CAUSES),
    "parametric": (TIMES[:-1] + ["cause=1", "--covariates", "x", "--predict",
                                 "x=1;x=2", "--at", "6", "--quantiles",
                                 "0.25,0.5"], CAUSES),
    "interval": (["--data", "-", "--lower", "l", "--upper", "u", "--by", "g",
                  "--at", "2,4"], INTERVALS),
    "meta": (["--data", "-", "--estimate", "est", "--std-error", "se",
              "--label", "s", "--hksj", "--leave-one-out", "--cumulative",
              "--egger", "--blup"], STUDIES),
    "funnel": (["--data", "-", "--events", "events", "--n", "n", "--label",
                "site", "--overdispersion", "additive"], SITES),
    "standardize": (["--data", "-", "--outcome", "y", "--expected", "p",
                     "--by", "site", "--exposure", "years"], PATIENTS),
    "cusum": (["--data", "-", "--outcome", "y", "--expected", "p", "--simulate",
               "50"], PATIENTS),
    "change": (["--data", "-", "--baseline", "before", "--follow-up", "after",
                "--by", "arm", "--mcid", "5,10"], SCORES),
    "compare": (["--data", "-", "--value", "after", "--by", "arm"], SCORES),
    "ancova": (["--data", "-", "--response", "after", "--baseline", "before",
                "--group", "arm", "--covariates", "age"], SCORES),
    "logistic": (["--data", "-", "--response", "arm=A", "--covariates",
                  "before,age", "--robust"], SCORES),
    "poisson": (["--data", "-", "--response", "before", "--covariates",
                 "arm,age"], SCORES),
    "negbin": (["--data", "-", "--response", "before", "--covariates", "arm"],
               SCORES),
    "proportions": (["--data", "-", "--event", "e", "--by", "g", "--strata",
                     "s", "--weights", "w"], COUNTS),
    "mixed": (["--data", "-", "--response", "y", "--covariates", "t,arm",
               "--group", "who", "--slope", "t", "--random-effects"], VISITS),
    "mmrm": (["--data", "-", "--response", "y", "--subject", "id", "--visit",
              "v", "--covariates", "x", "--by", "g"], REPEATED),
    "describe": (["--data", "-", "--columns", "before,age,arm"], SCORES),
}


def rows_of(*args, stdin):
    done = run(*args, "--format", "csv", stdin=stdin)
    assert done.returncode == DONE, done.stderr
    lines = list(csv.reader(io.StringIO(done.stdout)))
    assert all(len(line) == len(lines[0]) for line in lines)
    assert len(set(lines[0])) == len(lines[0])
    return [dict(zip(lines[0], line)) for line in lines[1:]]


def table(*args, stdin):
    done = run(*args, stdin=stdin)
    assert done.returncode == DONE, done.stderr
    return done.stdout


def on_terminal(columns, *args, stdin):
    """What a terminal of so many columns shows, without color."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ,
                struct.pack("HHHH", 24, columns, 0, 0))
    with subprocess.Popen([program, "analyze", *args], stdin=subprocess.PIPE,
                          stdout=slave, stderr=subprocess.PIPE,
                          env={**os.environ, "NO_COLOR": "1"}) as child:
        os.close(slave)
        child.stdin.write(stdin.encode())
        child.stdin.close()
        text = b""
        while True:
            try:
                part = os.read(master, 65536)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            text += part
        child.wait()
    os.close(master)
    return text.decode().replace("\r\n", "\n")


def numbers_in(value, path=""):
    if isinstance(value, dict):
        for key, part in value.items():
            if key not in ("conventions", "warnings"):
                yield from numbers_in(part, f"{path}.{key}")
    elif isinstance(value, list):
        for part in value:
            yield from numbers_in(part, path)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield path, float(value)


class CsvTest(unittest.TestCase):
    def test_the_confidence_level_is_a_number(self):
        for method, (args, data) in COMMANDS.items():
            got = answer(method, *args, "--conf-level", "0.9", stdin=data)
            if method in ("funnel", "describe", "interval"):
                self.assertNotIn("confLevel", got["conventions"], method)
                continue
            self.assertEqual(got["conventions"]["confLevel"], 0.9, method)
            self.assertIn("confLevel: 0.9", " ".join(table(
                method, *args, "--conf-level", "0.9", stdin=data).split()))

    def test_every_number_of_json_is_there(self):
        for method, (args, data) in COMMANDS.items():
            cells = set()
            for row in rows_of(method, *args, stdin=data):
                for cell in row.values():
                    try:
                        cells.add(float(cell))
                    except ValueError:
                        pass
            for path, number in numbers_in(answer(method, *args, stdin=data)):
                with self.subTest(method=method, path=path, number=number):
                    self.assertIn(number, cells)

    def test_columns_do_not_depend_on_what_is_asked(self):
        least = {
            "survival": (TIMES, CAUSES),
            "incidence": (TIMES, CAUSES),
            "cox": (TIMES + ["--covariates", "x"], CAUSES),
            "fine-gray": (TIMES + ["--cause", "1", "--covariates", "x"],
                          CAUSES),
            "parametric": (TIMES, CAUSES),
            "interval": (["--data", "-", "--lower", "l", "--upper", "u"],
                         INTERVALS),
            "meta": (["--data", "-", "--estimate", "est", "--std-error", "se"],
                     STUDIES),
            "funnel": (["--data", "-", "--events", "events", "--expected",
                        "expected"], SITES),
            "standardize": (["--data", "-", "--outcome", "y", "--expected",
                             "p"], PATIENTS),
            "cusum": (["--data", "-", "--outcome", "y", "--expected", "p"],
                      PATIENTS),
            "proportions": (["--data", "-", "--event", "e"], COUNTS),
            "mixed": (["--data", "-", "--response", "y", "--covariates", "1",
                       "--group", "who"], VISITS),
        }
        for method, (args, data) in least.items():
            with self.subTest(method=method):
                self.assertEqual(
                    list(rows_of(method, *args, stdin=data)[0]),
                    list(rows_of(method, *COMMANDS[method][0],
                                 stdin=COMMANDS[method][1])[0]))

    def test_rows_say_what_they_are_and_why_a_figure_is_absent(self):
        args, data = COMMANDS["survival"]
        rows = rows_of("survival", *args, stdin=data)
        self.assertEqual((rows[0]["kind"], rows[0]["n"], rows[0]["dropped"]),
                         ("rows", "10", "0"))
        # Arm A ends above 0, arm B at 0, where it stays.
        late = [r for r in rows if r["kind"] == "at" and r["time"] == "100"]
        self.assertEqual({(r["survival"], r["absence"]) for r in late},
                         {("", "beyond_follow_up"), ("0", "")})
        some = [r for r in rows if r["kind"] == "at" and r["time"] == "7"]
        self.assertEqual({r["absence"] for r in some}, {""})
        censored = rows_of("survival", *TIMES, stdin="time,cause\n1,0\n2,0\n")
        self.assertEqual([r["absence"] for r in censored
                          if r["kind"] == "curve"], ["not_reached"])
        flat = rows_of("cox", *TIMES, "--covariates", "x", stdin=(
            "time,cause,x\n1,1,2\n2,1,2\n3,0,2\n"))
        self.assertEqual([(r["name"], r["absence"]) for r in flat
                          if r["kind"] == "coefficient"], [("x", "dropped")])
        apart = rows_of("cox", *TIMES, "--covariates", "x", stdin=(
            "time,cause,x\n1,1,1\n2,1,1\n3,1,1\n4,0,0\n5,0,0\n"))
        self.assertEqual([r["absence"] for r in apart
                          if r["kind"] == "coefficient"], ["separated"])

    def test_digits_are_full(self):
        args, data = COMMANDS["survival"]
        mean = answer("survival", *args, stdin=data)["curves"][0][
            "restrictedMean"]["stdError"]
        row = next(r for r in rows_of("survival", *args, stdin=data)
                   if r["kind"] == "restricted_mean")
        self.assertEqual(row["std_error"], repr(mean))


class TableTest(unittest.TestCase):
    def test_what_a_flag_asks_for_is_shown(self):
        titles = {
            "survival": ["Restricted mean", "Time by which a share",
                         "Survival at the times", "Test of the groups",
                         "Pairs of groups", "Test for trend",
                         "Restricted means, each group", "Follow-up"],
            "incidence": ["Incidence at the times", "Gray's test"],
            "cox": ["Fit", "concordance", "Tests of the model",
                    "Proportional hazards", "Predicted survival"],
            "fine-gray": ["Fit", "competing", "Tests of the model",
                          "likelihood ratio", "Predicted incidence"],
            "parametric": ["log_scale_std_error", "right_censored",
                           "Predicted survival", "Predicted time"],
            "interval": ["Log-rank test", "Fit"],
            "meta": ["Pooled", "tau2_upper", "Without each study", "Up to each",
                     "Egger", "limit_lower", "Shrunken"],
            "funnel": ["Target", "winsorized_share", "Sites", "# alarm"],
            "standardize": ["Groups", "All", "Screen of outliers",
                            "Mean of the ratios", "Shrunken", "brier"],
            "cusum": ["Chart", "simulated_arl", "After the last case", "VLAD"],
            "change": ["Hodges-Lehmann", "standardized response mean",
                       "Hedges' g", "Responders", "signed rank V"],
            "compare": ["difference of means, Welch", "Hodges-Lehmann",
                        "epsilon squared", "residual_df"],
            "ancova": ["residual_variance", "Differences of adjusted means",
                       "Groups alike", "r_squared"],
            "logistic": ["Fit", "Prediction", "Hosmer-Lemeshow", "Calibration"],
            "poisson": ["Fit", "null_deviance", "likelihood ratio"],
            "negbin": ["Fit", "theta_std_error", "aic"],
            "mixed": ["Variances", "Fit", "Predicted random effects"],
            "proportions": ["Groups compared", "odds ratio, conditional",
                            "Expected counts", "Yates's", "Fisher's exact",
                            "Cochran-Mantel-Haenszel", "Tarone"],
            "mmrm": ["Covariance of visits", "Least squares means", "Fit",
                     "group minus reference"],
            "describe": ["median"],
        }
        for method, (args, data) in COMMANDS.items():
            shown = table(method, *args, stdin=data)
            for title in titles[method]:
                with self.subTest(method=method, title=title):
                    self.assertIn(title, shown)

    def test_a_predicted_curve_is_shown_without_times(self):
        shown = table("cox", *TIMES[:-1], "cause=1", "--covariates", "x",
                      "--predict", "x=1", stdin=CAUSES)
        self.assertIn("Predicted survival, at 12 times at most", shown)
        points = rows_of("cox", *TIMES[:-1], "cause=1", "--covariates", "x",
                         "--predict", "x=1", stdin=CAUSES)
        last = [r for r in points if r["kind"] == "point"][-1]
        self.assertIn(f"{float(last['survival']):.6g}", shown)

    def test_columns_stay_without_a_value(self):
        plain = table("cox", *TIMES, "--covariates", "x", stdin=CAUSES)
        self.assertIn("robust_std_error", plain)

    def test_names_of_methods_are_those_of_the_literature(self):
        args = ["--cause", "1", "--covariates", "x"]
        self.assertIn("ties: Breslow",
                      table("fine-gray", *TIMES, *args, stdin=CAUSES))
        self.assertEqual(
            answer("fine-gray", *TIMES, *args, stdin=CAUSES)["conventions"][
                "ties"], "breslow")

    def test_one_row_is_one_row(self):
        self.assertIn(": 1 row\n", table("describe", "--data", "-", "--columns",
                                         "a", stdin="a\n1\n"))
        self.assertIn(": 2 rows\n", table("describe", "--data", "-",
                                          "--columns", "a", stdin="a\n1\n2\n"))

    def test_no_name_is_cut(self):
        names = ["a_column_with_a_long_name_" + "x" * 60 + end
                 for end in "12"]
        data = ",".join(["time", "cause", *names]) + "\n" + "".join(
            f"{t},{c},{a},{b}\n" for t, c, a, b in (
                (1, 1, 1, 2), (2, 1, 3, 1), (3, 0, 2, 2), (4, 1, 2, 5),
                (5, 0, 4, 1), (6, 1, 1, 3)))
        args = ["cox", *TIMES, "--covariates", ",".join(names)]
        shown = table(*args, stdin=data)
        for name in names:
            self.assertIn(name, shown)
        for columns in (80, 200):
            text = on_terminal(columns, *args, stdin=data)
            self.assertLessEqual(max(map(len, text.splitlines())), columns)
            self.assertNotIn("~", text)
            # Each name to its end, again where columns go below.
            ends = re.findall(r"^x*([12])(?: |$)", text, re.MULTILINE)
            whole = re.findall("x{60}([12])", text)
            self.assertEqual(sorted(set(ends or whole)), ["1", "2"])
            for heading in ("coefficient", "std_", "hazard_"):
                self.assertIn(heading, text)

    def test_fits_a_terminal(self):
        for method, (args, data) in COMMANDS.items():
            for columns in (80, 200):
                with self.subTest(method=method, columns=columns):
                    text = on_terminal(columns, method, *args, stdin=data)
                    self.assertIn("Conventions:", text)
                    self.assertLessEqual(max(map(len, text.splitlines())),
                                         columns)


class NameTest(unittest.TestCase):
    def test_a_name_with_a_comma(self):
        data = ('time,cause,"weight, kg","say ""b""",c\n'
                "1,1,70,u,1\n2,0,81,v,2\n3,1,66,u,1\n4,1,90,v,2\n5,0,77,u,1\n")
        for given in ('"weight, kg",c', 'weight\\, kg,c'):
            got = answer("describe", "--data", "-", "--columns", given,
                         stdin=data)
            self.assertEqual([c["name"] for c in got["groups"][0]["columns"]],
                             ["weight, kg", "c"])
        got = survival("--by", '"weight, kg",c', stdin=data)
        self.assertEqual(list(got["curves"][0]["group"]), ["weight, kg", "c"])
        got = answer("cox", *TIMES, "--covariates", '"weight, kg"',
                     stdin=data)
        self.assertEqual(got["coefficients"][0]["name"], "weight, kg")
        got = answer("cox", *TIMES, "--covariates", 'factor("weight, kg")',
                     "--reference", "weight, kg=70", stdin=data)
        self.assertEqual(got["coefficients"][0]["name"], "weight, kg66")
        got = answer("describe", "--data", "-", "--columns",
                     '"say ""b""",c', stdin=data)
        self.assertEqual(got["groups"][0]["columns"][0]["name"], 'say "b"')
        self.assertIn("quote", run("cox", "--help").stdout)


class TimesTest(unittest.TestCase):
    def test_times_are_0_or_more(self):
        for method in ("survival", "incidence", "cox", "fine-gray",
                       "parametric", "interval"):
            args, data = COMMANDS[method]
            args = list(args)
            args[args.index("--at") + 1] = "3,-1"
            done = run(method, *args, stdin=data)
            with self.subTest(method=method):
                self.assertEqual(done.returncode, USAGE)
                self.assertIn("--at: -1 is not a time; allowed: 0 or more",
                              done.stderr)
                self.assertEqual(done.stdout, "")

    # quantile(survfit(Surv(time, status) ~ sex, lung), c(0, 1)) of survival
    # 3.5-3: 0 with limits 0 and 0, then NA in all places.
    def test_quantiles_of_nobody_and_of_all(self):
        got = survival("--by", "group", "--conf-type", "log", "--quantiles",
                       "0,1", stdin=golden("lung_sex"))
        for curve in got["curves"]:
            self.assertEqual(curve["quantiles"], [
                {"p": 0, "estimate": 0, "lower": 0, "upper": 0}, {"p": 1}])
        done = run("survival", *TIMES, "--quantiles", "1.5", stdin=CAUSES)
        self.assertEqual(done.returncode, USAGE)
        self.assertIn("allowed: 0 to 1", done.stderr)


    def test_a_test_without_groups_is_not_passed_over(self):
        for asked in (["--rho", "1"], ["--trend"], ["--test", "peto-peto"]):
            done = run("survival", *TIMES, *asked, stdin=CAUSES)
            self.assertEqual(done.returncode, DONE)
            self.assertIn("no test without groups: give --by", done.stderr)


class HugeTest(unittest.TestCase):
    def test_the_line_of_a_huge_value_is_named(self):
        done = run("describe", "--data", "-", "--columns", "x", "--by", "g",
                   stdin="g,x\na,1\nb,1e308\n")
        self.assertEqual(done.returncode, USAGE)
        self.assertIn('line 3, x "1e308": allowed: numbers up to 1e140',
                      done.stderr)
        done = run("change", "--data", "-", "--baseline", "b", "--follow-up",
                   "f", "--by", "g", stdin="b,f,g\n1,2,u\n1,1e200,v\n")
        self.assertEqual(done.returncode, USAGE)
        self.assertIn("line 3", done.stderr)

    def test_the_middle_of_huge_times(self):
        got = survival(stdin="time,cause\n1e308,1\n1.5e308,1\n")
        self.assertEqual(got["curves"][0]["median"]["estimate"], 1.25e308)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[2:])
