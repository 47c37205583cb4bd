"""Random identifiers, made here and never derived from anything."""

from __future__ import annotations

import secrets
import uuid

_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32
_CHECKS = _DIGITS + "*~$=U"


def new_id() -> str:
    """An id of a case, a patient or a follow-up: 27 characters.

    128 random bits and a check symbol (value mod 37), a letter or digit.
    """
    while True:
        number = secrets.randbits(128)
        check = _CHECKS[number % 37]
        if number != 0 and check.isalnum():
            return "".join(_DIGITS[number >> shift & 31]
                           for shift in range(125, -1, -5)) + check


def new_request_id() -> str:
    """A UUID (version 4) that makes a retry of a change safe."""
    return str(uuid.uuid4())
