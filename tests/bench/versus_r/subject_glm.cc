// Generalized linear models: a binary response on ten covariates, counts on
// six.

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "stats/glm.h"
#include "tests/bench/versus_r/columns.h"

namespace enthesis::versus_r {
namespace {

constexpr int kGlmRepeats = 7;

// The sum of the estimates and their errors.
double FigureOf(const stats::GlmRows& rows, const stats::DesignMatrix& design,
                stats::GlmFamily family, stats::ThreadPool& pool) {
  stats::GlmOptions options;
  options.family = family;
  const auto fit = stats::FitGlm(rows, design, options, &pool);
  if (!fit.ok()) {
    std::fprintf(stderr, "versus_r: %s\n", fit.status().ToString().c_str());
    std::exit(1);
  }
  double figure = 0;
  for (const stats::Coefficient& coefficient : fit->coefficients) {
    figure += *coefficient.estimate + *coefficient.std_error;
  }
  return figure;
}

void AddColumn(const std::string& name, const std::vector<double>& values,
               stats::DesignMatrix& design) {
  design.names.push_back(name);
  design.values.insert(design.values.end(), values.begin(), values.end());
}

}  // namespace

std::vector<Timing> TimeGlm(const Columns& columns, stats::ThreadPool& pool) {
  const size_t n = columns.n_rows;
  stats::DesignMatrix six;
  six.n_rows = n;
  for (size_t c = 0; c < columns.x.size(); ++c) {
    AddColumn("x" + std::to_string(c + 1), columns.x[c], six);
  }
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
