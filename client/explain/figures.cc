#include "client/explain/figures.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

namespace enthesis::client {
namespace {

constexpr Figure kFigures[] = {
    // Times to an event.
    {"survival", "survival,analyze survival", "Kaplan-Meier",
     "The share of cases still free of the event at a time. Cases whose "
     "follow-up ended before count as long as they were seen; leaving early is "
     "taken to say nothing of the event."},
    {"at-risk",
     "survival,incidence,return-to-play,analyze survival,analyze incidence",
     "Event table",
     "Cases still free of the event and under observation just before a time. "
     "What a curve says later rests on them alone."},
    {"median", "survival,return-to-play,analyze survival", "Kaplan-Meier",
     "The first time at which half of the cases have had the event by the "
     "curve. Not reached: the curve stays above one half."},
    {"quantile", "survival,analyze survival,analyze parametric", "Kaplan-Meier",
     "The first time at which the share asked for has had the event by the "
     "curve."},
    {"cumulative-hazard", "survival,analyze survival", "Kaplan-Meier",
     "The risk of the event added up over time, as in Nelson and Aalen; "
     "steeper means more events among those still free of it."},
    {"restricted-mean", "survival,analyze survival", "Restricted mean",
     "The mean time free of the event up to a horizon: the area under the "
     "curve until then. A difference of two is days gained or lost."},
    {"log-rank", "survival,analyze survival", "Rank tests",
     "Whether groups have the same curve: events of each group against those "
     "expected if all had the same risk. A small p means that curves this far "
     "apart would be rare then; it does not say by how much they differ."},
    {"trend", "survival,analyze survival", "Rank tests",
     "Whether the risk of the event rises or falls along groups that have an "
     "order, such as years or bands of age."},
    {"pairwise", "survival,compare,analyze survival", "Multiple comparisons",
     "Every two groups compared alone. The adjusted p allows for how many "
     "pairs there are; that is the one to read."},
    {"follow-up", "describe,analyze survival", "Follow-up and landmarks",
     "How long half of the cases were followed, as it would have been without "
     "events or deaths (reverse Kaplan-Meier)."},
    {"cumulative-incidence", "incidence,return-to-play,analyze incidence",
     "Cumulative incidence",
     "The share of all cases that have had the event by a time, when something "
     "else, such as death, can come first and rule it out. Such cases stay in "
     "the denominator."},
    {"gray-test", "incidence,return-to-play,analyze incidence", "Gray's test",
     "Whether groups have the same cumulative incidence of one cause, with "
     "what competes left competing."},
    {"known-by-visit", "return-to-play", "Proportion",
     "The share of those back whose day was not recorded: they were back at a "
     "visit, and the day of that visit is taken."},
    {"sustained", "return-to-play", "Proportion",
     "The share of those back who were still back when asked from 24 months "
     "on."},
    {"turnbull", "interval,analyze interval", "Turnbull's estimate",
     "The share of cases with the event by a time when it is known only that "
     "it came between two contacts. Within such an interval the curve is not "
     "known, so two values bound it."},
    {"interval-test", "analyze interval", "Log-rank test of intervals",
     "Whether groups have the same curve when times are known between two "
     "contacts only. It supposes that groups were seen equally often."},
    // Scores.
    {"mean", "score-change,compare,describe,analyze compare", "Mean",
     "The average, with the standard deviation between cases (SD) and the "
     "interval that the mean of many such cohorts would lie in."},
    {"change", "score-change,analyze change", "Score change",
     "Follow-up minus baseline of the same cases: who lacks either is not in "
     "it. Whether that is a benefit of surgery it cannot tell, for there is no "
     "group without."},
    {"t-test", "score-change,compare,analyze change,analyze compare",
     "Group comparison",
     "Whether means differ, or a mean change differs from none, by more than "
     "chance would explain."},
    {"signed-rank", "score-change,analyze change", "Signed-rank",
     "As the t test of a change, by ranks: few extreme values do not decide "
     "it."},
    {"hodges-lehmann", "score-change,compare,analyze change,analyze compare",
     "Signed-rank",
     "The typical change, or difference of two groups: the median over all "
     "pairs of cases."},
    {"responders", "score-change,analyze change", "Score change",
     "The share of cases that improved by at least a threshold, such as the "
     "smallest change that patients notice."},
    {"standardized-response-mean", "score-change,analyze change",
     "Score change",
     "The mean change in units of the standard deviation of changes."},
    {"hedges-g", "score-change,compare,analyze change,analyze compare",
     "Score change",
     "The mean change or difference in units of the standard deviation, "
     "corrected for small numbers: 0.2 is called small, 0.5 medium, 0.8 "
     "large."},
    {"completeness", "describe,score-change", "Proportion",
     "Of the cases for which a visit is due, the share that has it. Figures of "
     "a visit speak of those who came."},
    {"anova", "compare,analyze compare", "Group comparison",
     "Whether the means of several groups are the same, with or without equal "
     "spread (Welch)."},
    {"mann-whitney", "compare,analyze compare", "Mann-Whitney",
     "Whether a case of one group tends to have a higher value than one of the "
     "other, by ranks."},
    {"kruskal-wallis", "compare,analyze compare", "Group comparison",
     "As the Mann-Whitney test, for several groups."},
    {"adjusted-mean", "ancova,mixed,analyze ancova,analyze mmrm",
     "Analysis of covariance",
     "The mean that a group would have if all groups had started from the same "
     "values of the covariates."},
    {"group-difference", "ancova,mixed,analyze ancova,analyze mmrm",
     "Analysis of covariance",
     "The difference of two adjusted means: groups compared as if alike before "
     "surgery in what the model knows."},
    // Counts.
    {"count", "describe,analyze describe", "Description",
     "Cases; an operated limb is a case. Fewer than the threshold of "
     "disclosure control are withheld, and so is what would tell them."},
    {"standardized-difference", "describe", "Standardized difference",
     "How unlike two groups were before surgery, in standard deviations, "
     "whatever their size: 0 is alike, and beyond 0.1 is called noticeable. "
     "Of a dimension with several values it has no sign."},
    {"proportion", "describe,score-change,analyze proportions", "Proportion",
     "A share with Wilson's interval, which stays within 0 and 1."},
    {"risk-difference", "analyze proportions", "Contrasts of proportions",
     "How many more of a hundred have the event in one group than in the "
     "other, over a hundred."},
    {"risk-ratio", "analyze proportions", "Contrasts of proportions",
     "How many times as often the event comes in one group as in the other."},
    {"odds-ratio", "regress,analyze logistic,analyze proportions",
     "Generalized linear models",
     "How many times as high the odds of the outcome (with it : without it) "
     "are, for one unit more of a covariate or against the reference. It is no "
     "ratio of risks unless the outcome is rare."},
    {"rate-ratio", "regress,analyze poisson,analyze negbin",
     "Generalized linear models",
     "How many times as high the expected count, or events for each unit of "
     "time, is for one unit more of a covariate or against the reference."},
    {"fisher-test", "analyze proportions", "Exact tests of tables",
     "Whether a share depends on the group, exact for any small numbers."},
    {"mantel-haenszel", "analyze proportions,analyze meta",
     "Tables over strata",
     "A ratio or difference of two groups, compared within strata and then "
     "joined, so that strata of different risk do not mislead."},
    {"rate", "analyze proportions", "Rates",
     "Events for each unit of time at risk."},
    // Regressions.
    {"hazard-ratio", "cox,analyze cox", "Cox regression",
     "How many times as high the risk of the event is at any time, among those "
     "still free of it, for one unit more of a covariate or against the "
     "reference, the other covariates alike."},
    {"proportional-hazards", "cox,analyze cox", "Proportional hazards",
     "Whether a hazard ratio stays the same over time, as the model supposes. "
     "A small p speaks against it."},
    {"concordance", "cox,analyze cox", "Concordance",
     "Of two cases, how often the one with the event earlier has the higher "
     "risk by the model: 0.5 is chance, 1 always."},
    {"predicted-survival", "cox,analyze cox,analyze parametric,parametric",
     "Predicted survival",
     "The share free of the event at a time that the model expects of cases "
     "with the values given."},
    {"subdistribution-hazard-ratio", "fine-gray,analyze fine-gray",
     "Fine-Gray regression",
     "Whether the cumulative incidence of a cause is higher (above 1) or lower "
     "for one unit more of a covariate; the size of the ratio has no simple "
     "meaning."},
    {"predicted-incidence", "fine-gray,analyze fine-gray",
     "Predicted incidence",
     "The share with the cause by a time that the model expects of cases with "
     "the values given."},
    {"time-ratio", "parametric,analyze parametric", "Parametric regression",
     "exp(coefficient): how many times as long the event takes for one unit "
     "more of a covariate or against the reference."},
    {"likelihood-ratio-test",
     "cox,fine-gray,parametric,regress,analyze cox,analyze parametric,"
     "analyze logistic,analyze poisson,analyze negbin",
     "Tests of terms",
     "Whether the covariates together explain more than none of them would."},
    {"auc", "regress,sites,analyze logistic,analyze standardize",
     "Predicted probabilities",
     "Of two cases, one with the outcome and one without, how often the model "
     "gives the first the higher probability: 0.5 is chance."},
    {"calibration", "regress,analyze logistic,analyze standardize",
     "Predicted probabilities",
     "Whether as many have the outcome as the model expects; a slope below 1 "
     "says that its predictions are too extreme."},
    {"fixed-effect", "mixed,analyze mixed", "Linear mixed model",
     "How much the mean score differs for one unit more of a covariate or "
     "against the reference, when the measurements of one case belong "
     "together."},
    {"random-effects", "mixed,analyze mixed", "Linear mixed model",
     "How far cases, or sites, differ from one another in level and slope, "
     "beyond what the covariates explain."},
    {"least-squares-mean", "mixed,analyze mmrm",
     "Mixed model for repeated measures",
     "The mean of a group at a visit with the covariates alike; cases that "
     "missed a visit take part by their other ones."},
    // Sites and studies.
    {"observed-expected", "sites,funnel,forest,analyze standardize",
     "Indirect standardization",
     "Events of a site over those expected of its cases by the case mix: 1 is "
     "as expected. Sites are compared with the whole, not with one another."},
    {"shrunken-effect", "sites,analyze standardize,analyze meta",
     "Shrunken site effects",
     "The ratio of a site drawn toward the mean of all, the more so the fewer "
     "cases it has: the better guess of what it will be."},
    {"funnel-limits", "funnel,analyze funnel", "Funnel plot",
     "Between which values a site of this size lies by chance alone, 95 and "
     "99.8 times of a hundred."},
    {"cusum", "cusum,analyze cusum", "CUSUM and VLAD",
     "A chart that rises with each event that was not expected; above the "
     "threshold the site should look for a cause."},
    {"vlad", "cusum,analyze cusum", "CUSUM and VLAD",
     "Expected minus observed events, added up over cases: upward is better "
     "than expected."},
    {"pooled-effect", "forest,sites,analyze meta", "Meta-analysis",
     "The mean effect over sites or studies, each by the precision of its "
     "own."},
    {"heterogeneity", "forest,sites,analyze meta", "Meta-analysis",
     "How much sites or studies differ beyond chance: tau^2 is the variance of "
     "their true effects, I^2 its share of all variance, Q the test of none."},
    {"prediction-interval", "forest,analyze meta", "Meta-analysis",
     "Where the true effect of a further site or study would lie."},
    {"study-effect", "analyze meta", "Effects of studies",
     "The effect of a study, made from its counts, rates or means."}};

std::string Plain(absl::string_view name) {
  return absl::StrReplaceAll(absl::AsciiStrToLower(name),
                             {{"_", "-"}, {" ", "-"}});
}

}  // namespace

absl::Span<const Figure> Figures() { return kFigures; }

std::vector<std::string> CommandsOf(const Figure& figure) {
  return absl::StrSplit(figure.commands, ',');
}

std::vector<const Figure*> FiguresOf(absl::string_view command) {
  std::vector<const Figure*> found;
  for (const Figure& figure : kFigures) {
    const std::vector<std::string> commands = CommandsOf(figure);
    if (std::find(commands.begin(), commands.end(), command) !=
        commands.end()) {
      found.push_back(&figure);
    }
  }
  return found;
}

const Figure* FindFigure(absl::string_view name) {
  const std::string plain = Plain(name);
  for (const Figure& figure : kFigures) {
    if (figure.name == plain) return &figure;
  }
  return nullptr;
}

std::string ReasonWords(absl::string_view reason, absl::string_view covariate) {
  if (reason == "NOT_AN_ATHLETE") {
    return "did no sport before surgery, so there is none to return to";
  }
  if (reason == "NO_OSTEOTOMY") {
    return "had no osteotomy that could unite";
  }
  if (reason == "BEFORE_LANDMARK") {
    return "had the event or left before the day from which on is asked";
  }
  if (reason == "NOT_FOLLOWED") {
    return "were not followed until the day asked about, and had no event";
  }
  if (reason == "NO_VALUE") return "have no value of the measure";
  if (reason == "MISSING_COVARIATE") {
    return absl::StrCat("have no value of ", covariate,
                        " (of what they lack the first)");
  }
  return absl::StrCat("left out for ", reason);
}

}  // namespace enthesis::client
