"""Every fault that the simulator plants is found, and nothing else is.

    simulated_faults_test.py ENTHESISD ENTHESIS
"""

import csv
import filecmp
import os
import sys
import unittest

from import_program import ImportTest, main


class SimulatedFaultsTest(ImportTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder = os.path.join(cls.registry.folder, "faulty")
        code, _, err = cls.enthesis("simulate", "--cases", "1200", "--sites",
                                    "2", "--seed", "5", "--faults", "0.25",
                                    "--out", cls.folder)
        assert code == 0, err
        with open(os.path.join(cls.folder, "planted.csv"), newline="",
                  encoding="utf-8") as file:
            cls.planted = list(csv.DictReader(file))

    def test_every_kind_is_planted_and_about_as_many_as_asked_for(self):
        kinds = {row["kind"] for row in self.planted}
        self.assertGreaterEqual(len(kinds), 60)
        self.assertAlmostEqual(0.25, len(self.planted) / 1200, delta=0.05)
        counts = [sum(row["kind"] == kind for row in self.planted)
                  for kind in kinds]
        self.assertGreaterEqual(min(counts), 1)

    def test_exactly_what_was_planted_is_rejected(self):
        for site in ("site-01", "site-02"):
            with self.subTest(site=site):
                self.check(site)

    def check(self, site):
        self.enthesis("site", "create", site, "--synthetic")
        code, report, _ = self.import_json(
            os.path.join(self.folder, site + ".csv"), site)
        self.assertEqual(1, code)
        planted = {int(row["line"]): row for row in self.planted
                   if row["site"] == site}
        lost = {row["record"] for row in planted.values()
                if row["whole_record"] == "1"}
        seen = set()
        for line in report["lines"]:
            row = planted.get(line["line"])
            if row is None:
                whole = line["outcome"] == "rejected"
                self.assertEqual(line["record"] in lost, whole, line)
                self.assertEqual([], line["faults"], line)
                continue
            self.assertEqual("rejected", line["outcome"], (row, line))
            seen.add(line["line"])
            columns = row["column"].split("|")
            for fault in line["faults"]:
                self.assertEqual(line["line"], fault["line"], (row, line))
                self.assertIn(fault["column"], columns, (row, line))
            self.assertEqual(1, len(line["faults"]), (row, line))
        self.assertEqual(set(planted), seen)

    def test_without_faults_the_files_are_as_ever(self):
        plain = os.path.join(self.registry.folder, "plain")
        none = os.path.join(self.registry.folder, "none")
        for folder, faults in ((plain, ()), (none, ("--faults", "0"))):
            self.enthesis("simulate", "--cases", "50", "--sites", "1",
                          "--out", folder, *faults)
        self.assertEqual(["site-01.csv"], os.listdir(none))
        self.assertTrue(filecmp.cmp(os.path.join(plain, "site-01.csv"),
                                    os.path.join(none, "site-01.csv"), False))

    def test_a_share_is_between_0_and_1(self):
        for share in ("-0.1", "1.5", "nan"):
            code, _, err = self.enthesis("simulate", "--faults", share,
                                         "--out", self.folder)
            self.assertEqual(2, code)
            self.assertIn("allowed: 0 to 1", err)


if __name__ == "__main__":
    main(sys.argv)
