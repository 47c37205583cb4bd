// Mixed models for repeated measures: cases worked by hand, an oracle of plain
// sums, invariants.

#include "stats/mmrm.h"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <utility>
#include <vector>

#include "support/mmrm_data.h"

namespace enthesis::stats {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using golden::DrawRepeatedData;
using golden::MmrmOf;
using golden::RepeatedData;
using golden::TakenRows;

constexpr VisitCovariance kStructures[] = {
    VisitCovariance::kUnstructured,
    VisitCovariance::kCompoundSymmetry,
    VisitCovariance::kHeterogeneousCompoundSymmetry,
    VisitCovariance::kAutoregressive,
    VisitCovariance::kHeterogeneousAutoregressive,
    VisitCovariance::kToeplitz};

MmrmOptions Of(VisitCovariance covariance, MmrmDf df = MmrmDf::kSatterthwaite) {
  MmrmOptions options;
  options.covariance = covariance;
  options.df = df;
  return options;
}

// [subject][visit], everyone at every visit; one group a name in `groups`.
RepeatedData Complete(const std::vector<std::vector<double>>& rows,
                      const std::vector<int>& groups) {
  RepeatedData data;
  data.group_levels = {"A", "B"};
  for (size_t v = 0; v < rows[0].size(); ++v) {
    data.visit_levels.push_back(std::to_string(v));
  }
  for (size_t s = 0; s < rows.size(); ++s) {
    for (size_t v = 0; v < rows[s].size(); ++v) {
      data.response.push_back(rows[s][v]);
      data.subjects.push_back(static_cast<int>(s));
      data.visits.push_back(static_cast<int>(v));
      data.groups.push_back(groups[s]);
    }
  }
  return data;
}

// Means 2 and 6, squares 2 + 8 on 4 df.
TEST(Mmrm, OneVisitIsTheTTestByHand) {
  const MmrmFit fit =
      MmrmOf(Complete({{1}, {2}, {3}, {4}, {6}, {8}}, {0, 0, 0, 1, 1, 1}));
  ASSERT_EQ(fit.contrasts.size(), 1);
  const MmrmEstimate& difference = fit.contrasts[0].value;
  EXPECT_NEAR(*difference.estimate, 4, 1e-13);
  EXPECT_NEAR(*difference.std_error, std::sqrt(2.5 * 2 / 3), 1e-13);
  EXPECT_NEAR(*difference.df, 4, 1e-11);
  EXPECT_NEAR(fit.visit_covariance[0], 2.5, 1e-13);
  EXPECT_NEAR(*fit.means[1].value.estimate, 6, 1e-13);
  EXPECT_NEAR(*fit.means[1].value.std_error, std::sqrt(2.5 / 3), 1e-13);
}

// Changes 3, 1, 2 and 4, 6, 5: the change of a group, and the difference of
// changes, are t tests of them; the unstructured covariance is that of the
// sample within groups.
TEST(Mmrm, TwoVisitsAreTTestsOfChangesByHand) {
  const RepeatedData data = Complete(
      {{1, 4}, {2, 3}, {6, 8}, {3, 7}, {1, 7}, {5, 10}}, {0, 0, 0, 1, 1, 1});
  for (const MmrmDf df : {MmrmDf::kSatterthwaite, MmrmDf::kKenwardRoger}) {
    const MmrmFit fit = MmrmOf(data, Of(VisitCovariance::kUnstructured, df));
    ASSERT_EQ(fit.coefficients.size(), 4);
    const MmrmEstimate& change = fit.coefficients[1].value;  // of A
    const MmrmEstimate& more = fit.coefficients[3].value;
    EXPECT_EQ(fit.coefficients[3].name, "visit1:groupB");
    EXPECT_NEAR(*change.estimate, 2, 1e-12);
    EXPECT_NEAR(*more.estimate, 3, 1e-12);
    EXPECT_NEAR(*change.std_error, std::sqrt(1.0 / 3), 1e-12);
    EXPECT_NEAR(*more.std_error, std::sqrt(2.0 / 3), 1e-12);
    EXPECT_NEAR(*change.df, 4, 1e-9);
    EXPECT_NEAR(*more.df, 4, 1e-9);
    EXPECT_NEAR(*more.statistic, 3 / std::sqrt(2.0 / 3), 1e-11);
    // Squares 14 + 8, 14 + 6 and products 11 + 4, on 4 df.
    EXPECT_NEAR(fit.visit_covariance[0], 5.5, 1e-12);
    EXPECT_NEAR(fit.visit_covariance[1], 4.75, 1e-12);
    EXPECT_NEAR(fit.visit_covariance[3], 5, 1e-12);
  }
}

// Everyone at every visit: within subjects (n - g) (t - 1) df under compound
// symmetry, between them n - g with any covariance.
TEST(Mmrm, DegreesOfFreedomOfCompleteData) {
  const RepeatedData data = DrawRepeatedData(20, 4, 0, 3);
  RepeatedData plain = data;
  plain.covariates = {};
  for (const MmrmDf df : {MmrmDf::kSatterthwaite, MmrmDf::kKenwardRoger}) {
    const MmrmFit cs =
        MmrmOf(plain, Of(VisitCovariance::kCompoundSymmetry, df));
    EXPECT_NEAR(*cs.coefficients[1].value.df, 18 * 3, 1e-8);
    EXPECT_NEAR(*cs.coefficients.back().value.df, 18 * 3, 1e-8);
    const MmrmFit un = MmrmOf(plain, Of(VisitCovariance::kUnstructured, df));
    for (const MmrmCoefficient& one : un.coefficients) {
      EXPECT_NEAR(*one.value.df, 18, 1e-8) << one.name;
    }
    for (const MmrmContrast& one : un.contrasts) {
      EXPECT_NEAR(*one.value.df, 18, 1e-8) << one.visit;
    }
  }
}

// The log-likelihood by plain sums over subjects.
class PlainSums {
 public:
  PlainSums(const RepeatedData& data, const DesignMatrix& design)
      : data_(data), design_(design) {}

