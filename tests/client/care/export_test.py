"""enthesis case export and import: what comes out goes in again unchanged.

    export_test.py ENTHESISD ENTHESIS
"""

import csv
import json

from care_program import Care, REJECTED, SERVER, USAGE, baseline, main, visit

FULL = ["baseline.bmi=31", "baseline.operation_sequence=3000",
        "operation.concomitant_procedures=calcaneoplasty;gastrocnemius_recession",
        "operation.implants=screw;plate"]


class ExportTest(Care):
    def export(self, name, *options):
        path = self.folder / name
        self.done("case", "export", "--site", self.site, "--out", path,
                  *options)
        return path

    def rows(self, path):
        with open(path, newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def rewrite(self, path, rows):
        with open(path, "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)

    def stored(self):
        """Every case as the registry holds it, by name."""
        names = [row["name"] for row in self.csv(
            "case", "list", "--site", self.site, "--limit", "0")]
        return {name: self.json("case", "get", name) for name in names}

    def assert_unchanged(self, path, links, n_cases, vanished=()):
        before = self.last_commit()
        report = self.import_file(path, links=links)
        self.assertEqual({"unchanged"},
                         {line["outcome"] for line in report["lines"]})
        if vanished is not None:
            self.assertEqual(list(vanished), report["vanished"])
        self.assertEqual(n_cases, len({line["record"] for line
                                       in report["lines"]}))
        self.assertEqual(before, self.last_commit())

    def make_odd_cases(self):
        """Cases that a clinic's own file cannot hold, beside usual ones."""
        self.import_lines(
            baseline("A", patient_key="P1"), visit("A", 91),
            baseline("B,\"2\"", patient_key="P1", laterality="right"),
            visit("B,\"2\"", 183),
            baseline("C", visa_a_total="", age_years="61"),
            columns=["patient_key"])
        case = self.json("case", "get", self.name("A"))
        for key in ("name", "etag", "commitIndex", "patient"):
            case.pop(key)
        case["followUps"] = [
            {"day": -20, "tegnerScore": 3}, {"day": -5},
            {"day": 0, "visaA": {"total": 40}},
            {"day": 45, "complications": [
                {"kind": "scar_pain", "day": day} for day in range(30, 41)],
             "reoperations": [{"kind": "revision", "day": day}
                              for day in (41, 42, 43)]},
            {"day": 46},
            {"day": 91, "visaA": {"instrument": "visa_a_sedentary",
                                  "total": 3}}]
        path = self.folder / "odd.json"
        path.write_text(json.dumps(case), encoding="utf-8")
        for age in ("52", "53"):
            self.done("case", "create", path, "--site", self.site, "--set",
                      f"baseline.age_years={age}",
                      *[word for assignment in FULL
                        for word in ("--set", assignment)])

    def test_every_case_with_and_without_its_link_file(self):
        self.make_odd_cases()
        stored = self.stored()
        self.assertEqual(5, len(stored))
        plain = self.export("plain.csv")
        local = self.export("local.csv", "--links", self.links)
        self.assert_unchanged(plain, self.folder / "new.tsv", 5)
        self.assert_unchanged(local, self.folder / "new2.tsv", 5)
        # The clinic's link file knows three of them.
        copy = self.folder / "copy.tsv"
        for path in (plain, local, plain):
            copy.write_bytes(self.links.read_bytes())
            self.assert_unchanged(path, copy, 5)
        self.assertEqual(stored, self.stored())
        # And the clinic's own file goes on with either link file.
        self.assert_unchanged(self.folder / "export.csv", self.links, 3)
        self.assert_unchanged(self.folder / "export.csv", copy, 3, None)

    def test_a_late_entry_keeps_every_rank(self):
        """Ranks are those of the registry, not counted anew."""
        lines = [baseline(key, surgery_date=f"2020-03-{day:02}",
                          age_years=str(40 + day))
                 for key, day in (("A", 4), ("B", 6), ("C", 8))]
        self.import_lines(*lines)
        lines.append(baseline("D", surgery_date="2020-03-05"))
        self.import_lines(*lines)
        local = self.export("local.csv", "--links", self.links)
        self.assert_unchanged(local, self.folder / "new.tsv", 4)
        self.assert_unchanged(self.folder / "export.csv",
                              self.folder / "new.tsv", 4)

    def test_a_day_0_by_hand_beside_an_earlier_baseline(self):
        """Without keys it is the day 0 that shares the baseline line."""
        self.import_lines(baseline("A", day="-10"), visit("A", 91))
        self.done("case", "add-follow-up", self.name("A"), "--set", "day=0",
                  "--set", "pain_activity=3")
        plain = self.export("plain.csv")
        self.assertEqual("0", self.rows(plain)[0]["day"])
        copy = self.folder / "copy.tsv"
        copy.write_bytes(self.links.read_bytes())
        self.assert_unchanged(plain, copy, 1)
        # With either link file the clinic's own file goes on.
        self.assert_unchanged(self.folder / "export.csv", copy, 1, None)
        self.assert_unchanged(self.folder / "export.csv", self.links, 1)

    def test_lines_that_exchange_their_names(self):
        """The ids say which assessment each is."""
        self.import_lines(baseline("A"), visit("A", 91), visit("A", 183),
                          visit("A", 365))
        path = self.export("local.csv", "--links", self.links)
        rows = self.rows(path)
        names = [row["event"] for row in rows]
        for order in ((2, 1, 3), (2, 3, 1), (3, 1, 2)):
            for row, place in zip(rows[1:], order):
                row["event"] = names[place]
            self.rewrite(path, rows)
            copy = self.folder / "copy.tsv"
            copy.write_bytes(self.links.read_bytes())
            self.assert_unchanged(path, copy, 1)

    def test_an_older_one_without_dates_leaves_the_clinics_own_file(self):
        self.import_lines(baseline("A"), visit("A", 91))
        plain = self.export("plain.csv")
        self.done("case", "update", self.name("A"), "--reason",
                  "source_corrected", "--set", "bmi=44")
        for path in (self.folder / "export.csv", plain,
                     self.folder / "export.csv", plain):
            self.assert_unchanged(path, self.links, 1)

    def test_the_sample_registry(self):
        self.done("simulate", "--cases", "400", "--sites", "1", "--out",
                  self.folder / "s")
        site = self.site = f"{self.site}-synthetic"
        self.done("site", "create", site, "--synthetic")
        self.import_file(self.folder / "s/site-01.csv")
        plain = self.export("plain.csv")
        self.assert_unchanged(plain, self.folder / "new.tsv", 400)
        self.assert_unchanged(plain, self.links, 400)
        self.assert_unchanged(
            self.export("local.csv", "--links", self.links), self.links, 400)
        self.assert_unchanged(self.folder / "s/site-01.csv", self.links, 400)

    def test_names_no_date_and_no_key_without_the_link_file(self):
        self.import_lines(baseline("KEY-1"), visit("KEY-1", 91))
        text = self.export("plain.csv").read_text(encoding="utf-8")
        for word in ("KEY-1", "2020-03-04", "surgery_date", "record_key"):
            self.assertNotIn(word, text)
        row = self.rows(self.export("local.csv", "--links", self.links))[0]
        # No number that a spreadsheet could change.
        self.assertRegex(row["etag"], "^v[0-9a-f]{16}$")
        self.assertEqual(("KEY-1", "2020-03-04", ""),
                         (row["record_id"], row["surgery_date"],
                          row["surgery_year"]))
        self.assertEqual(0o600,
                         (self.folder / "plain.csv").stat().st_mode & 0o777)

    def test_into_an_empty_registry(self):
        self.make_odd_cases()
        stored = self.stored()
        path = self.export("plain.csv")
        other = Care.registry_class(self.enthesisd)
        self.addCleanup(other.__exit__)
        first, self.registry = self.registry, other
        self.addCleanup(setattr, self, "registry", first)
        self.done("site", "create", self.site)
        report = self.import_file(path, links=self.folder / "other.tsv")
        self.assertEqual({"created"},
                         {line["outcome"] for line in report["lines"]})
        again = self.stored()
        for case in (*stored.values(), *again.values()):
            case.pop("etag")
            case.pop("commitIndex")
        self.assertEqual(stored, again)

    def test_a_corrected_export_is_an_update_of_what_was_changed(self):
        self.import_lines(baseline("A"), visit("A", 91), visit("A", 183),
                          baseline("B", age_years="51"))
        path = self.export("plain.csv")
        rows = self.rows(path)
        case = self.linked()["A"]
        for row in rows:
            if row["record_id"] == case and row["day"] == "91":
                row["pain_activity"], row["day"] = "6", "95"
        rows.append({"record_id": case, "event": "later", "day": "365",
                     "pain_activity": "1"})
        self.rewrite(path, rows)
        report = self.import_file(path, links=self.folder / "new.tsv")
        self.assertEqual(
            ["created", "unchanged", "unchanged", "unchanged", "updated"],
            sorted(line["outcome"] for line in report["lines"]))
        stored = self.json("case", "get", self.name("A"))["followUps"]
        self.assertEqual([0, 95, 183, 365], [f["day"] for f in stored])
        self.assertEqual(6, stored[1]["painActivity"])
        # The clinic's link file finds the same done already.
        self.rewrite(path, rows[:-1])
        self.assert_unchanged(path, self.links, 2, vanished=None)
        # A line without id is the assessment of its day.
        self.rewrite(path, rows)
        self.assert_unchanged(path, self.links, 2, vanished=None)

    def test_what_others_changed_since_is_a_conflict(self):
        self.import_lines(baseline("A"), visit("A", 91))
        path = self.export("plain.csv")
        for field in ("bmi=30", "age_years=55"):
            self.done("case", "update", self.name("A"), "--set",
                      "baseline." + field, "--reason", "source_corrected")
        # Unchanged in the file: nothing of theirs is undone.
        self.assert_unchanged(path, self.folder / "a.tsv", 1)
        rows = self.rows(path)
        rows[0]["bmi"] = "29"
        self.rewrite(path, rows)
        report = self.import_file(path, links=self.folder / "b.tsv",
                                  code=REJECTED)
        self.assertEqual(["conflict", "unchanged"],
                         [line["outcome"] for line in report["lines"]])
        self.assertIn("bmi", {fault["column"] for fault
                              in report["lines"][0]["faults"]})
        stored = self.json("case", "get", self.name("A"))["baseline"]
        self.assertEqual((30, 55), (stored["bmi"], stored["ageYears"]))

    def test_without_its_etag_every_difference_is_a_conflict(self):
        self.import_lines(baseline("A"))
        path = self.export("plain.csv")
        rows = self.rows(path)
        rows[0]["etag"] = ""
        self.rewrite(path, rows)
        self.assert_unchanged(path, self.folder / "a.tsv", 1)
        rows[0]["bmi"] = "29"
        self.rewrite(path, rows)
        report = self.import_file(path, links=self.folder / "b.tsv",
                                  code=REJECTED)
        self.assertEqual("conflict", report["lines"][0]["outcome"])

    def test_a_withdrawn_case_is_rejected(self):
        self.import_lines(baseline("A"), baseline("B", age_years="51"))
        path = self.export("plain.csv")
        withdrawn = self.linked()["A"]
        self.done("case", "withdraw", self.name("A"), "--reason",
                  "consent_withdrawn", "--yes")
        report = self.import_file(path, links=self.folder / "a.tsv",
                                  code=REJECTED)
        self.assertEqual(
            {withdrawn: "rejected", self.linked()["B"]: "unchanged"},
            {line["record"]: line["outcome"] for line in report["lines"]})

    def test_a_line_that_vanished_is_reported_and_kept(self):
        self.import_lines(baseline("A"), visit("A", 91), visit("A", 183))
        path = self.export("plain.csv")
        self.rewrite(path, [row for row in self.rows(path)
                            if row["day"] != "91"])
        report = self.import_file(path, links=self.folder / "a.tsv")
        self.assertEqual(["day 91"],
                         [line["event"] for line in report["vanished"]])
        self.assertEqual(3, len(self.json(
            "case", "get", self.name("A"))["followUps"]))

    def test_ids_that_contradict_are_faults_at_their_cell(self):
        self.import_lines(baseline("A"), visit("A", 91),
                          baseline("B", age_years="51"), visit("B", 91))
        path = self.export("local.csv", "--links", self.links)
        good = self.rows(path)
        before = self.last_commit()
        a, b = (i for i, row in enumerate(good) if row["case_id"])
        for what, change, column in [
                ("no id", lambda rows: rows[a].update(case_id="X"), "case_id"),
                ("two records of one case",
                 lambda rows: rows[b].update(case_id=rows[a]["case_id"]),
                 "case_id"),
                ("another case than the link file's",
                 lambda rows: rows[a].update(
                     case_id="384GSCRGXV4VRBVRZQBN8WRKHC4"), "case_id"),
                ("another person",
                 lambda rows: rows[a].update(
                     patient_id=rows[b]["patient_id"]), "patient_id"),
                ("one assessment twice",
                 lambda rows: rows[a + 1].update(
                     follow_up_id=rows[a]["follow_up_id"]), "follow_up_id"),
                ("an assessment on the wrong line",
                 lambda rows: rows[a + 1].update(
                     follow_up_id=rows[a]["case_id"]), "follow_up_id")]:
            with self.subTest(what=what):
                rows = [dict(row) for row in good]
                change(rows)
                self.rewrite(path, rows)
                report = self.import_file(path, code=REJECTED)
                self.assertIn(column, {
                    fault["column"] for line in report["lines"]
                    for fault in line["faults"]})
                self.assertEqual(before, self.last_commit())

    def test_misuse(self):
        self.assertIn("CSV", self.refused(
            USAGE, "case", "export", "--site", self.site, "--format", "json"))
        self.assertIn("No such file", self.refused(
            SERVER, "case", "export", "--site", self.site, "--links",
            self.folder / "no.tsv"))
        self.assertIn("site id", self.refused(
            USAGE, "case", "export", "--site", "X"))


if __name__ == "__main__":
    main()
