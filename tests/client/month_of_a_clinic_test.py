"""A month of a clinic, as its coordinator works: three exports of REDCap.

    month_of_a_clinic_test.py ENTHESISD ENTHESIS

Every expectation was counted by hand from the files in month/ and the windows
of registry/model/visits.h (3 months: days 64 to 136, target 91; and so on).
Clinic's records: PAT-7301 to 7304 and 7306; 7305 is of another site.
"""

import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "care"))

from care_program import DONE, REJECTED, Care, main  # noqa: E402

MONTH = HERE / "month"
SITE = "site-01"  # as site.yaml names it


class MonthOfAClinicTest(Care):
    def setUp(self):
        super().setUp()
        if self.site != SITE:
            self.done("site", "create", SITE)
        self.site = SITE
        self.options = ("--map", MONTH / "site.yaml")

    def outcomes(self, report):
        return [(line["line"], line["record"], line["event"], line["outcome"])
                for line in report["lines"] if line["line"]]

    def faults(self, report):
        return [(fault["line"], fault["column"], fault["value"])
                for line in report["lines"] for fault in line["faults"]]

    def exported(self, number, *options, code):
        """The dry run says what the import then does, and stores nothing."""
        path = MONTH / f"export_{number}.csv"
        commit = self.last_commit()
        links = self.links.read_bytes() if self.links.exists() else None
        dry = self.import_file(path, *self.options, "--dry-run", code=code)
        self.assertEqual(commit, self.last_commit())
        self.assertEqual(links, self.links.read_bytes()
                         if self.links.exists() else None)
        report = self.import_file(
            path, *self.options, "--rejects", self.folder / "rejects.csv",
            *options, code=code)
        self.assertEqual(self.outcomes(dry), self.outcomes(report))
        self.assertEqual(self.faults(dry), self.faults(report))
        self.assertEqual(1, report["map"]["lines_of_other_sites"])
        return report

    def mend(self, old, new, encoding="utf-8"):
        """Mends the cells of the rejected lines and imports them."""
        rows = (self.folder / "rejects.csv").read_text("utf-8-sig")
        for before, after in zip(old, new):
            self.assertIn(before, rows)
            rows = rows.replace(before, after)
        mended = self.folder / "mended.csv"
        mended.write_bytes(rows.encode(encoding))
        report = self.import_file(mended, *self.options, code=DONE)
        # It is a part of the export: what it lacks has not vanished.
        self.assertEqual([], report["vanished"])
        return self.outcomes(report)

    def due(self, day, *options):
        return [(row["record_id"], row["visit"], row["state"],
                 row["target_date"], row["days_late"]) for row in self.csv(
                     "due", "--links", self.links, "--on", day, *options)]

    def completeness(self, day):
        return [(row["visit"], row["due"], row["completed"])
                for row in self.csv("completeness", "--site", SITE,
                                    "--on", day)]

    def first_export(self):
        report = self.exported(1, code=REJECTED)
        self.assertEqual([  # lines 3 and 5 go with 2 and 4, 11 is elsewhere's
            (2, "PAT-7301", "baseline", "created"),
            (4, "PAT-7301", "3_months", "created"),
            (6, "PAT-7302", "baseline", "created"),
            (8, "PAT-7302", "2_weeks", "created"),
            (9, "PAT-7303", "baseline", "rejected")], self.outcomes(report))
        self.assertEqual([(9, "geschlecht", "f")], self.faults(report))
        self.assertEqual([(2, "PAT-7303", "baseline", "created")],
                         self.mend([",f,"], [",w,"]))
        # On 20 January 2026 PAT-7301 is at day 141 of the window 137 to 273,
        # PAT-7302 at day 71 of 64 to 136, PAT-7303 at day 15 of 7 to 28, one
        # after its target.
        self.assertEqual([
            ("PAT-7303", "2_weeks", "overdue", "2026-01-19", "1"),
            ("PAT-7302", "3_months", "due", "2026-02-09", "-20"),
            ("PAT-7301", "6_months", "due", "2026-03-03", "-42")],
            self.due("2026-01-20"))

    def second_export(self):
        """Semicolons and Windows-1252; kons of PAT-7302 is 10, not 12."""
        report = self.exported(2, "--reason", "transcription_error",
                               code=REJECTED)
        self.assertEqual("windows-1252", report["file"]["encoding"].lower())
        self.assertEqual([
            (2, "PAT-7301", "baseline", "unchanged"),
            (4, "PAT-7301", "3_months", "unchanged"),
            (6, "PAT-7301", "6_months", "rejected"),
            (7, "PAT-7302", "baseline", "updated"),
            (9, "PAT-7302", "2_weeks", "unchanged"),
            (10, "PAT-7302", "3_months", "created"),
            (11, "PAT-7303", "baseline", "unchanged"),
            (13, "PAT-7303", "6_weeks", "created"),
            (14, "PAT-7304", "baseline", "created"),
            (16, "PAT-7304", "12_months", "created"),
            (17, "PAT-7304", "24_months", "rejected")],
            self.outcomes(report))
        self.assertEqual([(6, "besuch_datum", "2026-02-30"),
                          (17, "visa", "180")], self.faults(report))
        # 30 February is mended in the clinic only later: third export.
        rows = (self.folder / "rejects.csv").read_text("utf-8-sig")
        head, _, visa = rows.splitlines()
        (self.folder / "rejects.csv").write_text(
            f"{head}\n{visa}\n", encoding="utf-8")
        self.assertEqual([(2, "PAT-7304", "24_months", "created")],
                         self.mend([";180;"], [";81;"], "cp1252"))

    def third_export(self):
        """Consent of PAT-7303 withdrawn; 7301 corrected; 7302 lost."""
        self.withdrawn = self.name("PAT-7303")
        self.done("case", "withdraw", self.withdrawn, "--yes", "--reason",
                  "consent_withdrawn")
        report = self.exported(3, "--reason", "source_corrected",
                               code=REJECTED)
        self.assertEqual([
            (2, "PAT-7301", "baseline", "unchanged"),
            (4, "PAT-7301", "3_months", "updated"),
            (6, "PAT-7301", "6_months", "created"),
            (7, "PAT-7301", "12_months", "created"),
            (8, "PAT-7302", "baseline", "updated"),
            (10, "PAT-7302", "2_weeks", "unchanged"),
            (11, "PAT-7302", "3_months", "unchanged"),
            (12, "PAT-7304", "baseline", "unchanged"),
            (14, "PAT-7304", "12_months", "unchanged"),
            (15, "PAT-7304", "24_months", "unchanged"),
            (16, "PAT-7306", "baseline", "rejected"),
            (18, "PAT-7306", "2_weeks", "rejected")], self.outcomes(report))
        self.assertIn(("kons", "2"), [fault[1:] for fault
                                      in self.faults(report)])
        self.assertEqual([(2, "PAT-7306", "baseline", "created"),
                          (4, "PAT-7306", "2_weeks", "created")],
                         self.mend([",2,,,2026-08-03,"],
                                   [",12,,,2026-08-03,"]))

    def stored(self):
        cases = {}
        for record, case in self.linked().items():
            if f"sites/{SITE}/cases/{case}" == self.withdrawn:
                continue
            cases[record] = self.json("case", "get", self.name(record))
        return cases

    def assert_stored(self):
        """Age is in whole years at surgery; a day is visit minus surgery."""
        cases = {}
        for record, case in self.stored().items():
            base, operation = case["baseline"], case["operation"]
            cases[record] = (
                base["surgeryYear"], base["ageYears"], base["sex"],
                base.get("bmi"), base["pathology"], base["laterality"],
                base["sportLevel"], case["conservativeCare"]["months"],
                operation["primaryProcedure"], operation["approach"],
                operation["implants"], case["status"], case.get("statusDay"),
                [(visit["day"], visit.get("visaA", {}).get("total"),
                  visit.get("painActivity"),
                  [(c["kind"], c["day"]) for c in visit["complications"]])
                 for visit in case["followUps"]])
        self.assertEqual({
            # 54 since 17 August, operated on 1 September; 27.6 rounds to 28.
            "PAT-7301": (
                2025, 54, "female", 28, "insertional", "left", "recreational",
                8, "zadek_osteotomy", "open", ["screw"], "active", None,
                [(-7, 44, 7, []),
                 (91, 66, 3, [("infection_superficial", 14)]),
                 (183, 75, 2, []), (365, 88, 1, [])]),
            # 66 only in January; -99 is blank; lost on 8 June 2026: day 210
            # = 20 + 31 + 31 + 28 + 31 + 30 + 31 + 8.
            "PAT-7302": (
                2025, 65, "male", None, "midportion", "right", "competitive",
                10, "debridement", "minimally_invasive", ["suture_anchor"],
                "lost", 210,
                [(-7, 39, 8, []), (14, None, 5, []), (91, 55, 4, [])]),
            # 69 only on 31 December. 2024 is a leap year: 366 + 2 = 368, and
            # 364 more is 732.
            "PAT-7304": (
                2024, 68, "female", 31, "midportion", "right", "recreational",
                24, "debridement", "open", [], "active", None,
                [(-2, 30, 6, []), (368, 80, 1, []), (732, 81, 2, [])]),
            # 41 on the day after the operation.
            "PAT-7306": (
                2026, 40, "male", 26, "insertional", "right", "competitive",
                12, "zadek_osteotomy", "minimally_invasive",
                ["screw", "suture_anchor"], "active", None,
                [(0, 41, 5, []), (14, None, 4, [])])}, cases)

    def assert_due_and_complete(self):
        # On 27 November 2026 PAT-7306 is at day 116 of the window 64 to 136,
        # 25 after its target; it missed 29 to 63. PAT-7301 (day 452) has its
        # 12 months, PAT-7304 (day 1030) its 24; both missed what has no
        # VISA-A. PAT-7302 is lost.
        overdue = ("PAT-7306", "3_months", "overdue", "2026-11-02", "25")
        self.assertEqual([overdue], self.due("2026-11-27"))
        self.assertEqual([
            ("PAT-7304", "2_weeks"), ("PAT-7304", "6_weeks"),
            ("PAT-7304", "3_months"), ("PAT-7304", "6_months"),
            ("PAT-7301", "2_weeks"), ("PAT-7301", "6_weeks"),
            ("PAT-7306", "6_weeks")],
            [row[:2] for row in self.due("2026-11-27", "--missed")
             if row[2] == "missed"])
        # Those of 2025 count to 6 months (31 December 2025 + 273 days is 30
        # September 2026), PAT-7304 to 12 (1 July 2026), PAT-7306 not yet.
        # 7302 alone came at 2 weeks; 7301 and 7302 at 3 months; 7301 at 6.
        self.assertEqual([
            ("baseline", "3", "3"), ("2_weeks", "3", "1"),
            ("6_weeks", "3", "0"), ("3_months", "3", "2"),
            ("6_months", "3", "1"), ("12_months", "1", "1"),
            ("24_months", "0", "0"), ("60_months", "0", "0")],
            self.completeness("2026-11-27"))

    def assert_history(self):
        rows = self.json("case", "history", self.name("PAT-7301"))
        self.assertEqual(
            [("created", None, "local"),
             ("corrected", "source_corrected", "local")],
            [(row["action"], row["reason"], row["who"])
             for row in rows["revisions"]])
        change = rows["revisions"][1]["changes"][0]
        self.assertEqual(("follow_ups[day 91].visa_a.total", "61", "66"),
                         (change["field"], change["before"], change["after"]))
        # Created, then kons with the visit of 9 February, then lost.
        rows = self.json("case", "history", self.name("PAT-7302"))
        changed = [[(c["field"], c["before"], c["after"])
                    for c in row["changes"]] for row in rows["revisions"]]
        self.assertIn(("conservative_care.months", "12", "10"), changed[1])
        self.assertIn(("status", "active", "lost"), changed[2])
        self.assertEqual(3, len(changed))
        gone = self.json("case", "history", self.withdrawn)["revisions"]
        self.assertEqual("consent_withdrawn", gone[-1]["reason"])
        self.assertFalse(any(row["changes"] for row in gone))

    def assert_goes_in_again(self):
        commit = self.last_commit()
        for links in ([], ["--links", self.links]):
            out = self.folder / f"out{len(links)}.csv"
            self.done("case", "export", "--site", SITE, *links, "--out", out)
            report = self.json("import", out, "--site", SITE, *links)
            self.assertEqual(
                {"unchanged"}, {line["outcome"] for line in report["lines"]
                                if line["line"]})
        for _ in range(2):  # and the last export, but for the planted fault
            self.import_file(MONTH / "export_3.csv", *self.options,
                             code=REJECTED)
        self.assertEqual(commit, self.last_commit())

    def assert_nothing_of_the_clinic_left(self):
        """In what the server stored: keys, dates, words of the clinic."""
        text = "".join((MONTH / f"export_{n}.csv").read_text("cp1252")
                       for n in (1, 2, 3))
        secrets = set(re.findall(r"PAT-\d+|F-\d+", text))
        self.assertEqual(6 + 6, len(secrets))
        secrets |= {"PAT-", "klinik", "kontrolle", "aufnahme", "ller, gut"}
        for year, month, day in set(re.findall(r"(\d{4})-(\d\d)-(\d\d)",
                                               text)):
            secrets |= {f"{year}-{month}-{day}", f"{day}.{month}.{year}",
                        f"{year}{month}{day}", f"{day}/{month}/{year}"}
        stored = [file.read_bytes() for file in
                  pathlib.Path(self.registry.folder, "data").rglob("*")
                  if file.is_file()]
        self.assertTrue(any(SITE.encode() in data for data in stored))
        for secret in secrets:
            self.assertFalse(any(secret.encode() in data for data in stored),
                             secret)

    def test_a_mended_line_takes_no_other_assessment_over(self):
        """A score mended, the day left at that of the 3 months."""
        self.site = "site-07"  # its own: the registry is that of the month
        self.done("site", "create", self.site)
        words = self.folder / "takeover.yaml"
        words.write_text((MONTH / "site.yaml").read_text("utf-8").replace(
            SITE, self.site), "utf-8")
        self.options = ("--map", words)
        lines = (MONTH / "export_1.csv").read_text("utf-8").splitlines()
        wrong = lines[3].replace("3m", "6m").replace(",61,", ",810,")
        path = self.folder / "takeover.csv"
        path.write_text("\n".join([*lines[:4], wrong, ""]), "utf-8")
        rejects = self.folder / "takeover_rejects.csv"
        self.import_file(path, *self.options, "--rejects", rejects,
                         code=REJECTED)
        mended = self.folder / "takeover_mended.csv"
        mended.write_text(rejects.read_text("utf-8-sig").replace(
            ",810,", ",81,"), "utf-8")
        report = self.import_file(mended, *self.options, code=REJECTED)
        self.assertEqual([(2, "PAT-7301", "6_months", "rejected")],
                         self.outcomes(report))

    def test_the_registry_ends_as_counted_by_hand(self):
        self.first_export()
        self.second_export()
        self.third_export()
        self.assert_stored()
        self.assert_due_and_complete()
        self.assert_history()
        self.assert_goes_in_again()
        quality = self.json("quality", "--site", SITE)
        self.assertEqual([], quality["findings"])
        # Of the withdrawn record its key and case are left, to know it again.
        said = self.done("link", "verify", self.links, "--registry")
        self.assertIn("PAT-7303  withdrawn, case", said)
        self.assertIn("4 with a surgery date, 1 withdrawn", said)
        self.assertIn("no problem.", said)
        self.assert_nothing_of_the_clinic_left()


if __name__ == "__main__":
    main()