  double LogLikelihood(const MatrixXd& covariance, bool restricted) const {
    const Index p = static_cast<Index>(design_.n_columns()) + 1;
    MatrixXd information = MatrixXd::Zero(p, p);
    VectorXd score = VectorXd::Zero(p);
    double squares = 0;
    double determinant = 0;
    for (size_t begin = 0; begin < data_.response.size();) {
      size_t end = begin;
      std::vector<int> visits;
      while (end < data_.response.size() &&
             data_.subjects[end] == data_.subjects[begin]) {
        visits.push_back(data_.visits[end++]);
      }
      const Index k = static_cast<Index>(visits.size());
      MatrixXd x(k, p);
      VectorXd y(k);
      for (Index i = 0; i < k; ++i) {
        const size_t row = begin + static_cast<size_t>(i);
        y[i] = data_.response[row];
        x(i, 0) = 1;
        for (Index c = 1; c < p; ++c) {
          x(i, c) = design_.Column(static_cast<size_t>(c) - 1)[row];
        }
      }
      const Eigen::LLT<MatrixXd> factor(MatrixXd(covariance(visits, visits)));
      information += x.transpose() * factor.solve(x);
      score += x.transpose() * factor.solve(y);
      squares += y.dot(factor.solve(y));
      determinant += std::log(covariance(visits, visits).determinant());
      begin = end;
    }
    squares -= score.dot(information.llt().solve(score));
    double df = static_cast<double>(data_.response.size());
    if (restricted) {
      df -= static_cast<double>(p);
      determinant += std::log(information.determinant());
    }
    return -0.5 * (df * std::log(2 * M_PI) + determinant + squares);
  }

