"""The committed templates are what the program prints, and they work.

    templates_test.py ENTHESISD ENTHESIS
"""

import csv
import io
import json
import os
import re
import sys
import unittest

from import_program import HERE, ImportTest, main

TEMPLATES = HERE.parents[2] / "client/templates"
FILES = {"redcap": "redcap_data_dictionary.csv",
         "redcap-events": "redcap_events.csv",
         "redcap-forms": "redcap_forms.csv",
         "redcap-map": "redcap_map.yaml",
         "csv": "import_template.csv",
         "example": "import_example.csv"}


def rows_of(name):
    text = (TEMPLATES / FILES[name]).read_text("utf-8")
    return list(csv.DictReader(io.StringIO(text)))


class TemplatesTest(ImportTest):
    def test_the_committed_files_are_what_is_printed(self):
        for name, file in FILES.items():
            with self.subTest(name=name):
                code, out, err = self.enthesis("template", name)
                self.assertEqual((0, ""), (code, err))
                self.assertEqual((TEMPLATES / file).read_text("utf-8"), out)
        code, _, err = self.enthesis("template", "other")
        self.assertEqual(2, code)
        self.assertIn("allowed: " + ", ".join(FILES), err)

    def test_the_dictionary_has_every_column_with_its_codes_and_ranges(self):
        _, out, _ = self.enthesis("import", "--columns", "--format", "json")
        columns = {c["column"]: c for c in json.loads(out)}
        rows = {row["Variable / Field Name"]: row for row in rows_of("redcap")}
        self.assertEqual(len(rows), len(rows_of("redcap")))
        self.assertEqual(set(columns) - {"event", "redcap_repeat_instance",
                                         "synthetic"}, set(rows))
        self.assertEqual("record_id", next(iter(rows)))
        for name, row in rows.items():
            with self.subTest(name=name):
                self.assertRegex(name, r"^[a-z](?!.*__)[a-z0-9_]{0,99}$")
                allowed = columns[name]["allowed"]
                choices = row["Choices, Calculations, OR Slider Labels"]
                if choices:
                    codes = [c.split(", ", 1)[0] for c in
                             choices.split(" | ")]
                    self.assertEqual(allowed.split("; separated")[0],
                                     ", ".join(codes))
                least = row["Text Validation Min"]
                if least and row["Text Validation Type OR Show Slider "
                                 "Number"] == "integer":
                    self.assertIn(f"from {least} to "
                                  f"{row['Text Validation Max']} ", allowed)

    def test_branching_logic_names_fields_and_codes_that_there_are(self):
        rows = {row["Variable / Field Name"]: row for row in rows_of("redcap")}
        events = {row["unique_event_name"] for row in rows_of("redcap-events")}
        n = 0
        for name, row in rows.items():
            logic = row["Branching Logic (Show field only if...)"]
            n += bool(logic)
            for field, code in re.findall(r"\[(\w+)(?:\((\w+)\))?\]", logic):
                if field in events:
                    continue
                with self.subTest(name=name, field=field):
                    self.assertIn(field, rows)
                    self.assertNotEqual(field, name)
                    if code:
                        self.assertIn(code + ",", rows[field][
                            "Choices, Calculations, OR Slider Labels"])
            for field, value in re.findall(r"\[(\w+)\] (?:=|<>) '(\w+)'",
                                           logic):
                choices = rows[field]["Choices, Calculations, OR Slider "
                                      "Labels"]
                if rows[field]["Field Type"] != "yesno":
                    self.assertIn(value + ",", choices, (name, logic))
        self.assertGreater(n, 30)

    def test_every_form_belongs_to_events_that_there_are(self):
        events = {row["unique_event_name"] for row in rows_of("redcap-events")}
        forms = {row["Form Name"] for row in rows_of("redcap")}
        used = rows_of("redcap-forms")
        self.assertEqual(events, {row["unique_event_name"] for row in used})
        self.assertEqual(forms, {row["form"] for row in used})

    def test_the_example_imports(self):
        site = self.new_site("--synthetic")
        links = os.path.join(self.registry.folder, "example-links")
        code, report, _ = self.import_json(str(TEMPLATES / FILES["example"]),
                                           site, "--links", links)
        self.assertEqual(0, code)
        self.assertEqual({"created"}, {line["outcome"]
                                       for line in report["lines"]})
        self.assertEqual((TEMPLATES / FILES["example"]).read_text(
            "utf-8").splitlines()[0] + "\n",
            (TEMPLATES / FILES["csv"]).read_text("utf-8"))

    def test_an_export_of_the_project_imports_with_its_map(self):
        """The example as REDCap would export it, raw."""
        site = self.new_site()
        with open(TEMPLATES / FILES["example"], newline="",
                  encoding="utf-8") as file:
            example = list(csv.DictReader(file))
        header, of_list = ["record_id", "redcap_event_name"], {}
        for row in rows_of("redcap")[1:]:
            name = row["Variable / Field Name"]
            if row["Field Type"] == "checkbox":
                of_list[name] = [c.split(", ")[0] for c in row[
                    "Choices, Calculations, OR Slider Labels"].split(" | ")]
                header += [f"{name}___{code}" for code in of_list[name]]
            else:
                header.append(name)
        forms = sorted({row["Form Name"] for row in rows_of("redcap")})
        out = io.StringIO()
        writer = csv.DictWriter(out, header + [f + "_complete" for f in forms])
        writer.writeheader()
        for line in example:
            row = {name: line[name] for name in header if name in line}
            row["redcap_event_name"] = line["event"] + "_arm_1"
            for name, codes in of_list.items():
                chosen = line[name].split(";")
                for code in codes:
                    row[f"{name}___{code}"] = (
                        "" if line["event"] != "baseline" else
                        str(int(code in chosen)))
            writer.writerow(row)
        path = self.write("redcap-export.csv", out.getvalue())
        code, report, _ = self.import_json(
            path, site, "--map", str(TEMPLATES / FILES["redcap-map"]))
        self.assertEqual(0, code, report["lines"])
        self.assertEqual({"created"}, {line["outcome"]
                                       for line in report["lines"]})


if __name__ == "__main__":
    main(sys.argv)
