"""Prints inst/tables.csv: the tables that the figures of an answer are made
into, and where in its JSON each stands.

    /usr/bin/python3 client/r/tables.py >client/r/inst/tables.csv

The rule is that of the package for Python, so that a table and its columns
have the same names in both. A change of the protos needs it run again: a test
fails when the file is not what this prints.
"""

import csv
import pathlib
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
MADE = tempfile.TemporaryDirectory()
sys.dont_write_bytecode = True
sys.path[:0] = [MADE.name, str(HERE.parent / "python")]
import assemble  # noqa: E402

assemble.assemble(MADE.name)
from enthesis import plain, tables  # noqa: E402
from enthesis.v1 import registry_service_pb2  # noqa: E402
from enthesis.v1 import statistics_service_pb2  # noqa: E402

ANSWERS = [registry_service_pb2.DESCRIPTOR.message_types_by_name[
    "ListSitesResponse"]] + [
        method.output_type for method in statistics_service_pb2.DESCRIPTOR.
        services_by_name["StatisticsService"].methods]
HEAD = ("answer", "table", "parent", "list", "column", "kind", "path")


def json_path(fields):
    return ".".join(field.json_name for field in fields)


def kind_of(column):
    """As Python's, but "by" of a group; whole numbers of 64 bits are R's
    doubles."""
    field = column.path[-1]
    if plain.is_group(field):
        return "group" if column.kind == "group" else "by"
    if column.kind == "int" and field.cpp_type not in (
            field.CPPTYPE_INT32, field.CPPTYPE_UINT32):
        return "float"
    return column.kind


def rows_of(answer, kind, table, parent, path, above):
    """Rows for a table, a column each, then those of the tables in it."""
    own = tables._columns(kind)
    names = {column.name for column in own}
    head = (answer.name, table, parent, json_path(path))
    for name, inherited in above.items():
        if name not in names:
            yield (*head, name, inherited, "")
    for column in own:
        yield (*head, column.name, kind_of(column), json_path(column.path))
    below = {name: k for name, k in above.items() if name not in names}
    if table != "answer":
        below.update({
            column.name: "text" if plain.is_group(column.path[-1])
            else kind_of(column)
            for column in own if tables._Collector._is_identity(column)})
    for inner, inner_path in tables._lists(kind):
        full = inner if table == "answer" else f"{table}.{inner}"
        yield from rows_of(answer, inner_path[-1].message_type, full, table,
                           inner_path, below)


def main():
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(HEAD)
    for answer in ANSWERS:
        out.writerows(rows_of(answer, answer, "answer", "", (), {}))


if __name__ == "__main__":
    main()
