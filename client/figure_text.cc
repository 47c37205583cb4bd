#include "client/figure_text.h"

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "client/table.h"
#include "client/time_text.h"
#include "registry/model/dimension.h"

namespace enthesis::client {
namespace {

std::string FormatPercent(double share) {
  return absl::StrFormat("%.1f", 100 * share);
}

// An interval, of which one end may be out of reach.
std::string Interval(const std::string& lower, const std::string& upper) {
  if (lower.empty() && upper.empty()) return "";
  if (upper.empty()) return absl::StrCat(" (", lower, " or more)");
  if (lower.empty()) return absl::StrCat(" (up to ", upper, ")");
  return absl::StrCat(" (", lower, " to ", upper, ")");
}

// How much of the cohort is made up.
std::string SyntheticShare(const v1::Provenance& from) {
  if (!from.has_n_synthetic() || !from.has_n_cases()) {
    return "some cases were";
  }
  if (from.n_synthetic() == from.n_cases()) {
    return from.n_cases() == 1 ? "the one case was" : "all cases were";
  }
  return absl::StrCat(from.n_synthetic(), " of ", from.n_cases(), " cases ",
                      from.n_synthetic() == 1 ? "was" : "were");
}

std::string CohortText(const v1::Cohort& cohort) {
  std::vector<std::string> parts;
  for (const v1::DimensionFilter& filter : cohort.filters()) {
    const model::Code* dimension =
        model::kDimensionCodes.Find(static_cast<int32_t>(filter.dimension()));
    parts.push_back(
        absl::StrCat(dimension == nullptr ? "?" : dimension->code, " = ",
                     filter.from().empty()
                         ? absl::StrJoin(filter.values(), " or ")
                         : absl::StrCat(filter.from(), " to ", filter.to())));
  }
  return parts.empty() ? "all cases" : absl::StrJoin(parts, " and ");
}

}  // namespace

std::string FigureText::Absent(v1::Absence absence) const {
  switch (absence) {
    case v1::ABSENCE_SUPPRESSED:
      return "withheld";
    case v1::ABSENCE_NOT_REACHED:
      return "not reached";
    case v1::ABSENCE_BEYOND_FOLLOW_UP:
      return "beyond follow-up";
    case v1::ABSENCE_UNDEFINED:
      return "not defined";
    case v1::ABSENCE_DROPPED:
      return "dropped";
    case v1::ABSENCE_SEPARATED:
      return "infinite";
    default:
      return "-";
  }
}

std::string FigureText::Count(std::optional<int32_t> n,
                              v1::Absence absence) const {
  return n.has_value() ? absl::StrCat(*n) : Absent(absence);
}

std::string FigureText::CountOf(std::optional<int32_t> n,
                                absl::string_view noun,
                                v1::Absence absence) const {
  return n.has_value() ? client::CountOf(*n, noun)
                       : absl::StrCat(Absent(absence), " ", noun, "s");
}

std::string FigureText::Percent(std::optional<double> share,
                                std::optional<double> lower,
                                std::optional<double> upper,
                                v1::Absence absence) const {
  if (!share.has_value()) return Absent(absence);
  return absl::StrCat(FormatPercent(*share), " %",
                      Interval(lower ? FormatPercent(*lower) : "",
                               upper ? FormatPercent(*upper) : ""));
}

std::string FigureText::Number(std::optional<double> value,
                               std::optional<double> lower,
                               std::optional<double> upper, int decimals,
                               v1::Absence absence) const {
  if (!value.has_value()) return Absent(absence);
  const auto format = [&](double number) {
    return absl::StrFormat("%.*f", decimals, number);
  };
  return absl::StrCat(format(*value), Interval(lower ? format(*lower) : "",
                                               upper ? format(*upper) : ""));
}

std::string FigureText::Time(const v1::TimeEstimate& time) const {
  if (!time.has_estimate()) return Absent(time.absence());
  const auto format = [](double days) { return absl::StrFormat("%.0f", days); };
  return absl::StrFormat("%s d%s, %.1f mo", format(time.estimate()),
                         Interval(time.has_lower() ? format(time.lower()) : "",
                                  time.has_upper() ? format(time.upper()) : ""),
                         time.estimate() / kDaysPerMonth);
}

std::string FigureText::Share(const v1::ProportionEstimate& share) const {
  return Percent(ENTHESIS_OPTIONAL(share, estimate),
                 ENTHESIS_OPTIONAL(share, lower),
                 ENTHESIS_OPTIONAL(share, upper), share.absence());
}

std::string FigureText::ChiSquare(double chi_square, int df, double p_value) {
  return absl::StrFormat("chi-square %.2f on %d df, %s", chi_square, df,
                         PValuePhrase(p_value));
}

std::string FigureText::Cohort() const {
  const v1::Provenance& from = provenance_;
  return absl::StrCat(
      "Cohort: ", CohortText(from.cohort()), "; ",
      CountOf(ENTHESIS_OPTIONAL(from, n_cases), "case", v1::ABSENCE_SUPPRESSED),
      ", ",
      CountOf(ENTHESIS_OPTIONAL(from, n_sites), "site", v1::ABSENCE_SUPPRESSED),
      "; as of commit ", from.as_of(), ".");
}

std::string FigureText::Synthetic() const {
  if (!provenance_.synthetic()) return "";
  return absl::StrCat("SYNTHETIC DATA: ", SyntheticShare(provenance_),
                      " drawn by a simulator; no evidence of any treatment.");
}

std::string FigureText::Footer() const {
  const v1::Provenance& from = provenance_;
  std::string text = "\n";
  if (from.synthetic()) text += Wrap(Synthetic(), "", "  ");
  text += Wrap(Cohort(), "", "  ");
  std::vector<std::string> exclusions;
  for (const v1::Exclusion& exclusion : from.exclusions()) {
    exclusions.push_back(absl::StrCat(
        absl::AsciiStrToLower(
            absl::StrReplaceAll(exclusion.reason(), {{"_", " "}})),
        exclusion.covariate().empty()
            ? ""
            : absl::StrCat(" (", exclusion.covariate(), ")"),
        " ", Count(ENTHESIS_OPTIONAL(exclusion, n), v1::ABSENCE_SUPPRESSED)));
  }
  if (!exclusions.empty()) {
    text +=
        Wrap(absl::StrCat("Left out: ", absl::StrJoin(exclusions, ", "), "."),
             "", "  ");
  }
  if (!from.estimand().empty()) {
    text += Wrap(from.estimand(), "Estimated: ", "  ");
  }
  if (from.conventions_size() > 0) {
    text +=
        Wrap(absl::StrCat(
                 "Conventions: ", absl::StrJoin(from.conventions(), "; "), "."),
             "", "  ");
  }
  text += Wrap(
      from.has_disclosure_threshold()
          ? absl::StrCat(
                "Disclosure control: ", from.disclosure(),
                "; figures on fewer than ", from.disclosure_threshold(),
                " cases, and figures that would tell them, are withheld; a "
                "median counts as not reached where fewer are at risk. "
                "Engine ",
                from.engine_version(), ".")
          : absl::StrCat("Disclosure control: ", from.disclosure(),
                         "; small cells are shown. Engine ",
                         from.engine_version(), "."),
      "", "  ");
  return text;
}

std::string PValuePhrase(double p) {
  return p < 0.001 ? "p < 0.001" : absl::StrCat("p = ", PValueText(p));
}

std::string PValueText(double p) {
  if (p < 0.001) return "<0.001";
  return absl::StrFormat("%.3f", p);
}

}  // namespace enthesis::client
