"""Groups by pairs of values are those of one dimension within each value of the
other; groups by site have all sites below them."""

import subprocess
import unittest

from on_sample import ENTHESIS, OnSample

APPROACHES = ("open", "minimally_invasive", "endoscopic")
# A command with groups, and where its answer has them.
QUESTIONS = {
    ("survival", "--endpoint", "complication", "--at", "6m"): "curves",
    ("incidence", "--endpoint", "daily_life", "--at", "3m"): "curves",
    ("return-to-play", "--at", "6m,1y"): "curves",
    ("interval", "--endpoint", "full_weight_bearing"): "curves",
    ("score-change",): "groups",
    ("describe",): "groups",
}


def is_withheld(row):
    return row.get("absence") == "suppressed" and (
        "n" not in row and "nCases" not in row)


def common(one, other):
    """The figures that both show, of what hangs on their own cases alone."""
    if isinstance(one, dict):
        for key in one.keys() & other.keys() - {"group", "dimensions",
                                                "absence"}:
            yield from common(one[key], other[key])
    elif isinstance(one, list):
        for pair in zip(one, other):
            yield from common(*pair)
    else:
        yield one, other


class Groups(OnSample):
    sample = {"cases": 2400, "sites": 4}

    def test_pairs_are_the_groups_within_each_value(self):
        for words, rows in QUESTIONS.items():
            pairs = self.registry.ask(*words, "--by", "approach,sex")[rows]
            compared = 0
            for approach in APPROACHES:
                alone = self.registry.ask(
                    *words, "--where", f"approach={approach}", "--by",
                    "sex")[rows]
                both = [row for row in pairs
                        if row["group"]["approach"] == approach]
                self.assertEqual([r["group"]["sex"] for r in both],
                                 [r["group"]["sex"] for r in alone], words)
                for pair, one in zip(both, alone):
                    # More lines withhold more; a curve may end at once.
                    figures = list(common(pair, one))
                    for here, there in figures:
                        self.assertEqual(here, there, words)
                    compared += len(figures)
            self.assertGreaterEqual(compared, 60, words)

    def test_no_pair_follows_from_a_line(self):
        for by in ("primary_procedure,approach", "age_band,sex",
                   "site,graft_class"):
            answer = self.registry.ask("survival", "--by", by)
            for dimension in by.split(","):
                total = {c["group"][dimension]: c for c in self.registry.ask(
                    "survival", "--by", dimension)["curves"]}
                for value, whole in total.items():
                    line = [c for c in answer["curves"]
                            if c["group"][dimension] == value]
                    hidden = [c for c in line if is_withheld(c)]
                    if "n" in whole and hidden:
                        rest = whole["n"] - sum(c.get("n", 0) for c in line)
                        self.assertGreaterEqual(len(hidden), 2, (by, value))
                        self.assertGreaterEqual(rest, 11, (by, value))

    def test_a_test_is_of_all_pairs(self):
        answer = self.registry.ask("survival", "--endpoint", "complication",
                                   "--by", "approach,sex")
        shown_pairs = [c for c in answer["curves"] if "n" in c]
        self.assertEqual(answer["test"]["df"], len(shown_pairs) - 1)

    def test_rows_name_both_dimensions(self):
        rows = self.rows("survival", "--by", "approach,sex")
        self.assertEqual({r["dimension"] for r in rows if r["kind"] == "curve"},
                         {"approach, sex"})
        self.assertIn("open, female", {r["group"] for r in rows})
        self.assertIn("open, female", self.registry.run(
            "score-change", "--by", "approach,sex"))

    def test_all_sites_stand_below_each(self):
        for words, name in QUESTIONS.items():
            by_site = self.rows(*words, "--by", "site")
            pooled = [r for r in by_site if r["group"] == "all sites"]
            whole = [r for r in self.rows(*words) if r["group"] == "all"]
            for row in pooled + whole:
                row["dimension"] = row["group"] = ""
            # A test and the flow to the cohort are no part of a group.
            self.assertEqual(pooled, [
                r for r in whole if r["kind"] not in ("test", "gray", "flow")],
                words)
            table = self.registry.run(*words, "--by", "site")
            self.assertIn("all sites", table)
            # JSON is the answer of the service.
            rows = self.registry.ask(*words, "--by", "site")[name]
            self.assertEqual(len(rows), 4)
            self.assertNotIn("all sites",
                             self.registry.run(*words, "--by", "approach"))

    def test_with_what_is_asked_between_groups(self):
        text = self.registry.run(
            "survival", "--by", "site", "--pairwise", "--strata", "sex",
            "--test", "fleming-harrington", "--rho", "1")
        self.assertIn("all sites", text)
        self.assertIn("Holm", text)

    def test_what_has_no_pairs_is_refused(self):
        for words, said in (
                (("survival", "--by", "sex,approach,site"), "two for their"),
                (("survival", "--by", "sex,sex"), "another one"),
                (("survival", "--by", "sex,nobody"), "no dimension"),
                (("survival", "--by", "age_band,sex", "--trend"), "no order"),
                (("describe", "--by", "sex,concomitant_procedure"), "overlap"),
                (("ancova", "--by", "sex,approach"), "one dimension"),
                (("mixed", "--by", "sex,approach"), "one dimension")):
            done = subprocess.run(
                [ENTHESIS, "--server", self.registry.address, *words],
                capture_output=True, text=True, check=False)
            self.assertEqual((done.returncode, done.stdout), (2, ""), words)
            self.assertIn(said, done.stderr, words)


if __name__ == "__main__":
    unittest.main()
