"""Manual pages and completions of shells say what --help says: every command,
every flag, every choice; and their readers find nothing wrong with them."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

PROGRAM = sys.argv.pop(1)
BUILD = sys.argv.pop(1)  # folder that `cmake --install` installs from
PAGES = {}  # path: text of --help
SHELLS = ("bash", "zsh", "fish")


def enthesis(*words):
    done = subprocess.run([PROGRAM, *words], capture_output=True, text=True,
                          check=False)
    assert done.returncode == 0, (words, done.stderr)
    return done.stdout


def read_helps(path=()):
    """What --help prints of a command and of all below it."""
    PAGES[path] = enthesis(*path, "--help")
    listed = PAGES[path].partition("\nSubcommands:\n")[2].partition("\n\n")[0]
    for name in re.findall(r"^  ([a-z]\S*)", listed, re.M):
        read_helps((*path, name))


def flags_of(page):
    """[(names, the name of its value or "", text)] of the list of options."""
    listed = page.partition("\nOptions:\n")[2].partition("\n\n")[0]
    flags = []
    for line in re.sub(r"\n {10,}", "  ", listed).splitlines():
        found = re.match(
            r"  (-\S+)(?: (\S+))?(?: in \[.*?\]\S*| REQUIRED| \(Env:\S+\)"
            r"| \.\.\.)* *(.*)$", line)
        value = re.sub("=.*|:{.*|:(FLOAT|INT)$", "", found[2] or "")
        flags.append((found[1].split(","), value, found[3]))
    return flags


def plain(roff):
    """The words of a page without what dresses them."""
    text = re.sub(r"\\f[BIR]", "", roff)
    for escape, letter in (("\\-", "-"), ("\\(ga", "`"), ("\\(aq", "'"),
                           ("\\(ha", "^"), ("\\(ti", "~"), ("\\(dq", '"'),
                           ("\\&", ""), ("\\e", "\\")):
        text = text.replace(escape, letter)
    return text


def silent(case, *words, stdin=None):
    """Runs a reader, where there is one, that must find nothing."""
    if shutil.which(words[0]) is None:
        return
    done = subprocess.run(words, input=stdin, capture_output=True, text=True,
                          check=False, env={**os.environ, "MANWIDTH": "80"})
    said = done.stderr if words[0] == "man" else done.stdout + done.stderr
    case.assertEqual((done.returncode, said), (0, ""), words)


class Manual(unittest.TestCase):
    def test_every_command_flag_and_text_is_in_its_page(self):
        self.assertGreater(len(PAGES), 40)
        for path, page in PAGES.items():
            manual = plain(enthesis("man", *path))
            self.assertIn("enthesis " + " ".join(path), manual + " ", path)
            for names, value, text in flags_of(page):
                for name in names:
                    self.assertRegex(manual, rf"(?m)^(.*, )?{name}\b", path)
                if value:
                    self.assertIn(f"{names[-1]} {value}", manual, path)
                self.assertIn(text.removesuffix("."), manual, (path, names))

    def test_examples_and_exit_codes_are_in_the_pages(self):
        for path, page in PAGES.items():
            manual = plain(enthesis("man", *path))
            for code in ("0\ndone", "1\nsome rows", "2\nwrong usage", "3\n"):
                self.assertIn(code, manual, path)
            for line in re.findall(r"^  (enthesis .*)", page, re.M):
                self.assertIn(line, manual, path)

    def test_examples_are_of_the_command(self):
        for path, page in PAGES.items():
            examples = re.split("Examples?:", page)[1:]
            self.assertTrue(examples, path)
            self.assertIn("enthesis " + " ".join(path), examples[0], path)

    def test_readers_find_nothing_wrong(self):
        for path in PAGES:
            page = enthesis("man", *path)
            silent(self, "mandoc", "-T", "lint", "-W", "warning", stdin=page)
        with tempfile.TemporaryDirectory() as folder:
            folder = os.path.join(folder, "to", "come")
            enthesis("man", "--directory", folder)
            names = sorted(os.listdir(folder))
            self.assertEqual(names, sorted(
                "-".join(("enthesis", *path)) + ".1" for path in PAGES))
            for name in names:
                silent(self, "man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8",
                       "-Z", os.path.join(folder, name))

    def test_an_unknown_command_is_refused(self):
        for words in (("man", "surviv"), ("completion", "tcsh"),
                      ("man", "case", "--directory", "/tmp")):
            done = subprocess.run([PROGRAM, *words], capture_output=True,
                                  text=True, check=False)
            self.assertEqual((done.returncode, done.stdout), (2, ""), words)
            self.assertIn(words[0] + ": ", done.stderr)


class Installation(unittest.TestCase):
    def test_puts_all_where_debian_looks(self):
        with tempfile.TemporaryDirectory() as prefix:
            subprocess.run(["cmake", "--install", BUILD, "--component",
                            "client", "--prefix", prefix],
                           capture_output=True, check=True)
            share = os.path.join(prefix, "share")
            self.assertEqual(len(os.listdir(os.path.join(share, "man/man1"))),
                             len(PAGES))
            for shell, file in (
                    ("bash", "bash-completion/completions/enthesis"),
                    ("zsh", "zsh/site-functions/_enthesis"),
                    ("fish", "fish/vendor_completions.d/enthesis.fish")):
                with open(os.path.join(share, file), encoding="utf-8") as made:
                    self.assertEqual(made.read(),
                                     enthesis("completion", shell))
            self.assertTrue(os.access(os.path.join(prefix, "bin/enthesis"),
                                      os.X_OK))


class Completion(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.scripts = {}
        for shell in SHELLS:
            file = os.path.join(cls.folder.name, f"_enthesis.{shell}")
            with open(file, "w", encoding="utf-8") as script:
                script.write(enthesis("completion", shell))
            cls.scripts[shell] = file

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def in_bash(self, *words):
        line = " ".join(f"'{word}'" for word in ("enthesis", *words))
        done = subprocess.run(
            ["bash", "-c", f"compopt() {{ :; }}; source {self.scripts['bash']};"
             f" COMP_WORDS=({line}); COMP_CWORD={len(words)}; _enthesis;"
             ' printf "%s\\n" "${COMPREPLY[@]}"'],
            capture_output=True, text=True, check=True)
        self.assertEqual(done.stderr, "")
        return done.stdout.split()

    def test_shells_read_their_scripts(self):
        for shell in SHELLS:
            silent(self, shell, "-n", self.scripts[shell])

    def test_bash_offers_every_command_and_flag(self):
        for path, page in PAGES.items():
            below = [p[-1] for p in PAGES if p and p[:-1] == path]
            if below:
                self.assertEqual(self.in_bash(*path, ""), below, path)
            names = {name for names, _, _ in flags_of(page) for name in names}
            self.assertLessEqual(names, set(self.in_bash(*path, "-")), path)

    def test_bash_offers_choices(self):
        for words, offered in (
                (("survival", "--endpoint", "re"), ["reoperation"]),
                (("--format", "survival", "--format", "=", "j"), ["json"]),
                (("survival", "--conf-type", ""),
                 ["log-log", "log", "plain", "logit", "arcsin"]),
                (("analyze", "cox", "--ties", ""), ["efron", "breslow"]),
                (("cox", "--cluster", "s"), ["site"]),
                (("cox", "--covariates", "age_years,sex,sm"),
                 ["age_years,sex,smoking"]),
                (("cox", "--covariates", "sex,se"), []),
                (("completion", ""), list(SHELLS)),
                (("visa-a", "--instrument", ""),
                 ["visa_a", "visa_a_sedentary"]),
                (("compare", "--visit", "6"),
                 ["6_weeks", "6_months", "60_months"])):
            self.assertEqual(self.in_bash(*words), offered, words)

    def test_bash_offers_files(self):
        file = self.scripts["bash"]
        self.assertEqual(self.in_bash("analyze", "cox", "--data", file[:-1]),
                         [file])
        self.assertEqual(self.in_bash("import", file[:-1]), [file])
        self.assertEqual(self.in_bash("simulate", "--cases", ""), [])

    def test_zsh_and_fish_name_every_command_and_flag(self):
        zsh = enthesis("completion", "zsh")
        fish = enthesis("completion", "fish")
        for path, page in PAGES.items():
            function = "_" + "_".join(("enthesis", *path))
            body = zsh.partition(f"\n{function}() {{")[2].partition("\n}\n")[0]
            here = "".join("/" + name for name in path)
            for names, _, _ in flags_of(page):
                for name in names:
                    self.assertRegex(body, rf"'\*?{name}=?\[", path)
                    flag = f"-l {name[2:]} " if name[2:] else f"-s {name[1:]} "
                    self.assertRegex(
                        fish, rf"(?m)^complete -c enthesis (-n '__enthesis_is "
                        rf'"{here}"\' )?.*{flag}', path)
            if path:
                self.assertIn(f" {here}", fish)

    @unittest.skipIf(shutil.which("fish") is None, "no fish here")
    def test_fish_offers_choices(self):
        def offered(line):
            done = subprocess.run(
                ["fish", "--no-config", "-c",
                 f"source {self.scripts['fish']}; complete -C '{line}'"],
                capture_output=True, text=True, check=True,
                env={**os.environ, "HOME": self.folder.name})
            return [line.split("\t")[0] for line in done.stdout.splitlines()]
        self.assertEqual(offered("enthesis survival --endpoint re"),
                         ["reoperation"])
        self.assertIn("fine-gray", offered("enthesis analyze "))
        self.assertNotIn("fine-gray", offered("enthesis case "))
        self.assertEqual(offered("enthesis analyze cox --zp"), ["--zph"])


if __name__ == "__main__":
    read_helps()
    unittest.main()
