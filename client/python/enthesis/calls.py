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
    import_window: int = 256
    """Rows of an import without an answer, at most."""
    wait: Callable[[float], None] = time.sleep
    """Waits between tries."""


def wait_to_retry(error: EnthesisError, attempt: int,
                  options: Options) -> bool:
    """Waits before try number `attempt` + 1, or returns False: no more tries.

    UNAVAILABLE is tried again, and RESOURCE_EXHAUSTED where the server names a
    delay. Both are safe: questions change nothing, and each change has a
    request id that it keeps.
    """
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
    return True


def call(method: Any, request: Any, options: Options) -> Any:
    """Calls a method of a stub. EnthesisError when it fails for good."""
    attempt = 1
    while True:
        try:
            return method(request, timeout=options.deadline)
        except grpc.RpcError as failure:
            error = error_of_call(failure)
        if not wait_to_retry(error, attempt, options):
            raise error
        attempt += 1
