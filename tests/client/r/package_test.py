"""The package for R: what it answers, from a live server, is what the command
line and the package for Python answer; its own checks pass.

    package_test.py ENTHESISD ENTHESIS PYTHON_PACKAGE
"""

import csv
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
SOURCE_DIR = HERE.parents[2]
PACKAGE = SOURCE_DIR / "client/r"
sys.path.insert(0, str(HERE.parent / "python"))
from live_registry import LiveRegistry  # noqa: E402

AT = ("--at", "6m,12m,24m")
PREDICT = ("--predict", "age_years=45,sex=male", "--predict",
           "age_years=60,sex=female", "--at", "180,365")
OUTCOME = ("--endpoint", "complication", "--by-day", "3m")

# What ask_everything.R asks, on the command line.
ASKED = {
    "describe": ("describe", "--by", "site"),
    "survival": (
        "survival", "--endpoint", "complication", "--by", "approach", *AT,
        "--conf-type", "plain", "--quantiles", "0.1,0.25", "--rmst", "12m",
        "--landmark", "14", "--test", "fleming-harrington", "--rho", "1",
        "--gamma", "0.5", "--strata", "site", "--pairwise", "--conf-level",
        "0.9", "--where", "surgery_year=2015..2023"),
    "trend": ("survival", "--endpoint", "complication", "--complication",
              "sural_nerve", "--by", "age_band", "--trend", "--at", "1y"),
    "incidence": (
        "incidence", "--endpoint", "daily_life", "--by", "approach",
        "--strata", "site", "--at", "13w", "--rho", "1", "--variance",
        "jackknife", "--conf-type", "log"),
    "return-to-play": ("return-to-play", "--stage", "performance", "--where",
                       "sport_level=competitive,professional"),
    "interval": ("interval", "--by", "sex", *AT),
    "score-change": ("score-change", "--measure", "pain_activity", "--by",
                     "approach", "--thresholds", "1.5,3"),
    "compare": ("compare", "--by", "primary_procedure", "--visit", "6_months",
                "--change"),
    "cox": ("cox", "--endpoint", "complication", "--covariates",
            "age_years,sex", "--strata", "pathology", "--cluster", "patient",
            "--ties", "breslow", "--zph", *PREDICT),
    "fine-gray": ("fine-gray", "--covariates", "age_years,sex",
                  "--convention", "finegray", *PREDICT),
    "parametric": ("parametric", "--covariates", "age_years,sex",
                   "--distribution", "loglogistic", *PREDICT),
    "regress": ("regress", *OUTCOME, "--covariates",
                "smoking,factor(mri_grade)", "--reference", "mri_grade=2",
                "--cluster", "site"),
    "mixed": ("mixed", "--covariates", "baseline_visa_a", "--by", "approach",
              "--visits", "6_months,12_months", "--structure", "ar1h",
              "--reference", "approach=open", "--df", "kenward-roger"),
    "ancova": ("ancova", "--by", "approach", "--covariates", "age_years",
               "--visit", "6_months", "--measure", "pain_activity",
               "--reference", "approach=open"),
    "sites": ("sites", *OUTCOME, "--covariates", "age_years", "--site",
              "site-02", "--limits", "normal", "--overdispersion",
              "multiplicative"),
    "cusum": ("cusum", *OUTCOME, "--site", "site-02", "--odds-ratio", "2",
              "--arl", "500"),
    "withheld": ("cox", "--endpoint", "rupture", "--covariates", "age_years",
                 "--where", "site=site-01"),
}


def message_of(plain, kind):
    """The message whose plain values the command line printed."""
    def ungroup(value):
        if isinstance(value, list):
            return [ungroup(one) for one in value]
        if not isinstance(value, dict):
            return value
        return {name: [{"dimension": d, "value": v} for d, v in one.items()]
                if name in ("group", "first", "second", "reference",
                            "stratum") and isinstance(one, dict)
                else ungroup(one) for name, one in value.items()}
    return enthesis.from_plain(kind, ungroup(plain))


