"""Entries by hand: --set by path and by column, and how faults name them.

    entries_test.py ENTHESISD ENTHESIS
"""

import json

from care_program import CareOfOneCase, DONE, REJECTED, USAGE, baseline, main


class EntriesTest(CareOfOneCase):
    def test_a_fault_names_what_was_typed(self):
        update = ("case", "update", self.case, "--reason",
                  "transcription_error")
        visit_91 = (*update, "--follow-up", "91")
        add = ("case", "add-follow-up", self.case)
        for arguments, code, said in [
                ((*update, "--set", "bmi=x"), USAGE, "--set bmi: \"x\" is not"),
                ((*update, "--set", "baseline.bmi=x"), USAGE,
                 "--set baseline.bmi: \"x\""),
                ((*update, "--set", "bmi=300"), REJECTED,
                 "enthesis: bmi: bmi is 300; allowed: 12"),
                ((*update, "--set", "baseline.bmi=300"), REJECTED,
                 "enthesis: baseline.bmi: bmi is 300"),
                ((*update, "--set", "care_months=9000"), REJECTED,
                 "enthesis: care_months: "),
                ((*visit_91, "--set", "visa_a_total=170"), REJECTED,
                 "enthesis: visa_a_total (day 91, 3_months): total is 170"),
                ((*visit_91, "--set", "visaA.total=170"), REJECTED,
                 "enthesis: visaA.total (day 91, 3_months): total is 170"),
                ((*update, "--set", "status=died", "--set",
                  "status_day=100"), REJECTED,
                 "enthesis: day (day 183, 6_months): day 183 is after"),
                ((*add, "--set", "day=400", "--set", "visa_a_total=170"),
                 REJECTED, "enthesis: visa_a_total: total is 170"),
                ((*add, "--links", self.links, "--date", "2019-01-01"),
                 REJECTED, "enthesis: --date: day is -428; allowed: -90"),
                ((*add, "--set", "pain_activity=1"), REJECTED,
                 "enthesis: day: day is required"),
                (("visa-a", "--item-2-points", "90"), REJECTED,
                 "enthesis: --item-2-points: item_2_points is 90")]:
            with self.subTest(arguments=arguments):
                self.assertIn(said, self.refused(code, *arguments))

    def test_a_fault_says_what_to_do_instead(self):
        update = ("case", "update", self.case, "--reason",
                  "transcription_error", "--set")
        add = ("case", "add-follow-up", self.case)
        for arguments, said in [
                ((*update, "surgery_date=2020-05-01"),
                 "--set surgery_date: stays in the clinic and is no field of "
                 "the registry; an import alone takes it. Allowed: surg"),
                ((*update, "record_id=7"), "--set record_id: stays in the cl"),
                ((*update, "implants=screw,plate"),
                 "other; several are separated by ;"),
                ((*add, "--links", self.links, "--date", "2999-01-01"),
                 "enthesis: --date 2999-01-01: day"),
                ((*add, "--links", self.links, "--set", "day=400", "--set",
                  "return_sport_day=2999-01-01"),
                 "--set return_sport_day: 2999-01-01: day")]:
            with self.subTest(arguments=arguments):
                self.assertIn(said, self.refused(USAGE, *arguments))
        # A case that the link file does not know.
        created = self.json("case", "create", "--site", self.site, *(
            word for name, value in baseline("N").items()
            if name not in ("record_id", "event", "surgery_date",
                            "visa_a_total")
            for word in ("--set", f"{name}={value}")), "--set",
            "surgery_year=2019")
        self.assertIn(f"enthesis: --date 2021-03-04: {self.links} has no such",
                      self.refused(
                          USAGE, "case", "add-follow-up",
                          created["case"]["name"], "--links", self.links,
                          "--date", "2021-03-04"))

    def test_a_fault_of_a_file_has_its_path(self):
        content = self.json("case", "get", self.case)
        content["followUps"][1]["visaA"]["total"] = 170
        path = self.folder / "case.json"
        path.write_text(json.dumps(content), encoding="utf-8")
        self.assertIn("follow_ups[day 91].visa_a.total: ", self.refused(
            REJECTED, "case", "update", self.case, path, "--reason",
            "transcription_error"))

    def test_what_is_unusual_names_the_visit_that_it_is_of(self):
        content = self.json("case", "get", self.case)
        content["followUps"].insert(0, {"day": 500})
        path = self.folder / "case.json"
        path.write_text(json.dumps(content), encoding="utf-8")
        run = self.run_command("case", "update", self.case, path, "--reason",
                               "late_information")
        self.assertEqual(DONE, run.returncode, run.stderr)
        self.assertIn("unusual: follow_ups[day 500]: nothing but", run.stderr)

    def test_complications_and_reoperations_by_their_columns(self):
        self.done("case", "add-follow-up", self.case, "--set", "day=365",
                  "--set", "complication_1_kind=sural_nerve", "--set",
                  "complication_1_day=20", "--set",
                  "complication_3_kind=scar_pain", "--set",
                  "complication_3_day=30", "--set",
                  "complication_3_led_to_reoperation=yes", "--set",
                  "reoperation_1_kind=revision", "--set",
                  "reoperation_1_day=40")
        update = ("--follow-up", "365")
        added = self.json("case", "get", self.case)["followUps"][-1]
        self.assertEqual([("sural_nerve", 20), ("scar_pain", 30)],
                         [(c["kind"].replace("COMPLICATION_KIND_", "").lower(),
                           c["day"]) for c in added["complications"]])
        self.assertTrue(added["complications"][1]["ledToReoperation"])
        self.assertEqual([40], [r["day"] for r in added["reoperations"]])
        # By number as they are stored; the next number is one more.
        self.assertEqual(
            [("follow_ups[day 365].complications[1].day", "30", "31"),
             ("follow_ups[day 365].complications[2].kind", None, "recurrence"),
             ("follow_ups[day 365].complications[2].day", None, "300")],
            [(c["field"], c["before"], c["after"]) for c in self.update(
                *update, "--set", "complication_2_day=31", "--set",
                "complication_3_kind=recurrence", "--set",
                "complications[2].day=300")["changes"]])
        # All blank, it is removed.
        self.update(*update, *(word for name in (
            "kind", "day", "grade", "led_to_reoperation") for word in (
                "--set", f"complication_1_{name}=")))
        self.assertEqual([31, 300], [
            c["day"] for c in self.json(
                "case", "get", self.case)["followUps"][-1]["complications"]])

    def test_faults_of_events_name_their_columns(self):
        add = ("case", "add-follow-up", self.case, "--set", "day=365")
        for words, code, said in [
                (("complication_2_kind=sural_nerve", "complication_2_day=500"),
                 REJECTED, "enthesis: complication_2_day: day 500 is after"),
                (("complication_2_day=50",), REJECTED,
                 "enthesis: complication_2_kind: kind is required"),
                (("reoperation_1_day=soon",), USAGE,
                 '--set reoperation_1_day: "soon" is no day'),
                (("complication_1_kind=bruise",), USAGE,
                 '--set complication_1_kind: "bruise" is not in the list'),
                (("complication_1_type=scar_pain",), USAGE,
                 "near: complication_1_kind, complication_1_day"),
                (("complication_21_kind=scar_pain",), USAGE,
                 "there is no such field"),
                (("complications[99999999].day=1",), USAGE, "no such field"),
                (("complications.day=1",), USAGE, "no such field"),
                (("day[0]=1",), USAGE, "no such field")]:
            with self.subTest(words=words):
                self.assertIn(said, self.refused(code, *add, *(
                    part for word in words for part in ("--set", word))))
        for name, said in [("complication_1_kind", "is a field of an assess"),
                           ("follow_ups[0].day", "there is no such field")]:
            self.assertIn(said, self.refused(
                USAGE, "case", "update", self.case, "--set", f"{name}=1",
                "--reason", "late_information"))

    def test_what_is_no_date_is_told_how_one_is_written(self):
        update = ("case", "update", self.case, "--reason",
                  "late_information", "--set", "pain_activity=1")
        add = ("case", "add-follow-up", self.case, "--set", "pain_activity=1")
        for arguments, text in [
                ((*update, "--follow-up"), "FOO"),
                ((*update, "--follow-up"), "4.3.2021"),
                ((*update, "--follow-up"), "2021-13-45"),
                ((*update, "--remove-follow-up"), "yesterday"),
                ((*add, "--date"), "FOO"),
                ((*add, "--date"), "4.3.2021")]:
            with self.subTest(option=arguments[-1], text=text):
                said = self.refused(USAGE, *arguments, text)
                self.assertIn(f'{arguments[-1]}: "{text}" is no date; allowed: '
                              "YYYY-MM-DD, such as", said)
                self.assertNotIn("is no assessment", said)
        for text in ("FOO", "4.3.2021", "1.5"):
            self.assertIn(f'--set day: "{text}" is no day; allowed: whole days',
                          self.refused(USAGE, *add, "--set", f"day={text}"))
        # A day, and an id, that the case does not have.
        for text in ("92", "0CMXYTHPAJG82DA8QPKJVKYW7HQ"):
            self.assertIn("is no assessment of the case", self.refused(
                USAGE, *update, "--follow-up", text))


if __name__ == "__main__":
    main()
