// Cox models of six covariates, Efron ties: plain, stratified by 50 sites, and
// with a clustered variance. coxph always finds the concordance as well, so ours
// do; one is timed without it, too.

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "stats/cox.h"
#include "tests/bench/versus_r/columns.h"
#include "tests/bench/versus_r/model.h"

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
  model.design = CovariatesOf(columns, columns.x.size());
}

// The sum of the estimates and of the errors in use.
double Figure(const stats::CoxRows& rows, const stats::DesignMatrix& design,
              bool concordance, stats::ThreadPool& pool) {
  stats::CoxOptions options;
  options.concordance = concordance;
  const auto fit = stats::FitCox(rows, design, options, &pool);
  return SumOfEstimates(FitOf(fit), fit->robust);
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
  return {run("Cox, whole days", model.rows, true),
          run("Cox, whole days, without concordance", model.rows, false),
          run("Cox by 50 sites, whole days", strata, true),
          run("Cox, continuous", exact, true)};
}

std::vector<Timing> TimeCoxRobust(const Columns& columns,
                                  stats::ThreadPool& pool) {
  Model model;
  FillModel(columns, model);
  model.rows.clusters = columns.cluster;
  return {Time("Cox, robust by cluster", kRepeats,
               [&] { return Figure(model.rows, model.design, true, pool); })};
}

}  // namespace enthesis::versus_r
