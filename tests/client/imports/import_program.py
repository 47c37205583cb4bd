"""What the tests of `enthesis import` share: a registry, sites of their own,
files in its folder, the command run to its end."""

import json
import os
import pathlib
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "e2e"))

from registry_process import RegistryProcess  # noqa: E402

PROGRAMS = {}


class ImportTest(unittest.TestCase):
    maxDiff = None
    n_sites = 50

    @classmethod
    def setUpClass(cls):
        cls.registry = RegistryProcess(PROGRAMS["enthesisd"])
        cls.addClassCleanup(cls.registry.__exit__)

    @classmethod
    def command(cls, *arguments, server=None):
        return [PROGRAMS["enthesis"], "--server",
                server or cls.registry.address, *arguments]

    @classmethod
    def enthesis(cls, *arguments, server=None):
        """Exit code, standard output and standard error."""
        run = subprocess.run(cls.command(*arguments, server=server),
                             capture_output=True, check=False)
        return (run.returncode, run.stdout.decode(), run.stderr.decode())

    @classmethod
    def new_site(cls, *options):
        ImportTest.n_sites += 1
        site = f"site-{ImportTest.n_sites:02d}"
        code, _, err = cls.enthesis("site", "create", site, *options)
        assert code == 0, err
        return site

    @classmethod
    def write(cls, name, data):
        """A file in the registry's folder; its path."""
        path = os.path.join(cls.registry.folder, name)
        with open(path, "wb") as file:
            file.write(data if isinstance(data, bytes) else data.encode())
        return path

    @classmethod
    def import_json(cls, path, site, *options):
        """Exit code, the report and standard error."""
        code, out, err = cls.enthesis("import", path, "--site", site,
                                      "--format", "json", *options)
        assert code in (0, 1), err
        return code, json.loads(out), err


def main(arguments):
    PROGRAMS["enthesisd"], PROGRAMS["enthesis"] = arguments[1:3]
    unittest.main(argv=[arguments[0], *arguments[3:]])
