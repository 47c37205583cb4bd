#include "client/sealed_text.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "client/link_file.h"
#include "client/passphrase.h"
#include "tests/client/care/sample_case.h"
#include "tests/client/programs.h"

namespace enthesis::client {
namespace {

constexpr char kPassphrase[] = "correct horse battery";

std::string Opened(absl::string_view sealed) {
  std::string text;
  const auto seal = Seal::Open(sealed, kPassphrase, text);
  return seal.ok() ? text : std::string(seal.status().message());
}

// One key serves the file: the derivation takes a second.
const Seal& OneSeal() {
  static const Seal& seal = *Seal::New(kPassphrase)->release();
  return seal;
}

TEST(SealedText, ThereAndBackOfAnyLength) {
  for (const size_t n : {size_t{0}, size_t{1}, size_t{65535}, size_t{65536},
                         size_t{65537}, size_t{200000}}) {
    const std::string text(n, 'x');
    const std::string sealed = OneSeal().Close(text);
    EXPECT_TRUE(IsSealed(sealed));
    EXPECT_EQ(sealed.find("xxxx"), std::string::npos);
    EXPECT_EQ(Opened(sealed), text) << n;
  }
}

TEST(SealedText, NoTwoAreAlike) {
  EXPECT_NE(OneSeal().Close("text"), OneSeal().Close("text"));
}

TEST(SealedText, AnotherPassphraseOpensNothing) {
  std::string text;
  const auto opened =
      Seal::Open(OneSeal().Close("text"), "correct horse batterY", text);
  EXPECT_EQ(opened.status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(text, "");
}

TEST(SealedText, AnyChangeIsNoticed) {
  const std::string sealed = OneSeal().Close(std::string(70000, 'x'));
  const size_t line = sealed.find('\n');
  // In the cost, the salt, the header, both chunks and at the end.
  for (const size_t at : {line - 5, line + 3, line + 100, sealed.size() - 2000,
                          sealed.size() - 1}) {
    std::string changed = sealed;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    EXPECT_NE(Opened(changed), std::string(70000, 'x')) << at;
    std::string text;
    EXPECT_FALSE(Seal::Open(changed, kPassphrase, text).ok()) << at;
  }
  // A chunk, and something more.
  for (const std::string& wrong :
       {sealed.substr(0, line + 1 + 24 + 65536 + 17), sealed + "x",
        sealed.substr(0, line + 10), sealed.substr(0, line)}) {
    std::string text;
    EXPECT_FALSE(Seal::Open(wrong, kPassphrase, text).ok()) << wrong.size();
  }
}

TEST(SealedText, ACostThatWouldTakeHoursIsRefused) {
  for (const char* line : {"enthesis-sealed 2 argon2id13 3 268435456 ",
                           "enthesis-sealed 1 argon2id13 3 99999999999 ",
                           "enthesis-sealed 1 argon2id13 9999 268435456 ",
                           "enthesis-sealed 1 scrypt 3 268435456 "}) {
    std::string text;
    EXPECT_EQ(
        Seal::Open(std::string(line) + "00112233445566778899aabbccddeeff\n",
                   kPassphrase, text)
            .status()
            .code(),
        absl::StatusCode::kFailedPrecondition)
        << line;
  }
}

TEST(Passphrase, IsTheFirstLineOfAFileOfItsOwner) {
  const TemporaryFolder folder;
  const std::string path = folder / "secret";
  WriteText(path, "open sesame\nmore\n");
  ASSERT_EQ(chmod(path.c_str(), 0644), 0);
  EXPECT_EQ(ReadPassphraseFile(path).status().code(),
            absl::StatusCode::kFailedPrecondition);
  ASSERT_EQ(chmod(path.c_str(), 0600), 0);
  EXPECT_EQ(*ReadPassphraseFile(path), "open sesame");
  WriteText(path, "\nopen sesame\n");
  EXPECT_FALSE(ReadPassphraseFile(path).ok());
  WriteText(path, "short\n");
  const AskPassphrase ask = PassphraseFrom(path, "--passphrase-file");
  EXPECT_EQ(*ask("x", false), "short");  // may be an old one
  EXPECT_FALSE(ask("x", true).ok());
  EXPECT_TRUE(absl::IsNotFound(ReadPassphraseFile(folder / "no").status()));
}

AskPassphrase Knows(const char* passphrase) {
  return [passphrase](const std::string&, bool) -> absl::StatusOr<std::string> {
    return std::string(passphrase);
  };
}

TEST(SealedLinkFile, StaysSealedFromSaveToSave) {
  const TemporaryFolder folder;
  const std::string path = folder / "links.tsv";
  {
    auto file = LinkFile::Open(path, "site-01");
    ASSERT_TRUE(file.ok());
    EXPECT_FALSE((*file)->existed());
    (*file)->links().records["KEY-1"].case_id = IdOf(1);
    (*file)->links().records["KEY-1"].patient = IdOf(2);
    ASSERT_TRUE((*file)->SealWith(kPassphrase).ok());
    ASSERT_TRUE((*file)->Save().ok());
  }
  EXPECT_TRUE(IsSealed(ReadText(path)));
  EXPECT_EQ(ReadText(path).find("KEY-1"), std::string::npos);
  EXPECT_EQ(LinkFile::Open(path, "site-01").status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(LinkFile::Open(path, "site-01", Knows("wrong")).status().code(),
            absl::StatusCode::kPermissionDenied);
  {
    auto file = LinkFile::Open(path, "", Knows(kPassphrase));
    ASSERT_TRUE(file.ok()) << file.status();
    EXPECT_TRUE((*file)->sealed());
    EXPECT_EQ((*file)->links().records.count("KEY-1"), 1u);
    const std::string before = ReadText(path);
    ASSERT_TRUE((*file)->Save().ok());
    EXPECT_EQ(ReadText(path), before);  // nothing changed, nothing written
    (*file)->links().records["KEY-1"].etag = "v9";
    ASSERT_TRUE((*file)->Save().ok());
    EXPECT_TRUE(IsSealed(ReadText(path)));
    (*file)->Unseal();
    ASSERT_TRUE((*file)->Save().ok());
  }
  EXPECT_EQ(ParseLinks(ReadText(path))->records["KEY-1"].etag, "v9");
}

TEST(SealedLinkFile, RightsOfOthersAreTakenAwayAndTold) {
  const TemporaryFolder folder;
  const std::string path = folder / "links.tsv";
  WriteText(path, FormatLinks({"site-01", {}, {}}));
  ASSERT_EQ(chmod(path.c_str(), 0644), 0);
  auto file = LinkFile::Open(path, "site-01");
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_NE((*file)->notice().find("0644"), std::string::npos);
  struct stat info;
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  file->reset();
  EXPECT_EQ((*LinkFile::Open(path, "site-01"))->notice(), "");
}

}  // namespace
}  // namespace enthesis::client
