// What the maximum of a mixed model for repeated measures is found by, against
// differences.

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>
#include <optional>
#include <vector>

#include "stats/mmrm_design.h"
#include "stats/mmrm_likelihood.h"
#include "stats/mmrm_table.h"
#include "stats/satterthwaite.h"
#include "stats/visit_covariance.h"
#include "support/mmrm_data.h"

namespace enthesis::stats {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kStep = 1e-5;

MatrixXd ThreeVisits(double move, Index element) {
  MatrixXd covariance(3, 3);
  covariance << 1.1, 0.5, 0.3, 0.5, 1.4, 0.8, 0.3, 0.8, 2.0;
  for (Index b = 0; b < 3; ++b) {
    for (Index a = 0; a <= b; ++a) {
      if (ElementOf(a, b) != element) continue;
      covariance(a, b) += move;
      if (a != b) covariance(b, a) += move;
    }
  }
  return covariance;
}

class MmrmLikelihoodTest : public testing::TestWithParam<bool> {
 protected:
  MmrmLikelihoodTest() {
    const auto data = golden::DrawRepeatedData(40, 3, 0.3, 1);
    const MmrmData view = data.view();
    table_ = *BuildMmrmTable(view.response, view.subjects, view.visits,
                             view.visit_levels, MakeMmrmDesign(view));
  }

  MmrmState At(double move, Index element) const {
    MmrmState state;
    EXPECT_TRUE(MmrmLikelihood(table_, GetParam())
                    .Evaluate(ThreeVisits(move, element), state));
    return state;
  }
  MmrmDerivatives DerivativesAt(double move, Index element) const {
    return MmrmLikelihood(table_, GetParam()).Derive(At(move, element));
  }

  MmrmTable table_;
};

TEST_P(MmrmLikelihoodTest, GradientAndObservedInformationAreDerivatives) {
  const MmrmDerivatives at = DerivativesAt(0, 0);
  for (Index h = 0; h < 6; ++h) {
    const double slope =
        (At(kStep, h).log_likelihood - At(-kStep, h).log_likelihood) /
        (2 * kStep);
    EXPECT_NEAR(at.gradient[h], slope, 1e-6 * (1 + std::abs(slope)));
    const VectorXd row =
        (DerivativesAt(kStep, h).gradient - DerivativesAt(-kStep, h).gradient) /
        (2 * kStep);
    for (Index l = 0; l < 6; ++l) {
      EXPECT_NEAR(at.observed(h, l), -row[l], 1e-6 * (1 + std::abs(row[l])));
      EXPECT_EQ(at.expected(h, l), at.expected(l, h));
    }
  }
}

// That of information: L^-1 (d information) L^-T.
TEST_P(MmrmLikelihoodTest, InformationOfEffectsFalls) {
  const MmrmDerivatives at = DerivativesAt(0, 0);
  const MatrixXd root = At(0, 0).root;
  for (Index h = 0; h < 6; ++h) {
    const MatrixXd up = At(kStep, h).root, down = At(-kStep, h).root;
    const MatrixXd slope =
        (up * up.transpose() - down * down.transpose()) / (2 * kStep);
    const MatrixXd half = root.triangularView<Eigen::Lower>().solve(slope);
    const MatrixXd whole =
        root.triangularView<Eigen::Lower>().solve(half.transpose());
    const VectorXd packed = Pack(whole);
    for (Index i = 0; i < packed.size(); ++i) {
      EXPECT_NEAR(at.of_information(h, i), -packed[i], 1e-7);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(RemlAndMl, MmrmLikelihoodTest, testing::Bool());

TEST(VisitStructure, JacobianAndCurvatureAreDerivatives) {
  for (const VisitCovariance kind :
       {VisitCovariance::kUnstructured, VisitCovariance::kCompoundSymmetry,
        VisitCovariance::kHeterogeneousCompoundSymmetry,
        VisitCovariance::kAutoregressive,
        VisitCovariance::kHeterogeneousAutoregressive,
        VisitCovariance::kToeplitz}) {
    const VisitStructure structure(kind, 4);
    VectorXd at(structure.n_parameters());
    for (Index i = 0; i < at.size(); ++i) {
      at[i] = 0.3 + 0.1 * static_cast<double>(i);
    }
    const VectorXd weights = VectorXd::LinSpaced(10, -1, 2);
    const auto elements = [&](const VectorXd& parameters) {
      const MatrixXd covariance = structure.Covariance(parameters);
      EXPECT_EQ(covariance, covariance.transpose());
      VectorXd values(10);
      for (Index b = 0; b < 4; ++b) {
        for (Index a = 0; a <= b; ++a) {
          values[ElementOf(a, b)] = covariance(a, b);
        }
      }
      return values;
    };
    const MatrixXd jacobian = structure.Jacobian(at);
    const MatrixXd curvature = structure.Curvature(at, weights);
    for (Index i = 0; i < at.size(); ++i) {
      const VectorXd step = kStep * VectorXd::Unit(at.size(), i);
      const VectorXd slope =
          (elements(at + step) - elements(at - step)) / (2 * kStep);
      EXPECT_LT((jacobian.col(i) - slope).norm(), 1e-8);
      const VectorXd row =
          (structure.Jacobian(at + step) - structure.Jacobian(at - step))
              .transpose() *
          weights / (2 * kStep);
      EXPECT_LT((curvature.col(i) - row).norm(), 1e-8);
    }
  }
}

// A variance estimated on d df has the variance 2 v^2 / d.
TEST(Satterthwaite, OfOneVariance) {
  const std::vector<double> gradient = {0.25};
  const std::vector<double> covariance = {2 * 3.0 * 3.0 / 7};
  EXPECT_NEAR(*SatterthwaiteDf(0.75, gradient, covariance), 7, 1e-14);
  EXPECT_EQ(SatterthwaiteDf(0.75, {0.0}, covariance), std::nullopt);
}

}  // namespace
}  // namespace enthesis::stats
