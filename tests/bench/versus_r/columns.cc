#include "tests/bench/versus_r/columns.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>

namespace enthesis::versus_r {
namespace {

constexpr size_t kCovariates = 6;

void Put(const std::vector<double>& column, std::ofstream& out) {
  out.write(reinterpret_cast<const char*>(column.data()),
            static_cast<std::streamsize>(column.size() * sizeof(double)));
}

std::vector<double> Take(size_t n, std::ifstream& in) {
  std::vector<double> column(n);
  in.read(reinterpret_cast<char*>(column.data()),
          static_cast<std::streamsize>(n * sizeof(double)));
  if (!in) {
    std::fprintf(stderr, "versus_r: the file is too short\n");
    std::exit(1);
  }
  return column;
}

std::vector<int> TakeWhole(size_t n, std::ifstream& in) {
  const std::vector<double> column = Take(n, in);
  std::vector<int> whole(n);
  std::transform(column.begin(), column.end(), whole.begin(),
                 [](double x) { return static_cast<int>(x); });
  return whole;
}

// In (0, 1), from the upper 53 bits: the same on every machine.
double Uniform(std::mt19937_64& random) {
  return (static_cast<double>(random() >> 11) + 0.5) * 0x1p-53;
}

}  // namespace

void WriteColumns(const std::string& path, size_t n_rows, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<std::vector<double>> columns(8 + kCovariates);
  for (size_t i = 0; i < n_rows; ++i) {
    const double group = std::floor(4 * Uniform(random));
    std::vector<double> x = {Uniform(random) < 0.5 ? 1.0 : 0.0,
                             std::round(20 + 60 * Uniform(random)),
                             std::round(180 * Uniform(random)) / 10,
                             std::floor(3 * Uniform(random)),
                             Uniform(random) - Uniform(random),
                             Uniform(random) < 0.2 ? 1.0 : 0.0};
    const double risk = 0.1 * group + 0.3 * x[0] + 0.01 * x[1] - 0.2 * x[4];
    const double first = -2500 * std::log(Uniform(random)) / std::exp(risk);
    const double other = -9000 * std::log(Uniform(random));
    const double end = 365 + 3285 * Uniform(random);
    const double time = std::min({first, other, end});
    const double event = time >= end ? 0 : (first <= other ? 1 : 2);
    const double day = std::max(1.0, std::ceil(time));
    const double entry =
        Uniform(random) < 0.5 ? 0 : std::floor(day * Uniform(random) / 2);
    const std::vector<double> row = {
        day,
        time,
        event,
        group,
        std::floor(50 * Uniform(random)),
        std::floor(static_cast<double>(n_rows) / 10 * Uniform(random)),
        entry,
        (1 + std::floor(30 * Uniform(random))) / 10};
    for (size_t c = 0; c < row.size(); ++c) columns[c].push_back(row[c]);
    for (size_t c = 0; c < kCovariates; ++c) columns[8 + c].push_back(x[c]);
  }
  std::ofstream out(path, std::ios::binary);
  for (const std::vector<double>& column : columns) Put(column, out);
  if (!out.flush()) {
    std::fprintf(stderr, "versus_r: cannot write %s\n", path.c_str());
    std::exit(1);
  }
}

Columns ReadColumns(const std::string& path, size_t n_rows) {
  std::ifstream in(path, std::ios::binary);
  Columns columns;
  columns.n_rows = n_rows;
  columns.day = Take(n_rows, in);
  columns.time = Take(n_rows, in);
  columns.event = TakeWhole(n_rows, in);
  columns.group = TakeWhole(n_rows, in);
  columns.site = TakeWhole(n_rows, in);
  columns.cluster = TakeWhole(n_rows, in);
  columns.entry = Take(n_rows, in);
  columns.weight = Take(n_rows, in);
  for (size_t c = 0; c < kCovariates; ++c) {
    columns.x.push_back(Take(n_rows, in));
  }
  return columns;
}

Timing Time(const std::string& name, int repeats,
            const std::function<double()>& run) {
  Timing timing;
  timing.name = name;
  for (int i = 0; i < repeats; ++i) {
    const auto start = std::chrono::steady_clock::now();
    timing.figure = run();
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
            .count();
    timing.seconds = i == 0 ? seconds : std::min(timing.seconds, seconds);
  }
  return timing;
}

void Fail(const absl::Status& status) {
  std::fprintf(stderr, "versus_r: %s\n", status.ToString().c_str());
  std::exit(1);
}

}  // namespace enthesis::versus_r
