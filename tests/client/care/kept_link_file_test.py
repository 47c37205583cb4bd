"""A link file is replaced by nothing but a link file, whatever was typed.

    kept_link_file_test.py ENTHESISD ENTHESIS
"""

from care_program import Care, USAGE, baseline, main, visit


class KeptLinkFileTest(Care):
    def setUp(self):
        super().setUp()
        self.import_lines(baseline("A"), visit("A", 91))
        self.file = self.folder / "export.csv"
        self.bytes = self.links.read_bytes()

    def import_with(self, rejects, *more):
        return ("import", self.file, "--site", self.site, "--links",
                self.links, "--rejects", rejects, *more)

    def assert_kept(self, said, *arguments):
        self.assertIn(said, self.refused(USAGE, *arguments))
        self.assertEqual(self.bytes, self.links.read_bytes())

    def test_rejected_lines(self):
        link = self.folder / "other-name.csv"
        link.symlink_to(self.links)
        for rejects in (self.links, link):
            for more in ((), ("--dry-run",)):
                self.assert_kept("link file", *self.import_with(rejects,
                                                                *more))

    def test_rejected_lines_and_a_link_file_to_be(self):
        new = self.folder / "new.tsv"
        self.assertIn("is the link file", self.refused(
            USAGE, "import", self.file, "--site", self.site, "--links", new,
            "--new-link-file", "--rejects", new))
        self.assertFalse(new.exists())

    def test_rejected_lines_and_the_mapping_file(self):
        mapping = self.folder / "site.yaml"
        mapping.write_text("enthesis_map: 1\n", encoding="utf-8")
        self.assertIn("is the mapping file", self.refused(
            USAGE, *self.import_with(mapping, "--map", mapping)))
        self.assertEqual("enthesis_map: 1\n",
                         mapping.read_text(encoding="utf-8"))

    def test_an_export(self):
        self.assert_kept("--out: ", "case", "export", "--site", self.site,
                         "--out", self.links)
        self.assert_kept("--out: ", "case", "export", "--links", self.links,
                         "--out", self.links)

    def test_a_sealed_one(self):
        secret = self.folder / "secret"
        secret.write_text("correct horse battery\n", encoding="utf-8")
        secret.chmod(0o600)
        self.done("link", "encrypt", self.links,
                  "--new-passphrase-file", secret)
        self.bytes = self.links.read_bytes()
        self.assert_kept("is a link file", "case", "export", "--site",
                         self.site, "--out", self.links)

    def test_a_figure(self):
        figure = self.folder / "figure.svg"
        figure.write_bytes(self.bytes)
        self.assertIn("is a link file", self.refused(
            USAGE, "analyze", "survival", "--data", self.file, "--time", "day",
            "--event", "pain_activity", "--plot", figure))
        self.assertEqual(self.bytes, figure.read_bytes())

    def test_the_copy_of_another_site(self):
        other = self.folder / "other.tsv"
        self.done("site", "create", self.site + "-b")
        self.done("import", self.file, "--site", self.site + "-b", "--links",
                  other)
        said = self.refused(USAGE, "link", "restore", self.links, other)
        self.assertIn(f"a copy of that of site {self.site}-b", said)
        self.assertNotIn("--force", said)
        self.assertEqual(self.bytes, self.links.read_bytes())


main()
