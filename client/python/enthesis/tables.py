"""The figures of a message as tables, one for each list in it.

A table has the same columns whatever the answer holds: they follow from the
message's description. Names are the fields' own, a nested message's with its
name in front (`median_lower`). In front stand the columns that say what a row
is about, taken from the rows that it hangs under: `by` and `group`, the cause,
the visit; behind, `as_of` and `synthetic`.
"""

from __future__ import annotations

from dataclasses import dataclass, field as dataclass_field
from typing import Any, Dict, List, Mapping, Optional, Tuple

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from enthesis import plain

Row = Dict[str, Any]

# Fields that say which of several a row is; rows below it repeat them.
IDENTITY = ("name", "id", "cause", "visit", "dimension", "site", "profile",
            "threshold", "synthetic")
# Told of every row, not in a table of their own.
_APART = ("provenance", "next_page_token", "as_of")


@dataclass(frozen=True)
class Column:
    name: str
    kind: str
    """"int", "float", "bool", "text", "list" or "group"."""
    path: Tuple[FieldDescriptor, ...]


@dataclass
class Table:
    """Rows of one kind. An absent figure is None; `absence` says why."""

    name: str
    columns: Dict[str, str]
    """Name of each column, and "int", "float", "bool", "text" or "list"."""
    rows: List[Row] = dataclass_field(default_factory=list)

    def frame(self) -> Any:
        """The table as a pandas.DataFrame.

        Whole numbers and flags are pandas' Int64 and boolean, so that an
        absent one stays absent; an absent float is NaN. ImportError without
        pandas.
        """
        try:
            import pandas
        except ImportError as error:
            raise ImportError(
                "frames need pandas (Debian: python3-pandas); `rows` has the "
                "same figures without it") from error
        kinds = {"int": "Int64", "float": "float64", "bool": "boolean",
                 "text": "object", "list": "object"}
        return pandas.DataFrame({
            name: pandas.Series([row[name] for row in self.rows],
                                dtype=kinds[kind])
            for name, kind in self.columns.items()})


def _kind(field: FieldDescriptor) -> str:
    if plain.is_list(field):
        return "list"
    if field.enum_type is not None or field.type == field.TYPE_STRING:
        return "text"
    if field.type in (field.TYPE_DOUBLE, field.TYPE_FLOAT):
        return "float"
    return "bool" if field.type == field.TYPE_BOOL else "int"


def _columns(kind: Descriptor, prefix: str = "",
             path: Tuple[FieldDescriptor, ...] = ()) -> List[Column]:
    """The columns of a message, of those nested in it included."""
    columns: List[Column] = []
    for field in kind.fields:
        here = path + (field,)
        if not path and field.name in _APART:
            continue
        if plain.is_group(field):
            if field.name == "group":
                columns.append(Column(prefix + "by", "text", here))
            columns.append(Column(prefix + field.name, "group", here))
        elif not plain.is_message(field):
            columns.append(Column(prefix + field.name, _kind(field), here))
        elif not plain.is_list(field):
            columns += _columns(field.message_type, f"{prefix}{field.name}_",
                                here)
    return columns


def _lists(kind: Descriptor, prefix: str = "",
           path: Tuple[FieldDescriptor, ...] = ()
           ) -> List[Tuple[str, Tuple[FieldDescriptor, ...]]]:
    """The lists of messages in a message, with dotted names."""
    found = []
    for field in kind.fields:
        here = path + (field,)
        if not plain.is_message(field) or plain.is_group(field):
            continue
        if field.message_type.full_name.startswith("google."):
            continue
        if plain.is_list(field):
            found.append((prefix + field.name, here))
        else:
            found += _lists(field.message_type, f"{prefix}{field.name}.", here)
    return found


def _text_of_group(values: Any) -> str:
    """As the command line's CSV: "site-03"; "all" without a grouping."""
    return ", ".join(v.value for v in values) if values else "all"


def _cell(message: Optional[Message], column: Column) -> Any:
    for field in column.path[:-1]:
        if message is None or not message.HasField(field.name):
            return None
        message = getattr(message, field.name)
    field = column.path[-1]
    if message is None:
        return None
    value = getattr(message, field.name)
    if column.kind == "group":
        return _text_of_group(value)
    if plain.is_group(field):
        return ", ".join(v.dimension for v in value) or None
    if field.enum_type is not None:
        codes = field.enum_type
        if plain.is_list(field):
            return [plain.code_of(codes, number) for number in value]
        return plain.code_of(codes, value) if value else None
    if plain.is_list(field):
        return list(value)
    if field.has_presence and not message.HasField(field.name):
        return None
    return value if value != "" else None


class _Collector:
    def __init__(self, behind: Mapping[str, Any]) -> None:
        self.tables: Dict[str, Table] = {}
        self._behind = behind

    def describe(self, kind: Descriptor, name: str,
                 above: Tuple[Tuple[str, str], ...]) -> None:
        """Makes the table of `kind` and those of the lists in it."""
        columns = _columns(kind)
        known = {c.name: "text" if c.kind == "group" else c.kind
                 for c in columns}
        table = {n: k for n, k in above if n not in known}
        table.update(known)
        for told, told_kind in (("as_of", "int"), ("synthetic", "bool")):
            if told in self._behind:
                table.setdefault(told, told_kind)
        self.tables[name] = Table(name, table)
        kept = tuple((c.name, known[c.name]) for c in columns
                     if self._is_identity(c)) if name != "answer" else ()
        below = tuple(a for a in above if a[0] not in known) + kept
        for inner, path in _lists(kind):
            full = inner if name == "answer" else f"{name}.{inner}"
            self.describe(path[-1].message_type, full, below)

    def fill(self, message: Message, name: str, above: Row) -> None:
        kind = message.DESCRIPTOR
        table = self.tables[name]
        columns = _columns(kind)
        own = {c.name: _cell(message, c) for c in columns}
        everything = {**self._behind, **above, **own}
        table.rows.append({n: everything[n] for n in table.columns})
        below: Row = {}
        if name != "answer":
            below = {**above, **{c.name: own[c.name] for c in columns
                                 if self._is_identity(c)}}
        for inner, path in _lists(kind):
            full = inner if name == "answer" else f"{name}.{inner}"
            holder: Any = message
            for field in path[:-1]:
                holder = getattr(holder, field.name)
            for one in getattr(holder, path[-1].name):
                self.fill(one, full, below)

    @staticmethod
    def _is_identity(column: Column) -> bool:
        return len(column.path) == 1 and (
            column.name in IDENTITY or plain.is_group(column.path[0]))


def tables_of(message: Message, behind: Mapping[str, Any]) -> Dict[str, Table]:
    """All tables of an answer, by name; "answer" has what stands in no list.

    behind: told of each row: `as_of`, and `synthetic` where rows do not say so
      themselves.
    """
    collector = _Collector(behind)
    collector.describe(message.DESCRIPTOR, "answer", ())
    collector.fill(message, "answer", {})
    return collector.tables
