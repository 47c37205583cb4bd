"""Many changes in few messages, each answered in order."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any, Callable, Iterable, Iterator, List, Optional, Tuple

import grpc

from enthesis.calls import Calls
from enthesis.errors import EnthesisError, error_of_call, error_of_status
from enthesis.ids import new_request_id
from enthesis.v1 import registry_service_pb2 as service


_BATCH_BYTES = 1 << 20  # of a message of several rows


@dataclass(frozen=True)
class ImportedRow:
    """The answer to one row.

    index: place of the row among those sent, from 0.
    error: why it was rejected; None when it is stored.
    name, etag, commit_index: of the stored case.
    warnings: what is unusual about it (enthesis.v1.Warning).
    """

    index: int
    name: str
    etag: str
    commit_index: int
    warnings: Tuple[Any, ...]
    error: Optional[EnthesisError]


def ensure_request_id(row: service.ImportCasesRequest) -> None:
    change = row.WhichOneof("change")
    if change is None:
        raise ValueError("a row to import has one of create, update, "
                         "add_follow_up")
    request = getattr(row, change)
    if not request.request_id:
        request.request_id = new_request_id()


class _Flow:
    """Lets rows out while not too many are without an answer."""

    def __init__(self, answered: int, window: int) -> None:
        self._changed = threading.Condition()
        self._answered = answered
        self._window = max(window, 1)
        self._ended = False

    def wait_for(self, index: int) -> bool:
        with self._changed:
            self._changed.wait_for(
                lambda: self._ended or index < self._answered + self._window)
            return not self._ended

    def set_answered(self, answered: int) -> None:
        with self._changed:
            self._answered = answered
            self._changed.notify()

    def end(self) -> None:
        with self._changed:
            self._ended = True
            self._changed.notify()


def _rows_from(rows: List[service.ImportCasesRequest], first: int,
               flow: _Flow) -> Iterator[service.ImportCasesRequest]:
    for index in range(first, len(rows)):
        if not flow.wait_for(index):
            return
        yield rows[index]


class Import:
    """Sends rows in messages, one after the other; to a server that knows no
    BatchImportCases through one stream, in which those without an answer are
    sent again when it breaks."""

    def __init__(self, batch_method: Any, stream_method: Any,
                 rows: Iterable[service.ImportCasesRequest],
                 on_answer: Optional[Callable[[ImportedRow], None]],
                 calls: Calls) -> None:
        self._batch_method = batch_method
        self._method = stream_method
        self._rows = list(rows)
        self._on_answer = on_answer
        self._calls = calls
        self._answers: List[ImportedRow] = []
        for index, row in enumerate(self._rows):
            ensure_request_id(row)
            row.row = index

    def run(self) -> List[ImportedRow]:
        try:
            self._run_batches()
        except EnthesisError as error:
            if error.code != "UNIMPLEMENTED":
                raise
            self._run_streams()
        return self._answers

    def _run_batches(self) -> None:
        most = self._calls.options.import_batch
        while len(self._answers) < len(self._rows):
            first = len(self._answers)
            batch = service.BatchImportCasesRequest()
            size = 0
            for row in self._rows[first:first + most]:
                size += row.ByteSize()
                if batch.rows and size > _BATCH_BYTES:
                    break
                batch.rows.append(row)
            try:
                answered = self._calls.ask(self._batch_method, batch)
            except EnthesisError as error:
                too_large = (error.code == "RESOURCE_EXHAUSTED"
                             and error.retry_after is None)
                if not too_large or len(batch.rows) == 1:
                    raise
                most = len(batch.rows) // 2  # the answers did not fit
                continue
            if len(answered.rows) != len(batch.rows):
                raise EnthesisError("INTERNAL",
                                    "the server left rows without an answer")
            for answer in answered.rows:
                self._take(answer)

    def _run_streams(self) -> None:
        attempt = 1
        while len(self._answers) < len(self._rows):
            before = len(self._answers)
            error = self._run_once()
            if len(self._answers) == len(self._rows):
                break
            if error is None:
                error = EnthesisError("UNAVAILABLE",
                                      "the server ended the import early")
            if len(self._answers) > before:
                attempt = 1  # it went on: count tries anew
            if not self._calls.wait_to_retry(error, attempt):
                raise error
            attempt += 1

    def _run_once(self) -> Optional[EnthesisError]:
        """One stream; returns what ended it."""
        options = self._calls.options
        flow = _Flow(len(self._answers), options.import_window)
        stream = self._method(
            _rows_from(self._rows, len(self._answers), flow),
            timeout=options.import_deadline)
        try:
            for answer in stream:
                self._take(answer)
                flow.set_answered(len(self._answers))
        except grpc.RpcError as failure:
            return error_of_call(failure)
        finally:
            flow.end()
            stream.cancel()  # without effect on one that has ended
        return None

    def _take(self, answer: service.ImportCasesResponse) -> None:
        index = len(self._answers)
        if answer.row != index:
            raise EnthesisError("INTERNAL",
                                "the server answered rows out of order")
        error = error_of_status(answer.status) if answer.status.code else None
        row = ImportedRow(index, answer.name, answer.etag, answer.commit_index,
                          tuple(answer.warnings), error)
        self._answers.append(row)
        if self._on_answer is not None:
            self._on_answer(row)
