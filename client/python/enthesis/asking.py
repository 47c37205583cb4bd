"""How arguments of questions become requests."""

from __future__ import annotations

import math
import re
from typing import (Any, Iterable, List, Mapping, NamedTuple, Optional,
                    Sequence, Tuple, Union)

from enthesis import plain
from enthesis.codes import Dimension
from enthesis.v1 import cohort_pb2, question_pb2, regression_pb2

DAYS_MAX = 7305
_DAYS_PER_MONTH = 30.4375

Time = Union[int, str]
"""Days since surgery, or text as "13w", "6m", "2y"; see `days`."""


class Between(NamedTuple):
    """A range of years or bands in list order, both ends included."""

    first: Union[str, int]
    last: Union[str, int]


By = Union[Dimension, Tuple[Dimension, Dimension]]
"""Groups: by a dimension, or by the pairs of values of two."""

Where = Mapping[Dimension, Union[str, int, Between, Sequence[Union[str, int]]]]
"""Which cases: by dimension the value, values or range; "unknown" selects
cases without a value, "none" those without a concomitant procedure."""


class Covariate(NamedTuple):
    """A covariate of a model that needs more than its name."""

    name: str
    """A dimension, a field known before surgery, or a measure at baseline."""
    factor: bool = False
    """A number as a factor."""
    reference: str = ""
    """Level without a coefficient; empty means the first that a case has."""


Covariates = Sequence[Union[str, Covariate]]
Profile = Mapping[str, Union[str, int, float]]
"""A value of each covariate of a model, for whom its curve is predicted."""


def days(time: Time) -> int:
    """Whole days of a time: 91, "91d", "13w", "3m", "1.5m" or "2y".

    A month is 30.4375 days, a year 12 months. ValueError on anything else.
    """
    found = re.fullmatch(r"\s*(\d+|\d*\.\d+|\d+\.)\s*([dwmy]?)\s*",
                         str(time).lower())
    if found is not None and not isinstance(time, (float, bool)):
        number, unit = float(found[1]), found[2] or "d"
        exact = number * {"d": 1, "w": 7, "m": _DAYS_PER_MONTH,
                          "y": _DAYS_PER_MONTH * 12}[unit]
        if exact <= DAYS_MAX + 1 and (unit != "d" or found[1].isdigit()):
            whole = math.floor(exact + 0.5)
            if whole <= DAYS_MAX:
                return whole
    raise ValueError(f"{time!r} is not a time after surgery; write days (91), "
                     f"weeks ('13w'), months ('3m') or years ('2y'), up to "
                     f"{DAYS_MAX} days")


def _filter_of(dimension: str, chosen: Any) -> cohort_pb2.DimensionFilter:
    made = cohort_pb2.DimensionFilter()
    set_code(made, "dimension", dimension, "where")
    if isinstance(chosen, Between):
        setattr(made, "from", str(chosen.first))
        made.to = str(chosen.last)
    elif isinstance(chosen, (str, int)):
        made.values.append(str(chosen))
    else:
        made.values.extend(str(value) for value in chosen)
    return made


def options_of(by: Optional[By], where: Optional[Where],
               as_of: Optional[int],
               conf_level: Optional[float]) -> question_pb2.QuestionOptions:
    """What every question carries."""
    options = question_pb2.QuestionOptions(as_of=as_of, conf_level=conf_level)
    dimensions = (by,) if by is None or isinstance(by, str) else by
    if len(dimensions) > 2:
        raise ValueError(f"by: {by!r} has more than two dimensions")
    for field, dimension in zip(("group_by", "then_by"), dimensions):
        set_code(options, field, dimension, "by")
    for dimension, chosen in (where or {}).items():
        options.cohort.filters.append(_filter_of(dimension, chosen))
    return options


def set_code(message: Any, field: str, code: Optional[str],
             argument: str = "") -> None:
    """Sets an enum field by its code; None leaves it absent."""
    if code is None:
        return
    kind = message.DESCRIPTOR.fields_by_name[field].enum_type
    setattr(message, field, plain.number_of(kind, code, argument or field))


def set_codes(message: Any, **codes: Optional[str]) -> None:
    """Sets several; each argument has the name of its field."""
    for field, code in codes.items():
        set_code(message, field, code)


def codes_in(message: Any, field: str, codes: Iterable[str]) -> List[int]:
    kind = message.DESCRIPTOR.fields_by_name[field].enum_type
    return [plain.number_of(kind, code, field) for code in codes]


def set_given(message: Any, **values: Any) -> None:
    """Sets those that are not None."""
    for field, value in values.items():
        if value is not None:
            setattr(message, field, value)


def days_of(times: Iterable[Time]) -> List[int]:
    if isinstance(times, (str, int)):
        times = [times]
    return [days(time) for time in times]


def covariates_of(covariates: Covariates) -> List[regression_pb2.Covariate]:
    if isinstance(covariates, str):
        raise ValueError(f"covariates: {covariates!r} is not a list of names")
    made = []
    for one in covariates:
        full = one if isinstance(one, Covariate) else Covariate(one)
        made.append(regression_pb2.Covariate(
            name=full.name, factor=full.factor, reference=full.reference))
    return made


def profiles_of(profiles: Iterable[Profile]
                ) -> List[regression_pb2.CovariateProfile]:
    if isinstance(profiles, Mapping):
        profiles = [profiles]
    return [regression_pb2.CovariateProfile(values=[
        regression_pb2.CovariateValue(name=name, value=_number_text(value))
        for name, value in profile.items()]) for profile in profiles]


def _number_text(value: Union[str, int, float]) -> str:
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
