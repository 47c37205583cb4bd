"""Makes the modules of the interface while the package is built."""

import pathlib
import sys

from setuptools import setup
from setuptools.command.build_py import build_py

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from assemble import assemble  # noqa: E402  pip runs this file elsewhere


class BuildWithModules(build_py):
    def run(self):
        assemble(self.build_lib)


setup(cmdclass={"build_py": BuildWithModules})
