#include "stats/site_means.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "stats/ancova.h"
#include "stats/distributions.h"
#include "stats/least_squares.h"
#include "stats/long_sum.h"

namespace enthesis::stats {
namespace {

// Least squares with an intercept: an analysis of covariance of one group, with
// zeros in the place of its baseline.
absl::StatusOr<std::vector<Coefficient>> FitCaseMix(const SiteScores& data,
                                                    double conf_level) {
  const size_t n = data.response.size();
  const std::vector<int> one_group(n, 0);
  const std::vector<double> nothing(n, 0);
  AncovaData input;
  input.response = data.response;
  input.groups = one_group;
  input.group_names = {""};
  input.baseline = nothing;
  input.covariates = data.case_mix;
  AncovaOptions options;
  options.conf_level = conf_level;
  absl::StatusOr<Ancova> fit = FitAncova(input, options);
  if (!fit.ok()) return fit.status();
  // A column of zeros has no coefficient.
  fit->coefficients.erase(fit->coefficients.begin() + 1);
  return std::move(fit->coefficients);
}

double ExpectedOf(const SiteScores& data,
                  const std::vector<Coefficient>& coefficients, size_t row) {
  LongSum sum;
  sum.Add(*coefficients[0].estimate);
  for (size_t c = 1; c < coefficients.size(); ++c) {
    if (!coefficients[c].estimate.has_value()) continue;
    sum.AddProduct(data.case_mix.values[(c - 1) * data.response.size() + row],
                   *coefficients[c].estimate);
  }
  return sum.high;
}

// In an order of their own, so that it does not depend on that of rows.
double SortedMean(std::vector<double>& values) {
  std::sort(values.begin(), values.end());
  LongSum sum;
  for (const double value : values) sum.Add(value);
  return sum.Over(static_cast<double>(values.size())).high;
}

double SquaresAbout(double mean, const std::vector<double>& sorted) {
  LongSum sum;
  for (const double value : sorted) {
    sum.Add((value - mean) * (value - mean));
  }
  return sum.high;
}

struct ScoresOfSite {
  std::vector<double> scores, residuals;
};

void SetErrors(double conf_level, SiteMeans& means) {
  const double t = StudentTQuantile(0.5 + conf_level / 2, means.df);
  for (SiteMean& site : means.sites) {
    if (!site.difference.has_value()) continue;
    site.std_error = *means.deviation / std::sqrt(site.n);
    site.lower = *site.difference - t * *site.std_error;
    site.upper = *site.difference + t * *site.std_error;
  }
}

}  // namespace

absl::StatusOr<SiteMeans> CompareSiteMeans(const SiteScores& data,
                                           double conf_level) {
  const size_t n = data.response.size();
  if (data.sites.size() != n) {
    return absl::InvalidArgumentError("scores and sites differ in number");
  }
  std::vector<ScoresOfSite> sites(
      static_cast<size_t>(std::max(0, data.n_sites)));
  for (size_t i = 0; i < n; ++i) {
    if (data.sites[i] >= 0 && data.sites[i] < data.n_sites) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("row ", i, ": site ", data.sites[i], " is not in [0, ",
                     data.n_sites, ")"));
  }
  absl::StatusOr<std::vector<Coefficient>> fit = FitCaseMix(data, conf_level);
  if (!fit.ok()) return fit.status();
  SiteMeans means;
  means.coefficients = *std::move(fit);
  for (size_t i = 0; i < n; ++i) {
    ScoresOfSite& site = sites[static_cast<size_t>(data.sites[i])];
    site.scores.push_back(data.response[i]);
    site.residuals.push_back(data.response[i] -
                             ExpectedOf(data, means.coefficients, i));
  }
  means.df = static_cast<double>(n) + 1;  // the intercept is among the sites
  for (const Coefficient& one : means.coefficients) {
    if (one.estimate.has_value()) --means.df;
  }
  double squares = 0, all_squares = 0;
  for (ScoresOfSite& site : sites) {
    SiteMean& mean = means.sites.emplace_back();
    mean.n = static_cast<double>(site.scores.size());
    if (site.scores.empty()) continue;
    --means.df;
    mean.mean = SortedMean(site.scores);
    mean.difference = SortedMean(site.residuals);
    mean.expected = *mean.mean - *mean.difference;
    squares += SquaresAbout(*mean.difference, site.residuals);
    all_squares += SquaresAbout(0, site.scores);
  }
  if (!(means.df > 0) || squares <= kPerfectFit * all_squares) return means;
  means.deviation = std::sqrt(squares / means.df);
  SetErrors(conf_level, means);
  return means;
}

absl::StatusOr<Funnel> EstimateMeanFunnel(const SiteMeans& means,
                                          FunnelOptions options) {
  if (!means.deviation.has_value()) {
    return absl::FailedPreconditionError(
        "the scores do not vary within sites beyond the case mix");
  }
  const double unit = 2 * *means.deviation;
  options.measure = FunnelMeasure::kDifference;
  if (options.target.has_value()) *options.target /= unit;
  std::vector<double> sums, sizes;
  for (const SiteMean& site : means.sites) {
    sums.push_back(site.difference.value_or(0) / unit * site.n);
    sizes.push_back(site.n);
  }
  absl::StatusOr<Funnel> funnel = EstimateFunnel({sums, sizes}, options);
  if (!funnel.ok()) return funnel.status();
  const auto scale = [unit](std::optional<double>& value) {
    if (value.has_value()) *value *= unit;
  };
  funnel->target *= unit;
  scale(funnel->options.target);
  scale(funnel->dispersion.tau_squared);  // in squares
  scale(funnel->dispersion.tau_squared);
  for (FunnelLimits& limits : funnel->limits) {
    scale(limits.lower95);
    scale(limits.upper95);
    scale(limits.lower998);
    scale(limits.upper998);
  }
  for (size_t i = 0; i < means.sites.size(); ++i) {
    if (means.sites[i].n > 0) {
      funnel->sites[i].estimate = means.sites[i].difference;
    }
  }
  return funnel;
}

}  // namespace enthesis::stats
