"""The protos keep what enthesis.v1 has promised, and the check finds each kind
of breach. It needs protoc and Debian's python3-protobuf."""

import pathlib
import re
import shutil
import sys
import tempfile
import unittest

import interface

SOURCE_DIR = interface.SOURCE_DIR
PROTO = SOURCE_DIR / "proto"

# A change of one file: its text, what is put instead, and what is said of it.
BROKEN = {
    "a field is gone": (
        "case", "  optional int32 bmi = 9;\n", "",
        "field enthesis.v1.Baseline 9: was bmi int32 optional; is gone"),
    "a field is reserved instead": (
        "case", "optional int32 bmi = 9;", 'reserved 9; reserved "bmi";',
        "field enthesis.v1.Baseline 9: was bmi int32 optional; is gone"),
    "a field has another number": (
        "case", "optional int32 bmi = 9;", "optional int32 bmi = 99;",
        "field enthesis.v1.Baseline 9: was bmi int32 optional; is gone"),
    "a number has another field": (
        "case", "optional int32 bmi = 9;", "optional int32 waist_cm = 9;",
        "field enthesis.v1.Baseline 9: was bmi int32 optional; is waist_cm "
        "int32 optional"),
    "a number has another type": (
        "case", "optional int32 bmi = 9;", "optional double bmi = 9;",
        "was bmi int32 optional; is bmi double optional"),
    "another type with the same bytes": (
        "case", "optional int32 bmi = 9;", "optional int64 bmi = 9;",
        "was bmi int32 optional; is bmi int64 optional"),
    "a code list becomes a number": (
        "case", "  Sex sex = 8;", "  int32 sex = 8;",
        "was sex enthesis.v1.Sex plain; is sex int32 plain"),
    "another message": (
        "case", "  VisaA visa_a = 40;", "  Complication visa_a = 40;",
        "was visa_a enthesis.v1.VisaA plain"),
    "one becomes many": (
        "case", "  VisaA visa_a = 40;", "  repeated VisaA visa_a = 40;",
        "is visa_a enthesis.v1.VisaA repeated"),
    "absence can no longer be told": (
        "case", "optional int32 bmi = 9;", "int32 bmi = 9;",
        "was bmi int32 optional; is bmi int32 plain"),
    "absence can be told now": (
        "case", "  string patient = 4;", "  optional string patient = 4;",
        "was patient string plain; is patient string optional"),
    "a field joins others of which one is set": (
        "case", "  string patient = 4;", "  oneof who { string patient = 4; }",
        "is patient string oneof who"),
    "a field leaves its oneof": (
        "registry_service",
        "    // As AddFollowUp.\n"
        "    AddFollowUpRequest add_follow_up = 4;\n  }",
        "  }\n  AddFollowUpRequest add_follow_up = 4;",
        "was add_follow_up enthesis.v1.AddFollowUpRequest oneof change"),
    "another name in JSON": (
        "case", "optional int32 bmi = 9;",
        'optional int32 bmi = 9 [json_name = "bodyMass"];',
        "is bmi int32 optional json_name=bodyMass"),
    "numbers are packed no longer": (
        "survival", "repeated int32 at_days = 4;",
        "repeated int32 at_days = 4 [packed = false];", "packed=False"),
    "a code is gone": (
        "codes", "  SEX_OTHER = 3;\n", "",
        "value enthesis.v1.Sex 3: was SEX_OTHER; is gone"),
    "a code has another name": (
        "codes", "SEX_OTHER = 3", "SEX_UNKNOWN = 3",
        "value enthesis.v1.Sex 3: was SEX_OTHER; is SEX_UNKNOWN"),
    "two codes change places": (
        "codes", "SEX_FEMALE = 1;\n  // Male.\n  SEX_MALE = 2;",
        "SEX_FEMALE = 2;\n  // Male.\n  SEX_MALE = 1;",
        "value enthesis.v1.Sex 1: was SEX_FEMALE; is SEX_MALE"),
    "a message has another name": (
        "glm", "OutcomeDiscrimination", "Discrimination",
        "message enthesis.v1.OutcomeDiscrimination: was in "
        "enthesis/v1/glm.proto; is gone"),
    "a code list has another name": (
        "sites", "FunnelLimitKind", "LimitKind",
        "enum enthesis.v1.FunnelLimitKind: was in enthesis/v1/sites.proto; is "
        "gone"),
    "a method is gone": (
        "registry_service",
        "  rpc ScoreVisaA(ScoreVisaARequest) returns (ScoreVisaAResponse) {\n"
        "    option idempotency_level = NO_SIDE_EFFECTS;\n  }\n", "",
        "method enthesis.v1.RegistryService/ScoreVisaA: was"),
    "a method asks for another message": (
        "registry_service", "rpc GetCase(GetCaseRequest)",
        "rpc GetCase(ListCasesRequest)",
        "was enthesis.v1.GetCaseRequest returns"),
    "a method answers with another message": (
        "registry_service", "(CreateSiteRequest) returns (Site)",
        "(CreateSiteRequest) returns (ListSitesResponse)",
        "is enthesis.v1.CreateSiteRequest returns "
        "enthesis.v1.ListSitesResponse"),
    "a method streams its answer": (
        "registry_service", "returns (GetCaseResponse)",
        "returns (stream GetCaseResponse)",
        "returns stream enthesis.v1.GetCaseResponse"),
    "a method takes one row": (
        "registry_service", "ImportCases(stream ImportCasesRequest)",
        "ImportCases(ImportCasesRequest)",
        "was stream enthesis.v1.ImportCasesRequest"),
    "a question changes something": (
        "registry_service",
        "(GetCaseResponse) {\n    option idempotency_level = NO_SIDE_EFFECTS;",
        "(GetCaseResponse) {", "is enthesis.v1.GetCaseRequest returns "
        "enthesis.v1.GetCaseResponse idempotency_unknown"),
    "a service has another name": (
        "statistics_service", "service StatisticsService", "service Questions",
        "service enthesis.v1.StatisticsService: was in"),
    "generated code has another package": (
        "compare", "package enthesis.v1;",
        'package enthesis.v1;\noption java_package = "org.enthesis";',
        "java_package=org.enthesis"),
}

