// Gray's test, jackknife errors of incidence and Fine-Gray regression against R
// on shipped data: tests/golden/README.md.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "stats/event_table.h"
#include "stats/fine_gray.h"
#include "stats/fine_gray_curves.h"
#include "stats/gray_test.h"
#include "stats/incidence_curves.h"
#include "support/golden.h"
#include "support/naive_survival.h"

namespace enthesis::stats {
namespace {

using golden::Compare;
using golden::Csv;
using golden::EventData;
using golden::ReadEventData;

std::vector<std::vector<EventTable>> Strata(const EventData& data,
                                            bool stratified) {
  const int n_groups = static_cast<int>(data.labels.size());
  const int n_strata = stratified ? data.n_strata : 1;
  std::vector<int> cells;
  for (size_t i = 0; i < data.rows.size(); ++i) {
    cells.push_back((stratified ? data.strata[i] : 0) * n_groups +
                    data.groups[i]);
  }
  const auto tables =
      TabulateEventGroups(data.rows, cells, n_strata * n_groups, data.n_causes);
  EXPECT_TRUE(tables.ok()) << tables.status();
  std::vector<std::vector<EventTable>> strata;
  for (int s = 0; s < n_strata; ++s) {
    const auto begin = tables->begin() + s * n_groups;
    strata.emplace_back(begin, begin + n_groups);
  }
  return strata;
}

TEST(Golden, GrayTest) {
  const Csv csv("gray.csv");
  for (size_t i = 0; i < csv.n_rows(); ++i) {
    const std::string& dataset = csv.Text(i, "dataset");
    const auto tests =
        TestGray(Strata(ReadEventData(dataset), csv.Value(i, "stratified") > 0),
                 {.rho = csv.Value(i, "rho")});
    ASSERT_TRUE(tests.ok()) << tests.status();
    const GrayTest& test =
        (*tests)[static_cast<size_t>(csv.Value(i, "cause")) - 1];
    const std::string row = absl::StrCat("row ", i);
    Compare("Gray's test", dataset, test.chi_square, csv.Number(i, "statistic"),
            row);
    Compare("Gray's test", dataset, test.df, csv.Number(i, "df"), row);
    Compare("Gray's test", dataset, test.p_value, csv.Number(i, "p"), row);
  }
}

IncidenceCurves JackknifeCurves(EventData data, const std::string& dataset,
                                bool weighted) {
  const Csv csv("data/" + dataset + ".csv");
  for (size_t i = 0; i < data.rows.size(); ++i) {
    data.rows[i].weight = weighted ? csv.Value(i, "weight") : 1;
  }
  IncidenceOptions options;
  options.variance = IncidenceVariance::kJackknife;
  const naive::RowColumns columns = naive::ToColumns(data.rows, data.groups);
  const auto curves = EstimateIncidenceCurves(
      columns.View(), static_cast<int>(data.labels.size()), data.n_causes,
      options);
  EXPECT_TRUE(curves.ok()) << curves.status();
  return curves.ok() ? *curves : IncidenceCurves();
}

TEST(Golden, JackknifeIncidence) {
  const Csv csv("incidence_jackknife.csv");
  std::map<std::string, EventData> data;
  std::map<std::string, IncidenceCurves> cache;
  for (size_t i = 0; i < csv.n_rows(); ++i) {
    const std::string& dataset = csv.Text(i, "dataset");
    const std::string& weighted = csv.Text(i, "weighted");
    auto [it, is_new] = cache.try_emplace(dataset + weighted);
    if (is_new) {
      data[dataset] = ReadEventData(dataset);
      it->second = JackknifeCurves(data[dataset], dataset, weighted == "1");
    }
    const std::vector<std::string>& labels = data[dataset].labels;
    const size_t group = static_cast<size_t>(
        std::find(labels.begin(), labels.end(), csv.Text(i, "group")) -
        labels.begin());
    const auto points = IncidenceAt(it->second.curves[group],
                                    static_cast<int>(csv.Value(i, "cause")) - 1,
                                    {csv.Value(i, "time")});
    ASSERT_TRUE(points[0].has_value()) << i;
    const std::string row = absl::StrCat("row ", i);
    Compare("jackknife incidence", dataset, points[0]->incidence,
            csv.Number(i, "incidence"), row);
    Compare("jackknife error", dataset, points[0]->std_error,
            csv.Number(i, "stdError"), row);
  }
}

// The rows and options of one model, named DATA/CONVENTION/CAUSE/VARIANT.
class Model {
 public:
  Model(const std::string& name, const std::vector<std::string>& terms) {
    const std::vector<std::string> parts = absl::StrSplit(name, '/');
    const std::string variant = parts.size() > 3 ? parts[3] : "";
    const Csv csv("data/" + parts[0] + ".csv");
    for (size_t i = 0; i < csv.n_rows(); ++i) {
      times_.push_back(csv.Value(i, "time"));
      causes_.push_back(static_cast<int>(csv.Value(i, "cause")));
      if (csv.Has("entry")) entries_.push_back(csv.Value(i, "entry"));
      if (variant == "weights") weights_.push_back(csv.Value(i, "weight"));
      if (variant == "clusters") {
        clusters_.push_back(static_cast<int>(csv.Value(i, "cluster")));
      }
    }
    if (variant == "strata" || variant == "groups") {
      strata_ = ReadEventData(parts[0]).strata;
    }
    design_.n_rows = times_.size();
    design_.names = terms;
    for (const std::string& term : terms) {
      for (size_t i = 0; i < csv.n_rows(); ++i) {
        design_.values.push_back(csv.Value(i, term));
      }
    }
    options_.cause = std::atoi(parts[2].c_str());
    if (parts[1] == "finegray") {
      options_.convention = FineGrayConvention::kFineGray;
    }
    if (variant == "breslow") options_.ties = FineGrayTies::kBreslow;
  }

