"""Dry runs, rejected lines, progress and interruptions as a clinic meets them.

    dry_run_test.py ENTHESISD ENTHESIS

The file of tests/client/faults has every kind of fault.
"""

import csv
import io
import json
import os
import pathlib
import pty
import re
import signal
import subprocess
import sys
import unittest

from import_program import PROGRAMS, ImportTest, main

FAULTS = pathlib.Path(__file__).resolve().parents[1] / "faults/faults.csv"


def told(report):
    """What a report says of each line, without the time it took."""
    return [(line["line"], line["outcome"], line["note"], line["faults"],
             line["changes"]) for line in report["lines"]]


class DryRunTest(ImportTest):
    def last_commit(self):
        _, out, _ = self.enthesis("site", "list", "--format", "json")
        return re.search(r'"asOf": ?"?(\d+)', out).group(1) if "asOf" in out \
            else out

    def folder(self, name):
        path = os.path.join(self.registry.folder, name)
        os.makedirs(path)
        return path

    def test_it_says_what_the_import_does_and_leaves_nothing(self):
        site, folder = self.new_site(), self.folder("dry")
        path = os.path.join(folder, "export.csv")
        pathlib.Path(path).write_bytes(FAULTS.read_bytes())
        before = self.last_commit()
        code, dry, _ = self.import_json(path, site, "--dry-run")
        self.assertEqual(1, code)
        self.assertTrue(dry["dry_run"])
        self.assertEqual(["export.csv"], os.listdir(folder))
        self.assertEqual(before, self.last_commit())
        code, real, _ = self.import_json(path, site)
        self.assertEqual(1, code)
        self.assertEqual(told(real), told(dry))
        for key in ("created", "rejected", "cases_created", "cases_rejected"):
            self.assertEqual(real["summary"][key], dry["summary"][key])

    def test_people_read_old_and_new_values(self):
        site, folder = self.new_site(), self.folder("change")
        path = os.path.join(folder, "export.csv")
        text = FAULTS.read_text(encoding="utf-8")
        lines = text.splitlines(keepends=True)
        good = "".join(lines[:4])
        pathlib.Path(path).write_text(good, encoding="utf-8")
        self.assertEqual(0, self.import_json(path, site)[0])
        later = good.replace(",18,female,12,", ",19,female,12,")
        self.assertNotEqual(good, later)
        pathlib.Path(path).write_text(later, encoding="utf-8")
        code, out, _ = self.enthesis("import", path, "--site", site,
                                     "--dry-run")
        self.assertEqual(0, code)
        self.assertIn('line 2 (A-001, baseline): would be updated\n'
                      '  age_years: "18" \u2192 "19"\n', out)
        self.assertIn("1 would be updated, 2 unchanged", out)
        self.assertIn("DRY RUN: nothing was stored.", out)
        _, out, _ = self.enthesis("import", path, "--site", site, "--dry-run",
                                  "--format", "csv")
        rows = list(csv.DictReader(io.StringIO(out)))
        self.assertEqual(("age_years", "19", "18"),
                         tuple(rows[0][name] for name in
                               ("column", "value", "before")))

    def test_rejected_lines_are_mended_and_imported_as_they_are(self):
        site, folder = self.new_site(), self.folder("rejects")
        path = os.path.join(folder, "export.csv")
        rejects = os.path.join(folder, "rejects.csv")
        pathlib.Path(path).write_bytes(FAULTS.read_bytes())
        code, report, err = self.import_json(path, site, "--rejects", rejects)
        self.assertEqual(1, code)
        bad = [line for line in report["lines"]
               if line["outcome"] == "rejected"]
        self.assertIn(f"{len(bad)} rejected lines in {rejects}", err)
        with open(rejects, newline="", encoding="utf-8-sig") as file:
            header, *rows = csv.reader(file)
        with open(path, newline="", encoding="utf-8") as file:
            original = list(csv.reader(file))
        self.assertEqual(["import_faults", *original[0]], header)
        # A line that is there twice comes with the one that it repeats.
        [repeated] = [row for row in rows if "goes with line" in row[0]]
        rows.remove(repeated)
        self.assertEqual("line 176: goes with line 177", repeated[0])
        self.assertEqual([original[line["line"] - 1] for line in bad],
                         [row[1:] for row in rows])
        for line, row in zip(bad, rows):
            self.assertTrue(row[0].startswith(f"line {line['line']}: "))
            for fault in line["faults"]:
                self.assertIn(fault["message"], row[0])
        # As it is: the same faults, and nothing has vanished.
        code, again, _ = self.import_json(rejects, site)
        self.assertEqual(1, code)
        self.assertEqual([], again["vanished"])
        self.assertEqual([[f["message"] for f in line["faults"]
                           if "line" not in f["message"]] for line in bad],
                         [[f["message"] for f in line["faults"]
                           if "line" not in f["message"]]
                          for line in again["lines"]
                          if line["outcome"] != "unchanged"])
        # One line mended, as a spreadsheet with semicolons would save it.
        age = header.index("age_years")
        [young] = [row for row in rows if row[1] == "A-019"]
        self.assertEqual("17", young[age])
        young[age] = "18"
        with open(rejects, "w", newline="", encoding="cp1252") as file:
            csv.writer(file, delimiter=";").writerows([header, young])
        code, mended, _ = self.import_json(rejects, site, "--rejects",
                                           os.path.join(folder, "r2.csv"))
        self.assertEqual(0, code)
        self.assertEqual(["created"],
                         [line["outcome"] for line in mended["lines"]])
        with open(os.path.join(folder, "r2.csv"), encoding="utf-8") as file:
            self.assertEqual(1, len(file.readlines()))
        # The whole file, mended, knows the line again.
        line = [x for x in bad if x["record"] == young[1]][0]["line"]
        original[line - 1][age - 1] = "18"
        with open(path, "w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(original)
        _, whole, _ = self.import_json(path, site)
        self.assertEqual([], [x for x in whole["lines"] if x["outcome"] not in
                              ("unchanged", "rejected")])

    def test_rejects_do_not_overwrite_the_file(self):
        path = self.write("mine.csv", FAULTS.read_bytes())
        link = os.path.join(self.registry.folder, "other-name.csv")
        os.symlink(path, link)
        for name in (path, link):
            code, _, err = self.enthesis("import", path, "--site", "site-01",
                                         "--rejects", name)
            self.assertEqual(2, code)
            self.assertIn("is the file that is imported", err)
        self.assertEqual(FAULTS.read_bytes(),
                         pathlib.Path(path).read_bytes())


class LongImportTest(ImportTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = os.path.join(cls.registry.folder, "sample")
        code, _, err = cls.enthesis("simulate", "--cases", "3000", "--sites",
                                    "1", "--out", folder)
        assert code == 0, err
        cls.path = os.path.join(folder, "site-01.csv")

    def start(self, site, links, server=None):
        """The import with standard error on a terminal; its process and the
        terminal's other end."""
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            self.command("import", self.path, "--site", site, "--links",
                         links, "--format", "json", server=server),
            stdout=subprocess.PIPE, stderr=theirs)
        os.close(theirs)
        return process, ours

    @staticmethod
    def read_to_end(terminal):
        seen = b""
        while True:
            try:
                data = os.read(terminal, 65536)
            except OSError:
                data = b""
            if not data:
                os.close(terminal)
                return seen.decode()
            seen += data

    def test_a_terminal_shows_progress_and_a_pipe_none(self):
        site = self.new_site("--synthetic")
        links = os.path.join(self.registry.folder, "progress-links")
        process, terminal = self.start(site, links)
        out, _ = process.communicate(), None
        seen = self.read_to_end(terminal)
        self.assertEqual(0, process.returncode)
        self.assertNotIn(b"\r", out[0])
        self.assertRegex(seen, r"\[=* *\] \d+ %, \d+ of 3000 records")
        self.assertTrue(seen.endswith("\r\x1b[K"), repr(seen[-40:]))
        code, _, err = self.enthesis("import", self.path, "--site", site,
                                     "--links", links)
        self.assertEqual((0, ""), (code, err))

    def test_control_c_stops_and_the_same_command_goes_on(self):
        site = self.new_site("--synthetic")
        links = os.path.join(self.registry.folder, "stopped-links")
        process, terminal = self.start(site, links)
        os.read(terminal, 1)  # the first sign of progress
        process.send_signal(signal.SIGINT)
        process.communicate()
        seen = self.read_to_end(terminal)
        self.assertEqual(3, process.returncode, seen)
        self.assertRegex(seen, r"Interrupted; \d+ lines not known to be.*\s+.*"
                               r"the same command\s+goes\s+on")
        code, report, _ = self.import_json(self.path, site, "--links", links)
        self.assertEqual(0, code)
        self.assertGreater(report["summary"]["unchanged"], 0)
        self.assertGreater(report["summary"]["created"], 0)
        _, report, _ = self.import_json(self.path, site, "--links", links)
        self.assertEqual(0, report["summary"]["created"])

    def serve(self, data):
        """A server on `data`, and its address."""
        server = subprocess.Popen(
            [PROGRAMS["enthesisd"], "--data=" + data, "--listen=127.0.0.1:0"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.addCleanup(server.stdout.close)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        mark = "enthesisd listening on "
        for line in server.stdout:
            if line.startswith(mark):
                return server, line[len(mark):].strip()
        raise RuntimeError("enthesisd did not start")

    def test_a_lost_server_is_told_and_the_same_command_goes_on(self):
        data = os.path.join(self.registry.folder, "lost-data")
        links = os.path.join(self.registry.folder, "lost-links")
        site = "site-lost"
        server, address = self.serve(data)
        self.enthesis("site", "create", site, "--synthetic", server=address)
        process, terminal = self.start(site, links, address)
        os.read(terminal, 1)
        server.kill()
        server.wait()
        process.communicate()
        seen = self.read_to_end(terminal)
        self.assertEqual(3, process.returncode, seen)
        self.assertIn("UNAVAILABLE", seen)
        self.assertRegex(seen, r"The import stopped; \d+ lines not known")
        _, address = self.serve(data)
        command = ("import", self.path, "--site", site, "--links", links)
        code, out, err = self.enthesis(*command, server=address)
        self.assertEqual(0, code, out + err)
        _, out, _ = self.enthesis(*command, "--format", "json",
                                  server=address)
        summary = json.loads(out)["summary"]
        self.assertEqual((0, 0), (summary["created"], summary["updated"]))
        # Nothing is lost, nothing is there twice.
        _, out, _ = self.enthesis("describe", "--format", "json",
                                  server=address)
        self.assertRegex(out, r'"(cohort|nCases|cases)[^0-9]*3000\b')


if __name__ == "__main__":
    main(sys.argv)
