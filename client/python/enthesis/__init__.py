"""Client of an Enthesis registry.

    import enthesis

    with enthesis.connect("127.0.0.1:7443") as registry:
        answer = registry.survival("reoperation", by="site", at=["6m", "12m"])
        answer.rows("curves.at")    # plain dicts
        answer.frame("curves.at")   # a pandas.DataFrame
        answer.to_dict()            # as `enthesis survival --format json`
        answer.as_of, answer.synthetic, answer.provenance.conventions

An absent figure is None (NaN or <NA> in a frame), never 0, and the `absence`
of its row says why: "suppressed", "not_reached", "beyond_follow_up",
"undefined", "dropped", "separated". Every failure is an EnthesisError. The
messages are those of proto/enthesis/v1, in enthesis.v1.
"""

from enthesis.answer import Answer
from enthesis.asking import Between, Covariate, days
from enthesis.calls import Options
from enthesis.cases import (create_request, follow_up_request, update_request)
from enthesis.errors import EnthesisError, Violation
from enthesis.ids import new_id, new_request_id
from enthesis.importing import ImportedRow
from enthesis.plain import from_plain, to_plain
from enthesis.registry import DEFAULT_SERVER, Registry, connect
from enthesis.tables import Table

__version__ = "0.1.0"

__all__ = [
    "Answer", "Between", "Covariate", "DEFAULT_SERVER", "EnthesisError",
    "ImportedRow", "Options", "Registry", "Table", "Violation", "connect",
    "create_request", "days", "follow_up_request", "from_plain", "new_id",
    "new_request_id", "to_plain", "update_request"]
