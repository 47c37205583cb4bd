"""The layer table holds, and each of its rules fails on a planted breach."""

import pathlib
import sys
import tempfile
import unittest

import layers

SOURCE_DIR = pathlib.Path(__file__).resolve().parents[2]

# The "never" of each folder, one planted breach each: a file and the line
# that must not be in it.
BREACHES = [
    # The interface and the bytes on disk do not know each other.
    ("proto/enthesis/v1/a.proto", 'import "enthesis/record/v1/case.proto";'),
    ("proto/enthesis/record/v1/a.proto", 'import "enthesis/v1/case.proto";'),
    # stats: numbers only.
    ("stats/a.cc", "#include <google/protobuf/message.h>"),
    ("stats/a.cc", '#include "enthesis/v1/case.pb.h"'),
    ("stats/a.cc", '#include "enthesis/record/v1/case_record.pb.h"'),
    ("stats/a.cc", "#include <grpcpp/grpcpp.h>"),
    ("stats/a.cc", "#include <rocksdb/db.h>"),
    ("stats/a.cc", "#include <chrono>"),
    ("stats/a.cc", "#include <ctime>"),
    ("stats/a.cc", '#include "absl/time/clock.h"'),
    ("stats/a.cc", "#include <fstream>"),
    ("stats/a.cc", "#include <filesystem>"),
    ("stats/a.cc", "#include <unistd.h>"),
    ("stats/a.cc", '#include "registry/model/case.h"'),
    ("stats/a.cc", '#include "client/client.h"'),
    # model: plain structs.
    ("registry/model/a.h", "#include <google/protobuf/message.h>"),
    ("registry/model/a.h", '#include "enthesis/v1/case.pb.h"'),
    ("registry/model/a.h", '#include "stats/event_table.h"'),
    ("registry/model/a.h", '#include "registry/validation/validate.h"'),
    ("registry/model/a.h", "#include <chrono>"),
    ("registry/model/a.h", "#include <openssl/evp.h>"),
    ("registry/model/sha256.cc", "#include <sodium.h>"),
    ("proto/field_access.cc", '#include "registry/model/fields.h"'),
    # validation: model alone.
    ("registry/validation/a.cc", '#include "registry/storage/store.h"'),
    ("registry/validation/a.cc", '#include "enthesis/v1/case.pb.h"'),
    ("registry/validation/a.cc", "#include <chrono>"),
    # storage: no analysis above it, RocksDB in one place.
    ("registry/storage/store.h", "#include <rocksdb/db.h>"),
    ("registry/storage/records.cc", "#include <rocksdb/db.h>"),
    ("registry/storage/a.cc", '#include "stats/event_table.h"'),
    ("registry/storage/a.cc", '#include "registry/cohort/cohort.h"'),
    ("registry/storage/a.cc", '#include "enthesis/v1/case.pb.h"'),
    ("registry/storage/a.cc", "#include <grpcpp/grpcpp.h>"),
    ("registry/storage/rocks_store.cc", '#include "enthesis/v1/case.pb.h"'),
    ("registry/storage/rocks_store.cc", '#include "stats/event_table.h"'),
    ("registry/storage/rocks_store.cc", "#include <grpcpp/grpcpp.h>"),
    # cohort: tables of stats, not its methods; two headers of storage.
    ("registry/cohort/a.cc", '#include "stats/kaplan_meier.h"'),
    ("registry/cohort/a.cc", '#include "enthesis/v1/case.pb.h"'),
    ("registry/cohort/a.cc", "#include <grpcpp/grpcpp.h>"),
    ("registry/cohort/a.cc", '#include "registry/storage/rocks_store.h"'),
    ("registry/cohort/a.cc", '#include "registry/storage/keys.h"'),
    ("registry/cohort/a.cc", '#include "registry/analysis/result.h"'),
    # analysis: no storage, no protobuf, no gRPC.
    ("registry/analysis/a.cc", '#include "registry/storage/store.h"'),
    ("registry/analysis/a.cc", '#include "registry/storage/records.h"'),
    ("registry/analysis/a.cc", "#include <google/protobuf/message.h>"),
    ("registry/analysis/a.cc", '#include "enthesis/v1/case.pb.h"'),
    ("registry/analysis/a.cc", "#include <grpcpp/grpcpp.h>"),
    ("registry/analysis/a.cc", '#include "registry/disclosure/release.h"'),
    # disclosure: results in, released answers out.
    ("registry/disclosure/a.cc", '#include "registry/storage/store.h"'),
    ("registry/disclosure/a.cc", '#include "registry/wire/answers.h"'),
    ("registry/disclosure/a.cc", '#include "registry/analysis/answer.h"'),
    ("registry/disclosure/a.cc", '#include "registry/cohort/cohort.h"'),
    # wire: shapes only.
    ("registry/wire/a.cc", "#include <grpcpp/grpcpp.h>"),
    ("registry/wire/a.cc", '#include "enthesis/v1/x_service.grpc.pb.h"'),
    ("registry/wire/a.cc", "#include <rocksdb/db.h>"),
    ("registry/wire/a.cc", '#include "registry/cohort/cohort.h"'),
    ("registry/wire/a.cc", '#include "registry/storage/records.h"'),
    ("registry/wire/a.cc", '#include "registry/analysis/answer.h"'),
    ("registry/wire/a.cc", '#include "enthesis/record/v1/case.pb.h"'),
    # service: neither the engine of storage nor the methods of stats.
    ("registry/service/a.cc", "#include <rocksdb/db.h>"),
    ("registry/service/a.cc", '#include "registry/storage/rocks_store.h"'),
    ("registry/service/a.cc", '#include "stats/kaplan_meier.h"'),
    ("registry/service/a.cc", '#include "enthesis/record/v1/case.pb.h"'),
    ("registry/service/a.cc", '#include "client/client.h"'),
    # gateway: service and wire.
    ("registry/gateway/a.cc", "#include <rocksdb/db.h>"),
    ("registry/gateway/a.cc", '#include "registry/storage/store.h"'),
    ("registry/gateway/a.cc", '#include "registry/cohort/cohort.h"'),
    # main: flags and wiring.
    ("registry/main.cc", "#include <rocksdb/db.h>"),
    ("registry/main.cc", '#include "stats/kaplan_meier.h"'),
    ("registry/main.cc", '#include "enthesis/v1/case.pb.h"'),
    # client: outside the registry; libsodium in one place.
    ("client/link_file.cc", "#include <sodium.h>"),
    ("client/sealed_text.cc", '#include "client/file_bytes.h"'),
    ("client/a.cc", '#include "registry/storage/store.h"'),
    ("client/a.cc", '#include "registry/cohort/cohort.h"'),
    ("client/a.cc", '#include "registry/service/server.h"'),
    ("client/a.cc", '#include "registry/validation/validate.h"'),
    ("client/a.cc", '#include "registry/analysis/result.h"'),
    ("client/a.cc", "#include <rocksdb/db.h>"),
    ("client/a.cc", "#include <yaml-cpp/yaml.h>"),
    ("client/mapping/yaml_node.cc", "#include <grpcpp/grpcpp.h>"),
    # stats: no system but for memory, and that is no part of the engine.
    ("stats/a.cc", "#include <sys/mman.h>"),
    ("stats/large_pages.cc", '#include "stats/event_table.h"'),
    ("stats/large_pages.cc", "#include <fstream>"),
    # Everywhere.
    ("stats/a.cc", '#include "tests/fixture.h"'),
    ("client/a.cc", "#include <gtest/gtest.h>"),
    ("registry/service/a.cc", "#include <some/other/library.h>"),
    ("registry/new_folder/a.cc", "#include <vector>"),
    ("registry/service/a.cc", "  return disclosure::ReleaseLocal(result);"),
    ("registry/analysis/a.cc", "  return disclosure::ReleaseLocal(result);"),
]

