"""What stands on a terminal is no wider than it; a file has no limit."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import tempfile
import termios
import unittest

from on_sample import ENTHESIS, OnSample

QUESTIONS = (
    ("describe", "--by", "sex"),
    ("describe", "--by", "approach,sex"),
    ("survival", "--endpoint", "reoperation", "--by", "approach", "--at",
     "12m,24m"),
    ("incidence", "--endpoint", "reoperation", "--by", "approach"),
    ("return-to-play", "--by", "sport_level"),
    ("score-change", "--by", "approach"),
    ("cox", "--endpoint", "complication", "--covariates", "sex,age_years"),
    ("fine-gray", "--endpoint", "complication", "--covariates", "sex"),
    ("parametric", "--endpoint", "complication", "--covariates", "sex"),
    ("interval", "--endpoint", "full_weight_bearing"),
    ("compare", "--by", "approach", "--visit", "12_months"),
    ("ancova", "--by", "approach", "--covariates", "age_years", "--visit",
     "6_months"),
    ("mixed", "--covariates", "age_years"),
    ("regress", "--endpoint", "complication", "--by-day", "3m",
     "--covariates", "age_years"),
    ("sites", "--endpoint", "complication", "--by-day", "3m"),
    ("funnel", "--endpoint", "complication", "--by-day", "3m"),
    ("forest", "--endpoint", "complication", "--by-day", "3m"),
    ("cusum", "--endpoint", "complication", "--by-day", "3m", "--site",
     "site-02"),
    ("completeness",),
    ("quality", "--site", "site-02"),
    ("case", "list", "--site", "site-02", "--year", "2019"),
    ("explain", "median"),
)


class Screen(OnSample):
    sample = {"cases": 2400, "sites": 3}

    def on_terminal(self, width, *words, code=0, **variables):
        """What stands on a terminal of `width` columns."""
        main, terminal = pty.openpty()
        fcntl.ioctl(terminal, termios.TIOCSWINSZ,
                    struct.pack("HHHH", 40, width, 0, 0))
        environment = {k: v for k, v in os.environ.items()
                       if k not in ("COLUMNS", "NO_COLOR", "TERM")}
        with subprocess.Popen(
                [ENTHESIS, "--server", self.registry.address, *words],
                stdout=subprocess.DEVNULL if code else terminal,
                stderr=terminal if code else subprocess.DEVNULL,
                env={**environment, **variables}) as process:
            os.close(terminal)
            text = b""
            while True:
                try:
                    part = os.read(main, 65536)
                except OSError:  # the program has ended
                    break
                if not part:
                    break
                text += part
            os.close(main)
        self.assertEqual(process.returncode, code, words)
        return text.decode().replace("\r\n", "\n")

    def test_no_line_is_wider(self):
        for width in (60, 80, 120):
            for words in QUESTIONS:
                wide = [line for line in
                        self.on_terminal(width, *words).splitlines()
                        if len(line) > width]
                with self.subTest(width=width, words=words):
                    self.assertEqual(wide, [])

    def test_columns_are_asked_first(self):
        words = QUESTIONS[2]
        self.assertEqual(self.on_terminal(120, *words, COLUMNS="70"),
                         self.on_terminal(70, *words))
        self.assertEqual(self.on_terminal(120, *words, COLUMNS="wide"),
                         self.on_terminal(120, *words))

    def test_color_is_for_terminals_that_have_it_alone(self):
        for words in QUESTIONS:
            plain = self.on_terminal(80, *words)  # without TERM
            self.assertNotIn("\x1b", plain)
            self.assertNotIn("\x1b", self.registry.run(*words))
            for refused in ({"TERM": "dumb"},
                            {"TERM": "xterm", "NO_COLOR": "1"}):
                self.assertEqual(plain, self.on_terminal(80, *words,
                                                         **refused))
            dressed = self.on_terminal(80, *words, TERM="xterm")
            self.assertEqual(plain, re.sub("\x1b\\[[0-9]*m", "", dressed))
        # The headings of a table, and no line else.
        dressed = self.on_terminal(80, *QUESTIONS[2], TERM="xterm")
        lines = dressed.split("\n")
        bold = [i for i, line in enumerate(lines) if "\x1b[1m" in line]
        self.assertTrue(bold)
        for i in bold:
            self.assertTrue(lines[i].endswith("\x1b[0m"))
            self.assertRegex(lines[i + 1], "^(-[- ]+|\x1b.*)$")

    def test_what_went_wrong_is_red_on_a_terminal(self):
        wrong = ("survival", "--by", "nobody")
        red = "\x1b[31menthesis:\x1b[0m "
        self.assertTrue(self.on_terminal(80, *wrong, code=2,
                                         TERM="xterm").startswith(red))
        for refused in ({}, {"TERM": "dumb"},
                        {"TERM": "xterm", "NO_COLOR": "1"}):
            self.assertTrue(self.on_terminal(
                80, *wrong, code=2, **refused).startswith("enthesis: "))

    def test_a_full_disk_is_said(self):
        here = tempfile.TemporaryDirectory()
        self.addCleanup(here.cleanup)
        table = os.path.join(here.name, "t.csv")
        with open(table, "w", encoding="utf-8") as file:
            file.write("time,event\n1,1\n2,0\n3,1\n")
        documents = [*QUESTIONS, ("case", "export", "--site", "site-02"),
                     ("case", "fields"), ("site", "list"),
                     ("template", "csv"), ("map", "guess", table),
                     ("completion", "bash"), ("man",), ("--help",),
                     ("--version",), ("cox", "--help"),
                     ("import", "--columns"),
                     ("simulate", "--cases", "10", "--sites", "1", "--out",
                      os.path.join(here.name, "s")),
                     ("analyze", "survival", "--data", table, "--time",
                      "time", "--event", "event")]
        for words in documents:
            for form in ((), ("--format", "json"), ("--format", "csv")):
                if form and words[0] != "explain":
                    continue
                with open("/dev/full", "wb") as full:
                    done = subprocess.run(
                        [ENTHESIS, "--server", self.registry.address, *words,
                         *form], stdout=full, stderr=subprocess.PIPE,
                        text=True, check=False)
                with self.subTest(words=words, form=form):
                    self.assertEqual(done.returncode, 3)
                    self.assertEqual(
                        done.stderr.count("standard output: No space left"),
                        1, done.stderr)

    def test_a_file_has_no_limit(self):
        self.assertTrue(any(
            len(line) > 90 for line in
            self.registry.run("describe", "--by", "approach,sex").split("\n")))


if __name__ == "__main__":
    unittest.main()
