"""Runs `enthesis analyze` for the tests of this folder."""

import json
import pathlib
import subprocess
import sys

DATA = pathlib.Path(__file__).resolve().parents[2] / "golden" / "data"
DONE, USAGE, FAILED = 0, 2, 3

program = sys.argv[1]

CAUSES = """time,cause,arm,score,x
5,1,B,3,1
6,2,A,1,0
6,0,B,4,2
7,1,A,2,1
8,2,B,7,0
9,1,A,5,2
9,0,A,6,1
12,1,B,9,0
13,0,A,8,1
15,2,B,4,2
"""


def run(*args, stdin=None):
    return subprocess.run([program, "analyze", *args], input=stdin,
                          capture_output=True, text=True, check=False)


def answer(*args, stdin=None):
    """The JSON document; standard output holds it and nothing else."""
    done = run(*args, "--format", "json", stdin=stdin)
    assert done.returncode == DONE, done.stderr

    def refuse(constant):
        raise ValueError(f"{constant} is no JSON")
    return json.loads(done.stdout, parse_constant=refuse)


def golden(name):
    """A golden input without its comment lines."""
    lines = (DATA / f"{name}.csv").read_text(encoding="utf-8").splitlines()
    return "\n".join(l for l in lines if not l.startswith("#")) + "\n"


def survival(*args, stdin):
    return answer("survival", "--data", "-", "--time", "time", "--event",
                  "cause", *args, stdin=stdin)
