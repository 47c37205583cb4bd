#include "client/commands/plain_words.h"

#include <CLI/CLI.hpp>
#include <functional>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "client/near_name.h"

namespace enthesis::client {
namespace {

// Where the two differ in more than hyphens.
constexpr std::pair<absl::string_view, absl::string_view> kFlags[] = {
    {"options.cohort", "--where"},
    {"options.group_by", "--by"},
    {"options.then_by", "--by"},
    {"options.conf_level", "--conf-level"},
    {"options.as_of", "--as-of"},
    {"at_days", "--at"},
    {"mean_horizon_day", "--rmst"},
    {"landmark_day", "--landmark"},
    {"transform", "--conf-type"},
    {"predictions", "--predict"},
    {"own_site", "--site"},
    {"cusum.odds_ratio", "--odds-ratio"},
    {"cusum.in_control_arl", "--arl"},
};
// The others.
constexpr absl::string_view kSame[] = {
    "by_day",     "cause",     "change",     "cluster",   "complication",
    "covariates", "df",        "endpoint",   "family",    "firth",
    "gamma",      "measure",   "pairwise",   "quantiles", "random_site",
    "reference",  "rho",       "stage",      "strata",    "structure",
    "test",       "threshold", "thresholds", "ties",      "trend",
    "variance",   "visit",     "visits",
};

// Whether `path` is `field` or within it.
bool IsIn(absl::string_view path, absl::string_view field) {
  return absl::ConsumePrefix(&path, field) &&
         (path.empty() || path[0] == '.' || path[0] == '[');
}

}  // namespace

std::string FlagOf(absl::string_view path) {
  for (const auto& [field, flag] : kFlags) {
    if (IsIn(path, field)) return std::string(flag);
  }
  for (const absl::string_view field : kSame) {
    if (!IsIn(path, field)) continue;
    return absl::StrCat("--", absl::StrReplaceAll(field, {{"_", "-"}}));
  }
  return std::string(path);
}

std::string WithFlags(absl::string_view message) {
  return absl::StrReplaceAll(
      message, {{"without options.then_by", "with one dimension of --by"},
                {"options.then_by", "the second dimension of --by"},
                {"options.group_by", "--by"},
                {"options.cohort", "--where"}});
}

std::string FieldOf(absl::string_view path, const v1::Case& record) {
  if (!absl::ConsumePrefix(&path, "case.")) {
    absl::ConsumePrefix(&path, "follow_up.");
  }
  absl::string_view rest = path;
  int index = 0;
  const size_t end = path.find(']');
  if (!absl::ConsumePrefix(&rest, "follow_ups[") ||
      end == absl::string_view::npos ||
      !absl::SimpleAtoi(rest.substr(0, rest.find(']')), &index) || index < 0 ||
      index >= record.follow_ups_size() ||
      !record.follow_ups(index).has_day()) {
    return std::string(path);
  }
  return absl::StrCat("follow_ups[day ", record.follow_ups(index).day(),
                      path.substr(end));
}

std::string NearestWords(const CLI::App& app) {
  const CLI::App* at = &app;
  std::vector<std::string> flags;
  const auto take_flags = [&flags](const CLI::App& of) {
    for (const CLI::Option* option : of.get_options()) {
      for (const std::string& name : option->get_lnames()) {
        flags.push_back("--" + name);
      }
    }
  };
  take_flags(*at);
  while (!at->get_subcommands().empty()) {
    at = at->get_subcommands()[0];
    take_flags(*at);
  }
  std::vector<std::string> commands;
  for (const CLI::App* below :
       at->get_subcommands(std::function<bool(const CLI::App*)>(
           [](const CLI::App* sub) { return !sub->get_name().empty(); }))) {
    commands.push_back(below->get_name());
  }
  std::vector<std::string> meant;
  for (const std::string& word : app.remaining(true)) {
    const bool is_flag = absl::StartsWith(word, "--");
    for (std::string& name : NearNames(word.substr(0, word.find('=')),
                                       is_flag ? flags : commands, 2)) {
      meant.push_back(std::move(name));
    }
    if (!is_flag) commands.clear();  // further words are of that one
  }
  return meant.empty()
             ? ""
             : absl::StrCat("; did you mean ", absl::StrJoin(meant, ", "), "?");
}

}  // namespace enthesis::client
