"""A clinic's export with one fault of each kind, through the real programs.

    faults_test.py ENTHESISD ENTHESIS

faults.csv, expected.csv and stored.csv were written from the clinical rules
(tests/README.md). Each fault must be reported at its line and column and
nothing else; every good record and line is stored, once.
"""

import csv
import json
import os
import pathlib
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "e2e"))

from reflected_client import ReflectedClient  # noqa: E402
from registry_process import RegistryProcess  # noqa: E402

SITE = "site-faults"
DONE, SOME_REJECTED, USAGE = 0, 1, 2


def table(name):
    with open(HERE / name, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


class FaultsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.maxDiff = None
        cls.registry = RegistryProcess(ENTHESISD)
        cls.addClassCleanup(cls.registry.__exit__)
        cls.client = ReflectedClient(cls.registry.address)
        cls.addClassCleanup(cls.client.close)
        cls.enthesis("site", "create", SITE)
        cls.code, cls.report = cls.import_file()

    @classmethod
    def enthesis(cls, *arguments):
        """Exit code and standard output of the command line."""
        run = subprocess.run(
            [ENTHESIS, "--server", cls.registry.address, *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            check=False)
        if run.returncode not in (DONE, SOME_REJECTED):
            raise RuntimeError(f"{arguments}: {run.stdout}{run.stderr}")
        return run.returncode, run.stdout

    @classmethod
    def import_file(cls):
        code, output = cls.enthesis(
            "import", str(HERE / "faults.csv"), "--site", SITE, "--links",
            os.path.join(cls.registry.folder, "links"), "--format", "json")
        return code, json.loads(output)

    @staticmethod
    def faults_of(report):
        return sorted((fault["line"], fault["column"])
                      for line in report["lines"]
                      for fault in line["faults"])

    def stored_cases(self):
        cases, token = [], ""
        while True:
            page = self.client.call("enthesis.v1.RegistryService/ListCases",
                                    parent=f"sites/{SITE}", page_size=1000,
                                    page_token=token)
            cases += page.cases
            token = page.next_page_token
            if not token:
                return cases

    def test_the_file_holds_at_least_45_kinds_of_fault(self):
        self.assertGreaterEqual(len({row["what"] for row
                                     in table("expected.csv")}), 45)

    def test_each_fault_is_reported_at_its_line_and_column_and_no_other(self):
        self.assertEqual(SOME_REJECTED, self.code)
        reported = self.faults_of(self.report)
        missing = []
        for row in table("expected.csv"):
            places = [(int(row["line"]), column)
                      for column in row["column"].split("|")]
            found = [place for place in places if place in reported]
            if found:
                reported.remove(found[0])
            else:
                missing.append((row["line"], row["column"], row["what"]))
        self.assertEqual(([], []), (missing, reported))

    def test_each_fault_names_the_value_and_what_is_allowed(self):
        with open(HERE / "faults.csv", newline="", encoding="utf-8") as file:
            header, *rows = csv.reader(file)
        for line in self.report["lines"]:
            for fault in line["faults"]:
                with self.subTest(fault=fault):
                    self.assertTrue(fault["message"])
                    cell = rows[fault["line"] - 2][
                        header.index(fault["column"])]
                    self.assertEqual(cell, fault["value"])

    def test_every_good_record_is_stored_once_with_its_good_lines(self):
        wanted = sorted((row["operation_sequence"], row["days"])
                        for row in table("stored.csv"))
        stored = []
        for case in self.stored_cases():
            sequence = case.baseline.operation_sequence
            days = " ".join(str(f.day) for f in case.follow_ups)
            # A sequence made from a date is the client's to choose.
            made = sequence < 1000000
            stored.append(("" if made else str(sequence), days))
        self.assertEqual(wanted, sorted(stored))

    def test_a_second_import_stores_nothing_more(self):
        before = self.stored_cases()
        as_of = self.client.call("enthesis.v1.RegistryService/ListSites").as_of
        code, report = self.import_file()
        self.assertEqual(SOME_REJECTED, code)
        self.assertEqual(self.faults_of(self.report), self.faults_of(report))
        self.assertEqual({"unchanged", "rejected"},
                         {line["outcome"] for line in report["lines"]})
        self.assertEqual(before, self.stored_cases())
        self.assertEqual(as_of, self.client.call(
            "enthesis.v1.RegistryService/ListSites").as_of)


if __name__ == "__main__":
    ENTHESISD, ENTHESIS = sys.argv[1:3]
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
