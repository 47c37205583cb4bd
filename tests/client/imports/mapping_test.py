"""A clinic's own export through a mapping file, to the registry and back.

    mapping_test.py ENTHESISD ENTHESIS

What goes over the wire is kept and searched for what must stay in the clinic.
"""

import json
import os
import pathlib
import re
import socket
import sys
import threading
import unittest

from import_program import HERE, ImportTest, main

MAPPING = HERE.parents[2] / "client/mapping"


class Wire:
    """A connection to the registry that keeps every byte of both ways."""

    def __init__(self, address):
        host, port = address.rsplit(":", 1)
        self.target = (host, int(port))
        self.seen = bytearray()
        self.server = socket.create_server(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.server.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                ours, _ = self.server.accept()
            except OSError:
                return
            theirs = socket.create_connection(self.target)
            for a, b in ((ours, theirs), (theirs, ours)):
                threading.Thread(target=self.pump, args=(a, b),
                                 daemon=True).start()

    def pump(self, source, target):
        while True:
            try:
                data = source.recv(65536)
                if not data:
                    target.shutdown(socket.SHUT_WR)
                    return
                self.seen += data
                target.sendall(data)
            except OSError:
                return


def files_of(folder):
    for root, _, names in os.walk(folder):
        for name in names:
            yield pathlib.Path(root, name).read_bytes()


class MappingTest(ImportTest):
    def case_of(self, site, record, links):
        for row in pathlib.Path(links).read_text("utf-8").splitlines():
            cells = row.split("\t")
            if cells[:2] == ["record", record]:
                code, out, err = self.enthesis(
                    "case", "get", f"sites/{site}/cases/{cells[2]}",
                    "--format", "json")
                self.assertEqual(0, code, err)
                answer = json.loads(out)
                return answer.get("case", answer)
        raise AssertionError(record)

    def test_a_visit_at_fault_leaves_the_others_of_its_line(self):
        site = self.new_site()
        map_path = self.write("wide.yaml", """enthesis_map: 1
columns:
  event: {value: baseline}
  diagnosis: {value: tendinopathy}
  pathology: {value: insertional}
  sport_level: {value: recreational}
  care_months: {value: 8}
  primary_procedure: {value: debridement}
  approach: {value: open}
  visa_a_total: v0
visits:
  - {event: 3_months, columns: {day: {value: 91}, visa_a_total: v3}}
  - {event: 6_months, columns: {day: {value: 183}, visa_a_total: v6}}
""")
        path = self.write("wide.csv", (
            "record_id,surgery_date,laterality,age_years,sex,v0,v3,v6\n"
            "1,2020-03-04,left,50,female,40,60,170\n"
            "2,2020-03-05,left,51,female,x,60,70\n"
            "3,2020-03-06,left,52,female,40,y,z\n"))
        command = ("import", path, "--site", site, "--map", map_path)
        for option, said in (
                ("--dry-run", "baseline and 3_months of the line would be"),
                ("--lines", "baseline and 3_months of the line are stored")):
            code, out, err = self.enthesis(*command, option)
            self.assertEqual(1, code, err)
            self.assertIn("line 2 (1, 6_months): rejected\n", out)
            self.assertIn(f"  {said}", out)
            self.assertIn("baseline of the line", out)
            self.assertEqual(2, out.count("of the line"))
        code, report, _ = self.import_json(path, site, "--map", map_path)
        self.assertEqual(
            [("6_months", ["baseline", "3_months"]), ("baseline", []),
             ("3_months", ["baseline"])],
            [(line["event"], line["stored"]) for line in report["lines"]])

    def test_the_example_is_stored_and_no_date_leaves_the_machine(self):
        site = "site-01"
        self.enthesis("site", "create", site)
        wire = Wire(self.registry.address)
        links = os.path.join(self.registry.folder, "example-links")
        code, out, err = self.enthesis(
            "import", str(MAPPING / "example.csv"), "--map",
            str(MAPPING / "example.yaml"), "--site", site, "--links", links,
            "--format", "json", server=wire.address)
        wire.server.close()
        self.assertEqual(0, code, out + err)
        report = json.loads(out)
        self.assertEqual(
            [(3, "101", "baseline"), (5, "101", "3_months"),
             (9, "101", "12_months"), (10, "102", "baseline"),
             (12, "102", "3_months")],
            [(line["line"], line["record"], line["event"])
             for line in report["lines"]])
        self.assertEqual(1, report["map"]["lines_of_other_sites"])
        self.assertEqual(2, report["map"]["lines_of_other_events"])
        self.assertEqual("windows-1252", report["file"]["encoding"].lower())

        case = self.case_of(site, "101", links)
        base, operation = case["baseline"], case["operation"]
        for name, value in (("surgeryYear", 2022), ("ageYears", 50),
                            ("sex", "female"), ("bmi", 28),
                            ("smoking", "former"),
                            ("symptomDurationMonths", 30)):
            self.assertEqual(value, base[name], name)
        self.assertEqual("zadek_osteotomy", operation["primaryProcedure"])
        self.assertEqual(["gastrocnemius_recession",
                          "retrocalcaneal_bursectomy"],
                         operation["concomitantProcedures"])
        self.assertEqual(["screw"], operation["implants"])
        self.assertEqual(5, operation["wedgeMm"])
        self.assertEqual([(-3, 44), (94, 61), (367, 88)],
                         [(visit["day"], visit["visaA"]["total"])
                          for visit in case["followUps"]])
        self.assertEqual([("infection_superficial", 10), ("scar_pain", 89)],
                         [(c["kind"], c["day"]) for c in
                          case["followUps"][1]["complications"]])
        other = self.case_of(site, "102", links)
        self.assertNotIn("bmi", other["baseline"])
        self.assertEqual([], other["operation"]["implants"])

        # Keys, dates in any order, and what was to be left out.
        self.assertIn(b"site-01", bytes(wire.seen))
        self.assertGreater(len(wire.seen), 500)
        text = (MAPPING / "example.csv").read_text("cp1252")
        dates = set(re.findall(r"(\d\d)\.(\d\d)\.(\d{4})", text))
        self.assertGreater(len(dates), 8)
        secrets = [b"F-9001", b"M\xfcller", "M\u00fcller".encode(), b"gut",
                   b"aufnahme", b"kontrolle", b"klinik_nord", b"komplikation"]
        for day, month, year in dates:
            for form in ("{d}.{m}.{y}", "{y}-{m}-{d}", "{y}{m}{d}",
                         "{d}/{m}/{y}", "{m}/{d}/{y}"):
                secrets.append(form.format(d=day, m=month, y=year).encode())
        places = [bytes(wire.seen),
                  *files_of(os.path.join(self.registry.folder, "data"))]
        for secret in secrets:
            for place in places:
                self.assertNotIn(secret, place)
        # The same export again stores nothing.
        code, report, _ = self.import_json(
            str(MAPPING / "example.csv"), site, "--map",
            str(MAPPING / "example.yaml"), "--links", links)
        self.assertEqual({"unchanged"}, {line["outcome"] for line
                                         in report["lines"]})

    def test_a_later_export_without_the_operation_counts_from_the_link(self):
        site = self.new_site()
        yaml = self.write("later.yaml",
                          "enthesis_map: 1\n"
                          "dates: {format: D/M/YYYY, surgery: op, visit: v}\n")
        head = ("record_id,event,op,v,diagnosis,pathology,laterality,age_years,"
                "sex,sport_level,care_months,primary_procedure,approach,"
                "pain_rest\n")
        first = self.write("first.csv", head + "7,baseline,4/3/2022,,"
                           "tendinopathy,insertional,left,50,male,none,8,"
                           "debridement,open,\n")
        self.assertEqual(0, self.import_json(first, site, "--map", yaml)[0])
        later = self.write("later.csv", "record_id,event,op,v,pain_rest\n"
                           "7,m3,,4/6/2022,3\n8,m3,,4/6/2022,3\n")
        code, report, _ = self.import_json(later, site, "--map", yaml)
        self.assertEqual(1, code)
        self.assertEqual(["created", "rejected"],
                         [line["outcome"] for line in report["lines"]])
        links = os.path.join(self.registry.folder, f"enthesis-link-{site}.tsv")
        self.assertEqual([92], [visit["day"] for visit in
                                self.case_of(site, "7", links)["followUps"]])

    def test_faults_and_rejected_lines_are_the_clinics(self):
        site = "site-faults"
        self.enthesis("site", "create", site)
        text = (MAPPING / "example.csv").read_text("cp1252")
        bad = text.replace(";17.08.1971;w;", ";17.08.1931;f;").replace(
            ";14.03.2022;", ";14.07.2022;")
        path = self.write("bad.csv", bad.encode("cp1252"))
        rejects = os.path.join(self.registry.folder, "bad-rejects.csv")
        yaml = self.write("bad.yaml", (MAPPING / "example.yaml").read_text(
            "utf-8").replace("klinik_nord: site-01", f"klinik_nord: {site}"))
        code, report, _ = self.import_json(path, site, "--map", yaml,
                                           "--rejects", rejects)
        self.assertEqual(1, code)
        faults = {(f["line"], f["column"], f["value"]): f["message"]
                  for line in report["lines"] for f in line["faults"]}
        self.assertIn("is not among the values of sex",
                      faults[(3, "geschlecht", "f")])
        age = faults[(3, "geburtsdatum", "17.08.1931")] if (
            3, "geburtsdatum", "17.08.1931") in faults else ""
        self.assertEqual("", age)  # 90 is allowed
        self.assertIn("complication_1_day",
                      faults[(6, "komp_datum", "14.07.2022")])
        # All lines of the record, each with what it goes with.
        with open(rejects, encoding="utf-8-sig") as file:
            rows = file.read().splitlines()
        self.assertEqual(["101"] * 6,
                         [row.split(";")[1] if row[0] != '"' else
                          row[row.index('";') + 2:].split(";")[0]
                          for row in rows[1:]])
        self.assertTrue(any("line 4: goes with line 3" in row for row in rows))
        # Mended in place, the file of the rejected lines is imported.
        with open(rejects, encoding="utf-8-sig") as file:
            mended = file.read().replace(";f;", ";w;").replace(
                ";14.07.2022;", ";14.03.2022;")
        mended = self.write("mended.csv", mended.encode("cp1252"))
        code, report, _ = self.import_json(mended, site, "--map", yaml)
        self.assertEqual(0, code, report)
        self.assertEqual({"created"}, {line["outcome"] for line
                                       in report["lines"]})
        # Its byte order mark counts more than what the clinic's files are.
        with open(mended, encoding="cp1252") as file:
            marked = self.write("marked.csv", file.read().encode("utf-8-sig"))
        code, report, err = self.import_json(marked, site, "--map", yaml,
                                             "--encoding", "windows-1252")
        self.assertEqual((0, "UTF-8"), (code, report["file"]["encoding"]))
        self.assertIn("has the byte order mark of UTF-8 and is read so, not as "
                      "Windows-1252", err)
        self.assertEqual({"unchanged"}, {line["outcome"] for line
                                         in report["lines"]})

    def test_a_wrong_map_names_its_line(self):
        csv = self.write("a.csv", "id\n1\n")
        for body, fault in (("colums: {}\n", 'line 2: unknown key "colums"'),
                            ("columns: {record_id: nr}\n",
                             'line 2: the file has no column "nr"'),
                            ("a: [\n", "line 3: ")):
            yaml = self.write("wrong.yaml", "enthesis_map: 1\n" + body)
            code, out, err = self.enthesis("import", csv, "--map", yaml,
                                           "--site", "site-01")
            self.assertEqual((2, ""), (code, out))
            self.assertIn(f"enthesis: {yaml}, {fault}", err)

    def test_several_sites_in_a_file_ask_for_one(self):
        yaml = str(MAPPING / "example.yaml")
        code, _, err = self.enthesis("import", str(MAPPING / "example.csv"),
                                     "--map", yaml)
        self.assertEqual(2, code)
        self.assertIn("lines of the sites site-01, site-02", err)


if __name__ == "__main__":
    main(sys.argv)
