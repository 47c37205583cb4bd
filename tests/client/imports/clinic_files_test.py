"""The same records in the files that different programs write.

    clinic_files_test.py ENTHESISD ENTHESIS
"""

import csv
import io
import sys
import unittest

from import_program import ImportTest, main

HEADER = ["record_id", "event", "surgery_date", "diagnosis", "pathology",
          "laterality", "age_years", "sex", "sport_level", "care_months",
          "primary_procedure", "approach", "concomitant_procedures", "day",
          "visa_a_total"]
ROWS = [
    ["M\u00fcller-1", "baseline", "2022-03-04", "tendinopathy", "insertional",
     "left", "50", "female", "recreational", "8", "zadek_osteotomy", "open",
     "gastrocnemius_recession;retrocalcaneal_bursectomy", "", "48"],
    ["M\u00fcller-1", "3_months", "", "", "", "", "", "", "", "", "", "", "",
     "91", "60"]]


def text_of(separator, end):
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator=end).writerows(
        [HEADER, *ROWS])
    return out.getvalue()


class ClinicFilesTest(ImportTest):
    def test_every_form_of_a_file_is_the_same_import(self):
        site = self.new_site()
        forms = [
            ("UTF-8", ",", text_of(",", "\n").encode()),
            ("UTF-8", ",", text_of(",", "\r\n").encode("utf-8-sig")),
            ("UTF-8", ";", text_of(";", "\r\n").encode()),
            ("UTF-8", ";", b"sep=;\r\n" + text_of(";", "\r\n").encode()),
            ("UTF-8", "\t", text_of("\t", "\r").encode()),
            ("Windows-1252", ";", text_of(";", "\r\n").encode("cp1252")),
            ("Windows-1252", ",", text_of(",", "\n").encode("cp1252")),
            ("UTF-16", "\t", text_of("\t", "\r\n").encode("utf-16"))]
        for number, (encoding, separator, data) in enumerate(forms):
            with self.subTest(encoding=encoding, separator=separator):
                path = self.write("export.csv", data)
                code, report, _ = self.import_json(path, site)
                self.assertEqual(0, code)
                self.assertEqual(
                    {"name": path, "encoding": encoding,
                     "separator": separator}, report["file"])
                self.assertEqual(
                    ["created" if number == 0 else "unchanged"] * 2,
                    [line["outcome"] for line in report["lines"]])
                self.assertEqual("M\u00fcller-1", report["lines"][0]["record"])

    def test_the_report_for_people_states_how_the_file_was_read(self):
        path = self.write("w.csv", text_of(";", "\r\n").encode("cp1252"))
        code, out, _ = self.enthesis("import", path, "--site",
                                     self.new_site())
        self.assertEqual(0, code)
        self.assertIn(f"file: {path}, Windows-1252, separated by semicolons",
                      out)

    def test_the_first_unusual_values_are_shown(self):
        site = self.new_site()

        def report(n, *options):
            rows = []
            for i in range(n):
                row = dict(zip(HEADER, ROWS[0]), record_id=f"U{i}",
                           age_years=str(40 + i), concomitant_procedures="",
                           wedge_mm="5")
                rows.append(list(row.values()))
            out = io.StringIO()
            csv.writer(out).writerows([[*HEADER, "wedge_mm"], *rows])
            path = self.write("unusual.csv", out.getvalue())
            return self.enthesis("import", path, "--site", site, "--dry-run",
                                 *options)[1]

        self.assertIn("1 unusual value was accepted:\n  line 2 (U0, baseline): "
                      "fixation (blank): an osteotomy", report(1))
        out = report(7)
        self.assertIn("7 unusual values were accepted; the first 5, --lines "
                      "shows all:\n", out)
        self.assertEqual(5, out.count("fixation (blank)"))
        self.assertEqual(7, report(7, "--lines").count("fixation (blank)"))

    def test_a_workbook_is_refused_with_the_way_to_export_it(self):
        path = self.write("w.xlsx", b"PK\x03\x04" + bytes(26) +
                          b"xl/workbook.xml")
        code, out, err = self.enthesis("import", path, "--site",
                                       self.new_site())
        self.assertEqual((2, ""), (code, out))
        self.assertIn("Excel workbook (.xlsx)", err)
        self.assertIn("CSV UTF-8", err)

    def test_columns_of_a_clinics_own_lead_to_a_map(self):
        path = self.write("own.csv", b"PatNr;Seite\n1;links\n")
        code, _, err = self.enthesis("import", path, "--site", "site-01")
        self.assertEqual(2, code)
        self.assertIn('unknown columns "PatNr", "Seite"; nothing was sent', err)
        self.assertIn("`enthesis map guess FILE.csv` proposes", err)

    def test_names_of_separators_and_encodings_are_checked(self):
        path = self.write("a.csv", text_of(",", "\n").encode())
        for flag, allowed in (("--separator", "comma, semicolon, tab"),
                              ("--encoding", "utf-8, windows-1252, utf-16")):
            code, _, err = self.enthesis("import", path, "--site",
                                         "site-01", flag, "other")
            self.assertEqual(2, code)
            self.assertIn(allowed, err)


if __name__ == "__main__":
    main(sys.argv)
