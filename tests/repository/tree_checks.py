"""Checks of the source tree that no compiler makes.

`problems` walks a tree and reports each problem as "path:line: what".
"""

import pathlib
import re

# What may stand at the top; names with a dot in front are free.
TOP_REQUIRED = {"CMakeLists.txt", "CMakePresets.json", "proto", "registry",
                "stats", "client", "deploy", "tests", "README.md", "LICENSE",
                "CHANGELOG.md", "CONTRIBUTING.md"}
TOP_OPTIONAL = {"SECURITY.md", "build", "var"}

# Made by builds and runs, or not ours.
SKIPPED_FOLDERS = {".git", "build", "var", ".cache", "__pycache__",
                   "node_modules"}
FOREIGN = ("proto/google/",)

TEXT = {".h", ".cc", ".py", ".proto", ".md", ".txt", ".cmake", ".R", ".sh"}
SOURCES = {".h", ".cc", ".py", ".proto"}
LINES_MAX = 500

# Names that say nothing about what is inside.
EMPTY_NAMES = {"util", "utils", "utility", "utilities", "common", "helper",
               "helpers", "misc", "manager", "impl", "stuff"}
# Spelled in pieces so that this file passes its own check.
MARKERS = re.compile(r"\b(" + "|".join(
    ("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK",
     "DO NOT " + "SUBMIT")) + r")\b")
MERGE = re.compile(r"^(<{7} |={7}$|>{7} )")
SLEEPS = re.compile(r"\b(sleep_" + r"for|sleep_" + r"until|usleep|nanosleep)\b")
USING_NAMESPACE = re.compile(r"^\s*using\s+namespace\b")
TEST_FILE = re.compile(r"_test\.(cc|py)$")


def files_of(root):
    """Every file of the tree that is ours, as paths relative to `root`."""
    for entry in sorted(root.iterdir()):
        if entry.is_dir():
            if entry.name not in SKIPPED_FOLDERS:
                yield from files_of(entry)
        elif entry.suffix != ".pyc":
            yield entry


def top_level_problems(root):
    names = {entry.name for entry in root.iterdir()
             if not entry.name.startswith(".")}
    for name in sorted(TOP_REQUIRED - names):
        yield f"{name}:1: missing at the top level"
    for name in sorted(names - TOP_REQUIRED - TOP_OPTIONAL):
        yield f"{name}:1: does not belong at the top level"


def name_problems(path):
    for part in pathlib.PurePosixPath(path).parts:
        words = set(re.split(r"[_\-.]", part.lower()))
        for word in sorted(words & EMPTY_NAMES):
            yield f"{path}:1: \"{word}\" names nothing"


def guard_problems(path, lines):
    want = "ENTHESIS_" + re.sub(r"[^A-Z0-9]", "_", path.upper()) + "_"
    directives = [(number, line.split()) for number, line
                  in enumerate(lines, 1) if line.startswith("#")]
    head = [words for _, words in directives[:2]]
    if head != [["#ifndef", want], ["#define", want]]:
        line = directives[0][0] if directives else 1
        yield f"{path}:{line}: the header guard must be {want}"


def line_problems(path, lines):
    is_header = path.endswith(".h")
    for number, line in enumerate(lines, 1):
        if MARKERS.search(line):
            yield f"{path}:{number}: a leftover marker"
        if MERGE.match(line):
            yield f"{path}:{number}: a merge mark"
        if path.endswith((".h", ".cc")) and SLEEPS.search(line):
            yield f"{path}:{number}: wait for what happens, not for a time"
        if is_header and USING_NAMESPACE.match(line):
            yield f"{path}:{number}: using namespace in a header"


def orphan_problems(root, file):
    """A test file that no CMakeLists.txt of its folder or above names."""
    folder = file.parent
    path = file.relative_to(root).as_posix()
    while True:
        lists = folder / "CMakeLists.txt"
        if lists.is_file():
            name = file.relative_to(folder).as_posix()
            text = re.sub(r"#.*", "", lists.read_text(encoding="utf-8"))
            if re.search(r"(?<![\w/])" + re.escape(name) + r"(?!\w)", text):
                return
        if folder == root:
            yield f"{path}:1: no CMakeLists.txt runs this test"
            return
        folder = folder.parent


def problems(root):
    root = pathlib.Path(root)
    found = list(top_level_problems(root))
    for file in files_of(root):
        path = file.relative_to(root).as_posix()
        found += name_problems(path)
        if TEST_FILE.search(path):
            found += orphan_problems(root, file)
        if file.suffix not in TEXT and file.name != "run":
            continue
        if path.startswith(FOREIGN):
            continue
        lines = file.read_text(encoding="utf-8").splitlines()
        found += line_problems(path, lines)
        if file.suffix in SOURCES and len(lines) > LINES_MAX:
            found.append(f"{path}:{LINES_MAX + 1}: longer than {LINES_MAX} "
                         "lines")
        if file.suffix == ".h":
            found += guard_problems(path, lines)
    return found
