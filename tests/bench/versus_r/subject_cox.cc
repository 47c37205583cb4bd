// Cox models of six covariates, Efron ties: plain, stratified by 50 sites, and
// with a clustered variance. coxph always finds the concordance as well; the
// fits are timed without it and with it.

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "stats/cox.h"
#include "tests/bench/versus_r/columns.h"

namespace enthesis::versus_r {
namespace {

constexpr int kRepeats = 5;

// The columns as a model takes them.
struct Model {
  std::vector<int> events;
  stats::CoxRows rows;
  stats::DesignMatrix design;
};

void FillModel(const Columns& columns, Model& model) {
  for (int event : columns.event) model.events.push_back(event > 0 ? 1 : 0);
  model.rows.times = columns.day;
  model.rows.events = model.events;
  model.design.n_rows = columns.n_rows;
  for (size_t j = 0; j < columns.x.size(); ++j) {
    model.design.names.push_back("x" + std::to_string(j + 1));
    model.design.values.insert(model.design.values.end(), columns.x[j].begin(),
                               columns.x[j].end());
  }
}

// The sum of the estimates and of the errors in use.
double Figure(const stats::CoxRows& rows, const stats::DesignMatrix& design,
              bool concordance, stats::ThreadPool& pool) {
  stats::CoxOptions options;
  options.concordance = concordance;
  const auto fit = stats::FitCox(rows, design, options, &pool);
  if (!fit.ok()) {
    std::fprintf(stderr, "versus_r: %s\n", fit.status().ToString().c_str());
    std::exit(1);
  }
  double figure = 0;
  for (const stats::Coefficient& x : fit->coefficients) {
    figure += x.estimate.value_or(0);
    figure += (fit->robust ? x.robust_std_error : x.std_error).value_or(0);
  }
  return figure;
}

}  // namespace

std::vector<Timing> TimeCox(const Columns& columns, stats::ThreadPool& pool) {
  Model model;
  FillModel(columns, model);
  stats::CoxRows exact = model.rows;
  exact.times = columns.time;
  stats::CoxRows strata = model.rows;
  strata.strata = columns.site;
  const auto run = [&](const std::string& name, const stats::CoxRows& rows,
                       bool concordance) {
    return Time(name, kRepeats,
                [&] { return Figure(rows, model.design, concordance, pool); });
  };
  return {run("Cox, whole days", model.rows, false),
          run("Cox, whole days, with concordance", model.rows, true),
          run("Cox by 50 sites, whole days", strata, false),
          run("Cox, continuous", exact, false)};
}

std::vector<Timing> TimeCoxRobust(const Columns& columns,
                                  stats::ThreadPool& pool) {
  Model model;
  FillModel(columns, model);
  model.rows.clusters = columns.cluster;
  return {Time("Cox, robust by cluster", kRepeats,
               [&] { return Figure(model.rows, model.design, false, pool); })};
}

}  // namespace enthesis::versus_r
