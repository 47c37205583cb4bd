"""A registry and the command line, as a clinic's coordinator uses them."""

import csv
import io
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "e2e"))

from registry_process import RegistryProcess  # noqa: E402

DONE, REJECTED, USAGE, SERVER = 0, 1, 2, 3

COLUMNS = ["record_id", "event", "surgery_date", "diagnosis", "pathology",
           "laterality", "age_years", "sex", "bmi", "sport_level",
           "care_months", "primary_procedure", "approach", "status",
           "status_day", "day", "pain_activity", "visa_a_total"]


def baseline(record, **cells):
    """A baseline line; a keyword changes a cell."""
    return {"record_id": record, "event": "baseline",
            "surgery_date": "2020-03-04", "diagnosis": "tendinopathy",
            "pathology": "insertional", "laterality": "left",
            "age_years": "50", "sex": "female", "bmi": "27",
            "sport_level": "recreational", "care_months": "8",
            "primary_procedure": "debridement", "approach": "open",
            "visa_a_total": "48", **cells}


def visit(record, day, **cells):
    return {"record_id": record, "event": f"day_{day}", "day": str(day),
            "visa_a_total": "70", **cells}


class Care(unittest.TestCase):
    """Each class has a registry of its own, each test a site and a folder."""

    registry_class = RegistryProcess
    enthesisd = enthesis = ""
    sites = 0

    @classmethod
    def setUpClass(cls):
        cls.maxDiff = None
        cls.registry = RegistryProcess(cls.enthesisd)
        cls.addClassCleanup(cls.registry.__exit__)

    def setUp(self):
        Care.sites += 1
        self.site = f"site-{100 + Care.sites}"
        folder = tempfile.TemporaryDirectory(prefix="enthesis-care-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.done("site", "create", self.site)

    def run_command(self, *arguments, typed=""):
        return subprocess.run(
            [self.enthesis, "--server", self.registry.address,
             *map(str, arguments)],
            input=typed, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, check=False)

    def done(self, *arguments, code=DONE, typed=""):
        """Standard output of a command that must end with `code`."""
        run = self.run_command(*arguments, typed=typed)
        self.assertEqual(code, run.returncode,
                         f"{arguments}: {run.stdout}{run.stderr}")
        return run.stdout

    def refused(self, code, *arguments, typed=""):
        """What is said of a command that must end with `code`."""
        run = self.run_command(*arguments, typed=typed)
        self.assertEqual((code, ""), (run.returncode, run.stdout),
                         f"{arguments}: {run.stderr}")
        return run.stderr

    def json(self, *arguments, code=DONE):
        return json.loads(self.done(*arguments, "--format", "json", code=code))

    def csv(self, *arguments, code=DONE):
        return list(csv.DictReader(io.StringIO(
            self.done(*arguments, "--format", "csv", code=code))))

    def write_csv(self, name, lines, columns=None):
        path = self.folder / name
        with open(path, "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, columns or COLUMNS, restval="",
                                    lineterminator="\n")
            writer.writeheader()
            writer.writerows(lines)
        return path

    @property
    def links(self):
        return self.folder / "links.tsv"

    def import_lines(self, *lines, columns=(), code=DONE):
        """Imports the lines; `columns` are further ones of theirs."""
        path = self.write_csv("export.csv", lines, [*COLUMNS, *columns])
        return self.import_file(path, code=code)

    def import_file(self, path, *options, links=None, code=DONE):
        """The report of an import."""
        return self.json("import", path, "--site", self.site, "--links",
                         links or self.links, *options, code=code)

    def linked(self):
        """Case id by the clinic's key, from a plain link file."""
        rows = [row.split("\t") for row in
                self.links.read_text(encoding="utf-8").splitlines()]
        return {row[1]: row[2] for row in rows if row[0] == "record"}

    def name(self, record):
        return f"sites/{self.site}/cases/{self.linked()[record]}"

    def last_commit(self):
        return self.json("case", "list", "--site", self.site)["asOf"]


class CareOfOneCase(Care):
    """With a case of three lines, and how it is corrected."""

    def setUp(self):
        super().setUp()
        self.import_lines(baseline("A"), visit("A", 91, pain_activity="4"),
                          visit("A", 183))
        self.case = self.name("A")

    def update(self, *arguments, reason="transcription_error", code=DONE):
        return self.json("case", "update", self.case, "--reason", reason,
                         *arguments, code=code)


def main():
    Care.enthesisd, Care.enthesis = sys.argv[1:3]
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
