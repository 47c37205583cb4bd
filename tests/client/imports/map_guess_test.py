"""`enthesis map guess` as a data manager uses it.

    map_guess_test.py ENTHESISD ENTHESIS
"""

import csv
import io
import json
import sys
import unittest

from import_program import ImportTest, main

EXPORT = (
    "PatNr;OP-Datum;Seite;Geschlecht;Alter;BMI;Ort;Sportniveau;Konservativ "
    "Monate;Eingriff;Zugang;Vorname;Bemerkung\r\n"
    "1;04.03.2022;links;w;50;27,4;Ansatz;Hobby;8;Zadek;offen;Ada;gut\r\n"
    "2;28.11.2022;re;m;61;24,9;mid;Wettkampf;7;FHL;offen;Bob;\r\n")


class MapGuessTest(ImportTest):
    def test_a_guess_is_completed_and_imports(self):
        path = self.write("export.csv", EXPORT.encode("cp1252"))
        code, yaml, err = self.enthesis("map", "guess", path)
        self.assertEqual(0, code)
        self.assertIn("not placed: Bemerkung (1 text)", err)
        self.assertIn("required, and not found: diagnosis\n", err)
        self.assertIn("event: {value: baseline}", yaml)
        self.assertIn("12 of 13 columns placed", err)
        for secret in ("Ada", "Bob", "gut", "04.03.2022"):
            self.assertNotIn(secret, yaml + err)
        guess = self.write("guess.yaml", yaml)
        site = self.new_site()
        # Not before what is not placed is decided.
        code, _, err = self.enthesis("import", path, "--map", guess,
                                     "--site", site)
        self.assertEqual(2, code)
        self.assertIn('says nothing of column "Bemerkung"', err)
        done = yaml.replace("ignore: [", "ignore: [Bemerkung, ").replace(
            "# diagnosis:", "diagnosis:")
        guess = self.write("guess.yaml", done)
        code, report, _ = self.import_json(path, site, "--map", guess,
                                           "--dry-run")
        self.assertEqual(
            [(2, "created", []), (3, "created", [])],
            [(line["line"], line["outcome"],
              [fault["column"] for fault in line["faults"]])
             for line in report["lines"]], report)

    def test_a_faulty_date_is_told_by_its_line(self):
        path = self.write("dates.csv", (
            "record_id;Geburtsdatum;OP-Datum;Untersuchungsdatum\n"
            "1;01.02.1960;01.05.2021;01.06.2021\n"
            "2;05.06.1971;05.05.21;31.02.2022\n"
            "3;30.02.1980;07.05.2021;02.06.2021\n").encode())
        code, yaml, err = self.enthesis("map", "guess", path)
        self.assertEqual(0, code)
        fault = "1 of 3 is no day written DD.MM.YYYY: line "
        said = " ".join(err.split())
        self.assertIn("look at Geburtsdatum → age_years: ", said)
        self.assertIn(f"and sends that; {fault}4", said)
        self.assertIn(f"look at OP-Datum → surgery_date: {fault}3", said)
        self.assertIn(f"look at Untersuchungsdatum → day: {fault}3", said)
        self.assertIn('surgery_date: {from: "OP-Datum", date: DD.MM.YYYY}',
                      yaml)
        self.assertNotIn("age_years", said.split("required")[1])
        for secret in ("30.02.1980", "05.05.21", "31.02.2022"):
            self.assertNotIn(secret, yaml + err)

    def test_as_json_and_csv(self):
        path = self.write("export.csv", EXPORT.encode("cp1252"))
        _, out, _ = self.enthesis("map", "guess", path, "--format", "json")
        guess = json.loads(out)
        self.assertIn("enthesis_map: 1", guess["map"])
        self.assertEqual(["diagnosis"], guess["missing"])
        _, out, _ = self.enthesis("map", "guess", path, "--format", "csv")
        rows = list(csv.DictReader(io.StringIO(out)))
        self.assertEqual([{"column": c["column"], "target": c["target"],
                           "note": c["note"]} for c in guess["columns"]],
                         rows[:13])
        self.assertEqual(("Vorname", "ignore"),
                         (rows[11]["column"], rows[11]["target"]))

    def test_what_is_no_csv_is_refused(self):
        path = self.write("book.xlsx", b"PK\x03\x04" + bytes(26) + b"xl/w")
        code, out, err = self.enthesis("map", "guess", path)
        self.assertEqual((2, ""), (code, out))
        self.assertIn("Excel workbook", err)
        code, _, _ = self.enthesis("map", "guess", path + ".none")
        self.assertEqual(3, code)


if __name__ == "__main__":
    main(sys.argv)
