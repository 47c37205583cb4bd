"""enthesis link: the clinic's key from its records to the cases.

    link_test.py ENTHESISD ENTHESIS
"""

import csv
import os
import pty
import select
import signal
import socket
import subprocess

from care_program import (COLUMNS, Care, DONE, REJECTED, SERVER, USAGE, baseline,
                          main, visit)


class LinkTest(Care):
    def setUp(self):
        super().setUp()
        self.import_lines(baseline("A"), visit("A", 91),
                          baseline("B", age_years="51",
                                   surgery_date="2020-06-01"))

    def secret(self, name, text="correct horse battery\n"):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o600)
        return path

    def test_a_file_that_is_not_there_is_named_as_the_command_takes_it(self):
        gone, dates = self.folder / "gone.tsv", self.write_csv("d.csv", [
            {"record_id": "A", "surgery_date": "2020-03-04"}])
        for words, said in [
                (("verify", gone), "give its path as FILE"),
                (("verify", gone, "--registry"), "give its path as FILE"),
                (("decrypt", gone), "give its path as FILE"),
                (("backup", gone, self.folder / "copy"),
                 "give its path as FILE"),
                (("dates", gone, dates), "give its path as FILE"),
                (("merge", self.links, gone), "give its path as OTHER"),
                (("restore", self.links, gone), "give its path as COPY")]:
            with self.subTest(words=words):
                message = self.refused(SERVER, "link", *words)
                self.assertIn(said, message)
                self.assertIn("gone.tsv: No such file", message)
                self.assertIn("`enthesis link lost`", message)
                self.assertNotIn("--links", message)
                self.assertFalse(gone.exists())
        self.assertIn("name it (--links FILE)", self.refused(
            SERVER, "due", "--links", gone))
        self.assertIn("this is not a link file", self.refused(
            USAGE, "link", "verify", dates))

    def test_an_import_that_a_signal_ends_leaves_no_lock(self):
        # A registry that answers nothing: nothing is sent to be stored.
        with socket.create_server(("127.0.0.1", 0)) as silent:
            address = f"127.0.0.1:{silent.getsockname()[1]}"
            lock = self.folder / "links.tsv.lock"
            for number in (signal.SIGINT, signal.SIGTERM):
                with subprocess.Popen(
                        [self.enthesis, "--server", address, "import",
                         self.folder / "export.csv", "--site", self.site,
                         "--links", self.links], stdout=subprocess.DEVNULL,
                        stderr=subprocess.DEVNULL) as process:
                    connection, _ = silent.accept()
                    self.assertTrue(lock.exists())
                    process.send_signal(number)
                    self.assertEqual(-number, process.wait(timeout=60))
                    connection.close()
                self.assertFalse(lock.exists())
        self.done("link", "verify", self.links)

    def test_encrypted_and_used_by_every_command(self):
        secret = self.secret("secret")
        plain = self.links.read_bytes()
        self.done("link", "encrypt", self.links, "--new-passphrase-file",
                  secret)
        self.assertNotIn(b"record", self.links.read_bytes())
        with_secret = ("--passphrase-file", secret)
        path = self.folder / "export.csv"
        self.assertIn("no terminal", self.refused(
            SERVER, "import", path, "--site", self.site, "--links",
            self.links))
        report = self.import_file(path, *with_secret)
        self.assertEqual({"unchanged"},
                         {line["outcome"] for line in report["lines"]})
        lines = [baseline("A", bmi="28"), visit("A", 91),
                 baseline("B", age_years="51", surgery_date="2020-06-01")]
        self.import_file(self.write_csv("export.csv", lines), *with_secret)
        self.assertNotIn(b"record", self.links.read_bytes())
        self.assertEqual(0o600, self.links.stat().st_mode & 0o777)
        self.done("due", "--links", self.links, *with_secret)
        self.done("link", "verify", self.links, "--registry", *with_secret)
        exported = self.done("case", "export", "--site", self.site, "--links",
                             self.links, *with_secret)
        self.assertIn("\nA,baseline,", exported)
        wrong = self.secret("wrong", "correct horse batterY\n")
        self.assertIn("passphrase is another one", self.refused(
            SERVER, "link", "verify", self.links, "--passphrase-file", wrong))
        other = self.secret("other", "a second passphrase\n")
        self.done("link", "encrypt", self.links, "--new-passphrase-file",
                  other, *with_secret)
        self.refused(SERVER, "link", "decrypt", self.links, *with_secret)
        self.done("link", "decrypt", self.links, "--passphrase-file", other)
        self.assertEqual(
            plain.split(b"\t")[:4], self.links.read_bytes().split(b"\t")[:4])

    def test_the_passphrase_is_asked_without_echo(self):
        self.done("link", "encrypt", self.links, "--new-passphrase-file",
                  self.secret("secret"))
        ours, theirs = pty.openpty()
        run = subprocess.Popen(
            [self.enthesis, "link", "verify", str(self.links)],
            stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, start_new_session=True,
            preexec_fn=lambda: __import__("fcntl").ioctl(
                0, __import__("termios").TIOCSCTTY, 0))
        os.close(theirs)
        seen = b""
        while b"Passphrase of" not in seen:
            self.assertTrue(select.select([ours], [], [], 60)[0])
            seen += os.read(ours, 1000)
        os.write(ours, b"correct horse battery\n")
        out, err = run.communicate(timeout=60)
        try:
            seen += os.read(ours, 1000)
        except OSError:
            pass  # the other end is closed
        os.close(ours)
        self.assertEqual(DONE, run.returncode, err)
        self.assertIn("encrypted", out)
        self.assertNotIn(b"correct", seen)
        # What follows does not stand on the line of the question.
        self.assertTrue(seen.endswith(b": \r\n"), seen)

    def test_a_passphrase_file_of_everybody_is_refused(self):
        secret = self.secret("secret")
        secret.chmod(0o644)
        self.assertIn("chmod 600", self.refused(
            SERVER, "link", "encrypt", self.links, "--new-passphrase-file",
            secret))
        self.assertIn("too short", self.refused(
            SERVER, "link", "encrypt", self.links, "--new-passphrase-file",
            self.secret("short", "1234567\n")))
        self.assertNotIn("passphrase ", self.done(
            "link", "encrypt", "--help").split("Examples")[1])

    def test_rights_of_others_are_mended_with_a_word(self):
        self.links.chmod(0o644)
        run = self.run_command("import", self.folder / "export.csv", "--site",
                               self.site, "--links", self.links)
        self.assertEqual(DONE, run.returncode)
        self.assertIn("0644", run.stderr)
        self.assertEqual(0o600, self.links.stat().st_mode & 0o777)

    def test_backup_and_restore(self):
        copy = self.folder / "copy.tsv"
        self.done("link", "backup", self.links, copy)
        self.assertEqual(self.links.read_bytes(), copy.read_bytes())
        self.assertEqual(0o600, copy.stat().st_mode & 0o777)
        self.assertIn("--force", self.refused(
            USAGE, "link", "backup", self.links, copy))
        # Lost, then damaged.
        self.links.unlink()
        self.done("link", "restore", self.links, copy)
        self.assertEqual(copy.read_bytes(), self.links.read_bytes())
        self.links.write_bytes(copy.read_bytes()[:-20])
        self.refused(USAGE, "link", "verify", self.links)
        self.assertIn("--force", self.refused(
            USAGE, "link", "restore", self.links, copy))
        self.done("link", "restore", self.links, copy, "--force")
        self.assertEqual(copy.read_bytes(), self.links.read_bytes())
        # The copy is older than what is there.
        self.import_lines(baseline("C", age_years="60"))
        rows = self.csv("link", "restore", self.links, copy, code=REJECTED)
        self.assertEqual(["C"], [row["record"] for row in rows])
        self.assertIn("C", self.linked())
        self.done("link", "restore", self.links, copy, "--force")
        self.assertNotIn("C", self.linked())
        aside = self.folder / "links.tsv.before-restore"
        self.assertIn("\tC\t", "\t" + aside.read_text(encoding="utf-8"))
        damaged = self.folder / "damaged.tsv"
        damaged.write_bytes(copy.read_bytes()[:50])
        self.refused(USAGE, "link", "restore", self.links, damaged)

    def test_two_coordinators_merge_theirs(self):
        hers = self.folder / "hers.tsv"
        self.done("link", "backup", self.links, hers)
        path = self.write_csv("hers.csv", [
            baseline("C", age_years="60"), visit("C", 91)])
        self.import_file(path, links=hers)
        mine = self.write_csv("mine.csv", [
            baseline("D", age_years="61"), baseline("A"), visit("A", 91),
            visit("A", 183)])
        # As an old copy of the link file would do.
        said = self.refused(USAGE, "import", mine, "--site", self.site,
                            "--links", self.links)
        self.assertIn("has 1 case that the link file", said)
        self.import_file(mine, "--shared-site")
        message = self.json("link", "merge", self.links, hers)["message"]
        self.assertIn("1 added", message)
        self.assertEqual(set("ABCD"), set(self.linked()))
        self.done("link", "merge", hers, self.links)
        self.assertEqual(self.links.read_bytes(), hers.read_bytes())
        self.done("link", "verify", hers, "--registry")
        before = self.last_commit()
        self.import_file(path)
        self.assertEqual(before, self.last_commit())

    def test_two_coordinators_with_a_limb_each(self):
        columns = [*COLUMNS, "patient_key"]
        hers = self.folder / "hers.tsv"
        mine = self.write_csv("mine.csv", [
            baseline("L", patient_key="one-1", age_years="60")], columns)
        right = baseline("R", patient_key="one-1", age_years="60",
                         laterality="right")
        path = self.write_csv("hers.csv", [right], columns)
        self.import_file(mine)
        self.import_file(path, "--new-link-file", links=hers)
        told = self.json("link", "merge", self.links, hers)["problems"]
        self.assertEqual(["one-1"], [row["record"] for row in told])
        self.assertIn("registry has two persons", told[0]["problem"])
        self.done("link", "merge", hers, self.links)
        self.assertEqual(self.links.read_bytes(), hers.read_bytes())
        self.assertEqual([], self.json("link", "merge", hers,
                                       self.links)["problems"])
        self.done("link", "verify", self.links, "--registry")
        # The lines of both are taken, with changes, too.
        right["bmi"] = "31"
        for file in (mine, self.write_csv("hers.csv", [right], columns)):
            self.import_file(file)
        out = self.folder / "out.csv"
        self.done("case", "export", "--links", self.links, "--out", out)
        for links in (hers, self.folder / "new.tsv"):
            self.import_file(out, links=links)
        # As the merge says, it can be mended.
        self.done("case", "withdraw", self.name("R"), "--reason", "duplicate",
                  "--yes", "--links", self.links)
        right["record_id"] = "R2"
        self.import_file(self.write_csv("hers.csv", [right], columns))
        self.assertEqual(*[self.json("case", "get", self.name(key))["patient"]
                           for key in ("L", "R2")])

    def test_an_export_does_not_make_an_old_copy_whole(self):
        old = self.folder / "old.tsv"
        self.done("link", "backup", self.links, old)
        new = self.write_csv("new.csv", [baseline("C", age_years="60")])
        self.import_file(new)
        out = self.folder / "out.csv"
        self.done("case", "export", "--site", self.site, "--out", out)
        self.import_file(out, links=old)
        self.assertIn("has 1 case that the link file", self.refused(
            USAGE, "import", new, "--site", self.site, "--links", old))

    def test_a_symbolic_link_is_the_file_behind_it(self):
        name = self.folder / "name.tsv"
        name.symlink_to(self.links)
        self.import_file(self.write_csv("c.csv", [
            baseline("C", age_years="60")]), links=name)
        self.assertTrue(name.is_symlink())
        self.assertEqual(set("ABC"), set(self.linked()))

    def test_a_moved_surgery_date_names_visits_counted_from_it(self):
        moved = self.write_csv("moved.csv", [
            baseline("A", surgery_date="2020-04-04")])
        self.assertIn(
            "The date of surgery was 2020-03-04: if its day was counted",
            self.run_command("import", moved, "--site", self.site, "--links",
                             self.links).stdout)

    def test_conflicts_are_named_and_nothing_is_merged(self):
        hers = self.folder / "hers.tsv"
        self.import_file(self.write_csv("hers.csv", [baseline("A")]),
                         "--new-link-file", links=hers)
        before = self.links.read_bytes()
        rows = self.csv("link", "merge", self.links, hers, code=REJECTED)
        self.assertEqual(["A"], [row["record"] for row in rows])
        self.assertIn("duplicate", rows[0]["problem"])
        self.assertEqual(before, self.links.read_bytes())
        mine = self.linked()
        self.done("link", "merge", self.links, hers, "--prefer", "mine")
        self.assertEqual(mine, self.linked())
        self.done("link", "merge", self.links, hers, "--prefer", "theirs")
        self.assertNotEqual(mine["A"], self.linked()["A"])
        self.assertEqual(mine["B"], self.linked()["B"])

    def test_verify_beside_the_registry(self):
        answer = self.json("link", "verify", self.links, "--registry")
        self.assertEqual([], answer["problems"])
        self.done("case", "withdraw", self.name("B"), "--reason",
                  "entered_in_error", "--yes")
        self.import_file(self.write_csv("o.csv", [
            baseline("O", age_years="70")]), "--new-link-file",
            links=self.folder / "o.tsv")
        dates = self.write_csv("dates.csv", [
            {"record_id": "A", "surgery_date": "2021-01-02"}],
            ["record_id", "surgery_date"])
        self.done("link", "dates", self.links, dates)
        answer = self.json("link", "verify", self.links, "--registry",
                           code=REJECTED)
        self.assertEqual(["A"],
                         [row["record"] for row in answer["problems"]])
        self.assertEqual(["B"],
                         [row["record"] for row in answer["withdrawn"]])
        self.assertIn("1 more case", answer["message"])
        self.assertIn("belongs to site", self.refused(
            SERVER, "link", "verify", self.links, "--site", "site-other"))

    def test_a_lost_file_is_explained(self):
        text = self.done("link", "lost")
        for word in ("case export", "link dates", "random", "backup"):
            self.assertIn(word, text)
        self.assertIn("link lost", self.refused(
            USAGE, "import", self.folder / "export.csv", "--site", self.site,
            "--links", self.folder / "none.tsv"))

    def test_what_the_explanation_says_works(self):
        """A lost file is made anew from an export and the clinic's keys."""
        keys = {case: key for key, case in self.linked().items()}
        self.links.unlink()
        path = self.folder / "cases.csv"
        self.done("case", "export", "--site", self.site, "--out", path)
        with open(path, newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        for row in rows:
            row["record_id"] = keys[row["record_id"]]
            row["event"] = row["event"].replace("3_months_day_91", "day_91")
        self.write_csv("cases.csv", rows, list(rows[0]))
        before = self.last_commit()
        self.import_file(path)
        dates = self.write_csv("dates.csv", [
            {"record_id": "A", "surgery_date": "2020-03-04"},
            {"record_id": "B", "surgery_date": "2020-06-01"}],
            ["record_id", "surgery_date"])
        self.done("link", "dates", self.links, dates)
        self.import_file(self.folder / "export.csv")
        self.assertEqual(before, self.last_commit())
        self.assertEqual(keys, {case: key for key, case
                                in self.linked().items()})

    def test_dates_that_cannot_be_read_are_named(self):
        dates = self.write_csv("dates.csv", [
            {"record_id": "A", "surgery_date": "2020-13-01"},
            {"record_id": "Z", "surgery_date": "2020-01-01"},
            {"record_id": "B", "surgery_date": "2999-01-01"}],
            ["record_id", "surgery_date"])
        run = self.run_command("link", "dates", self.links, dates)
        self.assertEqual(REJECTED, run.returncode)
        for words in ('line 2: surgery_date "2020-13-01"',
                      'line 3: record_id "Z"', "is in the future"):
            self.assertIn(words, run.stderr)
        # As a spreadsheet of this country writes it.
        dates.write_bytes("record_id;surgery_date\r\nÄ;\r\n".encode("cp1252"))
        self.assertIn("0 rejected", self.done("link", "dates", self.links,
                                              dates))


class WithdrawnTest(Care):
    """A has both limbs of one-1, B is the only record of two-2."""

    def setUp(self):
        super().setUp()
        self.lines = [
            baseline("A", patient_key="one-1"), visit("A", 91),
            baseline("A2", patient_key="one-1", laterality="right"),
            baseline("B", patient_key="two-2", age_years="51",
                     surgery_date="2020-06-01"), visit("B", 91)]
        self.import_all()
        self.case = self.linked()

    def import_all(self, code=DONE):
        return self.import_lines(*self.lines, columns=["patient_key"],
                                 code=code)

    def text(self):
        return self.links.read_text(encoding="utf-8")

    def withdraw(self, case, *options):
        return self.run_command(
            "case", "withdraw", f"sites/{self.site}/cases/{case}", "--reason",
            "consent_withdrawn", "--yes", *options)

    def check_forgotten(self):
        """Nothing of B and its person is left but its key and its case."""
        for word in ("two-2", "2020-06-01"):
            self.assertNotIn(word, self.text())
        self.assertIn(f"\nwithdrawn\tB\t{self.case['B']}\n", self.text())
        self.assertEqual(1, self.text().count("\tB\t"))
        self.assertIn("one-1", self.text())
        answer = self.json("link", "verify", self.links, "--registry")
        self.assertEqual(([], [{"record": "B", "case": self.case["B"]}]),
                         (answer["problems"], answer["withdrawn"]))
        self.assertIn("1 withdrawn", answer["message"])
        before = self.last_commit()
        report = self.import_all(code=REJECTED)
        self.assertEqual(["B", "B"], [
            line["record"] for line in report["lines"]
            if line["outcome"] == "rejected"])
        self.assertIn("withdrawn", report["lines"][-1]["faults"][0]["message"])
        self.assertEqual(before, self.last_commit())

    def test_case_withdraw_forgets_the_person(self):
        run = self.withdraw(self.case["B"], "--links", self.links)
        self.assertEqual(DONE, run.returncode, run.stderr)
        self.assertIn("has forgotten", run.stderr)
        self.check_forgotten()

    def test_the_link_file_of_the_folder_is_found(self):
        there = self.folder / f"enthesis-link-{self.site}.tsv"
        self.links.rename(there)
        subprocess.run(
            [os.path.abspath(self.enthesis), "--server",
             self.registry.address, "case", "withdraw", f"sites/{self.site}/cases/{self.case['B']}",
             "--reason", "consent_withdrawn", "--yes"],
            cwd=self.folder, check=True, capture_output=True)
        there.rename(self.links)
        self.check_forgotten()

    def test_a_link_file_that_cannot_be_opened_withdraws_nothing(self):
        run = self.withdraw(self.case["B"], "--links", self.folder / "no.tsv")
        self.assertEqual((SERVER, ""), (run.returncode, run.stdout))
        self.import_all()

    def test_verify_learns_of_a_withdrawal(self):
        self.withdraw(self.case["B"])
        self.assertIn("two-2", self.text())
        self.done("link", "verify", self.links, "--registry")
        self.check_forgotten()

    def test_an_import_learns_of_a_withdrawal(self):
        self.withdraw(self.case["B"])
        self.import_lines(*self.lines[:3], columns=["patient_key"])
        self.check_forgotten()

    def test_a_dry_run_forgets_nothing(self):
        self.withdraw(self.case["B"])
        before = self.text()
        self.import_file(self.folder / "export.csv", "--dry-run",
                         code=REJECTED)
        self.assertEqual(before, self.text())

    def test_a_person_stays_while_a_record_stands(self):
        for record, left in (("A", True), ("A2", False)):
            self.withdraw(self.case[record], "--links", self.links)
            self.assertEqual(left, "one-1" in self.text(), record)

    def test_an_encrypted_file_forgets_too(self):
        secret = self.folder / "secret"
        secret.write_text("correct horse battery\n", encoding="utf-8")
        secret.chmod(0o600)
        self.done("link", "encrypt", self.links, "--new-passphrase-file",
                  secret)
        run = self.withdraw(self.case["B"], "--links", self.links,
                            "--passphrase-file", secret)
        self.assertEqual(DONE, run.returncode, run.stderr)
        self.assertNotIn(b"withdrawn", self.links.read_bytes())
        self.done("link", "decrypt", self.links, "--passphrase-file", secret)
        self.check_forgotten()

    def test_a_copy_does_not_bring_the_person_back(self):
        copy = self.folder / "copy.tsv"
        self.done("link", "backup", self.links, copy)
        self.withdraw(self.case["B"], "--links", self.links)
        self.done("link", "restore", self.links, copy)
        self.check_forgotten()

    def test_a_merge_forgets_on_both_sides(self):
        hers = self.folder / "hers.tsv"
        self.done("link", "backup", self.links, hers)
        self.withdraw(self.case["B"], "--links", self.links)
        self.done("link", "merge", hers, self.links)
        self.done("link", "merge", self.links, hers)
        self.assertEqual(self.text(), hers.read_text(encoding="utf-8"))
        self.check_forgotten()

    def test_an_export_that_names_the_case_is_rejected(self):
        path = self.folder / "cases.csv"
        self.done("case", "export", "--site", self.site, "--out", path)
        self.withdraw(self.case["B"], "--links", self.links)
        before = self.last_commit()
        report = self.import_file(path, code=REJECTED)
        self.assertEqual(2, report["summary"]["rejected"])
        self.assertEqual(before, self.last_commit())
        self.check_forgotten()

    def test_a_site_without_cases_left_is_still_the_right_one(self):
        for case in self.case.values():
            self.withdraw(case, "--links", self.links)
        report = self.import_all(code=REJECTED)
        self.assertEqual({"rejected"},
                         {line["outcome"] for line in report["lines"]})
        self.import_lines(baseline("N", age_years="33"))


if __name__ == "__main__":
    main()
