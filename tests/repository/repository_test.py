"""The tree keeps to its rules, and each check fails on a planted problem."""

import pathlib
import sys
import tempfile
import unittest

import tree_checks

SOURCE_DIR = pathlib.Path(__file__).resolve().parents[2]

GUARDED = """// A header.
#ifndef ENTHESIS_STATS_A_H_
#define ENTHESIS_STATS_A_H_
{}
#endif  // ENTHESIS_STATS_A_H_
"""

# A file planted in a sound tree, and what is said about it.
PLANTED = [
    ("src/a.cc", "", "does not belong at the top level"),
    ("notes.md", "", "does not belong at the top level"),
    ("stats/a_test.cc", "", "no CMakeLists.txt runs this test"),
    ("stats/deep/b_test.py", "", "no CMakeLists.txt runs this test"),
    ("stats/utils/a.cc", "", "names nothing"),
    ("stats/common.cc", "", "names nothing"),
    ("stats/string_helper.cc", "", "names nothing"),
    ("stats/misc/a.txt", "", "names nothing"),
    ("stats/store_impl.cc", "", "names nothing"),
    ("stats/a.h", GUARDED.format("using namespace std;"), "using namespace"),
    ("stats/a.h", "#pragma once\n", "header guard"),
    ("stats/a.h", "#ifndef A_H\n#define A_H\n#endif\n", "header guard"),
    ("stats/b.h", GUARDED.format(""), "header guard"),
    ("stats/a.cc", "  std::this_thread::sleep_" + "for(s);", "wait for what"),
    ("tests/a.cc", "  usleep(10);", "wait for what"),
    ("stats/a.cc", "// TO" + "DO: later", "leftover marker"),
    ("tests/a.py", "# FIX" + "ME", "leftover marker"),
    ("README.md", "<" * 7 + " HEAD", "merge mark"),
    ("stats/a.cc", "//\n" * 501, "longer than 500"),
]

SOUND = [
    ("stats/a.cc", "using namespace std;  // \n" + "//\n" * 499),
    ("stats/a.h", GUARDED.format("int x;")),
    ("stats/listed_test.cc", ""),
    ("stats/deep/listed_test.py", ""),
    ("build/dev/utils/a_test.cc", ""),
    (".ci/run", ""),
    ("proto/google/rpc/long.proto", "//\n" * 900),
]


def make_tree(root):
    for name in tree_checks.TOP_REQUIRED:
        path = pathlib.Path(root, name)
        if "." in name or name == "LICENSE":
            path.write_text("", encoding="utf-8")
        else:
            path.mkdir()
    pathlib.Path(root, "stats", "CMakeLists.txt").write_text(
        "enthesis_test(x SRCS listed_test.cc)\n"
        "add_test(y deep/listed_test.py)\n"
        "# not run: a_test.cc deep/b_test.py\n", encoding="utf-8")


def problems_of(path, text):
    with tempfile.TemporaryDirectory() as root:
        make_tree(root)
        file = pathlib.Path(root, path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return tree_checks.problems(root)


class RepositoryTest(unittest.TestCase):
    def test_this_repository_has_no_problem(self):
        self.assertEqual([], tree_checks.problems(SOURCE_DIR))

    def test_every_planted_problem_is_found(self):
        for path, text, said in PLANTED:
            with self.subTest(path=path, said=said):
                found = problems_of(path, text)
                self.assertEqual(1, len(found), found)
                self.assertIn(said, found[0])

    def test_a_missing_top_level_entry_is_found(self):
        with tempfile.TemporaryDirectory() as root:
            make_tree(root)
            pathlib.Path(root, "LICENSE").unlink()
            self.assertEqual(["LICENSE:1: missing at the top level"],
                             tree_checks.problems(root))

    def test_what_is_sound_is_no_problem(self):
        for path, text in SOUND:
            with self.subTest(path=path):
                self.assertEqual([], problems_of(path, text))


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    unittest.main()
