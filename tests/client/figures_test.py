"""Figures of the registry's answers: in the terminal and as files, with the
numbers that the answers have and nothing that they withhold."""

import os
import pathlib
import re
import subprocess
import tempfile
import unittest

from on_sample import ENTHESIS, OnSample

MONTH = 30.4375
CURVES = ("survival", "incidence", "return-to-play")


class Figures(OnSample):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder = cls.enterClassContext(tempfile.TemporaryDirectory())

    def figure(self, *words, suffix="svg"):
        path = os.path.join(self.folder, f"figure.{suffix}")
        self.registry.run(*words, "--plot", path)
        return pathlib.Path(path).read_bytes()

    def at_risk(self, command, *words):
        """[the numbers at risk of each curve] at the ticks of its figure."""
        svg = self.figure(command, *words).decode()
        table = svg.partition("Number at risk")[2]
        rows = re.findall(r'<path d="M8 (?:.|\n)*?(?=<path d="M8 |</svg>)',
                          table)
        axis = svg.partition('class="band"')[0]
        ticks = [int(t) for t in re.findall(
            r'text-anchor="middle">(\d+)</text>', axis)]
        return ticks, [re.findall(r'text-anchor="middle">(.*?)</text>', row)
                       for row in rows]

    def test_numbers_at_risk_are_those_of_the_answer(self):
        for command in CURVES:
            for words in ((), ("--by", "approach"), ("--by", "graft_class")):
                ticks, rows = self.at_risk(command, *words)
                self.assertGreater(len(ticks), 3, command)
                days = ",".join(str(int(t * MONTH + 0.5)) for t in ticks)
                answer = self.registry.ask(command, *words, "--at", days)
                self.assertEqual(
                    [[w.replace("<", "&lt;") for w in want]
                     for want in self.expected(answer)],
                    [row for row in rows if row], (command, words))

    def test_a_group_without_an_event_is_level(self):
        words = ("incidence", "--endpoint", "rupture", "--by",
                 "primary_procedure")
        answer = self.registry.ask(*words)
        none = [curve for curve in answer["curves"]
                if "n" in curve and not curve["causes"][0].get("points")]
        self.assertTrue(none)
        withheld = sum("n" not in curve for curve in answer["curves"])
        svg = self.figure(*words).decode()
        self.assertEqual(svg.count(">withheld</text>"), withheld)
        # Right from the day of surgery along the bottom.
        level = re.findall(r'class="curve" d="M\S+ 384\.00(?:H[\d.]+)+"', svg)
        self.assertEqual(len(level), len(none))

    def test_all_sites_are_one_more_curve(self):
        for command in CURVES:
            svg = self.figure(command, "--by", "site").decode()
            self.assertIn(">all sites</text>", svg, command)
            self.assertIn('stroke="#A6A6A6"', svg, command)
            self.assertEqual(svg.count('class="curve"'), 4, command)
            drawn = self.registry.run(command, "--by", "site")
            self.assertIn(". all sites", drawn, command)
            # The numbers at risk are those of the answer without groups.
            ticks, rows = self.at_risk(command, "--by", "site")
            pooled = self.registry.ask(command, "--at", ",".join(
                str(int(t * MONTH + 0.5)) for t in ticks))
            self.assertEqual([w.replace("<", "&lt;")
                              for w in list(self.expected(pooled))[0]],
                             rows[-1], command)

    def test_groups_are_named_in_words(self):
        svg = self.figure("incidence", "--by", "primary_procedure").decode()
        self.assertIn(">fhl transfer</text>", svg)
        self.assertNotIn("fhl_transfer", svg)
        self.assertIn("of reoperation after surgery; death competes", svg)

    def test_the_axis_is_the_one_asked_for(self):
        svg = self.figure("survival", "--plot-axis", "0.9..1").decode()
        self.assertIn("Free of reoperation (axis from 0.9)", svg)
        self.assertIn('class="break"', svg)
        self.assertIn(">0.92</text>", svg)
        self.assertNotIn(">0.50</text>", svg)
        drawn = self.registry.run("survival", "--plot-axis", "0.5..1")
        self.assertIn("(axis from 0.5)", drawn)
        svg = self.figure("return-to-play", "--plot-axis", "0..0.5").decode()
        self.assertIn("What is beyond 0 to 0.5 is not drawn.", svg)
        self.assertIn(">0.50</text>", svg)
        self.assertNotIn(">0.60</text>", svg)
        for axis in ("0.9", "0.9..", "1..0.9", "0.5..0.5", "-1..1", "0..1.1",
                     "nan..1", "0..nan", "a..b", "0.9,1"):
            self.assertIn("allowed: FROM..TO", self.refused(
                2, "survival", f"--plot-axis={axis}"))

    def test_a_group_without_a_case_is_not_withheld(self):
        svg = self.figure("survival", "--endpoint", "osteotomy_union", "--by",
                          "primary_procedure").decode()
        self.assertIn(">no cases</text>", svg)

    @staticmethod
    def expected(answer):
        """[the numbers at risk of each group], as a reader sees them."""
        least = answer["provenance"]["disclosureThreshold"]
        for curve in answer["curves"]:
            of = curve["causes"][0] if curve.get("causes") else curve
            if not of.get("points") and not any("atRisk" in p
                                                for p in of["at"]):
                yield ["withheld" if curve.get("n") != 0 else "no cases"]
                continue
            yield [str(point["atRisk"]) if "atRisk" in point else
                   f"<{least}" if point["absence"] == "suppressed" else "-"
                   for point in of["at"]]

    def test_times_that_nobody_asked_for_are_not_before_the_landmark(self):
        days = lambda *words: [point["day"] for point in self.registry.ask(
            "survival", *words)["curves"][0]["at"]]
        self.assertEqual([91, 183, 365, 731, 1826], days())
        self.assertEqual([365, 731, 1826], days("--landmark", "8m"))
        self.assertEqual([365], days("--landmark", "8m", "--at", "12m"))

    def test_ticks_are_not_before_the_landmark(self):
        words = ("survival", "--landmark", "3m")
        self.assertIn("Number at risk", self.registry.run(*words))
        ticks, rows = self.at_risk(*words)
        self.assertIn("those free of it on day 91",
                      self.figure(*words).decode())
        self.assertGreaterEqual(min(ticks), 3)
        answer = self.registry.ask(*words, "--at", ",".join(
            str(int(t * MONTH + 0.5)) for t in ticks))
        self.assertEqual(rows, list(self.expected(answer)))

    def test_nothing_below_the_threshold_is_drawn(self):
        for command in CURVES:
            _, rows = self.at_risk(command, "--by", "site")
            for row in rows:
                for number in row:
                    if number.isdigit():
                        self.assertGreaterEqual(int(number), 11, command)

    def test_headings_say_what_of_whom_and_that_it_is_synthetic(self):
        for words, title in (
                (("survival", "--endpoint", "complication"),
                 "Kaplan-Meier: free of complication after surgery"),
                (("incidence",), "Cumulative incidence of reoperation"),
                (("return-to-play",), "Return to sport after surgery"),
                (("score-change",), "VISA-A by visit: mean")):
            svg = self.figure(*words, "--where", "sex=female").decode()
            self.assertIn(title, svg)
            self.assertIn("Cohort: sex = female; ", svg)
            self.assertRegex(svg, r"as of commit \d+")
            self.assertIn("SYNTHETIC DATA", svg)

    def test_the_suffix_decides(self):
        words = ("survival", "--by", "approach")
        self.assertTrue(self.figure(*words, suffix="svg").startswith(b"<svg"))
        self.assertTrue(self.figure(*words, suffix="png").startswith(
            b"\x89PNG\r\n"))
        self.assertTrue(self.figure(*words, suffix="PDF").startswith(b"%PDF"))
        self.assertTrue(self.figure("score-change", suffix="pdf").startswith(
            b"%PDF"))
        self.assertTrue(self.figure("funnel", "--endpoint",
                                    "complication", "--by-day", "3m",
                                    suffix="png").startswith(
            b"\x89PNG\r\n"))

    def refused(self, code, *words, **environment):
        done = subprocess.run(
            [ENTHESIS, "--server", self.registry.address, *words],
            capture_output=True, text=True, check=False,
            env={**os.environ, **environment})
        self.assertEqual((done.returncode, done.stdout), (code, ""), words)
        return done.stderr

    def test_another_suffix_is_refused_before_anything_is_asked(self):
        data = os.path.join(self.folder, "none.csv")
        for words in (("survival",), ("incidence",), ("return-to-play",),
                      ("score-change",), ("analyze", "survival", "--data",
                                          data),
                      ("sites", "--endpoint", "reoperation", "--by-day",
                       "1y")):
            for name in ("x.jpg", "x", "x.svg.txt"):
                said = self.refused(2, *words, "--plot", name)
                self.assertIn(f'"{name}" must end in .svg, .png or .pdf', said)
                self.assertFalse(os.path.exists(name))

    def test_without_the_converter_a_word_says_what_is_missing(self):
        said = self.refused(3, "survival", "--plot", "x.png", PATH="/none")
        self.assertIn("Debian: librsvg2-bin", said)
        self.assertFalse(os.path.exists("x.png"))

    def test_the_terminal_has_the_numbers_of_the_figure(self):
        for command in CURVES:
            for words in ((), ("--by", "approach")):
                _, rows = self.at_risk(command, *words)
                drawn = self.registry.run(command, *words)
                self.assertIn("Months since surgery\nNumber at risk\n", drawn)
                below = drawn.partition("Number at risk\n")[2]
                marks = [line.split() for line in below.splitlines()
                         if re.match(r"[*o+x#@] {3,}", line)]
                for row in filter(None, rows):
                    text = [n.replace("&lt;", "<") for n in row]
                    self.assertIn(text, [m[1:] for m in marks], command)

    def test_many_curves_are_left_to_the_file(self):
        drawn = self.registry.run("survival", "--by", "primary_procedure")
        self.assertIn("curves: --plot FILE.svg draws them.", drawn)

    def test_the_course_has_the_means_of_the_answer(self):
        svg = self.figure("score-change", "--by", "approach").decode()
        answer = self.registry.ask("score-change", "--by", "approach")
        means = [visit["score"] for group in answer["groups"]
                 for visit in group["visits"] if "mean" in visit["score"]]
        places = [float(y) for y in re.findall(
            r'class="mean" cx="[\d.]+" cy="([\d.]+)"', svg)]
        self.assertEqual(len(places), len(means))
        # One straight scale turns every mean into its place.
        low = min(range(len(means)), key=lambda i: means[i]["mean"])
        high = max(range(len(means)), key=lambda i: means[i]["mean"])
        slope = ((places[high] - places[low])
                 / (means[high]["mean"] - means[low]["mean"]))
        self.assertLess(slope, 0)  # up is more
        for mean, place in zip(means, places):
            self.assertAlmostEqual(
                place, places[low] + slope * (mean["mean"]
                                              - means[low]["mean"]), delta=0.03)
        self.assertEqual(svg.count('class="interval"'), len(means))
        drawn = self.registry.run("score-change", "--by", "approach")
        self.assertIn("Number measured\n", drawn)
        for mean in means:
            self.assertIn(f" {mean['n']}", drawn)


if __name__ == "__main__":
    unittest.main()
