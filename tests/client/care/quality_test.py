"""enthesis completeness and quality on a live registry.

    quality_test.py ENTHESISD ENTHESIS
"""

from care_program import Care, USAGE, baseline, main, visit


class CompletenessTest(Care):
    """Worked by hand: operated in 2020, so 12 months count from 2 July 2022."""

    def setUp(self):
        super().setUp()
        lines = []
        for i in range(20):
            lines.append(baseline(f"R{i}", age_years=str(30 + i)))
            if i < 15:
                lines.append(visit(f"R{i}", 340 + i, pain_activity=""
                                   if i % 2 else "3"))
        lines += [baseline("D", age_years="70", status="died",
                           status_day="200"),
                  baseline("L", age_years="71", status="lost",
                           status_day="200"),
                  baseline("Y", age_years="72", surgery_date="2023-05-06")]
        self.import_lines(*lines)

    def shares(self, *options):
        return {(row["visit"], row["item"]):
                (row["due"], row["completed"], row["completeness"])
                for row in self.csv("completeness", *options)
                if row["site"] == self.site}

    def test_of_ones_own_site_by_visit_and_item(self):
        shares = self.shares("--site", self.site, "--on", "2024-01-01",
                             "--items")
        # 20 and the lost one; the one that died leaves, 2023 is not due yet.
        self.assertEqual(("21", "15", "0.7142857142857143"),
                         shares["12_months", "follow_up"])
        self.assertEqual(("21", "8"),
                         shares["12_months", "pain_activity"][:2])
        # The baseline of 2023 is due: 22 cases.
        self.assertEqual(("22", "22", "1"), shares["baseline", "follow_up"])
        self.assertEqual(("22", "22"), shares["baseline", "bmi"][:2])
        self.assertEqual(("22", "0"), shares["baseline", "diabetes"][:2])
        self.assertEqual(("0", "0", ""), shares["60_months", "follow_up"])
        before = self.shares("--site", self.site, "--on", "2022-07-01")
        self.assertEqual(("0", "0", ""), before["12_months", "follow_up"])

    def test_is_that_of_the_registry(self):
        own = self.shares("--site", self.site)
        released = self.shares()
        for key, figures in own.items():
            # The registry leaves out a visit that is due of nobody.
            answer = released.get(key, ("0", "0"))
            if answer[0]:
                self.assertEqual(figures[:2], answer[:2], key)
        # The visit of 2023 is due by now.
        self.assertEqual(("22", "15"), released["12_months", "follow_up"][:2])

    def test_small_sites_are_withheld_and_items_are_ones_own(self):
        self.site = small = self.site + "-small"
        self.done("site", "create", small)
        self.import_file(self.write_csv("s.csv", [
            baseline(f"S{i}", age_years=str(40 + i)) for i in range(3)]),
            links=self.folder / "small.tsv")
        rows = [row for row in self.csv("completeness")
                if row["site"] == small]
        self.assertTrue(rows)
        for row in rows:
            self.assertEqual(("", "", ""), (row["due"], row["completed"],
                                            row["completeness"]))
            self.assertEqual("suppressed", row["absence"])
        self.assertIn("withheld", self.done("completeness"))
        self.assertIn("own --site", self.refused(
            USAGE, "completeness", "--items"))
        own = self.json("completeness", "--site", small)
        self.assertEqual(3, own["rows"][0]["due"])


class QualityTest(Care):
    def setUp(self):
        super().setUp()
        self.import_lines(
            baseline("A"), visit("A", 91, visa_a_total="90"),
            visit("A", 120, visa_a_total="30"),
            baseline("B", age_years="51"), visit("B", 1200),
            baseline("C", age_years="52"), visit("C", 91))

    def test_a_finding_names_case_day_and_rule(self):
        rows = self.csv("quality", "--site", self.site)
        self.assertEqual(
            [("implausible_change", self.linked()["A"], "120", "visa_a.total",
              "30"), ("odd_visit_day", self.linked()["B"], "1200", "day",
                      "1200")],
            [(row["rule"], row["case"], row["day"], row["field"],
              row["value"]) for row in rows])
        self.assertIn("was 90 on day 91", rows[0]["why"])
        self.assertEqual("", rows[0]["record_id"])

    def test_by_rule_and_with_the_clinics_keys(self):
        answer = self.json("quality", "--site", self.site, "--links",
                           self.links, "--rule", "odd_visit_day")
        self.assertEqual(["B"], [f["record"] for f in answer["findings"]])
        # The site is that of the link file.
        self.assertEqual(answer, self.json("quality", "--links", self.links,
                                           "--rule", "odd_visit_day"))
        self.assertEqual([("odd_visit_day", 1)],
                         [(r["rule"], r["findings"])
                          for r in answer["rules"]])
        table = self.done("quality", "--site", self.site)
        self.assertIn("2 findings in 3 cases", table)
        self.assertIn("Iglewicz", table)

    def test_ones_own_site_alone(self):
        self.assertIn("--site", self.refused(USAGE, "quality"))
        self.assertIn("digit_preference", self.refused(
            USAGE, "quality", "--site", self.site, "--rule", "x"))


if __name__ == "__main__":
    main()
