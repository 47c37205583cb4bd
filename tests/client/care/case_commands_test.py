"""enthesis case list, update, history and withdraw, on a live registry.

    case_commands_test.py ENTHESISD ENTHESIS
"""

import json
import os
import pty
import subprocess
import unittest

from care_program import (Care, CareOfOneCase, DONE, REJECTED, SERVER, USAGE,
                          baseline, main, visit)


class ListTest(Care):
    def setUp(self):
        super().setUp()
        self.import_lines(
            baseline("A"), visit("A", 91), visit("A", 365),
            baseline("B", surgery_date="2019-05-06", sex="male",
                     primary_procedure="fhl_transfer"),
            baseline("C", age_years="61", status="died", status_day="500"),
            baseline("D", laterality="right", surgery_date="2020-06-01"),
            baseline("E", laterality="right", surgery_date="2020-07-01"))
        self.by_id = {case: key for key, case in self.linked().items()}

    def keys(self, *options):
        return sorted(self.by_id[row["case"]] for row in self.csv(
            "case", "list", "--site", self.site, "--on", "2024-01-01",
            *options))

    def test_all_cases_of_the_site(self):
        self.assertEqual(list("ABCDE"), self.keys())

    def test_by_procedure_year_and_status(self):
        self.assertEqual(["B"], self.keys("--procedure", "fhl_transfer"))
        self.assertEqual(list("ABCDE"), self.keys(
            "--procedure", "fhl_transfer,debridement"))
        self.assertEqual(["B"], self.keys("--year", "2019"))
        self.assertEqual(list("ACDE"), self.keys("--year", "2020..2021"))
        self.assertEqual(["C"], self.keys("--status", "died,lost"))

    def test_by_missing_visit(self):
        # C died, so nothing is missing of it; A has two visits.
        self.assertEqual(list("BDE"), self.keys("--missing", "12_months"))
        self.assertEqual(list("ABDE"), self.keys(
            "--missing", "12_months,24_months"))
        self.assertEqual([], self.keys("--missing", "baseline"))
        self.assertEqual([], self.keys("--missing", "60_months"))
        # 31 December 2019 and 2191 days are 30 December 2025.
        self.assertEqual([], self.keys_on("2025-12-30", "60_months"))
        self.assertEqual(["B"], self.keys_on("2025-12-31", "60_months"))

    def keys_on(self, day, visits):
        return sorted(self.by_id[row["case"]] for row in self.csv(
            "case", "list", "--site", self.site, "--on", day, "--missing",
            visits))

    def test_possible_duplicates_name_each_other(self):
        rows = self.json("case", "list", "--site", self.site,
                         "--duplicates")["cases"]
        self.assertEqual(
            {"D": ["E"], "E": ["D"]},
            {self.by_id[row["case"]]: [self.by_id[other] for other
                                       in row["possibleDuplicates"]]
             for row in rows})

    def test_pages_of_one_state(self):
        first = self.json("case", "list", "--site", self.site, "--limit", "2")
        self.assertEqual((2, 5), (len(first["cases"]), first["matching"]))
        self.done("case", "withdraw", self.name("B"), "--reason",
                  "entered_in_error", "--yes")
        seen = [row["case"] for row in first["cases"]]
        after, pages = first["next"], 1
        while after:
            page = self.json("case", "list", "--site", self.site, "--limit",
                             "2", "--after", after)
            seen += [row["case"] for row in page["cases"]]
            after, pages = page["next"], pages + 1
        self.assertEqual(len(seen), len(set(seen)))
        self.assertEqual(sorted(seen), seen)
        self.assertEqual(set("ACDE"),
                         {self.by_id[case] for case in seen} - {"B"})

    def test_a_row_says_what_it_is(self):
        row, = self.csv("case", "list", "--site", self.site, "--year", "2019",
                        "--on", "2024-01-01")
        self.assertEqual(
            (self.name("B"), "fhl_transfer", "2019", "male", "1", "0",
             "2_weeks;6_weeks;3_months;6_months;12_months;24_months"),
            (row["name"], row["primary_procedure"], row["surgery_year"],
             row["sex"], row["assessments"], row["last_day"],
             row["missing_visits"]))
        table = self.done("case", "list", "--site", self.site)
        self.assertIn("5 cases of 5 in site " + self.site, table)

    def test_the_clinics_record_is_the_first_column(self):
        rows = self.csv("case", "list", "--links", self.links)
        self.assertEqual("record_id", list(rows[0])[0])
        self.assertEqual(self.by_id,
                         {row["case"]: row["record_id"] for row in rows})
        self.assertEqual(sorted(self.by_id.values()), sorted(
            row["record"] for row in self.json(
                "case", "list", "--links", self.links)["cases"]))
        table = self.done("case", "list", "--site", self.site, "--links",
                          self.links).splitlines()
        self.assertEqual("record", table[0].split()[0])
        self.assertNotIn("record", self.done(
            "case", "list", "--site", self.site).split("\n")[0])
        # A case that the link file does not know.
        other = self.folder / "other.tsv"
        self.import_file(self.write_csv("o.csv", [
            baseline("O", age_years="77")]), "--new-link-file", links=other)
        self.assertIn("", [row["record_id"] for row in self.csv(
            "case", "list", "--links", self.links)])
        self.assertIn("--site or --links", self.refused(USAGE, "case", "list"))

    def test_misuse_says_what_is_allowed(self):
        for options, said in [
                (("--missing", "13_months"), "12_months"),
                (("--year", "x"), "2019..2021"),
                (("--year", "2021..2019"), "2019..2021"),
                (("--procedure", "nobody"), "fhl_transfer"),
                (("--after", "x"), "--after"),
                (("--on", "yesterday"), "YYYY-MM-DD"),
                (("--site", "X"), "site id")]:
            with self.subTest(options=options):
                site = [] if "--site" in options else ["--site", self.site]
                self.assertIn(said, self.refused(
                    USAGE, "case", "list", *site, *options))


