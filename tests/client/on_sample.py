"""Tests that ask the command line of a registry with a synthetic sample. Takes
the paths of the programs, ENTHESISD ENTHESIS, from the command line."""

import csv
import io
import pathlib
import sys
import unittest

ENTHESISD, ENTHESIS = sys.argv.pop(1), sys.argv.pop(1)
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "python"))
from live_registry import LiveRegistry  # noqa: E402


class OnSample(unittest.TestCase):
    sample = {"cases": 900, "sites": 3}

    @classmethod
    def setUpClass(cls):
        cls.registry = cls.enterClassContext(
            LiveRegistry(ENTHESISD, ENTHESIS))
        cls.registry.load_sample(**cls.sample)

    def csv(self, *words):
        return csv.DictReader(io.StringIO(
            self.registry.run(*words, "--format", "csv")))

    def rows(self, *words):
        return list(self.csv(*words))
