// The columns that R and the library are timed on, and how a timing is told.

#ifndef ENTHESIS_TESTS_BENCH_VERSUS_R_COLUMNS_H_
#define ENTHESIS_TESTS_BENCH_VERSUS_R_COLUMNS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "stats/parallel.h"

namespace enthesis::versus_r {

// A file holds the columns below as doubles, one whole column after another,
// in this order; columns.R reads the same.
struct Columns {
  size_t n_rows = 0;
  std::vector<double> day;     // exit in whole days, 1 to 3650
  std::vector<double> time;    // exit, continuous
  std::vector<int> event;      // 0 censored, 1 event, 2 competing event
  std::vector<int> group;      // 0 to 3
  std::vector<int> site;       // 0 to 49
  std::vector<int> cluster;    // about 10 rows each
  std::vector<double> entry;   // whole days before `day`; half of them 0
  std::vector<double> weight;  // 0.1 to 3.0
  std::vector<std::vector<double>> x;  // 6 covariates
};

void WriteColumns(const std::string& path, size_t n_rows, uint64_t seed);
Columns ReadColumns(const std::string& path, size_t n_rows);

// The best of `repeats` runs. `run` returns one figure of the result, which R
// must have too: that both did the same.
struct Timing {
  std::string name;
  double seconds = 0;
  double figure = 0;
};
Timing Time(const std::string& name, int repeats,
            const std::function<double()>& run);

// Ends the program with the reason: there is nothing to time.
[[noreturn]] void Fail(const absl::Status& status);

// One subject a function, in a subject_*.cc; its half in R is NAME.R.
std::vector<Timing> TimeSurvival(const Columns& columns,
                                 stats::ThreadPool& pool);
std::vector<Timing> TimeCox(const Columns& columns, stats::ThreadPool& pool);
std::vector<Timing> TimeCoxRobust(const Columns& columns,
                                  stats::ThreadPool& pool);
std::vector<Timing> TimeIncidence(const Columns& columns,
                                  stats::ThreadPool& pool);
std::vector<Timing> TimeFineGray(const Columns& columns,
                                 stats::ThreadPool& pool);
std::vector<Timing> TimeGlm(const Columns& columns, stats::ThreadPool& pool);
std::vector<Timing> TimeMixed(const Columns& columns, stats::ThreadPool& pool);
std::vector<Timing> TimeCrossed(const Columns& columns,
                                stats::ThreadPool& pool);
std::vector<Timing> TimeMeta(const Columns& columns, stats::ThreadPool& pool);
std::vector<Timing> TimeMmrm(const Columns& columns, stats::ThreadPool& pool);
std::vector<Timing> TimeParametric(const Columns& columns,
                                   stats::ThreadPool& pool);
std::vector<Timing> TimeTables(const Columns& columns, stats::ThreadPool& pool);

}  // namespace enthesis::versus_r

#endif  // ENTHESIS_TESTS_BENCH_VERSUS_R_COLUMNS_H_