def read_rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def text_of(value):
    """A cell as the test's script in R writes it, but for numbers."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, list):
        return ";".join(map(str, value))
    return value if isinstance(value, str) else float(value)


class PackageTest(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.live = LiveRegistry(ENTHESISD, ENTHESIS)
        cls.addClassCleanup(cls.live.__exit__)
        cls.live.load_sample()
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        library = pathlib.Path(cls.folder.name, "library")
        library.mkdir()
        cls.environment = {
            **os.environ, "R_LIBS": str(library), "R_REPOSITORIES": "NULL",
            "ENTHESIS_PROGRAM": ENTHESIS, "LC_ALL": "C.UTF-8"}
        cls.run_r("R", "CMD", "INSTALL", "--no-docs", "-l", str(library),
                  str(PACKAGE))

    @classmethod
    def run_r(cls, *words, cwd=None):
        done = subprocess.run(words, env=cls.environment, cwd=cwd, text=True,
                              capture_output=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{words}: {done.stdout}{done.stderr}")
        return done.stdout

    def run_code(self, code):
        return self.run_r("Rscript", "-e",
                          f"library(enthesis); r <- registry("
                          f"'{self.live.address}'); {code}")

    def test_every_table_is_that_of_the_command_line(self):
        out = pathlib.Path(self.folder.name, "tables")
        out.mkdir()
        self.run_r("Rscript", str(HERE / "ask_everything.R"),
                   self.live.address, str(out))
        services = enthesis.v1.statistics_service_pb2
        kinds = {m.name: m.output_type for m in services.DESCRIPTOR.
                 services_by_name["StatisticsService"].methods}
        self.assertGreaterEqual(len(ASKED), len(kinds))
        written = {p.name for p in out.iterdir()} - {"survfit.csv",
                                                     "sites.csv"}
        for name, words in ASKED.items():
            plain = self.live.ask(*words)
            kind = next(k for k in kinds.values() if set(plain) <= {
                f.json_name for f in k.fields} and self.fits(words, k))
            answer = enthesis.Answer(message_of(plain, kind._concrete_class))
            self.assertEqual(plain, answer.to_dict())
            for table in answer.table_names:
                if set(answer.table(table).columns) == {"as_of", "synthetic"}:
                    continue  # an answer that is nothing but lists
                with self.subTest(name, table=table):
                    file = f"{name}:{table}.csv"
                    self.assertIn(file, written)
                    written.remove(file)
                    self.same_rows(answer.rows(table), read_rows(out / file))
        self.assertEqual(set(), written)
        self.same_curves(out / "survfit.csv")
        self.assertEqual(
            [(s["name"], s["etag"], float(s["commitIndex"]), "TRUE")
             for s in self.live.ask("site", "list")["sites"]],
            [(s["name"], s["etag"], float(s["commit_index"]), s["synthetic"])
             for s in read_rows(out / "sites.csv")])

    @staticmethod
    def fits(words, kind):
        """Whether a command asks for answers of this kind."""
        command = {"return-to-play": "ReturnToPlay", "interval": "Interval",
                   "score-change": "ScoreChange", "compare": "CompareGroups",
                   "fine-gray": "FineGray", "regress": "FitRegression",
                   "cusum": "CompareSites", "sites": "CompareSites",
                   "mixed": "Mixed", "incidence": "EstimateIncidence"}
        return command.get(words[0], words[0].capitalize()) in kind.name

    def same_rows(self, wanted, got):
        self.assertEqual(len(wanted), len(got))
        for one, other in zip(wanted, got):
            self.assertEqual(list(one), list(other))
            for column, value in one.items():
                expected = text_of(value)
                found = other[column]
                if isinstance(expected, float):
                    found = float(found)
                elif isinstance(value, list) and found:
                    expected, found = value, [
                        type(value[0])(f) for f in found.split(";")]
                self.assertEqual(expected, found, column)

    def same_curves(self, path):
        """The survfit object's figures are those of the JSON."""
        rows = read_rows(path)
        points = [(curve["group"], point)
                  for curve in self.live.ask(*ASKED["survival"])["curves"]
                  for point in curve["points"]]
        self.assertEqual(len(points), len(rows))
        self.assertGreater(len(rows), 100)
        for (group, point), row in zip(points, rows):
            self.assertEqual(f"approach={group['approach']}", row["group"])
            self.assertEqual(("0.9", "plain"),
                             (row["conf.int"], row["conf.type"]))
            for column, key in (
                    ("time", "day"), ("n.risk", "atRisk"),
                    ("n.event", "events"), ("n.censor", "censored"),
                    ("surv", "survival"), ("lower", "lower"),
                    ("upper", "upper"), ("cumhaz", "cumulativeHazard")):
                if key in point:
                    self.assertEqual(point[key], float(row[column]), column)
                else:
                    self.assertEqual("", row[column])

    def test_the_example_prints_the_page_of_the_other_example(self):
        curves = pathlib.Path(self.folder.name, "curves.pdf")
        page = self.run_r(
            "Rscript", str(PACKAGE / "inst/examples/report.R"),
            self.live.address, str(curves))
        other = subprocess.run(
            [sys.executable, "-B",
             str(SOURCE_DIR / "client/python/examples/report.py"), "--server",
             self.live.address], capture_output=True, text=True, check=True,
            env={**os.environ, "PYTHONPATH": PYTHON_PACKAGE}).stdout
        self.assertEqual(other, page)
        self.assertGreater(curves.stat().st_size, 5000)

    def test_errors_are_conditions_with_fields(self):
        said = self.run_code(
            "e <- tryCatch(ask_survival(r, landmark = 400, at = 300),"
            " enthesis_error = identity);"
            "cat(class(e), e$status, e$code, e$reason, e$violations$field,"
            " sep = '\\n')")
        self.assertEqual(["enthesis_error", "error", "condition", "2",
                          "INVALID_ARGUMENT", "FIELD_VIOLATION"],
                         said.split("\n")[:6])
        self.assertRegex(said, "--at")
        said = self.run_code(
            "e <- tryCatch(get_case(r,"
            " 'sites/site-01/cases/0CMXYTHPAJG82DA8QPKJVKYW7HQ'),"
            " enthesis_error = identity); cat(e$code, e$reason)")
        self.assertEqual("NOT_FOUND RESOURCE_NOT_FOUND", said)
        said = self.run_code(
            "e <- tryCatch(ask_cox(r, 'shoe_size'),"
            " enthesis_usage_error = identity);"
            "cat(is.na(e$code), conditionMessage(e))")
        self.assertRegex(said, "TRUE --covariates: .shoe_size. is not known; "
                         "allowed: site, ")
        said = self.run_code(
            "r$server <- '127.0.0.1:1'; cat(tryCatch(ask_describe(r),"
            " enthesis_error = function(e) paste(e$status, e$code)))")
        self.assertEqual("3 UNAVAILABLE", said)
        said = self.run_code("cat(tryCatch(registry(program = 'nowhere'),"
                             " error = conditionMessage))")
        self.assertIn("ENTHESIS_PROGRAM", said)

    def test_text_reaches_the_program_as_it_is(self):
        """No word is read by a shell."""
        words = ["a b", "$HOME", "`id`", "a;b", "a'b", 'a"b', "a\\b", "*"]
        file = pathlib.Path(self.folder.name, "words")
        file.write_text("\n".join(words) + "\n", encoding="utf-8")
        said = self.run_code(
            f"for (word in readLines('{file}')) writeLines(tryCatch("
            "ask_describe(r, by = word), error = conditionMessage))")
        for word, line in zip(words, said.splitlines(), strict=True):
            self.assertTrue(line.startswith(
                f'--by: "{word}" is no dimension'), line)

    def test_a_clinics_file_goes_in_and_comes_back(self):
        folder = os.path.join(self.folder.name, "clinic")
        listed = self.live.run("simulate", "--cases", "40", "--sites", "4",
                               "--seed", "8", "--out", folder, "--format",
                               "csv")
        file = listed.splitlines()[1].split(",")[2]
        self.live.run("site", "create", "site-from-r", "--synthetic")
        said = self.run_code(
            f"report <- import_file(r, '{file}', 'site-from-r');"
            "writeLines(jsonlite::toJSON(report, auto_unbox = TRUE))")
        self.assertIn("created", said)
        links = pathlib.Path(folder, "enthesis-link-site-from-r.tsv")
        self.assertTrue(links.exists())
        names = sorted(case.name for case in self.registry().iter_cases(
            "site-from-r"))
        self.assertEqual(10, len(names))
        said = self.run_code(f"cat(get_case(r, '{names[0]}')$name)")
        self.assertEqual(names[0], said)

    def registry(self):
        made = enthesis.connect(self.live.address)
        self.addCleanup(made.close)
        return made

    def test_the_tables_are_those_of_python(self):
        made = subprocess.run(
            [sys.executable, "-B", str(PACKAGE / "tables.py")],
            text=True, capture_output=True, check=True).stdout
        self.assertEqual(
            made, (PACKAGE / "inst/tables.csv").read_text(encoding="utf-8"),
            "run client/r/tables.py again")

    def test_the_version_is_that_of_the_project(self):
        described = (PACKAGE / "DESCRIPTION").read_text(encoding="utf-8")
        self.assertIn(f"\nVersion: {enthesis.__version__}\n", described)

    def test_the_checks_of_r_pass(self):
        """R CMD check, with the package's own tests and its examples."""
        with tempfile.TemporaryDirectory() as folder:
            self.run_r("R", "CMD", "build", str(PACKAGE), cwd=folder)
            [archive] = pathlib.Path(folder).glob("*.tar.gz")
            said = self.run_r("R", "CMD", "check", "--no-manual",
                              archive.name, cwd=folder)
        self.assertRegex(said, r"\* checking tests \.\.\.\s+OK")
        self.assertRegex(said, r"(?m)^Status: OK$")


if __name__ == "__main__":
    PYTHON_PACKAGE = sys.argv.pop(3)
    ENTHESIS = sys.argv.pop(2)
    ENTHESISD = sys.argv.pop(1)
    sys.path.insert(0, PYTHON_PACKAGE)
    import enthesis
    import enthesis.v1.statistics_service_pb2
    unittest.main()
