"""An answer of the registry, with its figures as tables."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Dict, Generic, List, Optional, Tuple, TypeVar

from google.protobuf.message import Message

from enthesis import plain
from enthesis.tables import Row, Table, tables_of

Answered = TypeVar("Answered", bound=Message)


class Answer(Generic[Answered]):
    """What the registry answered.

    message: the answer itself, a message of enthesis.v1.
    """

    def __init__(self, message: Answered) -> None:
        self.message = message

    @property
    def provenance(self) -> Optional[Any]:
        """Where the answer comes from (enthesis.v1.Provenance); of statistics.

        The estimand and conventions in words, exclusions, cases and sites, the
        rule of disclosure control.
        """
        return getattr(self.message, "provenance", None)

    @property
    def as_of(self) -> int:
        """The commit whose state was read: ask with it to get this again."""
        source: Any = self.provenance or self.message
        return int(source.as_of)

    @property
    def synthetic(self) -> bool:
        """Whether a case of the answer was drawn by a simulator."""
        if self.provenance is not None:
            return bool(self.provenance.synthetic)
        return any(row.get("synthetic") or row.get("case_synthetic")
                   for table in self._tables.values() for row in table.rows)

    def to_dict(self) -> Dict[str, Any]:
        """The whole answer, as `enthesis ... --format json` prints it."""
        return plain.to_plain(self.message)

    @cached_property
    def _tables(self) -> Dict[str, Table]:
        behind: Row = {"as_of": self.as_of}
        if self.provenance is not None:
            behind["synthetic"] = bool(self.provenance.synthetic)
        return tables_of(self.message, behind)

    @property
    def table_names(self) -> Tuple[str, ...]:
        """"answer" for what stands in no list, then one for each list."""
        return tuple(self._tables)

    def table(self, name: str) -> Table:
        if name not in self._tables:
            raise KeyError(f"there is no table {name!r}; there are: "
                           + ", ".join(self._tables))
        return self._tables[name]

    def rows(self, name: str) -> List[Row]:
        """A table as plain dicts; an absent figure is None."""
        return self.table(name).rows

    def frame(self, name: str) -> Any:
        """A table as a pandas.DataFrame; see Table.frame."""
        return self.table(name).frame()

    def __repr__(self) -> str:
        return (f"<{type(self.message).__name__} as of commit {self.as_of}"
                f"{', SYNTHETIC' if self.synthetic else ''}: "
                f"{', '.join(self._tables)}>")
