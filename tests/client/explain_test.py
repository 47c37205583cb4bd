"""What `explain` and --explain say is what stats/METHODS.md says, of every figure
and of every case that is not in an answer."""

import json
import pathlib
import re
import subprocess
import unittest

from on_sample import ENTHESIS, OnSample

SOURCE_DIR = pathlib.Path(__file__).resolve().parents[2]
METHODS = (SOURCE_DIR / "stats" / "METHODS.md").read_text(encoding="utf-8")
SECTIONS = {part.partition("\n")[0]: part.partition("\n")[2]
            for part in METHODS.split("\n## ")[1:]}
# Commands of the registry that answer no question about a cohort.
NO_STATISTICS = {"site", "case", "import", "link", "due", "completeness",
                 "quality", "template", "map", "visa-a", "simulate", "analyze",
                 "explain", "completion", "man"}
# A question for each reason of an exclusion.
REASONS = {
    "BEFORE_LANDMARK": ("survival", "--landmark", "3m"),
    "NOT_AN_ATHLETE": ("return-to-play",),
    "NO_OSTEOTOMY": ("survival", "--endpoint", "osteotomy_union"),
    "NO_VALUE": ("compare", "--by", "approach", "--visit", "12_months"),
    "NOT_FOLLOWED": ("regress", "--endpoint", "complication", "--by-day", "1y",
                     "--covariates", "sex"),
    "MISSING_COVARIATE": ("cox", "--endpoint", "complication", "--covariates",
                          "bmi"),
}


def run(*words, stdin=None):
    return subprocess.run([ENTHESIS, *words], capture_output=True, text=True,
                          check=False, input=stdin)


def commands_below(*path):
    listed = run(*path, "--help").stdout.partition("Subcommands:\n")[2]
    return re.findall(r"^  ([a-z]\S*)", listed.partition("\n\n")[0], re.M)


def words_of(text):
    """What is left of Markdown, or of a terminal, when it is read aloud."""
    text = re.sub(r"\[([^\[\]]*)\]\([^)]*\)", r"\1", text)
    return re.findall(r"[\w.^']+", text.replace("*", " ").replace("`", ""))


class Explain(unittest.TestCase):
    def setUp(self):
        done = run("explain", "--format", "json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.figures = json.loads(done.stdout)["figures"]

    def test_every_figure_has_its_section(self):
        self.assertGreater(len(self.figures), 50)
        names = [figure["figure"] for figure in self.figures]
        self.assertEqual(len(set(names)), len(names))
        for figure in self.figures:
            self.assertIn(figure["section"], SECTIONS, figure["figure"])
            self.assertTrue(figure["parts"], figure["figure"])
            self.assertRegex(figure["words"], r"^[A-Zea-z][^|]{30,}\.$")

    def test_its_parts_are_those_of_the_section(self):
        for figure in self.figures:
            section = " ".join(words_of(SECTIONS[figure["section"]]))
            for part in figure["parts"]:
                for text in part["text"].split("\n\n"):
                    self.assertIn(" ".join(words_of(text)), section,
                                  (figure["figure"], part["name"]))
            # A formula and its reference are not left out.
            named = [part["name"] for part in figure["parts"]]
            for name in ("Estimand", "Question", "Formula",
                         "Variance and interval"):
                self.assertEqual(name in named,
                                 f"**{name}.**" in SECTIONS[figure["section"]],
                                 (figure["figure"], name))

    def test_every_statistics_command_has_figures_and_no_other(self):
        commands = {c for f in self.figures for c in f["commands"]}
        asked = set(commands_below()) - NO_STATISTICS
        methods = {f"analyze {m}" for m in commands_below("analyze")}
        self.assertGreater(len(methods), 15)
        self.assertEqual(commands, asked | methods)

    def test_forms(self):
        figure = self.figures[0]
        text = run("explain", figure["figure"]).stdout
        self.assertTrue(text.startswith(figure["figure"] + "\n\n"), text)
        for part in figure["parts"]:
            self.assertIn(" ".join(words_of(part["text"])),
                          " ".join(words_of(text)))
        rows = run("explain", "--format", "csv").stdout.splitlines()
        self.assertEqual(rows[0], "figure,commands,section,words")
        self.assertEqual(len(rows), len(self.figures) + 1)
        self.assertEqual(run("explain", "Hazard_Ratio").stdout,
                         run("explain", "hazard-ratio").stdout)
        listed = run("explain", "analyze", "cox").stdout
        self.assertIn("hazard-ratio", listed)
        self.assertNotIn("turnbull", listed)

    def test_what_is_no_figure_is_refused(self):
        for words, said in (
                (("explain", "hazard"), "is no figure"),
                (("site", "list", "--explain"), "site list has no figures"),
                (("survival", "--explain", "--format", "csv"), "--format")):
            done = run(*words)
            self.assertEqual((done.returncode, done.stdout), (2, ""), words)
            self.assertIn(said, done.stderr)

    def test_below_an_analysis(self):
        data = "time,event,age\n" + "".join(
            f"{10 * i},{i % 2},{50 + i % 7}\n" for i in range(1, 40))
        words = ("analyze", "cox", "--data", "-", "--time", "time", "--event",
                 "event", "--covariates", "age")
        plain = run(*words, stdin=data)
        said = run(*words, "--explain", stdin=data)
        self.assertEqual(said.returncode, 0, said.stderr)
        self.assertTrue(said.stdout.startswith(plain.stdout))
        self.assertIn("hazard-ratio: How many times", said.stdout)


class ExplainAnswers(OnSample):
    def test_who_is_in_it_and_who_is_not(self):
        for reason, words in REASONS.items():
            provenance = self.registry.ask(*words)["provenance"]
            left = {e["reason"]: e.get("n") for e in provenance["exclusions"]}
            self.assertIn(reason, left, words)
            plain = self.registry.run(*words)
            said = self.registry.run(*words, "--explain")
            self.assertTrue(said.startswith(plain), words)
            said = " ".join(said[len(plain):].split())
            self.assertNotIn("left out for", said)
            for n in left.values():
                self.assertIn(f" {'withheld' if n is None else n} case", said)
            if None not in left.values():
                n_in = provenance["nCases"] - sum(left.values())
                self.assertIn(f" {n_in} cases are in it.", said)
            else:
                self.assertIn("is withheld with those left out", said)

    def test_every_reason_that_the_registry_has_is_explained(self):
        source = "".join(
            path.read_text(encoding="utf-8") for path in
            (SOURCE_DIR / "registry" / "analysis").glob("*.cc"))
        self.assertEqual(set(re.findall(r'"([A-Z]+_[A-Z_]+)"', source)),
                         set(REASONS))


if __name__ == "__main__":
    unittest.main()
