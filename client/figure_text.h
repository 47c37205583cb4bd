// Figures of an answer as text for people: units, intervals, and words where a
// figure is absent.

#ifndef ENTHESIS_CLIENT_FIGURE_TEXT_H_
#define ENTHESIS_CLIENT_FIGURE_TEXT_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "enthesis/v1/statistics_service.pb.h"

namespace enthesis::client {

// Writes figures of one answer; `provenance` outlives it.
class FigureText {
 public:
  explicit FigureText(const v1::Provenance& provenance)
      : provenance_(provenance) {}

  // "withheld", "not reached", "beyond follow-up", "not defined",
  // "dropped", "infinite".
  std::string Absent(v1::Absence absence) const;
  // "1 234"; without one, why.
  std::string Count(std::optional<int32_t> n, v1::Absence absence) const;
  // "1 case", "12 cases", "withheld cases".
  std::string CountOf(std::optional<int32_t> n, absl::string_view noun,
                      v1::Absence absence) const;
  // "45.2 % (41.0 to 49.5)"; "45.2 %" without interval.
  std::string Percent(std::optional<double> share, std::optional<double> lower,
                      std::optional<double> upper, v1::Absence absence) const;
  // "12.3 (10.1 to 14.5)", with `decimals`.
  std::string Number(std::optional<double> value, std::optional<double> lower,
                     std::optional<double> upper, int decimals,
                     v1::Absence absence) const;
  // "183 d (170 to 196), 6.0 mo".
  std::string Time(const v1::TimeEstimate& time) const;
  std::string Share(const v1::ProportionEstimate& share) const;
  // "chi-square 4.21 on 1 df, p = 0.040"; without one, why.
  template <typename Test>
  std::string ChiSquare(const Test& test) const {
    if (!test.has_p_value()) return Absent(test.absence());
    return ChiSquare(test.chi_square(), test.df(), test.p_value());
  }

  // Which cases an answer is of, and of which state.
  std::string Cohort() const;
  // That the data are synthetic; empty where they are not.
  std::string Synthetic() const;
  // The lines below an answer: state, cohort, conventions, disclosure, and
  // whether the data are synthetic.
  std::string Footer() const;

 private:
  static std::string ChiSquare(double chi_square, int df, double p_value);

  const v1::Provenance& provenance_;
};

// "all", or "site-03".
template <typename Groups>
std::string GroupText(const Groups& group) {
  std::string text;
  for (const v1::GroupValue& value : group) {
    if (!text.empty()) text += ", ";
    text += value.value();
  }
  return text.empty() ? "all" : text;
}

// 0.0004 as "<0.001", for a cell.
std::string PValueText(double p);
// "p < 0.001" or "p = 0.040", for a sentence.
std::string PValuePhrase(double p);

// An optional field of a message; nullopt when absent.
#define ENTHESIS_OPTIONAL(message, field) \
  ((message).has_##field() ? std::optional((message).field()) : std::nullopt)

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_FIGURE_TEXT_H_
