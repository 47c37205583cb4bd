// The mixed model for repeated measures: ten rows of the columns are the visits
// of a subject, some of them missing.

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "stats/mmrm.h"
#include "tests/bench/versus_r/columns.h"
#include "tests/bench/versus_r/model.h"

namespace enthesis::versus_r {
namespace {

constexpr size_t kVisits = 10;
constexpr int kMmrmRepeats = 7;

struct Trial {
  std::vector<double> response;
  std::vector<int> subjects, visits, groups;
  stats::MmrmData data;  // views the others
};

// What a subject is, its first row says; a visit of a small weight is missing.
void FillTrial(const Columns& columns, Trial& trial) {
  std::vector<double> baseline;
  for (size_t i = 0; i < columns.n_rows; ++i) {
    const size_t visit = i % kVisits;
    const size_t first = i - visit;
    if (visit > 0 && columns.weight[i] < 0.45) continue;
    const double time = static_cast<double>(visit);
    const int group = columns.group[first] % 2;
    double error = 8 * columns.x[4][first];
    for (size_t row = first + 1; row <= i; ++row) {
      error = 0.6 * error + (5 + time) * columns.x[4][row];
    }
    trial.response.push_back(columns.x[1][first] / 2 + 2 * time +
                             0.3 * group * time + error +
                             10 * columns.x[2][first]);
    trial.subjects.push_back(static_cast<int>(i / kVisits));
    trial.visits.push_back(static_cast<int>(visit));
    trial.groups.push_back(group);
    baseline.push_back(columns.x[1][first]);
  }
  stats::MmrmData& data = trial.data;
  data.response = trial.response;
  data.subjects = trial.subjects;
  data.visits = trial.visits;
  data.groups = trial.groups;
  data.group_names = {"group0", "group1"};
  for (size_t v = 0; v < kVisits; ++v) {
    data.visit_levels.push_back(absl::StrCat(v));
    data.visit_names.push_back(absl::StrCat("visit", v));
  }
  data.covariates.n_rows = baseline.size();
  AddColumn("baseline", baseline, data.covariates);
}

double FigureOf(const Trial& trial, stats::MmrmDf df) {
  stats::MmrmOptions options;
  options.df = df;
  const auto fit = stats::FitMmrm(trial.data, options);
  double sum = 0;
  for (const stats::MmrmCoefficient& one : FitOf(fit).coefficients) {
    sum += one.value.estimate.value_or(0);
    if (df == stats::MmrmDf::kSatterthwaite) {
      sum += one.value.std_error.value_or(0);
    }
  }
  return sum;
}

}  // namespace

std::vector<Timing> TimeMmrm(const Columns& columns, stats::ThreadPool&) {
  Trial trial;
  FillTrial(columns, trial);
  return {Time("unstructured, Satterthwaite", kMmrmRepeats,
               [&] { return FigureOf(trial, stats::MmrmDf::kSatterthwaite); }),
          Time("unstructured, Kenward-Roger", kMmrmRepeats,
               [&] { return FigureOf(trial, stats::MmrmDf::kKenwardRoger); })};
}

}  // namespace enthesis::versus_r
