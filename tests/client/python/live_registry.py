"""A registry with a synthetic sample in it, for one test file, and the command
line that asks it the same."""

import json
import os
import pathlib
import subprocess
import sys

TESTS = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TESTS / "e2e"))
from registry_process import RegistryProcess  # noqa: E402


class LiveRegistry(RegistryProcess):
    def __init__(self, enthesisd, enthesis, *options):
        super().__init__(enthesisd, *options)
        self.enthesis = enthesis

    def run(self, *words):
        """What `enthesis` prints on standard output."""
        done = subprocess.run(
            [self.enthesis, "--server", self.address, *words],
            capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{words}: {done.stderr}")
        return done.stdout

    def ask(self, *words):
        return json.loads(self.run(*words, "--format", "json"))

    def load_sample(self, cases=2000, sites=6, seed=3):
        folder = os.path.join(self.folder, "sample")
        listed = self.run(
            "simulate", "--cases", str(cases), "--sites", str(sites), "--seed",
            str(seed), "--out", folder, "--format", "csv")
        for line in listed.splitlines()[1:]:
            site, _, file = line.split(",")
            self.run("site", "create", site, "--synthetic")
            self.run("import", file, "--site", site, "--new-link-file")
