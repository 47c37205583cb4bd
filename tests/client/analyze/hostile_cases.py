"""How a case of hostile data is written.

What must come of it: figures of the answer, keys that must be absent, a part of
a warning, or the whole message of a refusal.
"""

ABSENT = object()


def gives(warning=None, **figures):
    """An answer; figures by path, "a.0.b" as a__0__b."""
    return ("answer", warning, figures)


def refuses(message):
    return ("refusal", message, {})


def case(what, method, args, rows, outcome):
    return (what, method, args, rows, outcome)
