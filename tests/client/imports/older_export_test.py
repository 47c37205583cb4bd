"""An older export, imported by mistake, undoes no correction.

    older_export_test.py ENTHESISD ENTHESIS
"""

import csv
import io
import os
import sys
import unittest

from import_program import ImportTest, main


def text_of(rows):
    header = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, header, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def export(bmi="27", date="2022-03-04", total="60", preop="48"):
    """A record and a visit as an export of the clinic has them."""
    return [
        {"record_id": "A", "event": "baseline", "surgery_date": date,
         "diagnosis": "tendinopathy", "pathology": "insertional",
         "laterality": "left", "age_years": "50", "sex": "female", "bmi": bmi,
         "sport_level": "recreational", "care_months": "8",
         "primary_procedure": "debridement", "approach": "open",
         "visa_a_total": preop},
        {"record_id": "A", "event": "3_months", "day": "91",
         "visa_a_total": total}]


class OlderExportTest(ImportTest):
    def setUp(self):
        self.site = self.new_site()
        self.links = os.path.join(self.registry.folder,
                                  f"enthesis-link-{self.site}.tsv")

    def bring(self, rows, *options):
        """Outcome by event, and the faults as column and message."""
        path = self.write("export.csv", text_of(rows))
        _, report, err = self.import_json(path, self.site, *options)
        self.assertEqual("", err)
        return ({line["event"]: line["outcome"] for line in report["lines"]},
                [(fault["column"], fault["message"])
                 for line in report["lines"] for fault in line["faults"]])

    def outcomes(self, rows, *options):
        return list(self.bring(rows, *options)[0].values())

    def stored(self):
        _, out, _ = self.enthesis("case", "export", "--site", self.site,
                                  "--links", self.links, "--format", "csv")
        return list(csv.DictReader(io.StringIO(out)))

    def check_held(self, older, column, value):
        before = self.stored()
        for options in (("--dry-run",), ()):
            _, faults = self.bring(older, *options)
            (where, message), = faults
            self.assertEqual(column, where)
            for words in ("as an earlier import had it", f'"{value}"',
                          "--accept-older"):
                self.assertIn(words, message)
            self.assertEqual(before, self.stored())

    def test_an_assessment(self):
        self.bring(export(total="60"))
        self.assertEqual(["unchanged", "updated"],
                         self.outcomes(export(total="66")))
        self.check_held(export(total="60"), "visa_a_total", "66")
        # The newer one is unchanged, a third state is a correction.
        self.assertEqual(["unchanged"] * 2, self.outcomes(export(total="66")))
        self.assertEqual(["unchanged", "updated"],
                         self.outcomes(export(total="67")))
        self.check_held(export(total="60"), "visa_a_total", "67")
        self.check_held(export(total="66"), "visa_a_total", "67")
        self.assertEqual(["unchanged", "updated"], self.outcomes(
            export(total="60"), "--accept-older"))
        self.assertEqual("60", self.stored()[1]["visa_a_total"])
        # Now it is the state that counts.
        self.assertEqual(["unchanged"] * 2, self.outcomes(export(total="60")))
        self.check_held(export(total="67"), "visa_a_total", "60")

    def test_the_baseline(self):
        self.bring(export(bmi="27"))
        self.bring(export(bmi="28"))
        self.check_held(export(bmi="27"), "bmi", "28")
        self.assertEqual(["updated", "unchanged"], self.outcomes(
            export(bmi="27"), "--accept-older"))

    def test_a_date_that_the_registry_never_sees(self):
        self.bring(export(date="2022-03-04"))
        self.bring(export(date="2022-03-05"))
        self.check_held(export(date="2022-03-04"), "surgery_date",
                        "2022-03-05")
        self.assertEqual("2022-03-05", self.stored()[0]["surgery_date"])
        self.bring(export(date="2022-03-04"), "--accept-older")
        self.assertEqual("2022-03-04", self.stored()[0]["surgery_date"])

    def test_an_assessment_before_surgery_that_came_late(self):
        self.bring(export(preop=""))
        self.bring(export(preop="48"))
        outcomes, faults = self.bring(export(preop=""))
        self.assertEqual("conflict", outcomes["baseline"])
        self.assertIn("--accept-older", faults[0][1])
        self.assertEqual("48", self.stored()[0]["visa_a_total"])

    def test_the_last_eight_are_known(self):
        for total in range(50, 60):
            self.bring(export(total=str(total)))
        self.check_held(export(total="51"), "visa_a_total", "59")
        self.assertEqual(["unchanged", "updated"],
                         self.outcomes(export(total="50")))

    def test_a_link_file_without_a_history(self):
        self.bring(export())
        with open(self.links, encoding="utf-8") as file:
            rows = file.read().split("\n")
        size = {"record": 10, "line": 7}
        old = ["\t".join(row.split("\t")[:size.get(row.split("\t")[0], 99)])
               for row in rows]
        old[0] = old[0].replace("link\t2", "link\t1")
        self.assertNotEqual(rows, old)
        with open(self.links, "w", encoding="utf-8") as file:
            file.write("\n".join(old))
        self.assertEqual(["unchanged"] * 2, self.outcomes(export()))
        self.bring(export(bmi="28", total="66"))
        self.assertEqual(["conflict"] * 2, self.outcomes(export()))


if __name__ == "__main__":
    main(sys.argv)
