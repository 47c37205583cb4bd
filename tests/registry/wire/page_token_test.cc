#include "registry/wire/page_token.h"

#include <gtest/gtest.h>

namespace enthesis::wire {
namespace {

TEST(PageToken, RoundTrip) {
  for (const PageToken& token :
       {PageToken{1, "c/site-01/A"}, PageToken{~uint64_t{0}, ""},
        PageToken{7, std::string("\0\xff", 2)}}) {
    const std::string text = FormatPageToken(token, "cases of sites/site-01");
    EXPECT_EQ(text.find_first_of("+/ \n"), std::string::npos) << text;
    const auto parsed = ParsePageToken(text, "cases of sites/site-01");
    ASSERT_TRUE(parsed.ok()) << parsed.status();
    EXPECT_EQ(*parsed, token);
  }
}

TEST(PageToken, RefusedForAnotherList) {
  const std::string text = FormatPageToken({5, "c/site-01/A"}, "a");
  EXPECT_TRUE(absl::IsInvalidArgument(ParsePageToken(text, "b").status()));
}

TEST(PageToken, RefusedWhenAnyCharacterIsAltered) {
  const std::string text = FormatPageToken({5, "c/site-01/ABC"}, "a");
  const PageToken original = *ParsePageToken(text, "a");
  for (size_t i = 0; i < text.size(); ++i) {
    std::string altered = text;
    altered[i] = altered[i] == 'A' ? 'B' : 'A';
    const auto parsed = ParsePageToken(altered, "a");
    // The last character may hold unused bits only.
    EXPECT_TRUE(!parsed.ok() || *parsed == original) << i;
    EXPECT_FALSE(ParsePageToken(text.substr(0, i), "a").ok()) << i;
  }
  EXPECT_FALSE(ParsePageToken("not a token", "a").ok());
}

}  // namespace
}  // namespace enthesis::wire
