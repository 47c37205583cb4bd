"""What enthesis.v1 promises, as lines, and whether a change keeps it.

    interface.py                  says what the protos break, if anything
    interface.py --release VERSION [--breaking]
                                  makes proto/released/v1.txt again

Each line of proto/released/v1.txt is one promise: a message, a field with its
number, name, type and presence, a value of a code list, a method. A change
keeps them all when each line still holds; new lines are free. That is what
`buf breaking` asks in its categories FILE and WIRE_JSON, and any option
besides but `deprecated`: buf 1.50 finds the same in the changes of
interface_test.py, save `packed`.
"""

import argparse
import pathlib
import shutil
import subprocess
import sys
import tempfile

from google.protobuf import descriptor_pb2

SOURCE_DIR = pathlib.Path(__file__).resolve().parents[2]
BASELINE = SOURCE_DIR / "proto/released/v1.txt"
KINDS = descriptor_pb2.FieldDescriptorProto

HEAD = """\
# What enthesis.v1 promised at its last release: {version}.
# Made by tests/repository/interface.py; proto/README.md says what it means.
"""


def descriptors_of(proto):
    """The descriptors of every file of enthesis.v1 in the folder `proto`."""
    protoc = shutil.which("protoc")
    if protoc is None:
        raise SystemExit("protoc is not installed; Debian has it in the "
                         "package protobuf-compiler")
    files = sorted(p.relative_to(proto).as_posix()
                   for p in pathlib.Path(proto, "enthesis/v1").glob("*.proto"))
    if not files:
        raise SystemExit(f"there are no protos in {proto}/enthesis/v1")
    with tempfile.NamedTemporaryFile() as made:
        subprocess.run([protoc, "-I", str(proto),
                        f"--descriptor_set_out={made.name}", *files],
                       check=True)
        described = descriptor_pb2.FileDescriptorSet.FromString(made.read())
    return sorted(described.file, key=lambda file: file.name)


def options_of(element):
    """Options that change code or bytes, as text; deprecation does not."""
    kept = type(element.options)()
    kept.CopyFrom(element.options)
    kept.ClearField("deprecated")
    return " ".join(f"{field.name}={value}" for field, value
                    in kept.ListFields())


def type_of(field):
    if field.type_name:
        return field.type_name.lstrip(".")
    return KINDS.Type.Name(field.type)[len("TYPE_"):].lower()


def presence_of(field, message):
    """How often a field is there, and whether its absence is told."""
    if field.label == KINDS.LABEL_REPEATED:
        return "repeated"
    if field.proto3_optional:
        return "optional"
    if field.HasField("oneof_index"):
        return f"oneof {message.oneof_decl[field.oneof_index].name}"
    return "required" if field.label == KINDS.LABEL_REQUIRED else "plain"


def json_name_of(name):
    first, *others = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in others)


def message_lines(message, scope, file):
    name = f"{scope}.{message.name}"
    yield f"message {name}: in {file} {options_of(message)}"
    for field in message.field:
        json = ("" if field.json_name == json_name_of(field.name)
                else f"json_name={field.json_name} ")
        yield (f"field {name} {field.number}: {field.name} "
               f"{type_of(field)} {presence_of(field, message)} "
               f"{json}{options_of(field)}")
    for span in message.reserved_range:
        yield f"reserved {name} {span.start} to {span.end - 1}: numbers"
    for text in message.reserved_name:
        yield f"reserved {name} {text}: a name"
    for inner in message.nested_type:
        yield from message_lines(inner, name, file)
    for inner in message.enum_type:
        yield from enum_lines(inner, name, file)


def enum_lines(enum, scope, file):
    name = f"{scope}.{enum.name}"
    yield f"enum {name}: in {file} {options_of(enum)}"
    for value in enum.value:
        yield f"value {name} {value.number}: {value.name} {options_of(value)}"
    for span in enum.reserved_range:
        yield f"reserved {name} {span.start} to {span.end}: numbers"
    for text in enum.reserved_name:
        yield f"reserved {name} {text}: a name"


def service_lines(service, scope, file):
    name = f"{scope}.{service.name}"
    yield f"service {name}: in {file} {options_of(service)}"
    for method in service.method:
        asked = "stream " * method.client_streaming + method.input_type[1:]
        told = "stream " * method.server_streaming + method.output_type[1:]
        idempotency = descriptor_pb2.MethodOptions.IdempotencyLevel.Name(
            method.options.idempotency_level)
        yield (f"method {name}/{method.name}: {asked} returns {told} "
               f"{idempotency.lower()}")


def promises_of(proto):
    """The lines of the protos in a folder, file by file."""
    lines = []
    for file in descriptors_of(proto):
        lines.append(f"file {file.name}: package {file.package}, syntax "
                     f"{file.syntax or 'proto2'} {options_of(file)}")
        for message in file.message_type:
            lines += message_lines(message, file.package, file.name)
        for enum in file.enum_type:
            lines += enum_lines(enum, file.package, file.name)
        for service in file.service:
            lines += service_lines(service, file.package, file.name)
    return [line.strip() for line in lines]


def breaches(released, current):
    """What of the released lines does not hold any more, for people."""
    now = {}
    for line in current:
        element, _, what = line.partition(":")
        now.setdefault(element, []).append(what.strip())
    found = []
    for line in released:
        element, _, what = line.partition(":")
        if what.strip() not in now.get(element, []):
            instead = " or ".join(now.get(element, [])) or "gone"
            found.append(f"{element}: was {what.strip()}; is {instead}")
    return found


def read_baseline():
    lines = BASELINE.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def version_of_baseline():
    """The version that the baseline was made for, or "Unreleased"."""
    head = BASELINE.read_text(encoding="utf-8").splitlines()[0]
    return head.rpartition(": ")[2].rstrip(".")


def main():
    flags = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    flags.add_argument("--release", metavar="VERSION")
    flags.add_argument("--breaking", action="store_true",
                       help="although promises are broken: a new major "
                       "version, or nothing was released yet")
    chosen = flags.parse_args()
    current = promises_of(SOURCE_DIR / "proto")
    found = breaches(read_baseline(), current) if BASELINE.exists() else []
    for breach in found:
        print(breach)
    if chosen.release and (not found or chosen.breaking):
        text = HEAD.format(version=chosen.release) + "\n".join(current) + "\n"
        BASELINE.write_text(text, encoding="utf-8")
        print(f"{BASELINE.relative_to(SOURCE_DIR)}: {len(current)} promises")
        return 0
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
