// The methods of `enthesis analyze`: from a CSV file to a report, with nothing
// between the rows and the estimators of stats/. A local file is analyzed
// whole: nothing is withheld.

#ifndef ENTHESIS_CLIENT_ANALYZE_METHODS_H_
#define ENTHESIS_CLIENT_ANALYZE_METHODS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/analyze/report.h"
#include "stats/parallel.h"

namespace enthesis::client {

// The flags of all methods as typed; each method reads its own. Empty: not
// given.
struct AnalyzeOptions {
  std::string time, event, entry, censored, cause;
  std::string lower, upper;
  std::string by, strata, weights, cluster;
  std::string covariates;
  std::vector<std::string> references;  // COLUMN=LEVEL
  std::string conf_type = "log-log";
  double conf_level = 0.95;
  std::string at, quantiles, mcid;  // comma lists of numbers
  std::string rmst;
  std::string test;
  std::string rho, gamma;
  std::string hazard = "nelson-aalen";
  std::string landmark;
  bool pairwise = false, trend = false;
  std::string adjust = "holm";  // of the pairs
  std::string variance = "aalen";
  std::string ties = "efron";
  bool zph = false, robust = false, terms = false;
  std::string transform = "km";
  std::string convention = "crr";
  std::string distribution = "weibull";
  std::string predict;    // COLUMN=VALUE,..; repeated profiles split by ';'
  std::string residuals;  // file to write
  bool draws = false;     // the curves of the report are wanted
  bool points = false;    // every point of a curve is wanted as a row
  std::string baseline, follow_up, value, response, group, columns;
  bool lower_is_better = false;
  std::string estimate, std_error, label;
  std::string tau2 = "reml";
  // Of studies for a meta-analysis: columns, and what is made of them.
  std::string measure, events, size, mean, sd;
  std::string control_events, control_size, control_exposure, control_mean;
  std::string control_sd;
  std::string offset;
  std::string slope, site;
  bool ml = false, random_effects = false;
  bool firth = false, no_cluster_factor = false;
  std::string subject, visit, fallback;
  std::string covariance = "un", df = "satterthwaite";
  bool hksj = false, leave_one_out = false, cumulative = false, egger = false;
  std::string expected;  // of sites
  std::string limits = "prediction", overdispersion = "none", target;
  std::string outcome, exposure, interval = "exact";  // of a ratio
  bool blup = false;
  std::string sequence, odds_ratio = "2", arl, threshold, simulate, seed;
  bool reset = false;
  std::string share_interval = "wilson";
  std::string correction;             // added to zero cells; empty: none
  stats::ThreadPool* pool = nullptr;  // not owned; null: one thread
};

// `text` is the file. Errors: INVALID_ARGUMENT for flags and data that break a
// rule, naming flag, or line, column and value; FAILED_PRECONDITION where there
// is nothing to estimate from or a fit does not converge.
absl::StatusOr<Report> AnalyzeSurvival(const AnalyzeOptions& options,
                                       std::string text);
absl::StatusOr<Report> AnalyzeIncidence(const AnalyzeOptions& options,
                                        std::string text);
absl::StatusOr<Report> AnalyzeCox(const AnalyzeOptions& options,
                                  std::string text);
absl::StatusOr<Report> AnalyzeFineGray(const AnalyzeOptions& options,
                                       std::string text);
absl::StatusOr<Report> AnalyzeParametric(const AnalyzeOptions& options,
                                         std::string text);
absl::StatusOr<Report> AnalyzeInterval(const AnalyzeOptions& options,
                                       std::string text);
absl::StatusOr<Report> AnalyzeChange(const AnalyzeOptions& options,
                                     std::string text);
absl::StatusOr<Report> AnalyzeCompare(const AnalyzeOptions& options,
                                      std::string text);
absl::StatusOr<Report> AnalyzeAncova(const AnalyzeOptions& options,
                                     std::string text);
absl::StatusOr<Report> AnalyzeLogistic(const AnalyzeOptions& options,
                                       std::string text);
absl::StatusOr<Report> AnalyzePoisson(const AnalyzeOptions& options,
                                      std::string text);
absl::StatusOr<Report> AnalyzeNegativeBinomial(const AnalyzeOptions& options,
                                               std::string text);
absl::StatusOr<Report> AnalyzeMixed(const AnalyzeOptions& options,
                                    std::string text);
absl::StatusOr<Report> AnalyzeMmrm(const AnalyzeOptions& options,
                                   std::string text);
absl::StatusOr<Report> AnalyzeMeta(const AnalyzeOptions& options,
                                   std::string text);
absl::StatusOr<Report> AnalyzeFunnel(const AnalyzeOptions& options,
                                     std::string text);
absl::StatusOr<Report> AnalyzeStandardize(const AnalyzeOptions& options,
                                          std::string text);
absl::StatusOr<Report> AnalyzeCusum(const AnalyzeOptions& options,
                                    std::string text);
absl::StatusOr<Report> AnalyzeProportions(const AnalyzeOptions& options,
                                          std::string text);
absl::StatusOr<Report> AnalyzeDescribe(const AnalyzeOptions& options,
                                       std::string text);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_ANALYZE_METHODS_H_
