"""Calls with a deadline, tried again where that is safe."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from typing import Any, Callable

import grpc

from enthesis.errors import EnthesisError, error_of_call


@dataclass(frozen=True)
class Options:
    """How calls are made; seconds."""

    deadline: float = 60.0
    """Of one try."""
    import_deadline: float = 3600.0
    """Of one stream of rows."""
    max_attempts: int = 5
    """Of one call."""
    first_backoff: float = 0.1
    """Before the second try; then doubled."""
    max_backoff: float = 5.0
    import_batch: int = 256
    """Rows of one message of an import, at most."""
    import_window: int = 256
    """Of a stream: rows without an answer, at most."""
    wait: Callable[[float], None] = time.sleep
    """Waits between tries."""


class Calls:
    """Calls on one channel. Threads: safe."""

    def __init__(self, channel: Any, options: Options) -> None:
        self._check = channel.unary_unary("/grpc.health.v1.Health/Check")
        self.options = options

    def ask(self, method: Any, request: Any) -> Any:
        """Calls a method of a stub. EnthesisError when it fails for good."""
        attempt = 1
        while True:
            try:
                return method(request, timeout=self.options.deadline)
            except grpc.RpcError as failure:
                error = error_of_call(failure)
            if not self.wait_to_retry(error, attempt):
                raise error
            attempt += 1

    def wait_to_retry(self, error: EnthesisError, attempt: int) -> bool:
        """Waits before try number `attempt` + 1, or returns False: no more.

        UNAVAILABLE is tried again, and RESOURCE_EXHAUSTED where the server
        names a delay. Both are safe: questions change nothing, and each change
        has a request id that it keeps.
        """
        options = self.options
        if attempt >= options.max_attempts:
            return False
        if error.code != "UNAVAILABLE" and not (
                error.code == "RESOURCE_EXHAUSTED"
                and error.retry_after is not None):
            return False
        longest = min(options.first_backoff * 2 ** (attempt - 1),
                      options.max_backoff)
        # Between half and all of it: many clients do not come back at once.
        delay = longest * (1 - random.random() / 2)
        options.wait(max(error.retry_after or 0.0, delay))
        if error.code == "UNAVAILABLE":
            self._let_connect(delay)
        return True

    def _let_connect(self, seconds: float) -> None:
        """Gives the channel so long to connect again, at most.

        Once it has failed, calls fail at once until it is connected, and
        without a call that waits for that it may not connect for many seconds.
        """
        try:
            self._check(b"", timeout=seconds, wait_for_ready=True)
        except grpc.RpcError:
            pass  # the next try says what is wrong