class CorrectionTest(CareOfOneCase):
    def test_a_field_of_the_baseline(self):
        answer = self.update("--set", "baseline.bmi=28")
        self.assertEqual([{"field": "baseline.bmi", "before": "27",
                           "after": "28"}], answer["changes"])
        self.assertTrue(answer["stored"])
        stored = self.json("case", "get", self.case)
        self.assertEqual((28, answer["etag"]),
                         (stored["baseline"]["bmi"], stored["etag"]))

    def test_a_case_by_its_id_or_the_clinics_record(self):
        case = self.case.split("/")[-1]
        by_record = ("--record", "A", "--links", self.links)
        for named in [(case, "--site", self.site), (case,),
                      (case.lower(), "--links", self.links), by_record,
                      (self.case, "--site", self.site)]:
            with self.subTest(named=named):
                self.assertEqual(self.case, self.json(
                    "case", "get", *named)["name"])
                self.assertEqual(self.case, self.json(
                    "case", "history", *named)["name"])
                self.assertEqual(self.case, self.json(
                    "case", "update", *named, "--set", "baseline.bmi=29",
                    "--dry-run", "--reason", "source_corrected")["name"])
        # With --record the one word left is the file.
        file = self.folder / "case.json"
        file.write_text(self.done("case", "get", *by_record, "--format",
                                  "json").replace('"bmi": 27', '"bmi": 26'),
                        encoding="utf-8")
        self.assertEqual(["baseline.bmi"], [
            change["field"] for change in self.json(
                "case", "update", file, *by_record, "--reason",
                "source_corrected")["changes"]])
        self.done("case", "add-follow-up", *by_record, "--set", "day=400",
                  "--set", "visa_a.total=78")
        self.done("case", "withdraw", *by_record, "--reason", "duplicate",
                  "--yes")
        # Known still, as withdrawn.
        self.assertEqual("withdrawn", self.json(
            "case", "history", *by_record)["revisions"][-1]["action"])

    def test_names_that_are_none_say_what_is_allowed(self):
        case = self.case.split("/")[-1]
        for named, said in [
                ((), "no case is named"),
                (("x",), "--record KEY"),
                ((case[:-1],), "the id CASE alone"),
                ((self.case, "--record", "A", "--site", self.site), "both"),
                (("--record", "A"), "--links FILE"),
                (("--record", "Z", "--links", self.links), "case list"),
                ((case, "--site", "X"), "site id"),
                ((self.case, "--site", "site-99"), "another site")]:
            with self.subTest(named=named):
                self.assertIn(said, self.refused(USAGE, "case", "get", *named))
        self.refused(SERVER, "case", "get", "--record", "A", "--links",
                     self.folder / "no.tsv")

    def test_an_assessment_by_its_day(self):
        answer = self.update("--follow-up", "91", "--set", "pain_activity=3",
                             "--set", "visa_a.total=")
        self.assertEqual(
            [("follow_ups[day 91].pain_activity", "4", "3"),
             ("follow_ups[day 91].visa_a.total", "70", None)],
            [(c["field"], c["before"], c["after"])
             for c in answer["changes"]])
        self.assertTrue(answer["stored"])
        self.update("--remove-follow-up", "183")
        days = [f["day"] for f in
                self.json("case", "get", self.case)["followUps"]]
        self.assertEqual([0, 91], days)

    def test_nothing_differs_stores_nothing(self):
        before = self.last_commit()
        self.assertFalse(self.update("--set", "baseline.bmi=27")["stored"])
        self.assertFalse(self.update("--set", "baseline.bmi=30",
                                     "--dry-run")["stored"])
        self.assertEqual(before, self.last_commit())

    def test_a_column_of_the_import_is_its_field(self):
        self.assertEqual(
            [{"field": "baseline.bmi", "before": "27", "after": "28"}],
            self.update("--set", "bmi=28")["changes"])
        self.assertEqual(
            ["follow_ups[day 91].visa_a.total"],
            [c["field"] for c in self.update(
                "--follow-up", "91", "--set", "visa_a_total=71")["changes"]])
        for arguments, said in [
                (("--set", "bim=1"), "near: baseline.bmi"),
                (("--set", "nothing.like=1"), "`enthesis case fields`"),
                (("--set", "visa_a.total=70"), "with --follow-up DAY"),
                (("--follow-up", "91", "--set", "bmi=28"),
                 "without --follow-up")]:
            with self.subTest(arguments=arguments):
                self.assertIn(said, self.refused(
                    USAGE, "case", "update", self.case, *arguments,
                    "--reason", "transcription_error"))

    def test_every_field_listed_is_one(self):
        fields = self.csv("case", "fields")
        self.assertGreater(len(fields), 80)
        self.assertEqual(fields, self.json("case", "fields"))
        shown = self.done("case", "fields")
        # No field is cleared in vain: those required answer with their rule.
        for field in fields:
            self.assertIn(field["field"] + " (of the", shown)
            words = ["--set", field["field"] + "="]
            if field["of"] == "assessment":
                words += ["--follow-up", "91"]
            run = self.run_command("case", "update", self.case, *words,
                                   "--dry-run", "--reason",
                                   "transcription_error")
            self.assertNotIn("field;", run.stderr, field)

    def test_a_date_becomes_the_day(self):
        # The link file has 2020-03-04 as the date of surgery.
        links = ("--links", self.links)
        run = self.run_command("case", "add-follow-up", "--record", "A",
                               *links, "--date", "2021-03-04", "--set",
                               "visa_a_total=80", "--set",
                               "return_sport_day=2021-03-01")
        self.assertEqual(0, run.returncode, run.stderr)
        self.assertIn("2021-03-04 is day 365 since surgery", run.stderr)
        visit_made = self.json("case", "get", self.case)["followUps"][-1]
        self.assertEqual((365, 362, 80), (
            visit_made["day"], visit_made["returnSportDay"],
            visit_made["visaA"]["total"]))
        answer = self.json("case", "update", self.case, *links, "--follow-up",
                           "2021-03-04", "--set", "pain_activity=1",
                           "--reason", "late_information")
        self.assertEqual("follow_ups[day 365].pain_activity",
                         answer["changes"][0]["field"])
        self.json("case", "update", "--record", "A", *links, "--set",
                  "status=lost", "--set", "status_day=2022-03-04", "--reason",
                  "late_information")
        self.assertEqual(730, self.json("case", "get",
                                        self.case)["statusDay"])
        self.assertNotIn("2021", self.done("case", "get", self.case,
                                           "--format", "json"))

    def test_a_day_that_has_not_come_is_refused(self):
        add = ("case", "add-follow-up", "--record", "A", "--links",
               self.links, "--set", "visa_a_total=80")
        for day, said in [(("--date", "2999-01-01"), "is in the future"),
                          (("--set", "day=40000"), "is in the future"),
                          (("--date", "2021-03-04", "--set", "day=365"),
                           "allowed: one of them")]:
            with self.subTest(day=day):
                self.assertIn(said, self.refused(USAGE, *add, *day))

    def test_a_dry_run_is_judged_by_the_registry(self):
        update = ("case", "update", self.case, "--reason",
                  "source_corrected", "--dry-run", "--set")
        self.assertIn("bmi", self.refused(REJECTED, *update, "bmi=200"))
        self.done(*update, "bmi=39")
        self.assertNotEqual(39, self.json("case", "get", self.case)[
            "baseline"].get("bmi"))

    def test_a_date_without_its_surgery_is_refused(self):
        add = ("case", "add-follow-up", self.case)
        self.assertIn("needs the link file", self.refused(
            SERVER, *add, "--date", "2021-03-04"))
        self.assertIn("YYYY-MM-DD", self.refused(
            USAGE, *add, "--date", "4.3.2021", "--links", self.links))
        self.assertIn("is no assessment", self.refused(
            USAGE, "case", "update", self.case, "--links", self.links,
            "--follow-up", "2021-03-04", "--reason", "late_information"))
        self.assertIn("is a date", self.refused(
            USAGE, "case", "create", "--site", self.site, "--set",
            "status_day=2021-03-04"))
        undated = baseline("N", surgery_date="", surgery_year="2020",
                           laterality="right", age_years="61")
        self.import_file(self.write_csv("n.csv", [undated], [*undated]))
        self.assertIn("enthesis link dates", self.refused(
            USAGE, "case", "add-follow-up", "--record", "N", "--links",
            self.links, "--date", "2021-03-04"))

    def test_against_the_rules_is_1_and_wrong_usage_2(self):
        said = self.refused(REJECTED, "case", "update", self.case, "--set",
                            "baseline.bmi=300", "--reason",
                            "transcription_error")
        self.assertIn("bmi", said)
        for arguments, said in [
                (("--set", "baseline.nobody=1"), "no such field"),
                (("--set", "patient=X"), "patient"),
                (("--follow-up", "92", "--set", "pain_activity=1"),
                 "0, 91, 183"),
                (("--remove-follow-up", "92"), "0, 91, 183")]:
            with self.subTest(arguments=arguments):
                self.assertIn(said, self.refused(
                    USAGE, "case", "update", self.case, *arguments,
                    "--reason", "transcription_error"))
        self.assertIn("late_information", self.refused(
            USAGE, "case", "update", self.case, "--set", "baseline.bmi=28",
            "--reason", "because"))

    def test_a_whole_file_does_not_undo_what_others_did(self):
        path = self.folder / "case.json"
        content = self.json("case", "get", self.case)
        content["baseline"]["bmi"] = 31
        path.write_text(json.dumps(content), encoding="utf-8")
        self.update("--set", "baseline.age_years=51")
        said = self.refused(SERVER, "case", "update", self.case, path,
                            "--reason", "late_information")
        self.assertIn("ETAG_MISMATCH", said)
        content["etag"] = self.json("case", "get", self.case)["etag"]
        content["baseline"]["ageYears"] = 51
        path.write_text(json.dumps(content), encoding="utf-8")
        self.assertEqual(
            ["baseline.bmi"],
            [c["field"] for c in self.update(path)["changes"]])
        path.write_text('{"baseline": {"bmi": 25}}', encoding="utf-8")
        self.assertIn("not a whole case", self.refused(
            USAGE, "case", "update", self.case, path, "--reason",
            "late_information"))

    def test_history_has_old_and_new_by_commit(self):
        self.update("--set", "baseline.bmi=28")
        self.done("case", "add-follow-up", self.case, "--set", "day=365",
                  "--set", "pain_activity=1")
        self.update("--follow-up", "365", "--set", "pain_activity=2",
                    reason="source_corrected")
        history = self.json("case", "history", self.case)
        steps = history["revisions"]
        self.assertEqual(
            [("created", None), ("corrected", "transcription_error"),
             ("follow_up_added", None), ("corrected", "source_corrected")],
            [(step["action"], step["reason"]) for step in steps])
        self.assertEqual({"local"}, {step["who"] for step in steps})
        commits = [step["commitIndex"] for step in steps]
        self.assertEqual(sorted(set(commits)), commits)
        self.assertEqual([{"field": "baseline.bmi", "before": "27",
                           "after": "28"}], steps[1]["changes"])
        self.assertEqual(
            [("follow_ups[day 365].pain_activity", "1", "2")],
            [(c["field"], c["before"], c["after"])
             for c in steps[3]["changes"]])
        # Changes in turn make the stored case of the first one's values.
        values = {}
        for step in steps:
            for change in step["changes"]:
                values[change["field"]] = change["after"]
        self.assertEqual(("28", "2"), (
            values["baseline.bmi"],
            values["follow_ups[day 365].pain_activity"]))
        rows = self.csv("case", "history", self.case, "--as-of", commits[1])
        self.assertEqual({str(commits[0]), str(commits[1])},
                         {row["commit_index"] for row in rows})
        table = self.done("case", "history", self.case)
        self.assertIn("source_corrected", table)
        self.assertIn("values", table)


