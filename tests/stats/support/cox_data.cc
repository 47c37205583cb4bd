#include "support/cox_data.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace enthesis::stats::golden {
namespace {

template <typename T>
std::vector<T> TakenFrom(const std::vector<T>& values,
                         const std::vector<size_t>& order) {
  std::vector<T> taken;
  for (size_t i : order) {
    if (!values.empty()) taken.push_back(values[i]);
  }
  return taken;
}

// Uniform on (0, 1), the same on every platform.
double Uniform(std::mt19937_64& random) {
  return (static_cast<double>(random() >> 11) + 0.5) / 9007199254740992.0;
}

double Normal(std::mt19937_64& random) {
  double sum = -6;
  for (int i = 0; i < 12; ++i) sum += Uniform(random);
  return sum;
}

int Below(std::mt19937_64& random, int n) {
  return static_cast<int>(random() % static_cast<uint64_t>(n));
}

void AddColumn(const std::string& name, const std::vector<double>& values,
               CoxData& data) {
  DesignMatrix& design = data.design;
  const std::string term = name.substr(0, name.find('.'));
  const bool joins =
      !design.names.empty() && name != term &&
      design.names.back().substr(0, design.names.back().find('.')) == term;
  const int before = design.terms.empty() ? -1 : design.terms.back();
  design.terms.push_back(joins ? before : before + 1);
  design.names.push_back(name);
  design.values.insert(design.values.end(), values.begin(), values.end());
}

}  // namespace

CoxRows CoxData::Rows(bool stratified, bool weighted, bool clustered) const {
  CoxRows rows;
  rows.times = times;
  rows.events = events;
  rows.entries = entries;
  rows.counts = counts;
  if (weighted) rows.weights = weights;
  if (stratified) rows.strata = strata;
  if (clustered) rows.clusters = clusters;
  return rows;
}

CoxData CoxData::Taken(const std::vector<size_t>& order) const {
  CoxData taken;
  taken.times = TakenFrom(times, order);
  taken.entries = TakenFrom(entries, order);
  taken.weights = TakenFrom(weights, order);
  taken.counts = TakenFrom(counts, order);
  taken.events = TakenFrom(events, order);
  taken.strata = TakenFrom(strata, order);
  taken.clusters = TakenFrom(clusters, order);
  taken.design.names = design.names;
  taken.design.terms = design.terms;
  taken.design.n_rows = order.size();
  for (size_t j = 0; j < design.n_columns(); ++j) {
    for (size_t i : order) taken.design.values.push_back(design.Column(j)[i]);
  }
  return taken;
}

CoxData ReadCoxData(const std::string& name) {
  std::ifstream in(absl::StrCat(ENTHESIS_SOURCE_DIR "/tests/golden/data/cox_",
                                name, ".csv"));
  EXPECT_TRUE(in.is_open()) << name;
  std::vector<std::string> header;
  std::vector<std::vector<double>> columns;
  std::string line;
  while (std::getline(in, line)) {
    if (line.empty() || line[0] == '#') continue;
    const std::vector<std::string> cells = absl::StrSplit(line, ',');
    if (header.empty()) {
      header = cells;
      columns.resize(header.size());
      continue;
    }
    for (size_t c = 0; c < header.size(); ++c) {
      double value = 0;
      EXPECT_TRUE(absl::SimpleAtod(cells[c], &value)) << line;
      columns[c].push_back(value);
    }
  }
  CoxData data;
  for (size_t c = 0; c < header.size(); ++c) {
    const std::vector<double>& column = columns[c];
    const std::vector<int> codes(column.begin(), column.end());
    if (header[c] == "time") {
      data.times = column;
    } else if (header[c] == "entry") {
      data.entries = column;
    } else if (header[c] == "weight") {
      data.weights = column;
    } else if (header[c] == "event") {
      data.events = codes;
    } else if (header[c] == "stratum") {
      data.strata = codes;
    } else if (header[c] == "cluster") {
      data.clusters = codes;
    } else {
      AddColumn(header[c], column, data);
    }
  }
  data.design.n_rows = data.size();
  return data;
}

CoxData RandomCoxData(const RandomCox& options) {
  std::mt19937_64 random(options.seed);
  CoxData data;
  const size_t n = options.n;
  data.design.n_rows = n;
  data.design.values.resize(n * options.n_covariates);
  for (size_t j = 0; j < options.n_covariates; ++j) {
    data.design.names.push_back(absl::StrCat("x", j + 1));
  }
  for (size_t i = 0; i < n; ++i) {
    double predictor = 0;
    for (size_t j = 0; j < options.n_covariates; ++j) {
      const double x = j == 0 ? Below(random, 2) : Normal(random);
      data.design.values[j * n + i] = x;
      predictor += (j % 2 == 0 ? 0.5 : -0.3) * x;
    }
    const double rate = std::exp(predictor);
    double time = -std::log(Uniform(random)) / rate;
    double entry = options.delayed && Below(random, 3) > 0
                       ? 0.5 * Uniform(random) * time
                       : 0;
    if (options.max_day > 0) {
      const double scale = options.max_day / 3.0;
      time = std::min<double>(options.max_day, std::floor(time * scale) + 1);
      entry = std::min(std::floor(entry * scale), time - 1);
    }
    data.times.push_back(time);
    if (options.delayed) data.entries.push_back(entry);
    data.events.push_back(Below(random, 3) > 0 ? 1 : 0);
    if (options.weighted) data.weights.push_back(0.2 + 2 * Uniform(random));
    if (options.n_strata > 1) {
      data.strata.push_back(Below(random, options.n_strata));
    }
    if (options.n_clusters > 0) {
      data.clusters.push_back(Below(random, options.n_clusters));
    }
  }
  return data;
}

CoxFit Fit(const CoxData& data, const CoxOptions& options, ThreadPool* pool) {
  const auto fit = FitCox(data.Rows(), data.design, options, pool);
  EXPECT_TRUE(fit.ok()) << fit.status();
  return fit.ok() ? *fit : CoxFit();
}

}  // namespace enthesis::stats::golden
