"""Sites and cases through the Python package, against a server.

    cases_test.py ENTHESISD ENTHESIS PACKAGE
"""

import inspect
import pickle
import sys
import threading
import unittest

from live_registry import LiveRegistry

CASE = {
    "baseline": {
        "surgery_year": 2021, "diagnosis": "tendinopathy",
        "pathology": "insertional", "laterality": "left", "age_years": 51,
        "sex": "female", "sportLevel": "recreational", "bmi": 27},
    "conservativeCare": {"months": 9},
    "operation": {"primary_procedure": "zadek_osteotomy", "approach": "open",
                  "concomitant_procedures": ["calcaneoplasty"],
                  "implants": ["screw", "staple"]},
    "followUps": [{"day": 0, "visaA": {"total": 41}},
                  {"day": 183, "return_stage": "sport",
                   "visa_a": {"total": 78}, "return_sport_day": 160}],
}


def case_with(**baseline):
    return {**CASE, "baseline": {**CASE["baseline"], **baseline}}


class CasesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.live = LiveRegistry(ENTHESISD, ENTHESIS)
        cls.addClassCleanup(cls.live.__exit__)
        cls.registry = enthesis.connect(cls.live.address)
        cls.addClassCleanup(cls.registry.close)

    def make_site(self, site):
        return self.registry.create_site(site)

    def test_every_method_of_the_service_is_offered(self):
        from enthesis.v1 import registry_service_pb2
        source = inspect.getsource(enthesis.cases)
        for method in registry_service_pb2.DESCRIPTOR.services_by_name[
                "RegistryService"].methods:
            self.assertIn(f"self._registry.{method.name},", source)

    def test_sites(self):
        made = self.registry.create_site("site-made", synthetic=True)
        self.assertEqual("sites/site-made", made.name)
        self.assertEqual(made, self.registry.create_site("site-made",
                                                         synthetic=True))
        listed = self.registry.sites()
        [row] = [r for r in listed.rows("sites")
                 if r["name"] == "sites/site-made"]
        self.assertIs(True, row["synthetic"])
        self.assertEqual(listed.as_of, row["as_of"])
        self.assertTrue(listed.synthetic)
        with self.assertRaises(enthesis.EnthesisError) as caught:
            self.registry.create_site("site-made", synthetic=False)
        self.assertEqual(("ALREADY_EXISTS", "RESOURCE_EXISTS"),
                         (caught.exception.code, caught.exception.reason))
        self.assertEqual("sites/site-made", caught.exception.resource)

    def test_a_case_comes_back_as_on_the_command_line(self):
        self.make_site("site-back")
        stored = self.registry.create_case("site-back", CASE)
        name = stored.case.name
        got = self.registry.get_case(name)
        self.assertEqual(stored.case, got.case)
        self.assertGreaterEqual(got.as_of, got.case.commit_index)
        printed = self.live.ask("case", "get", name)
        self.assertEqual(printed, enthesis.to_plain(got.case))
        self.assertEqual(41, printed["followUps"][0]["visaA"]["total"])
        # What was printed may be stored again: the other limb.
        printed["baseline"]["laterality"] = "right"
        other = self.registry.create_case("site-back", printed).case
        self.assertNotEqual(name, other.name)
        self.assertEqual(got.case.patient, other.patient)
        self.assertEqual(got.case.operation, other.operation)

    def test_ids_that_are_given_are_kept(self):
        self.make_site("site-ids")
        ids = [enthesis.new_id() for _ in range(3)]
        content = {**CASE, "patient": ids[0],
                   "followUps": [{"id": ids[1], "day": 90}]}
        stored = self.registry.create_case("site-ids", content, case_id=ids[2])
        self.assertEqual(f"sites/site-ids/cases/{ids[2]}", stored.case.name)
        self.assertEqual(ids[:2], [stored.case.patient,
                                   stored.case.follow_ups[0].id])
        # The same again is the same case, and nothing is stored.
        same = self.registry.create_case("site-ids", content, case_id=ids[2])
        self.assertEqual(stored.case.commit_index, same.case.commit_index)

    def test_a_request_id_makes_a_repeat_safe(self):
        self.make_site("site-repeat")
        case_id, key = enthesis.new_id(), enthesis.new_request_id()
        content = {**CASE, "patient": enthesis.new_id(), "followUps": []}
        first = self.registry.create_case("site-repeat", content,
                                          case_id=case_id, request_id=key)
        self.assertEqual(first, self.registry.create_case(
            "site-repeat", content, case_id=case_id, request_id=key))
        with self.assertRaises(enthesis.EnthesisError) as caught:
            self.registry.create_case("site-repeat", CASE, request_id=key)
        self.assertEqual("REQUEST_ID_REUSED", caught.exception.reason)

    def test_validate_only_stores_nothing(self):
        self.make_site("site-dry")
        self.registry.create_case("site-dry", CASE, validate_only=True)
        self.assertEqual([], self.registry.cases("site-dry").rows("cases"))

    def test_every_fault_of_a_case_is_told(self):
        self.make_site("site-faults")
        bad = {**case_with(age_years=17, bmi=200),
               "conservative_care": {"months": 2}}
        del bad["conservativeCare"]
        with self.assertRaises(enthesis.EnthesisError) as caught:
            self.registry.create_case("site-faults", bad)
        error = caught.exception
        self.assertEqual(("INVALID_ARGUMENT", "FIELD_VIOLATION"),
                         (error.code, error.reason))
        self.assertEqual(
            {"case.baseline.age_years", "case.baseline.bmi",
             "case.conservative_care.months"},
            {v.field for v in error.violations})
        for violation in error.violations:
            self.assertIn(violation.field, str(error))
            self.assertIn(violation.description, str(error))

    def test_what_means_nothing_is_refused_before_it_is_sent(self):
        for content, said in (
                (case_with(sex="f"), "case.baseline.sex: 'f' is not in the "
                 "list; allowed: female, male, other"),
                (case_with(weight=80), "case.baseline.weight: no such field"),
                (case_with(bmi=27.5), "case.baseline.bmi: 27.5 is not a"),
                (case_with(bmi="27"), "case.baseline.bmi: '27'"),
                ({**CASE, "operation": 3}, "case.operation: 3 is not a map"),
                ({**CASE, "followUps": {"day": 1}},
                 "case.follow_ups: {'day': 1} is not a list"),
                ({**CASE, "followUps": [{"dya": 1}]},
                 "case.follow_ups[0].dya: no such field")):
            with self.subTest(said):
                with self.assertRaises(ValueError) as caught:
                    self.registry.create_case("site-any", content)
                self.assertIn(said, str(caught.exception))

    def test_corrections(self):
        self.make_site("site-mend")
        case = self.registry.create_case("site-mend", CASE).case
        old_etag = case.etag
        case.baseline.bmi = 30
        case.baseline.ClearField("tegner_score")
        updated = self.registry.update_case(
            case, ["baseline.bmi"], "source_corrected").case
        self.assertEqual(30, updated.baseline.bmi)
        with self.assertRaises(enthesis.EnthesisError) as caught:
            self.registry.update_case(case, ["baseline.bmi"],
                                      "source_corrected")
        self.assertEqual(old_etag, case.etag)
        self.assertEqual(("ABORTED", "ETAG_MISMATCH"),
                         (caught.exception.code, caught.exception.reason))
        with self.assertRaisesRegex(ValueError, "allowed: transcription_er"):
            self.registry.update_case(case, ["baseline.bmi"], "typo")
        revisions = self.registry.case_revisions(case.name)
        rows = revisions.rows("revisions")
        self.assertEqual([27, 30], [r["case_baseline_bmi"] for r in rows])
        self.assertEqual([None, "source_corrected"],
                         [r["reason"] for r in rows])
        old = self.registry.get_case(case.name, as_of=case.commit_index)
        self.assertEqual(27, old.case.baseline.bmi)

    def test_follow_ups(self):
        self.make_site("site-visits")
        case = self.registry.create_case("site-visits", CASE).case
        added = self.registry.add_follow_up(
            case.name, {"day": 365, "pain_activity": 0,
                        "complications": [{"kind": "scar_pain", "day": 200}]},
            etag=case.etag)
        self.assertEqual([0, 183, 365], [f.day for f in added.case.follow_ups])
        answer = self.registry.cases("site-visits")
        rows = answer.rows("cases.follow_ups")
        self.assertEqual({case.name}, {r["name"] for r in rows})
        # A set zero is 0, what was not asked is None.
        self.assertEqual([None, None, 0], [r["pain_activity"] for r in rows])
        self.assertEqual([41, 78, None], [r["visa_a_total"] for r in rows])
        [complication] = answer.rows("cases.follow_ups.complications")
        self.assertEqual(
            (case.name, added.case.follow_ups[2].id, "scar_pain", 200),
            tuple(complication[c] for c in ("name", "id", "kind", "day")))

    def test_a_withdrawn_case_leaves_a_tombstone(self):
        self.make_site("site-gone")
        case = self.registry.create_case("site-gone", CASE).case
        left = self.registry.withdraw_case(case.name, "consent_withdrawn")
        self.assertEqual(case.name, left.withdrawal.name)
        got = self.registry.get_case(case.name)
        self.assertFalse(got.HasField("case"))
        self.assertEqual(left.withdrawal, got.withdrawal)
        with self.assertRaises(enthesis.EnthesisError) as caught:
            self.registry.add_follow_up(case.name, {"day": 400})
        self.assertEqual(("NOT_FOUND", case.name),
                         (caught.exception.code, caught.exception.resource))

    def test_pages_are_of_one_state_and_hidden(self):
        self.make_site("site-pages")
        ours = [self.registry.create_case("site-pages", CASE).case.name
                for _ in range(7)]
        size, enthesis.cases.PAGE_SIZE = enthesis.cases.PAGE_SIZE, 3
        try:
            several = iter(self.registry.iter_cases("site-pages"))
            names = [next(several).name]
            self.registry.create_case("site-pages", CASE)  # after page one
            names += [case.name for case in several]
            self.assertEqual(sorted(ours), names)
            everything = self.registry.cases("site-pages")
            self.assertEqual(8, len(everything.rows("cases")))
            before = self.registry.cases("site-pages",
                                         as_of=everything.as_of - 1)
            self.assertEqual(sorted(ours),
                             [r["name"] for r in before.rows("cases")])
            self.assertGreater(len(self.registry.sites().rows("sites")), 3)
        finally:
            enthesis.cases.PAGE_SIZE = size

    def test_an_import_answers_each_row_in_order(self):
        self.make_site("site-many")
        rows = [enthesis.create_request("site-many", CASE) for _ in range(600)]
        rows[7].case.baseline.age_years = 17
        rows.append(enthesis.follow_up_request(
            f"sites/site-many/cases/{rows[0].case_id}", {"day": 730}))
        update = rows[3].case
        update.name = f"sites/site-many/cases/{rows[3].case_id}"
        update.etag = "0000000000000000"
        rows.append(enthesis.update_request(update, ["baseline.bmi"],
                                            "late_information"))
        seen = []
        answers = self.registry.import_cases(rows, seen.append)
        self.assertEqual(answers, seen)
        self.assertEqual(list(range(602)), [a.index for a in answers])
        rejected = {a.index: a.error for a in answers if a.error is not None}
        self.assertEqual({7, 601}, set(rejected))
        self.assertEqual("case.baseline.age_years",
                         rejected[7].violations[0].field)
        self.assertEqual("ETAG_MISMATCH", rejected[601].reason)
        self.assertEqual(599, len(self.registry.cases("site-many").rows(
            "cases")))
        # The same rows again store nothing.
        commit = self.registry.sites().as_of
        again = self.registry.import_cases(rows)
        self.assertEqual([(a.name, a.etag, a.commit_index) for a in answers],
                         [(a.name, a.etag, a.commit_index) for a in again])
        self.assertEqual(commit, self.registry.sites().as_of)

    def test_an_import_goes_on_when_the_server_is_started_again(self):
        """Although the channel has failed to connect before."""
        first = LiveRegistry(ENTHESISD, ENTHESIS)
        self.addCleanup(first.__exit__)
        started = []

        def wait(seconds):
            started.append(None)
            if len(started) == 3:
                started[2] = LiveRegistry(
                    ENTHESISD, ENTHESIS, f"--listen={first.address}",
                    f"--data={first.folder}/data")
                self.addCleanup(started[2].__exit__)
            threading.Event().wait(seconds)

        registry = enthesis.connect(first.address, enthesis.Options(
            wait=wait, max_backoff=0.2, max_attempts=25))
        self.addCleanup(registry.close)
        registry.create_site("site-again")
        rows = [enthesis.create_request("site-again", CASE)
                for _ in range(900)]

        def stop_once(answer):
            if answer.index == 300:
                first.process.kill()

        answers = registry.import_cases(rows, stop_once)
        self.assertEqual([None] * 900, [a.error for a in answers])
        self.assertGreaterEqual(len(started), 3)
        stored = registry.cases("site-again").rows("cases")
        self.assertEqual({a.name for a in answers},
                         {row["name"] for row in stored})
        self.assertEqual(900, len(stored))

    def test_rows_of_an_import_are_checked(self):
        with self.assertRaisesRegex(TypeError, "create_request"):
            self.registry.import_cases([CASE])
        self.assertEqual([], self.registry.import_cases([]))

    def test_visa_a_is_scored_as_on_the_command_line(self):
        items = {"item_1_stiffness_minutes": 20, "item_2_points": 8,
                 "item_3_points": 9, "item_4_points": 7, "item_5_points": 6,
                 "item_6_points": 5, "item_7_points": 7}
        missing = self.registry.score_visa_a(items)
        self.assertFalse(missing.HasField("total"))
        self.assertEqual(["item_8_branch", "item_8_points"],
                         list(missing.missing_items))
        scored = self.registry.score_visa_a(
            {**items, "item_8_branch": "no_pain", "item_8_points": 21})
        self.assertEqual(8 + 8 + 9 + 7 + 6 + 5 + 7 + 21, scored.total)

    def test_errors_name_what_they_are_about(self):
        with self.assertRaises(enthesis.EnthesisError) as caught:
            self.registry.survival("reoperation", conf_level=2)
        self.assertEqual("options.conf_level",
                         caught.exception.violations[0].field)
        with self.assertRaises(enthesis.EnthesisError) as caught:
            self.registry.cox("reoperation", ["shoe_size"])
        self.assertIn("age_years", str(caught.exception))  # the allowed ones
        with self.assertRaises(enthesis.EnthesisError) as caught:
            self.registry.cases("site-unknown")
        self.assertEqual("RESOURCE_NOT_FOUND", caught.exception.reason)
        with self.assertRaisesRegex(ValueError, "where: 'sexx' is not in the"):
            self.registry.describe(where={"sexx": "male"})
        with self.assertRaisesRegex(ValueError, "endpoint: 'death' is not in"):
            self.registry.survival("death")

    def test_errors_travel_between_processes(self):
        with self.assertRaises(enthesis.EnthesisError) as caught:
            self.registry.create_case("site-unknown", case_with(bmi=200))
        error = caught.exception
        copied = pickle.loads(pickle.dumps(error))
        self.assertEqual(vars(error), vars(copied))
        self.assertEqual(str(error), str(copied))

    def test_synthetic_cases_are_told_in_every_row(self):
        self.registry.create_site("site-drawn", synthetic=True)
        name = self.registry.create_case(
            "site-drawn", {**CASE, "synthetic": True}).case.name
        cases = self.registry.cases("site-drawn")
        self.assertTrue(cases.synthetic)
        for table in ("cases", "cases.follow_ups"):
            self.assertEqual({True}, {row["synthetic"]
                                      for row in cases.rows(table)})
        self.assertTrue(self.registry.case_revisions(name).synthetic)
        self.make_site("site-seen")
        self.registry.create_case("site-seen", CASE)
        self.assertFalse(self.registry.cases("site-seen").synthetic)


if __name__ == "__main__":
    PACKAGE = sys.argv.pop(3)
    ENTHESIS = sys.argv.pop(2)
    ENTHESISD = sys.argv.pop(1)
    sys.path.insert(0, PACKAGE)
    import enthesis
    unittest.main()
