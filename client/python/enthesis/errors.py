"""What the registry says when it cannot do what was asked."""

from __future__ import annotations

from typing import Any, Dict, NamedTuple, Optional, Tuple

import grpc

from enthesis.rpc import error_details_pb2, status_pb2

_TRAILER = "grpc-status-details-bin"
_NAMES = {code.value[0]: code.name for code in grpc.StatusCode}


class Violation(NamedTuple):
    """One fault of a request."""

    field: str
    """Path of the field, such as "case.baseline.bmi"."""
    description: str
    """What is wrong and what is allowed; for people."""


class EnthesisError(Exception):
    """The one error of this package; `str()` tells all of it.

    code: what to do next, as gRPC's: "INVALID_ARGUMENT", "NOT_FOUND",
      "ALREADY_EXISTS", "ABORTED", "FAILED_PRECONDITION", "RESOURCE_EXHAUSTED",
      "UNAVAILABLE", "DEADLINE_EXCEEDED", ... (proto/README.md, Errors).
    reason: stable, for programs: "FIELD_VIOLATION", "ETAG_MISMATCH", ...;
      empty where the server gave none, as when it was not reached.
    message: the server's own words.
    violations: every fault of the request that was listed.
    metadata: of the reason; "violations" and "violations_listed" where not all
      faults fitted.
    resource: name of what was not found or exists already; else empty.
    retry_after: seconds to wait that the server asks for.
    """

    def __init__(self, code: str, message: str, reason: str = "",
                 violations: Tuple[Violation, ...] = (),
                 metadata: Optional[Dict[str, str]] = None,
                 resource: str = "",
                 retry_after: Optional[float] = None) -> None:
        self.code = code
        self.message = message
        self.reason = reason
        self.violations = violations
        self.metadata = metadata or {}
        self.resource = resource
        self.retry_after = retry_after
        head = f"{code} {reason}".rstrip() + ":"
        # Violations say what the message says, and all of it.
        lines = [f"  {v.field}: {v.description}" for v in violations]
        super().__init__("\n".join([head] + lines) if lines
                         else f"{head} {message}")

    def __reduce__(self) -> Tuple[Any, ...]:
        """For pickle: errors travel between processes."""
        return (EnthesisError, (self.code, self.message, self.reason,
                                self.violations, self.metadata, self.resource,
                                self.retry_after))


def error_of_status(status: status_pb2.Status) -> EnthesisError:
    """The error of a google.rpc.Status, as an imported row has it."""
    found: Dict[str, Any] = {}
    for detail in status.details:
        info = error_details_pb2.ErrorInfo()
        bad = error_details_pb2.BadRequest()
        precondition = error_details_pb2.PreconditionFailure()
        resource = error_details_pb2.ResourceInfo()
        retry = error_details_pb2.RetryInfo()
        if detail.Unpack(info):
            found["reason"] = info.reason
            found["metadata"] = dict(info.metadata)
        elif detail.Unpack(bad):
            found["violations"] = tuple(
                Violation(v.field, v.description)
                for v in bad.field_violations)
        elif detail.Unpack(precondition):
            found.setdefault("violations", tuple(
                Violation(v.subject, v.description)
                for v in precondition.violations))
        elif detail.Unpack(resource):
            found["resource"] = resource.resource_name
        elif detail.Unpack(retry):
            delay = retry.retry_delay
            found["retry_after"] = delay.seconds + delay.nanos / 1e9
    return EnthesisError(_NAMES.get(status.code, str(status.code)),
                         status.message, **found)


def error_of_call(error: Any) -> EnthesisError:
    """The error of a failed call, a grpc.RpcError."""
    status = status_pb2.Status()
    for key, value in error.trailing_metadata() or ():
        if key == _TRAILER:
            status.ParseFromString(value)
    status.code = error.code().value[0]
    status.message = error.details() or ""
    return error_of_status(status)