# What the table allows on purpose.
ALLOWED = [
    ("stats/a.cc", "#include <boost/math/distributions/normal.hpp>"),
    ("stats/a.cc", "#include <Eigen/Dense>"),
    ("stats/a.cc", '#include "absl/status/statusor.h"'),
    ("stats/a.cc", "#include <thread>"),
    ("stats/large_pages.cc", "#include <sys/mman.h>"),
    ("registry/storage/rocks_store.cc", "#include <rocksdb/db.h>"),
    ("registry/storage/rocks_store.cc", '#include "registry/storage/store.h"'),
    ("registry/cohort/a.cc", '#include "registry/storage/store.h"'),
    ("registry/cohort/a.cc", '#include "registry/storage/records.h"'),
    ("registry/cohort/a.cc", '#include "stats/event_table.h"'),
    ("registry/service/a.cc", '#include "registry/disclosure/release.h"'),
    ("registry/main.cc", '#include "registry/storage/rocks_store.h"'),
    ("client/a.cc", "#include <CLI/CLI.hpp>"),
    ("client/mapping/yaml_node.cc", "#include <yaml-cpp/yaml.h>"),
    ("client/a.cc", "  return disclosure::ReleaseLocal(result);"),
    ("registry/wire/a.cc", "// #include <rocksdb/db.h>"),
]


def breaches_of(path, line):
    """The breaches of a tree that holds one file with a clean line before."""
    with tempfile.TemporaryDirectory() as root:
        file = pathlib.Path(root, path)
        file.parent.mkdir(parents=True)
        file.write_text("// A file.\n" + line + "\n", encoding="utf-8")
        return layers.breaches(root)


class LayersTest(unittest.TestCase):
    def test_this_repository_keeps_to_the_table(self):
        self.assertEqual([], layers.breaches(SOURCE_DIR))

    def test_this_repository_has_sources_in_each_layer(self):
        # A wrong source folder would pass by having nothing to read.
        for row in layers.LAYERS:
            if row in ("registry/gateway/",):
                continue
            folder = SOURCE_DIR / pathlib.Path(row).parent
            if row.endswith("/"):
                folder = SOURCE_DIR / row
            self.assertTrue(any(f.suffix in layers.SOURCES
                                for f in folder.rglob("*")), row)

    def test_every_planted_breach_is_found(self):
        for path, line in BREACHES:
            with self.subTest(path=path, line=line):
                found = breaches_of(path, line)
                self.assertEqual(1, len(found), found)
                self.assertTrue(found[0].startswith(path + ":"), found)

    def test_every_row_has_a_planted_breach(self):
        planted = {layers.row_of(path) for path, _ in BREACHES}
        rows = set(layers.LAYERS) - {"proto/google/"}
        self.assertEqual(set(), rows - planted)

    def test_a_library_outside_a_row_is_a_breach_in_every_row(self):
        # The whole matrix, so that no cell of the table is open by accident.
        for row, rules in layers.LAYERS.items():
            if row.startswith("proto/"):
                continue
            path = row if row.endswith(".cc") else row + "planted.cc"
            for start, library in layers.LIBRARIES.items():
                with self.subTest(row=row, library=library):
                    found = breaches_of(path, f"#include <{start}planted.h>")
                    allowed = library in rules["libraries"]
                    self.assertEqual(0 if allowed else 1, len(found), found)

    def test_what_the_table_allows_is_no_breach(self):
        for path, line in ALLOWED:
            with self.subTest(path=path, line=line):
                self.assertEqual([], breaches_of(path, line))


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    unittest.main()
