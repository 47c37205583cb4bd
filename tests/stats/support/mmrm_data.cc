#include "support/mmrm_data.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <set>

#include "absl/strings/str_cat.h"
#include "support/golden.h"

namespace enthesis::stats::golden {
namespace {

void AddCovariate(const std::string& name, int term,
                  const std::vector<double>& values, DesignMatrix& design) {
  design.n_rows = values.size();
  design.names.push_back(name);
  design.terms.push_back(term);
  design.values.insert(design.values.end(), values.begin(), values.end());
}

void ReadCovariates(const Csv& csv, const std::vector<std::string>& names,
                    DesignMatrix& design) {
  for (size_t term = 0; term < names.size(); ++term) {
    const std::string& name = names[term];
    if (name != "site") {
      std::vector<double> values;
      for (size_t i = 0; i < csv.n_rows(); ++i) {
        values.push_back(csv.Value(i, name));
      }
      AddCovariate(name, static_cast<int>(term), values, design);
      continue;
    }
    for (const std::string level : {"S", "W"}) {  // beside N
      std::vector<double> values;
      for (size_t i = 0; i < csv.n_rows(); ++i) {
        values.push_back(csv.Text(i, name) == level ? 1 : 0);
      }
      AddCovariate(name + level, static_cast<int>(term), values, design);
    }
  }
}

}  // namespace

MmrmData RepeatedData::view() const {
  MmrmData data;
  data.response = response;
  data.subjects = subjects;
  data.visits = visits;
  data.groups = groups;
  data.visit_levels = visit_levels;
  data.covariates = covariates;
  for (const std::string& level : visit_levels) {
    data.visit_names.push_back("visit" + level);
  }
  for (const std::string& level : group_levels) {
    data.group_names.push_back("group" + level);
  }
  return data;
}

RepeatedData ReadRepeatedData(const std::string& dataset) {
  static const auto* const kCovariates =
      new std::map<std::string, std::vector<std::string>>{
          {"sleepstudy", {"visit"}}, {"visa", {"baseline", "age", "site"}}};
  const Csv csv(absl::StrCat("data/mmrm_", dataset, ".csv"));
  RepeatedData data;
  std::set<double> visits;
  std::set<std::string> groups;
  for (size_t i = 0; i < csv.n_rows(); ++i) {
    visits.insert(csv.Value(i, "visit"));
    groups.insert(csv.Text(i, "group"));
  }
  for (const double visit : visits) {
    data.visit_levels.push_back(absl::StrCat(visit));
  }
  if (groups.size() > 1) data.group_levels.assign(groups.begin(), groups.end());
  for (size_t i = 0; i < csv.n_rows(); ++i) {
    data.response.push_back(csv.Value(i, "response"));
    data.subjects.push_back(static_cast<int>(csv.Value(i, "subject")));
    const auto visit = visits.find(csv.Value(i, "visit"));
    data.visits.push_back(
        static_cast<int>(std::distance(visits.begin(), visit)));
    if (groups.size() == 1) continue;
    const auto group = groups.find(csv.Text(i, "group"));
    data.groups.push_back(
        static_cast<int>(std::distance(groups.begin(), group)));
  }
  const auto covariates = kCovariates->find(dataset);
  if (covariates != kCovariates->end()) {
    ReadCovariates(csv, covariates->second, data.covariates);
  }
  return data;
}

RepeatedData DrawRepeatedData(size_t n_subjects, size_t n_visits,
                              double missing, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal;
  std::uniform_real_distribution<double> uniform;
  RepeatedData data;
  data.group_levels = {"A", "B"};
  for (size_t v = 0; v < n_visits; ++v) {
    data.visit_levels.push_back(absl::StrCat(v + 1));
  }
  std::vector<double> covariate;
  for (size_t s = 0; s < n_subjects; ++s) {
    const int group = static_cast<int>(s % 2);
    const double baseline = std::round(10 * normal(random)) + 50;
    double error = normal(random);
    for (size_t v = 0; v < n_visits; ++v) {
      if (v > 0) error = 0.7 * error + std::sqrt(0.51) * normal(random);
      const double time = static_cast<double>(v);
      const double response =
          0.5 * baseline + 3 * time + group * time + (8 + time) * error;
      if (v > 0 && uniform(random) < missing) continue;
      data.response.push_back(response);
      data.subjects.push_back(static_cast<int>(s));
      data.visits.push_back(static_cast<int>(v));
      data.groups.push_back(group);
      covariate.push_back(baseline);
    }
  }
  AddCovariate("baseline", 0, covariate, data.covariates);
  return data;
}

RepeatedData TakenRows(const RepeatedData& data,
                       const std::vector<size_t>& order) {
  RepeatedData taken = data;
  taken.response.clear();
  taken.subjects.clear();
  taken.visits.clear();
  taken.groups.clear();
  taken.covariates.values.clear();
  taken.covariates.n_rows = order.size();
  for (const size_t row : order) {
    taken.response.push_back(data.response[row]);
    taken.subjects.push_back(data.subjects[row]);
    taken.visits.push_back(data.visits[row]);
    if (!data.groups.empty()) taken.groups.push_back(data.groups[row]);
  }
  for (size_t c = 0; c < data.covariates.n_columns(); ++c) {
    for (const size_t row : order) {
      taken.covariates.values.push_back(data.covariates.Column(c)[row]);
    }
  }
  return taken;
}

MmrmFit MmrmOf(const RepeatedData& data, const MmrmOptions& options) {
  const auto fit = FitMmrm(data.view(), options);
  EXPECT_TRUE(fit.ok()) << fit.status();
  return fit.ok() ? *fit : MmrmFit();
}

}  // namespace enthesis::stats::golden
