"""What stands on a terminal is no wider than it; a file has no limit."""

import fcntl
import os
import pty
import struct
import subprocess
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

    def on_terminal(self, width, *words, **variables):
        """What stands on a terminal of `width` columns."""
        main, terminal = pty.openpty()
        fcntl.ioctl(terminal, termios.TIOCSWINSZ,
                    struct.pack("HHHH", 40, width, 0, 0))
        environment = {k: v for k, v in os.environ.items() if k != "COLUMNS"}
        with subprocess.Popen(
                [ENTHESIS, "--server", self.registry.address, *words],
                stdout=terminal, stderr=subprocess.DEVNULL,
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
        self.assertEqual(process.returncode, 0, words)
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

    def test_no_escape_is_sent(self):
        for words in QUESTIONS:
            self.assertNotIn("\x1b", self.on_terminal(80, *words))
            self.assertNotIn("\x1b", self.registry.run(*words))

    def test_a_file_has_no_limit(self):
        self.assertTrue(any(
            len(line) > 90 for line in
            self.registry.run("describe", "--by", "approach,sex").split("\n")))


if __name__ == "__main__":
    unittest.main()