class WithdrawalTest(Care):
    def setUp(self):
        super().setUp()
        self.import_lines(baseline("A"), baseline("B", age_years="51"))
        self.case = self.name("A")

    def test_needs_a_reason_and_a_confirmation(self):
        before = self.last_commit()
        self.assertIn("--reason", self.refused(
            USAGE, "case", "withdraw", self.case))
        self.assertIn("consent_withdrawn", self.refused(
            USAGE, "case", "withdraw", self.case, "--reason", "x", "--yes"))
        self.assertIn("--yes", self.refused(
            USAGE, "case", "withdraw", self.case, "--reason", "duplicate"))
        self.assertIn("names no case", self.refused(
            USAGE, "case", "withdraw", "A", "--reason", "duplicate", "--yes"))
        self.assertEqual(before, self.last_commit())

    def test_takes_the_case_out_of_every_answer(self):
        before = self.last_commit()
        answer = self.json("case", "withdraw", self.case, "--reason",
                           "consent_withdrawn", "--yes")
        self.assertEqual("consent_withdrawn", answer["reason"])
        for as_of in ((), ("--as-of", before)):
            ids = [row["case"] for row in self.csv(
                "case", "list", "--site", self.site, *as_of)]
            self.assertEqual([self.linked()["B"]], ids)
        step, = self.json("case", "history", self.case)["revisions"]
        self.assertEqual(("withdrawn", "consent_withdrawn", []),
                         (step["action"], step["reason"], step["changes"]))
        self.assertIn("was withdrawn", self.refused(
            USAGE, "case", "update", self.case, "--set", "baseline.bmi=28",
            "--reason", "late_information"))

    def test_at_a_terminal_the_id_is_asked_for(self):
        for typed, code, said in [
                ("yes\n", USAGE, "nothing was withdrawn"),
                (self.linked()["A"].lower() + "\n", DONE, "")]:
            ours, theirs = pty.openpty()
            os.write(ours, typed.encode())
            run = subprocess.run(
                [self.enthesis, "--server", self.registry.address, "case",
                 "withdraw", self.case, "--reason", "not_eligible"],
                stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                text=True, check=False)
            os.close(ours)
            os.close(theirs)
            with self.subTest(typed=typed):
                self.assertEqual(code, run.returncode, run.stderr)
                self.assertIn(said, run.stderr)
                self.assertIn("cannot be brought back", run.stderr)

    def test_an_old_etag_withdraws_nothing(self):
        etag = self.json("case", "get", self.case)["etag"]
        self.done("case", "update", self.case, "--set", "baseline.bmi=28",
                  "--reason", "late_information")
        self.assertIn("ETAG_MISMATCH", self.refused(
            SERVER, "case", "withdraw", self.case, "--reason", "duplicate",
            "--yes", "--etag", etag))


if __name__ == "__main__":
    unittest.TestCase.maxDiff = None
    main()
