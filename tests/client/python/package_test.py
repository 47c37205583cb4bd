"""The Python package itself: types, codes, tables, wheel.

    package_test.py PACKAGE
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import typing
import unittest
import zipfile

SOURCE_DIR = pathlib.Path(__file__).resolve().parents[3]
HERE = SOURCE_DIR / "client/python"


def messages(kind, seen):
    """`kind` and every message in it."""
    if kind.full_name in seen or kind.full_name.startswith("google."):
        return
    seen[kind.full_name] = kind
    for field in kind.fields:
        if field.message_type is not None:
            messages(field.message_type, seen)


class PackageTest(unittest.TestCase):
    def mypy(self, *words):
        return subprocess.run(
            [sys.executable, "-m", "mypy", "--config-file",
             str(HERE / "pyproject.toml"), "--cache-dir", self.cache.name,
             *words], cwd=PACKAGE, capture_output=True, text=True,
            check=False)

    @classmethod
    def setUpClass(cls):
        cls.cache = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.cache.cleanup)

    def test_types_hold(self):
        done = self.mypy("enthesis", str(HERE / "examples/report.py"))
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)

    def test_types_find_mistakes(self):
        for line, said in (
                ("r.survival('death')", "incompatible type"),
                ("r.survival(by='color')", "incompatible type"),
                ("r.create_site(3)", "incompatible type"),
                ("r.get_case('x').as_of.upper()", "has no attribute"),
                ("r.describe().as_of.upper()", "has no attribute")):
            with self.subTest(line):
                done = self.mypy("-c", "import enthesis\n"
                                 f"r = enthesis.connect()\n{line}\n")
                self.assertIn(said, done.stdout)
                self.assertEqual(1, done.returncode)

    def test_codes_are_those_of_the_protos(self):
        from enthesis import codes, plain
        from enthesis.v1 import registry_service_pb2
        from enthesis.v1 import statistics_service_pb2
        enums = {}
        for file in (registry_service_pb2.DESCRIPTOR,
                     statistics_service_pb2.DESCRIPTOR):
            for needed in [file, *file.dependencies]:
                enums.update(needed.enum_types_by_name)
                for more in needed.dependencies:
                    enums.update(more.enum_types_by_name)
        listed = {name for name in vars(codes)
                  if name[0].isupper() and name not in ("Literal", "Visit")}
        self.assertGreater(len(listed), 15)
        for name in listed:
            with self.subTest(name):
                self.assertEqual(plain.allowed_codes(enums[name]),
                                 list(typing.get_args(getattr(codes, name))))

    def test_visits_are_those_of_the_model(self):
        text = (SOURCE_DIR / "registry/model/visits.cc").read_text()
        named = re.findall(r'"((?:\d+_(?:weeks|months))|baseline)"', text)
        from enthesis import codes
        self.assertEqual(list(typing.get_args(codes.Visit)),
                         list(dict.fromkeys(named)))

    def test_every_row_below_another_says_what_it_is_about(self):
        from enthesis import tables
        from enthesis.v1 import registry_service_pb2, statistics_service_pb2
        seen = {}
        for file in (registry_service_pb2.DESCRIPTOR,
                     statistics_service_pb2.DESCRIPTOR):
            for service in file.services_by_name.values():
                for method in service.methods:
                    if not method.output_type.name.startswith("Import"):
                        messages(method.output_type, seen)
        nested = 0
        for kind in seen.values():
            if kind.name.endswith("Response") or not tables._lists(kind):
                continue
            if kind.name in ("Provenance", "Cohort", "CaseRevision", "Site",
                             "CovariateProfile", "CurveTest", "IntervalTest",
                             "SiteCusum"):
                continue  # stand once in an answer, or hold no figures
            nested += 1
            identity = [c for c in tables._columns(kind)
                        if tables._Collector._is_identity(c)]
            self.assertTrue(identity, kind.full_name)
        self.assertGreater(nested, 5)

    def test_times(self):
        for text, day in ((91, 91), ("91", 91), ("91d", 91), ("13w", 91),
                          ("3m", 91), ("6m", 183), ("1.5m", 46), ("2y", 731),
                          (" 12M ", 365), (0, 0), ("20y", 7305)):
            self.assertEqual(day, enthesis.days(text), text)
        for text in ("", "m", "-1", -1, "1.5", "1.5d", "3x", "21y", 7306,
                     1.5, True, None, "1e3", "9" * 40 + "y"):
            with self.assertRaises(ValueError, msg=text) as caught:
                enthesis.days(text)
            self.assertIn("up to 7305 days", str(caught.exception))

    def test_ids_are_random_and_checked(self):
        digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
        made = {enthesis.new_id() for _ in range(500)}
        self.assertEqual(500, len(made))
        for text in made:
            number = 0
            for digit in text[:26]:
                number = number * 32 + digits.index(digit)
            self.assertLess(number, 1 << 128)
            self.assertEqual(27, len(text))
            self.assertEqual((digits + "*~$=U")[number % 37], text[26])
        self.assertEqual("4", enthesis.new_request_id()[14])

    def test_plain_values_come_back(self):
        from enthesis.v1 import case_pb2
        values = {"name": "sites/a/cases/b", "synthetic": True,
                  "commitIndex": 5, "baseline": {"bmi": 0, "sex": "male"},
                  "operation": {"implants": ["screw"],
                                "concomitantProcedures": []},
                  "followUps": [{"id": "x", "day": -3, "visaA": {},
                                 "complications": [], "reoperations": []}]}
        made = enthesis.from_plain(case_pb2.Case, values)
        self.assertEqual(values, enthesis.to_plain(made))
        made.status = 99  # a code of a later version
        self.assertEqual(99, enthesis.to_plain(made)["status"])

    def test_the_wheel_holds_the_package(self):
        with tempfile.TemporaryDirectory() as folder:
            tree = pathlib.Path(folder, "tree")
            for part in ("proto", "client/python"):
                shutil.copytree(SOURCE_DIR / part, tree / part)
            subprocess.run(
                [sys.executable, "-c", "from setuptools import build_meta; "
                 f"build_meta.build_wheel({folder!r})"],
                cwd=tree / "client/python", capture_output=True, check=True)
            [wheel] = pathlib.Path(folder).glob("*.whl")
            self.assertIn(f"-{enthesis.__version__}-", wheel.name)
            with zipfile.ZipFile(wheel) as archive:
                held = {name for name in archive.namelist()
                        if name.startswith("enthesis/")}
        here = pathlib.Path(PACKAGE, "enthesis")
        self.assertEqual({p.relative_to(PACKAGE).as_posix()
                          for p in here.rglob("*") if p.is_file()
                          and "__pycache__" not in p.parts}, held)

    def test_versions_agree(self):
        [version] = re.findall(r"project\(enthesis VERSION ([\d.]+)",
                               (SOURCE_DIR / "CMakeLists.txt").read_text())
        self.assertEqual(version, enthesis.__version__)
        self.assertIn(f'version = "{version}"',
                      (HERE / "pyproject.toml").read_text())


if __name__ == "__main__":
    PACKAGE = sys.argv.pop(1)
    sys.path.insert(0, PACKAGE)
    import enthesis
    unittest.main()
