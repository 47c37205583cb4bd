"""Which folder may include what.

The table below is the architecture: a folder may include its own headers, the
folders it names and the libraries it names, and nothing else. `breaches` reads
every source, header and proto of a tree and reports each include that the
table does not allow.
"""

import pathlib
import re

# Libraries, told by the start of the included path. The longest match wins.
LIBRARIES = {
    "absl/flags/": "absl flags",
    "absl/status/": "absl",
    "absl/strings/": "absl",
    "absl/types/": "absl",
    "absl/time/": "absl time",
    "absl/": "absl other",
    "boost/math/": "Boost.Math",
    "boost/asio/": "Boost.Beast",
    "boost/beast/": "Boost.Beast",
    "Eigen/": "Eigen",
    "enthesis/record/v1/": "record.v1",
    "enthesis/v1/": "enthesis.v1",
    "google/protobuf/": "protobuf",
    "google/rpc/": "protobuf",
    "grpc/": "gRPC",
    "grpcpp/": "gRPC",
    "rocksdb/": "RocksDB",
    "CLI/": "CLI11",
    "openssl/": "OpenSSL",
    "sodium.h": "libsodium",
    "yaml-cpp/": "yaml-cpp",
    "sys/": "system",
    "netinet/": "system",
    "arpa/": "system",
    "gtest/": "test library",
    "gmock/": "test library",
    "benchmark/": "test library",
}

# Standard headers that read a clock or touch files; everything else of the
# standard library is free.
CLOCKS = {"chrono", "ctime", "time.h"}
FILES = {"cstdio", "stdio.h", "fstream", "filesystem", "iostream"}
SYSTEM = {"fcntl.h", "unistd.h", "poll.h", "signal.h", "pwd.h", "dirent.h",
          "termios.h", "spawn.h"}

ABSL = {"absl", "absl other"}
HOST = {"clocks", "files", "system", "absl time"}
TABLES = {"stats/event_table.h", "stats/score_table.h", "stats/parallel.h"}

# folder: own (folders, or single headers), libraries. A folder is matched by
# the longest prefix of a file's path; a single file may have a row of its own.
LAYERS = {
    "proto/enthesis/v1/": {
        "own": set(), "libraries": {"enthesis.v1", "protobuf"}},
    "proto/enthesis/record/v1/": {
        "own": set(), "libraries": {"record.v1", "protobuf"}},
    "proto/google/": {
        "own": set(), "libraries": {"protobuf"}},
    # A tool of the build.
    "proto/field_access.cc": {
        "own": set(), "libraries": {"protobuf", "files"}},
    "stats/": {
        "own": set(), "libraries": {"absl", "Boost.Math", "Eigen"}},
    # No part of the engine: programs that link it ask the system for memory.
    "stats/large_pages.cc": {
        "own": set(), "libraries": {"system"}},
    "registry/model/": {
        "own": set(), "libraries": ABSL | {"system"}},
    "registry/model/sha256.cc": {
        "own": {"registry/model/"}, "libraries": {"absl", "OpenSSL"}},
    "registry/validation/": {
        "own": {"registry/model/"}, "libraries": ABSL},
    "registry/storage/": {
        "own": {"registry/model/"},
        "libraries": ABSL | HOST | {"protobuf", "record.v1"}},
    "registry/storage/rocks_": {
        "own": {"registry/model/", "registry/storage/"},
        "libraries": ABSL | HOST | {"protobuf", "record.v1", "RocksDB"}},
    # One exception: cohort also reads records.h, which turns the bytes of the
    # change log back into cases.
    "registry/cohort/": {
        "own": {"registry/model/", "registry/storage/store.h",
                "registry/storage/records.h"} | TABLES,
        "libraries": ABSL | {"clocks"}},
    "registry/analysis/": {
        "own": {"registry/cohort/", "registry/model/", "stats/"},
        "libraries": ABSL},
    "registry/disclosure/": {
        "own": {"registry/analysis/result.h", "registry/analysis/result_",
                "registry/model/", "stats/"},
        "libraries": ABSL},
    "registry/wire/": {
        "own": {"registry/model/", "registry/disclosure/", "stats/",
                "registry/analysis/result.h", "registry/analysis/result_"},
        "libraries": ABSL | {"protobuf", "enthesis.v1"}},
    "registry/service/": {
        "own": {"registry/", "stats/parallel.h"},
        "not": {"registry/storage/rocks_store.h"},
        "libraries": ABSL | HOST | {"protobuf", "enthesis.v1", "gRPC"}},
    "registry/gateway/": {
        "own": {"registry/service/", "registry/wire/"},
        "libraries": ABSL | HOST | {"protobuf", "enthesis.v1",
                                    "Boost.Beast"}},
    "registry/main.cc": {
        "own": {"registry/", "stats/parallel.h"},
        "libraries": ABSL | HOST | {"absl flags"}},
    "client/": {
        "own": {"registry/wire/", "registry/model/", "registry/disclosure/",
                "stats/"},
        "libraries": ABSL | HOST | {"protobuf", "enthesis.v1", "gRPC",
                                    "CLI11"}},
    # Encryption of the link file, and nowhere else.
    "client/sealed_text.cc": {
        "own": {"client/sealed_text.h"}, "libraries": ABSL | {"libsodium"}},
    # yaml-cpp throws: one file catches.
    "client/mapping/yaml_node.cc": {
        "own": {"client/"}, "libraries": ABSL | {"yaml-cpp"}},
}

