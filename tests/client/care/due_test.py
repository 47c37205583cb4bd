"""enthesis due: whom the clinic expects, and when.

    due_test.py ENTHESISD ENTHESIS
"""

import datetime
import subprocess

from care_program import Care, SERVER, USAGE, baseline, main, visit


class DueTest(Care):
    """Worked by hand: A and B were operated on 4 March and 1 June 2020."""

    def setUp(self):
        super().setUp()
        self.import_lines(
            baseline("A"), visit("A", 91), visit("A", 180),
            baseline("B", age_years="51", surgery_date="2020-06-01"),
            visit("B", 14, visa_a_total="", pain_activity="3"),
            visit("B", 100, visa_a_total="", pain_activity="2"),
            baseline("C", age_years="52", status="lost", status_day="30"))

    def due(self, day, *options):
        return [(row["record_id"], row["visit"], row["state"])
                for row in self.csv("due", "--links", self.links, "--on", day,
                                    *options)]

    def test_who_is_due_for_which_visit(self):
        # 1 September 2020 is day 181 of A, day 92 of B.
        self.assertEqual([("B", "3_months", "overdue")],
                         self.due("2020-09-01"))
        self.assertEqual([("B", "6_weeks", "missed"),
                          ("B", "3_months", "overdue")],
                         self.due("2020-09-01", "--missed", "--visits",
                                  "2_weeks,6_weeks,3_months"
                                  )[-2:])
        # 3 December 2020 is day 274 of A, day 185 of B.
        self.assertEqual([("B", "6_months", "overdue"),
                          ("A", "12_months", "due")],
                         self.due("2020-12-03"))
        self.assertEqual([("B", "6_months", "overdue")],
                         self.due("2020-12-02"))
        self.assertEqual(("A", "12_months", "upcoming"),
                         self.due("2020-12-02", "--ahead", "1")[-1])

    def test_the_window_and_what_was_seen(self):
        row, = self.csv("due", "--links", self.links, "--on", "2020-09-01",
                        "--visits", "3_months")
        first = datetime.date(2020, 6, 1)
        for column, days in (("target_date", 91), ("first_date", 64),
                             ("last_date", 136)):
            self.assertEqual(
                str(first + datetime.timedelta(days=days)), row[column])
        self.assertEqual(("1", "100"), (row["days_late"], row["seen_on_day"]))

    def test_an_assessment_later_in_the_registry_ends_it(self):
        self.done("case", "update", self.name("B"), "--follow-up", "100",
                  "--set", "visa_a.total=66", "--reason", "late_information")
        self.assertEqual([], self.due("2020-09-01"))

    def test_table_and_json_say_the_same(self):
        table = self.done("due", "--links", self.links, "--on", "2020-09-01")
        self.assertIn("1 day late", table)
        self.assertIn("1 overdue on 2020-09-01; 2 records in follow-up", table)
        answer = self.json("due", "--links", self.links, "--on", "2020-09-01")
        self.assertEqual((2, 1, 0, []), (
            answer["inFollowUp"], answer["followUpEnded"],
            answer["notInLinkFile"], answer["withoutDate"]))
        self.assertEqual("B", answer["visits"][0]["record"])

    def test_calendar(self):
        run = subprocess.run(
            [self.enthesis, "--server", self.registry.address, "due",
             "--links", str(self.links), "--on", "2020-12-03", "--ical"],
            stdout=subprocess.PIPE, check=True)
        lines = run.stdout.decode("utf-8").split("\r\n")
        self.assertEqual(("BEGIN:VCALENDAR", "END:VCALENDAR", ""),
                         (lines[0], lines[-2], lines[-1]))
        self.assertNotIn(b"\n", run.stdout.replace(b"\r\n", b""))
        days = [line.split(":")[1] for line in lines
                if line.startswith("DTSTART")]
        # B is late and stands on the day asked for; A on its target day.
        self.assertEqual(["20201203", "20210304"], days)
        self.assertIn("SUMMARY:A: 12 months visit", lines)
        uids = [line for line in lines if line.startswith("UID:")]
        self.assertEqual(2, len(set(uids)))

    def test_records_without_a_date_are_named(self):
        lines = [baseline("N", surgery_date="", age_years="70",
                          surgery_year="2020")]
        path = self.write_csv("n.csv", lines, [*lines[0]])
        self.import_file(path)
        run = self.run_command("due", "--links", self.links)
        self.assertIn("1 record without a surgery date", run.stderr)
        self.assertIn("N", run.stderr)
        dates = self.write_csv("dates.csv", [
            {"record_id": "N", "surgery_date": "2020-05-05"}],
            ["record_id", "surgery_date"])
        self.done("link", "dates", self.links, dates)
        self.assertIn(("N", "2_weeks", "due"), self.due("2020-05-15"))
        # A later export without the column leaves the date.
        lines[0].pop("surgery_date")
        self.import_file(self.write_csv("n.csv", lines, [*lines[0]]))
        self.assertIn(("N", "2_weeks", "due"), self.due("2020-05-15"))

    def test_misuse(self):
        for options, said in [((), "--site or --links"),
                              (("--links", self.links, "--visits", "x"),
                               "12_months"),
                              (("--links", self.links, "--visits",
                                "baseline"), "case list"),
                              (("--links", self.links, "--on", "x"),
                               "YYYY-MM-DD"),
                              (("--links", self.links, "--ahead", "-1"),
                               "--ahead")]:
            with self.subTest(options=options):
                self.assertIn(said, self.refused(USAGE, "due", *options))
        said = self.refused(SERVER, "due", "--links", self.folder / "no.tsv")
        self.assertIn("--links FILE", said)
        self.assertIn("enthesis link lost", said)
        self.assertFalse((self.folder / "no.tsv.lock").exists())


if __name__ == "__main__":
    main()