  FineGrayRows Rows() const {
    const bool crr = options_.convention == FineGrayConvention::kCrr;
    FineGrayRows rows{.times = times_, .causes = causes_};
    rows.clusters = clusters_;
    rows.weights = weights_;
    rows.entries = entries_;
    (crr ? rows.censoring_groups : rows.strata) = strata_;
    return rows;
  }
  const DesignMatrix& design() const { return design_; }
  const FineGrayOptions& options() const { return options_; }

 private:
  std::vector<double> times_, entries_, weights_;
  std::vector<int> causes_, clusters_, strata_;
  DesignMatrix design_;
  FineGrayOptions options_;
};

DesignMatrix ProfileOf(const std::string& dataset,
                       const std::vector<std::string>& terms) {
  static const auto& profiles = *new std::map<std::string, std::vector<double>>{
      {"cr_mgus2", {70, 1}},
      {"cr_pbc", {50, 1, 3.5, 10.5}},
      {"cr_transplant", {50, 0, 0, 1, 5}},
      {"cr_colon", {0, 1, 60, 3}},
      {"cr_flchain", {70, 1, 1}},
      {"cr_sparse", {1}},
      {"cr_mgus2_age", {13, 1.2, 1, 1}}};
  return {1, terms, {}, profiles.at(dataset)};
}

size_t IndexOf(const std::vector<std::string>& names, const std::string& name) {
  return static_cast<size_t>(std::find(names.begin(), names.end(), name) -
                             names.begin());
}

// One figure of a fit by its name in the golden file.
std::optional<double> FigureOf(const Model& model, const FineGrayFit& fit,
                               const std::string& quantity,
                               const std::string& name) {
  const std::vector<std::string>& terms = model.design().names;
  if (quantity == "estimate") {
    return fit.coefficients[IndexOf(terms, name)].estimate;
  }
  if (quantity == "covariance" || quantity == "modelCovariance") {
    const std::vector<std::string> pair = absl::StrSplit(name, ':');
    const size_t cell =
        IndexOf(terms, pair[0]) * terms.size() + IndexOf(terms, pair[1]);
    return (quantity == "covariance" ? fit.covariance
                                     : fit.model_covariance)[cell];
  }
  if (quantity == "logLikelihood") {
    return name == "null" ? fit.log_likelihood_null : fit.log_likelihood;
  }
  if (quantity == "score") return fit.tests.score.chi_square;
  if (quantity == "wald") return fit.tests.wald.chi_square;
  return std::nullopt;
}

TEST(Golden, FineGray) {
  const Csv csv("fine_gray.csv");
  std::map<std::string, std::vector<std::string>> terms;
  for (size_t i = 0; i < csv.n_rows(); ++i) {
    if (csv.Text(i, "quantity") != "estimate") continue;
    terms[csv.Text(i, "model")].push_back(csv.Text(i, "name"));
  }
  std::optional<Model> model;
  std::optional<FineGrayFit> fit;
  std::string current;
  for (size_t i = 0; i < csv.n_rows(); ++i) {
    const std::string& name = csv.Text(i, "model");
    if (name != current) {
      current = name;
      model.emplace(name, terms[name]);
      const auto fitted =
          FitFineGray(model->Rows(), model->design(), model->options());
      ASSERT_TRUE(fitted.ok()) << name << ": " << fitted.status();
      fit = *fitted;
    }
    const std::string& quantity = csv.Text(i, "quantity");
    const std::string what = absl::StrCat(quantity, " ", csv.Text(i, "name"));
    if (quantity != "incidence") {
      Compare("Fine-Gray " + quantity, name,
              FigureOf(*model, *fit, quantity, csv.Text(i, "name")),
              csv.Number(i, "value"), what);
      continue;
    }
    const std::string dataset = name.substr(0, name.find('/'));
    const auto curves = PredictFineGrayIncidence(
        model->Rows(), model->design(), *fit, ProfileOf(dataset, terms[name]),
        {csv.Value(i, "name")});
    ASSERT_TRUE(curves.ok()) << curves.status();
    Compare("Fine-Gray incidence", name, (*curves)[0].points[0].incidence,
            csv.Number(i, "value"), what);
  }
}

}  // namespace
}  // namespace enthesis::stats