 private:
  const RepeatedData& data_;
  const DesignMatrix& design_;
};

// Covariate, visits, group, interactions of three visits and two groups.
DesignMatrix PlainDesign(const RepeatedData& data) {
  DesignMatrix design = data.covariates;
  const auto add = [&](auto value) {
    design.names.push_back("x");
    for (size_t i = 0; i < data.response.size(); ++i) {
      design.values.push_back(value(data.visits[i], data.groups[i]));
    }
  };
  add([](int v, int) { return v == 1; });
  add([](int v, int) { return v == 2; });
  add([](int, int g) { return g == 1; });
  add([](int v, int g) { return v == 1 && g == 1; });
  add([](int v, int g) { return v == 2 && g == 1; });
  return design;
}

// More subjects than are turned at once; the likelihood falls to every side,
// within the structure.
TEST(Mmrm, LikelihoodIsThatOfPlainSumsAndHighest) {
  const RepeatedData data = DrawRepeatedData(2500, 3, 0.2, 5);
  const DesignMatrix design = PlainDesign(data);
  const PlainSums plain(data, design);
  for (const bool restricted : {true, false}) {
    for (const VisitCovariance kind : kStructures) {
      MmrmOptions options = Of(kind);
      options.restricted = restricted;
      const MmrmFit fit = MmrmOf(data, options);
      const MatrixXd best =
          Eigen::Map<const MatrixXd>(fit.visit_covariance.data(), 3, 3);
      const double value = plain.LogLikelihood(best, restricted);
      EXPECT_NEAR(*fit.log_likelihood / value, 1, 1e-11);
      EXPECT_LT(plain.LogLikelihood(best * 1.002, restricted), value);
      EXPECT_LT(plain.LogLikelihood(best * 0.998, restricted), value);
      if (kind != VisitCovariance::kUnstructured) continue;
      for (Index a = 0; a < 3; ++a) {
        for (Index b = 0; b <= a; ++b) {
          for (const double step : {-0.05, 0.05}) {
            MatrixXd other = best;
            other(a, b) += step;
            if (a != b) other(b, a) += step;
            EXPECT_LT(plain.LogLikelihood(other, restricted), value);
          }
        }
      }
    }
  }
}

// A structure within another has no higher likelihood, also of few subjects,
// whose likelihood may have several maxima.
TEST(Mmrm, StructuresWithinOthersAreLessLikely) {
  using V = VisitCovariance;
  const std::pair<V, V> kWithin[] = {
      {V::kCompoundSymmetry, V::kHeterogeneousCompoundSymmetry},
      {V::kCompoundSymmetry, V::kToeplitz},
      {V::kAutoregressive, V::kHeterogeneousAutoregressive},
      {V::kAutoregressive, V::kToeplitz},
      {V::kHeterogeneousCompoundSymmetry, V::kUnstructured},
      {V::kToeplitz, V::kUnstructured}};
  int n = 0;
  for (uint64_t seed = 0; seed < 60; ++seed) {
    const RepeatedData data = DrawRepeatedData(9 + seed % 8, 3, 0.1, seed);
    for (const auto& [inner, outer] : kWithin) {
      const auto one = FitMmrm(data.view(), Of(inner));
      const auto other = FitMmrm(data.view(), Of(outer));
      if (!one.ok() || !other.ok()) continue;  // singular
      ++n;
      EXPECT_LT(*one->log_likelihood, *other->log_likelihood + 1e-9)
          << seed << NameOf(inner) << NameOf(outer);
    }
  }
  EXPECT_GT(n, 300);
}

void ExpectSameEstimate(const MmrmEstimate& a, const MmrmEstimate& b) {
  EXPECT_EQ(a.estimate, b.estimate);
  EXPECT_EQ(a.std_error, b.std_error);
  EXPECT_EQ(a.df, b.df);
  EXPECT_EQ(a.p_value, b.p_value);
  EXPECT_EQ(a.upper, b.upper);
}

TEST(Mmrm, SameBytesForAnyOrderOfRowsAndNamesOfSubjects) {
  const RepeatedData data = DrawRepeatedData(300, 4, 0.3, 7);
  std::vector<size_t> order(data.response.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::shuffle(order.begin(), order.end(), std::mt19937_64(9));
  RepeatedData other = TakenRows(data, order);
  for (int& subject : other.subjects) subject = 7919 * (subject + 1) % 10007;
  for (const VisitCovariance kind : kStructures) {
    for (const MmrmDf df : {MmrmDf::kSatterthwaite, MmrmDf::kKenwardRoger}) {
      const MmrmFit a = MmrmOf(data, Of(kind, df));
      const MmrmFit b = MmrmOf(other, Of(kind, df));
      EXPECT_EQ(a.log_likelihood, b.log_likelihood);
      EXPECT_EQ(a.visit_covariance, b.visit_covariance);
      for (size_t i = 0; i < a.coefficients.size(); ++i) {
        ExpectSameEstimate(a.coefficients[i].value, b.coefficients[i].value);
      }
      for (size_t i = 0; i < a.contrasts.size(); ++i) {
        ExpectSameEstimate(a.contrasts[i].value, b.contrasts[i].value);
      }
    }
  }
}

// Scores plus a million, and millionths of them.
TEST(Mmrm, OffsetsAndScalesDoNotMatter) {
  const RepeatedData data = DrawRepeatedData(80, 4, 0.25, 11);
  for (const VisitCovariance kind : kStructures) {
    const MmrmFit plain = MmrmOf(data, Of(kind));
    for (const double scale : {1e-6, 1.0, 1e100}) {
      for (const double offset : {0.0, 1e6}) {
        RepeatedData moved = data;
        for (double& y : moved.response) y = scale * (y + offset);
        const MmrmFit fit = MmrmOf(moved, Of(kind));
        const double digits = offset > 0 ? 1e-7 : 1e-10;
        for (size_t i = 1; i < fit.coefficients.size(); ++i) {
          const MmrmEstimate& one = fit.coefficients[i].value;
          const MmrmEstimate& other = plain.coefficients[i].value;
          EXPECT_NEAR(*one.estimate / scale, *other.estimate,
                      digits * *other.std_error);
          EXPECT_NEAR(*one.std_error / scale / *other.std_error, 1, digits);
          EXPECT_NEAR(*one.df / *other.df, 1, digits);
        }
        EXPECT_NEAR(*fit.means[0].value.estimate / scale,
                    *plain.means[0].value.estimate + offset, 1e-8);
      }
    }
  }
}

// The level of tests of a difference that is not there, of 16 subjects a fifth
// of whose later visits are missing.
TEST(Mmrm, KenwardRogerKeepsTheLevelInSmallSamples) {
  constexpr int kTrials = 1000;
  int n = 0;
  int rejected = 0;
  for (int trial = 0; trial < kTrials; ++trial) {
    RepeatedData data =
        DrawRepeatedData(16, 3, 0.2, 100 + static_cast<uint64_t>(trial));
    for (size_t i = 0; i < data.response.size(); ++i) {
      data.response[i] -= data.groups[i] * data.visits[i];
    }
    const auto fit = FitMmrm(
        data.view(), Of(VisitCovariance::kUnstructured, MmrmDf::kKenwardRoger));
    if (!fit.ok()) continue;  // singular: too few at both of two visits
    ++n;
    if (*fit->contrasts.back().value.p_value < 0.05) ++rejected;
  }
  EXPECT_GT(n, kTrials - 50);
  EXPECT_GT(rejected, 0.03 * n);
  EXPECT_LT(rejected, 0.07 * n);
}

}  // namespace
}  // namespace enthesis::stats
