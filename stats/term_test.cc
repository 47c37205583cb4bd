#include "stats/term_test.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "stats/distributions.h"

namespace enthesis::stats {
namespace {

constexpr double kSameDf = 1e-8;

}  // namespace

std::vector<TestedTerm> TermsOf(const DesignMatrix& design) {
  std::vector<TestedTerm> terms;
  for (size_t c = 0; c < design.n_columns(); ++c) {
    const bool same = c > 0 && !design.terms.empty() &&
                      design.terms[c] == design.terms[c - 1];
    if (!same) terms.emplace_back();
    TestedTerm& term = terms.back();
    term.rows.push_back({{c, 1}});
    if (!design.term_names.empty() && !design.terms.empty()) {
      term.name = design.term_names[static_cast<size_t>(design.terms[c])];
    } else {
      absl::StrAppend(&term.name, same ? "+" : "", design.names[c]);
    }
  }
  return terms;
}

std::optional<std::vector<std::vector<TermWeight>>> KeptRows(
    const TestedTerm& term, const std::vector<bool>& is_kept) {
  std::vector<std::vector<TermWeight>> kept;
  for (const std::vector<TermWeight>& row : term.rows) {
    const bool whole = std::all_of(
        row.begin(), row.end(),
        [&](const TermWeight& weight) { return is_kept[weight.column]; });
    if (!whole && row.size() > 1) return std::nullopt;
    if (whole) kept.push_back(row);
  }
  return kept;
}

double DenominatorDf(const std::vector<double>& df) {
  double sum = 0, expected = 0;
  bool same = true;
  for (size_t i = 0; i < df.size(); ++i) {
    sum += df[i];
    if (i > 0 && !(std::abs(df[i] - df[i - 1]) < kSameDf)) same = false;
    expected += df[i] / (df[i] - 2);
  }
  const double n = static_cast<double>(df.size());
  if (same) return sum / n;
  if (!(*std::min_element(df.begin(), df.end()) > 2)) return 2;
  return 2 * expected / (expected - n);
}

void SetTest(const std::vector<double>& squares, const std::vector<double>& df,
             TermTest& test) {
  const double n = static_cast<double>(squares.size());
  double sum = 0;
  for (const double square : squares) sum += square;
  test.statistic = sum / n;
  test.df = DenominatorDf(df);
  test.p_value = FUpperTail(*test.statistic, n, *test.df);
}

}  // namespace enthesis::stats
