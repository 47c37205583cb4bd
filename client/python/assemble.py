"""Puts the package together: its sources and the modules of the interface.

    python3 assemble.py DIR

writes DIR/enthesis, ready for import. `pip` and `setup.py` do the same. The
modules are made from ../../proto by protoc (Debian: protobuf-compiler) and its
gRPC plugin (protobuf-compiler-grpc), and are not kept in the tree: they belong
to the protos that they are made from.
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
PROTO = HERE.parents[1] / "proto"
SERVICES = ("registry_service", "statistics_service")

# Where google.rpc is installed it is used: two copies of one message in a
# process are refused by protobuf.
RPC = '''"""Error details of google.rpc: those installed, else our own copy."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from enthesis.rpc.copy import error_details_pb2, status_pb2
else:
    try:
        from google.rpc import error_details_pb2, status_pb2
    except ImportError:
        from enthesis.rpc.copy import error_details_pb2, status_pb2

__all__ = ["error_details_pb2", "status_pb2"]
'''


def tool(name, package):
    found = shutil.which(name)
    if found is None:
        raise SystemExit(f"{name} is not installed; Debian has it in the "
                         f"package {package}")
    return found


def make_modules(package):
    """Writes the subpackages `v1` and `rpc` into the folder `package`."""
    protoc = tool("protoc", "protobuf-compiler")
    plugin = tool("grpc_python_plugin", "protobuf-compiler-grpc")
    ours = sorted(p.relative_to(PROTO).as_posix()
                  for p in (PROTO / "enthesis/v1").glob("*.proto"))
    if not ours:
        raise SystemExit(f"there are no protos in {PROTO}/enthesis/v1")
    with tempfile.TemporaryDirectory() as made:
        subprocess.run(
            [protoc, "-I", str(PROTO), f"--python_out={made}",
             f"--pyi_out={made}", *ours, "google/rpc/status.proto",
             "google/rpc/error_details.proto"], check=True)
        subprocess.run(
            [protoc, "-I", str(PROTO), f"--grpc_python_out={made}",
             f"--plugin=protoc-gen-grpc_python={plugin}",
             *(f"enthesis/v1/{name}.proto" for name in SERVICES)], check=True)
        copy_modules(pathlib.Path(made, "enthesis/v1"), package / "v1")
        copy_modules(pathlib.Path(made, "google/rpc"), package / "rpc/copy")
    (package / "rpc/__init__.py").write_text(RPC, encoding="utf-8")


def copy_modules(made, folder):
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("", encoding="utf-8")
    for module in sorted(made.iterdir()):
        text = re.sub(r"^from google\.rpc import", "from enthesis.rpc import",
                      module.read_text(encoding="utf-8"), flags=re.MULTILINE)
        (folder / module.name).write_text(text, encoding="utf-8")


def assemble(target):
    """Writes the package `enthesis` into the folder `target`, anew."""
    package = pathlib.Path(target, "enthesis")
    if package.exists():
        shutil.rmtree(package)
    shutil.copytree(HERE / "enthesis", package,
                    ignore=shutil.ignore_patterns("__pycache__"))
    make_modules(package)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    assemble(sys.argv[1])