SOURCES = {".h", ".cc", ".proto"}
ROOTS = ("proto", "stats", "registry", "client")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
IMPORT = re.compile(r'^\s*import\s+(?:public\s+|weak\s+)?(")([^"]+)"')
# Makes a result of a local file pass for a released answer.
LOCAL_RELEASE = re.compile(r"\bReleaseLocal\b")


def row_of(path):
    """The row of the table that governs a file; None when there is none."""
    rows = [prefix for prefix in LAYERS if path.startswith(prefix)]
    return max(rows, key=len) if rows else None


def library_of(name):
    """The library an include belongs to; None for the free standard headers."""
    if name.endswith(".grpc.pb.h"):
        return "gRPC"
    for known, kind in ((CLOCKS, "clocks"), (FILES, "files"),
                        (SYSTEM, "system")):
        if name in known:
            return kind
    starts = [start for start in LIBRARIES if name.startswith(start)]
    if starts:
        return LIBRARIES[max(starts, key=len)]
    return None if "/" not in name else "unknown library " + name


def may_include(path, name):
    """Whether the file at `path` may include `name`."""
    row = row_of(path)
    if row is None:
        return False
    rules = LAYERS[row]
    if name.split("/")[0] in ("stats", "registry", "client", "tests"):
        if name in rules.get("not", ()):
            return False
        # A folder's files may include each other; a row for a single file or
        # a part of a folder lists what it needs.
        folder = row if row.endswith("/") else None
        if folder and name.startswith(folder):
            return True
        return any(name == own
                   or (own.endswith(("/", "_")) and name.startswith(own))
                   for own in rules["own"])
    library = library_of(name)
    return library is None or library in rules["libraries"]


def breaches(root):
    """Every breach under `root`, as "path:line: what"."""
    root = pathlib.Path(root)
    found = []
    for top in ROOTS:
        for file in sorted((root / top).rglob("*")):
            if file.suffix not in SOURCES:
                continue
            path = file.relative_to(root).as_posix()
            if row_of(path) is None:
                found.append(f"{path}:1: no row of the layer table covers it")
                continue
            pattern = IMPORT if file.suffix == ".proto" else INCLUDE
            text = file.read_text(encoding="utf-8")
            for number, line in enumerate(text.splitlines(), 1):
                match = pattern.match(line)
                if match and not may_include(path, match.group(2)):
                    found.append(f"{path}:{number}: {row_of(path)} may not "
                                 f"include {match.group(2)}")
                if LOCAL_RELEASE.search(line) and not path.startswith(
                        ("client/", "registry/disclosure/")):
                    found.append(f"{path}:{number}: ReleaseLocal is for "
                                 "client/ alone")
    return found
