"""Messages of the interface as plain values, and back.

The rule is that of the command line's JSON (proto/README.md, JSON): names in
lowerCamelCase, a code as in files ("zadek_osteotomy"), an absent field left
out, a set zero kept, lists always there, a group as {"site": "site-03"}.
"""

from __future__ import annotations

import math
from typing import Any, Dict, Mapping, Type, TypeVar

from google.protobuf.descriptor import (Descriptor, EnumDescriptor,
                                        FieldDescriptor)
from google.protobuf.message import Message

from enthesis.rpc import error_details_pb2

Kind = TypeVar("Kind", bound=Message)

_GROUP = "enthesis.v1.GroupValue"


def is_list(field: FieldDescriptor) -> bool:
    told = getattr(field, "is_repeated", None)  # of protobuf 6 and later
    return bool(field.label == field.LABEL_REPEATED if told is None else told)


def is_message(field: FieldDescriptor) -> bool:
    return field.message_type is not None


def is_group(field: FieldDescriptor) -> bool:
    """Whether the field says to which group its message belongs."""
    return (is_list(field) and is_message(field)
            and field.message_type.full_name == _GROUP)


def _code_prefix(codes: EnumDescriptor) -> str:
    first: str = codes.values[0].name
    return (first[:-len("UNSPECIFIED")] if first.endswith("UNSPECIFIED")
            else "")


def code_of(codes: EnumDescriptor, number: int) -> Any:
    """The code of a number as in files; the number when outside the list."""
    value = codes.values_by_number.get(number)
    if value is None:
        return number
    name: str = value.name
    prefix = _code_prefix(codes)
    return (name[len(prefix):] if name.startswith(prefix) else name).lower()


def number_of(codes: EnumDescriptor, code: str, what: str) -> int:
    """The number of a code. ValueError names `what` and what is allowed."""
    prefix = _code_prefix(codes)
    value = codes.values_by_name.get(prefix + str(code).upper())
    if value is None or value.number == 0 or str(code) != str(code).lower():
        allowed = ", ".join(allowed_codes(codes))
        raise ValueError(
            f"{what}: {code!r} is not in the list; allowed: {allowed}")
    return int(value.number)


def allowed_codes(codes: EnumDescriptor) -> list[str]:
    return [code_of(codes, value.number) for value in codes.values
            if value.number != 0]


def _scalar_to_plain(field: FieldDescriptor, value: Any) -> Any:
    if field.enum_type is not None:
        return code_of(field.enum_type, value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _is_printed(message: Message, field: FieldDescriptor) -> bool:
    if is_list(field):
        return True
    if field.has_presence:
        return bool(message.HasField(field.name))
    if field.enum_type is not None or field.type == field.TYPE_STRING:
        return bool(getattr(message, field.name))
    return True


def _any_to_plain(message: Any) -> Dict[str, Any]:
    plain: Dict[str, Any] = {"@type": message.type_url}
    package, _, name = message.TypeName().rpartition(".")
    kind = getattr(error_details_pb2, name, None)
    if package == "google.rpc" and kind is not None:
        inside = kind()
        if message.Unpack(inside):
            plain.update(to_plain(inside))
    return plain


def _value_to_plain(field: FieldDescriptor, value: Any) -> Any:
    if not is_message(field):
        return _scalar_to_plain(field, value)
    name = field.message_type.full_name
    if name == "google.protobuf.Any":
        return _any_to_plain(value)
    if name == "google.protobuf.FieldMask":
        return ",".join(value.paths)
    if name == "google.protobuf.Duration":
        seconds = repr(value.seconds + value.nanos / 1e9)
        return (seconds[:-2] if seconds.endswith(".0") else seconds) + "s"
    return to_plain(value)


def to_plain(message: Message) -> Dict[str, Any]:
    """A message as `enthesis ... --format json` prints it."""
    plain: Dict[str, Any] = {}
    for field in message.DESCRIPTOR.fields:
        if not _is_printed(message, field):
            continue
        value = getattr(message, field.name)
        if is_group(field):
            plain[field.json_name] = {g.dimension: g.value for g in value}
        elif is_list(field) and is_message(field) and (
                field.message_type.GetOptions().map_entry):
            plain[field.json_name] = dict(sorted(value.items()))
        elif is_list(field):
            plain[field.json_name] = [_value_to_plain(field, v) for v in value]
        else:
            plain[field.json_name] = _value_to_plain(field, value)
    return plain


def _field_named(kind: Descriptor, name: str, path: str) -> FieldDescriptor:
    for field in kind.fields:
        if name in (field.name, field.json_name):
            return field
    allowed = ", ".join(field.name for field in kind.fields)
    raise ValueError(f"{path}{name}: no such field; allowed: {allowed}")


def _fill(message: Message, plain: Mapping[str, Any], path: str) -> None:
    for name, value in plain.items():
        field = _field_named(message.DESCRIPTOR, name, path)
        here = f"{path}{field.name}"
        if value is None:
            continue
        if is_list(field):
            if isinstance(value, (str, bytes, Mapping)):
                raise ValueError(f"{here}: {value!r} is not a list")
            for index, one in enumerate(value):
                _add(message, field, one, f"{here}[{index}]")
        elif is_message(field):
            inside = getattr(message, field.name)
            if not isinstance(value, Mapping):
                raise ValueError(f"{here}: {value!r} is not a mapping")
            inside.SetInParent()
            _fill(inside, value, here + ".")
        else:
            try:
                setattr(message, field.name, _from_scalar(field, value, here))
            except TypeError as fault:
                raise ValueError(f"{here}: {value!r}: {fault}") from None


def _add(message: Message, field: FieldDescriptor, value: Any,
         path: str) -> None:
    values = getattr(message, field.name)
    if not is_message(field):
        values.append(_from_scalar(field, value, path))
    elif isinstance(value, Mapping):
        _fill(values.add(), value, path + ".")
    else:
        raise ValueError(f"{path}: {value!r} is not a mapping")


def _from_scalar(field: FieldDescriptor, value: Any, path: str) -> Any:
    if field.enum_type is not None:
        return number_of(field.enum_type, value, path)
    whole = field.cpp_type not in (field.CPPTYPE_BOOL, field.CPPTYPE_DOUBLE,
                                   field.CPPTYPE_FLOAT, field.CPPTYPE_STRING)
    if whole and (isinstance(value, bool)
                  or (isinstance(value, float) and not value.is_integer())):
        raise ValueError(f"{path}: {value!r} is not a whole number")
    return int(value) if whole and isinstance(value, float) else value


def from_plain(kind: Type[Kind], plain: Mapping[str, Any],
               path: str = "") -> Kind:
    """The message of plain values; names in either spelling, None is absent.

    ValueError names the path of what means nothing, and what is allowed.
    Ranges and rules are the registry's business.
    """
    message: Kind = kind()
    _fill(message, plain, path)
    return message
