// Generalized linear models: a binary response on ten covariates, counts on
// six.

#include <cmath>
#include <string>
#include <vector>

#include "stats/glm.h"
#include "tests/bench/versus_r/columns.h"
#include "tests/bench/versus_r/model.h"

namespace enthesis::versus_r {
namespace {

constexpr int kGlmRepeats = 7;

// The sum of the estimates and their errors.
double FigureOf(const stats::GlmRows& rows, const stats::DesignMatrix& design,
                stats::GlmFamily family, stats::ThreadPool& pool) {
  stats::GlmOptions options;
  options.family = family;
  const auto fit = stats::FitGlm(rows, design, options, &pool);
  return SumOfEstimates(FitOf(fit));
}

}  // namespace

std::vector<Timing> TimeGlm(const Columns& columns, stats::ThreadPool& pool) {
  const size_t n = columns.n_rows;
  const stats::DesignMatrix six = CovariatesOf(columns, columns.x.size());
  stats::DesignMatrix ten = six;
  std::vector<double> site(columns.site.begin(), columns.site.end());
  std::vector<double> group(columns.group.begin(), columns.group.end());
  std::vector<double> log_time, event, count;
  for (size_t i = 0; i < n; ++i) {
    log_time.push_back(std::log(columns.time[i]));
    event.push_back(columns.event[i] == 1 ? 1 : 0);
    count.push_back(std::floor(columns.day[i] / 365));
  }
  AddColumn("site", site, ten);
  AddColumn("group", group, ten);
  AddColumn("log_time", log_time, ten);
  AddColumn("weight", columns.weight, ten);
  const stats::GlmRows binary = {event, {}, {}, {}};
  const stats::GlmRows counts = {count, {}, {}, {}};
  const auto run = [&](const std::string& name, const stats::GlmRows& rows,
                       const stats::DesignMatrix& design,
                       stats::GlmFamily family) {
    return Time(name, kGlmRepeats,
                [&] { return FigureOf(rows, design, family, pool); });
  };
  using stats::GlmFamily;
  return {run("logistic, 10 covariates", binary, ten, GlmFamily::kLogistic),
          run("Poisson, 6 covariates", counts, six, GlmFamily::kPoisson)};
}

}  // namespace enthesis::versus_r