# A change that keeps every promise.
KEPT = {
    "a field": ("case", "optional int32 bmi = 9;",
                "optional int32 bmi = 9;\n  optional int32 waist_cm = 200;"),
    "a code": ("codes", "SEX_OTHER = 3;", "SEX_OTHER = 3;\n  SEX_NEW = 4;"),
    "a message": ("case", "message Reoperation {",
                  "message Revision {}\nmessage Reoperation {"),
    "a method": ("registry_service", "rpc ScoreVisaA(",
                 "rpc Score(ScoreVisaARequest) returns (ScoreVisaAResponse);\n"
                 "  rpc ScoreVisaA("),
    "one more of which one is set": (
        "registry_service", "AddFollowUpRequest add_follow_up = 4;",
        "AddFollowUpRequest add_follow_up = 4;\n"
        "    WithdrawCaseRequest withdraw = 5;"),
    "a number is kept free": ("case", "optional int32 bmi = 9;",
                              "optional int32 bmi = 9;\n  reserved 300;"),
    "a field is deprecated": (
        "case", "optional int32 bmi = 9;",
        "optional int32 bmi = 9 [deprecated = true];"),
    "a comment": ("case", "// What is known before surgery.", "// Before."),
    "fields in another order": (
        "codes", "  SEX_FEMALE = 1;\n  // Male.\n  SEX_MALE = 2;",
        "  SEX_MALE = 2;\n  // Female\n  SEX_FEMALE = 1;"),
}


class InterfaceTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.promises = interface.promises_of(PROTO)

    def breaches_after(self, file, old, new):
        """What is broken once `old` is `new` in one of the protos."""
        with tempfile.TemporaryDirectory() as folder:
            changed = pathlib.Path(folder, "proto")
            shutil.copytree(PROTO, changed)
            path = changed / f"enthesis/v1/{file}.proto"
            text = path.read_text(encoding="utf-8")
            self.assertIn(old, text)
            path.write_text(text.replace(old, new), encoding="utf-8")
            for importer in path.parent.glob("*.proto"):
                if old.isidentifier():  # a name that others use, too
                    others = importer.read_text(encoding="utf-8")
                    importer.write_text(others.replace(old, new),
                                        encoding="utf-8")
            return interface.breaches(self.promises,
                                      interface.promises_of(changed))

    def test_no_promise_of_the_last_release_is_broken(self):
        self.assertEqual([], interface.breaches(interface.read_baseline(),
                                                self.promises))

    def test_the_baseline_is_that_of_the_last_release(self):
        changes = (SOURCE_DIR / "CHANGELOG.md").read_text(encoding="utf-8")
        versions = re.findall(r"^## \[(\d[^\]]*)\]", changes, re.MULTILINE)
        self.assertEqual(versions[0] if versions else "Unreleased",
                         interface.version_of_baseline(),
                         "a release makes proto/released/v1.txt again: "
                         "CONTRIBUTING.md, Releases")

    def test_the_baseline_has_every_kind_of_promise(self):
        # An empty one would pass by promising nothing.
        kinds = {line.split()[0] for line in interface.read_baseline()}
        self.assertEqual({"file", "message", "field", "enum", "value",
                          "service", "method"}, kinds)
        self.assertGreater(len(interface.read_baseline()), 1300)

    def test_every_planted_breach_is_found(self):
        for name, (file, old, new, said) in BROKEN.items():
            with self.subTest(name):
                found = self.breaches_after(file, old, new)
                self.assertTrue(any(said in breach for breach in found), found)

    def test_a_message_in_another_file_is_a_breach(self):
        with tempfile.TemporaryDirectory() as folder:
            changed = pathlib.Path(folder, "proto")
            shutil.copytree(PROTO, changed)
            source = changed / "enthesis/v1/estimate.proto"
            text = source.read_text(encoding="utf-8")
            moved = text[text.index("message TTest {"):]
            source.write_text(text.replace(moved, ""), encoding="utf-8")
            target = changed / "enthesis/v1/cohort.proto"
            target.write_text(target.read_text(encoding="utf-8") + moved,
                              encoding="utf-8")
            found = interface.breaches(self.promises,
                                       interface.promises_of(changed))
        self.assertEqual(["message enthesis.v1.TTest: was in enthesis/v1/"
                          "estimate.proto; is in enthesis/v1/cohort.proto"],
                         found)

    def test_a_reserved_number_stays_reserved(self):
        before = self.promises + ["reserved enthesis.v1.Case 300 to 300: "
                                  "numbers"]
        self.assertEqual(1, len(interface.breaches(before, self.promises)))

    def test_additions_break_nothing(self):
        for name, (file, old, new) in KEPT.items():
            with self.subTest(name):
                self.assertEqual([], self.breaches_after(file, old, new))


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    unittest.main()
