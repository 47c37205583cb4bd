#include "stats/gray_test.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "stats/distributions.h"
#include "stats/event_table.h"

namespace enthesis::stats {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

// A variance this much smaller than its neighbors is rounding, not spread.
constexpr double kRankTolerance = 1e-9;

absl::Status CheckStrata(absl::Span<const std::vector<EventTable>> strata) {
  if (strata.empty() || strata[0].size() < 2) {
    return absl::InvalidArgumentError("Gray's test takes two or more groups");
  }
  for (const std::vector<EventTable>& stratum : strata) {
    if (stratum.size() != strata[0].size()) {
      return absl::InvalidArgumentError("strata list different groups");
    }
    for (const EventTable& table : stratum) {
      absl::Status status = CheckEventTable(table);
      if (!status.ok()) return status;
      if (table.n_causes != strata[0][0].n_causes) {
        return absl::InvalidArgumentError("tables list different causes");
      }
      if (std::any_of(table.entered.begin(), table.entered.end(),
                      [](double entered) { return entered > 0; })) {
        return absl::InvalidArgumentError("Gray's test takes no late entry");
      }
    }
  }
  return absl::OkStatus();
}

// The tables of a stratum side by side: counts at each time any group has.
struct Lineup {
  std::vector<double> times;
  // [time * n_groups + group], before the time
  std::vector<double> at_risk;
  // [(time * n_causes + cause) * n_groups + group]
  std::vector<double> events;
  size_t n_groups = 0;
  size_t n_causes = 0;
};

Lineup LineUp(const std::vector<EventTable>& stratum) {
  Lineup lineup;
  lineup.n_groups = stratum.size();
  lineup.n_causes = static_cast<size_t>(stratum[0].n_causes);
  for (const EventTable& table : stratum) {
    lineup.times.insert(lineup.times.end(), table.times.begin(),
                        table.times.end());
  }
  std::sort(lineup.times.begin(), lineup.times.end());
  lineup.times.erase(std::unique(lineup.times.begin(), lineup.times.end()),
                     lineup.times.end());
  const size_t n_times = lineup.times.size();
  lineup.at_risk.assign(n_times * lineup.n_groups, 0);
  lineup.events.assign(n_times * lineup.n_groups * lineup.n_causes, 0);
  for (size_t g = 0; g < lineup.n_groups; ++g) {
    const EventTable& table = stratum[g];
    const std::vector<double> at_risk = table.AtRisk();
    size_t row = 0;
    for (size_t i = 0; i < n_times && row < table.times.size(); ++i) {
      // Between its own times a group has the risk set of its next time.
      lineup.at_risk[i * lineup.n_groups + g] = at_risk[row];
      if (table.times[row] > lineup.times[i]) continue;
      for (size_t k = 0; k < lineup.n_causes; ++k) {
        lineup.events[(i * lineup.n_causes + k) * lineup.n_groups + g] =
            table.events[row * lineup.n_causes + k];
      }
      ++row;
    }
  }
  return lineup;
}

double Shrink(double events, double n) {
  return events > 1 ? 1 - (events - 1) / (n - 1) : 1;
}

// Score of one cause in one stratum, and its variance. Gray (1988, Ann.
// Statist. 16:1141), with his names: in group g, S the survival from any
// cause, F the incidence of the cause, R = n (1 - F) / S the adjusted number
// at risk, h = n / S.
//
// The score of a group is the sum of K (d_g - d R_g / R), K = (1 - F0)^rho and
// F0 the incidence of all groups under the hypothesis. It responds to an event
// of the cause in group k at u by
//   a_ik(u) + t_k(u) [C_ik(end) - C_ik(u)],
// and to a competing one by the second term with its sign turned, where
//   a_ik = K h_i ([i = k] - h_k / h),  dC_ik = a_ik dF0 / (1 - F0),
// and t_k is 1 - (1 - F0) / S_k for the one, (1 - F0) / S_k for the other.
class GrayScore {
 public:
  GrayScore(const Lineup& lineup, size_t cause, double rho)
      : lineup_(lineup),
        cause_(cause),
        rho_(rho),
        size_(static_cast<Index>(lineup.n_groups)),
        survival_(VectorXd::Ones(size_)),
        next_survival_(survival_),
        incidence_(VectorXd::Zero(size_)),
        next_incidence_(incidence_),
        c_(MatrixXd::Zero(size_, size_)),
        a_(c_),
        response_(c_),
        score_(VectorXd::Zero(size_)),
        v1_(c_),
        v2_(c_),
        v3_(VectorXd::Zero(size_)) {
    for (size_t i = 0; i < lineup_.times.size(); ++i) AddTime(i);
  }

  const VectorXd& score() const { return score_; }

  // The square of a response, C(end) taken out of the sum over time.
  MatrixXd Variance() const {
    const MatrixXd cross = c_ * v2_.transpose();
    return v1_ + c_ * v3_.asDiagonal() * c_.transpose() + cross +
           cross.transpose();
  }

 private:
  void AddTime(size_t i);
  void AddResponses(const VectorXd& t, const VectorXd& variances);

  const Lineup& lineup_;
  size_t cause_;
  double rho_;
  Index size_;
  VectorXd survival_, next_survival_;
  VectorXd incidence_, next_incidence_;
  double pooled_ = 0;  // F0
  MatrixXd c_, a_, response_;
  VectorXd score_;
  MatrixXd v1_, v2_;
  VectorXd v3_;
};

void GrayScore::AddResponses(const VectorXd& t, const VectorXd& variances) {
  const VectorXd tv = t.cwiseProduct(variances);
  v3_ += t.cwiseProduct(tv);
  v2_.noalias() += response_ * tv.asDiagonal();
  v1_.noalias() += response_ * variances.asDiagonal() * response_.transpose();
}

void GrayScore::AddTime(size_t i) {
  const size_t n_causes = lineup_.n_causes;
  const Eigen::Map<const VectorXd> at_risk(
      lineup_.at_risk.data() + i * lineup_.n_groups, size_);
  const Eigen::Map<const MatrixXd> events(
      lineup_.events.data() + i * n_causes * lineup_.n_groups, size_,
      static_cast<Index>(n_causes));
  const VectorXd own = events.col(static_cast<Index>(cause_));
  const VectorXd other = events.rowwise().sum() - own;
  const double n_own = own.sum();
  const double n_other = other.sum();
  if (n_own + n_other <= 0) return;

  VectorXd h = VectorXd::Zero(size_);
  for (Index g = 0; g < size_; ++g) {
    if (at_risk(g) <= 0) continue;
    const double n = at_risk(g);
    next_survival_(g) = survival_(g) * ((n - own(g) - other(g)) / n);
    next_incidence_(g) = incidence_(g) + survival_(g) * own(g) / n;
    h(g) = n / survival_(g);
  }
  const double total = h.sum();
  const VectorXd adjusted = h.cwiseProduct(VectorXd::Ones(size_) - incidence_);
  const double next_pooled = pooled_ + n_own / total;
  const double weight = rho_ == 0 ? 1 : std::pow(1 - pooled_, rho_);
  const double left = 1 - next_pooled;
  if (n_own > 0) {
    score_ += weight * (own - adjusted * (n_own / adjusted.sum()));
    a_.noalias() = h * h.transpose() * (-weight / total);
    a_.diagonal() += weight * h;
    c_ += a_ * (n_own / (total * (1 - pooled_)));
    VectorXd t = VectorXd::Ones(size_);
    VectorXd variances = VectorXd::Zero(size_);
    for (Index k = 0; k < size_; ++k) {
      if (at_risk(k) <= 0) continue;
      if (next_survival_(k) > 0) t(k) = 1 - left / next_survival_(k);
      // The events expected of the group under the hypothesis, as cuminc:
      // n_own / total is their share of `h`.
      variances(k) = Shrink(n_own, total * survival_(k)) * survival_(k) *
                     n_own / (total * at_risk(k));
    }
    response_.noalias() = a_ - c_ * t.asDiagonal();
    AddResponses(t, variances);
  }
  if (n_other > 0) {
    VectorXd t = VectorXd::Zero(size_);
    VectorXd variances = VectorXd::Zero(size_);
    for (Index k = 0; k < size_; ++k) {
      if (next_survival_(k) <= 0 || other(k) <= 0) continue;
      t(k) = -left / next_survival_(k);
      variances(k) = Shrink(other(k), at_risk(k)) * survival_(k) *
                     survival_(k) * other(k) / (at_risk(k) * at_risk(k));
    }
    response_.noalias() = c_ * (-t).asDiagonal();
    AddResponses(t, variances);
  }
  survival_ = next_survival_;
  incidence_ = next_incidence_;
  pooled_ = next_pooled;
}

// The quadratic form of the scores in a generalized inverse of their variance.
// One group is left out, as the scores sum to 0; so are groups that were never
// at risk when something happened.
GrayTest FormTest(const VectorXd& score, const MatrixXd& variance) {
  GrayTest test;
  std::vector<Index> kept;
  for (Index g = 0; g < score.size(); ++g) {
    if (variance(g, g) > 0) kept.push_back(g);
  }
  if (kept.size() < 2) return test;
  // The last one, as cuminc: the variance of Gray is not free of the choice.
  kept.pop_back();
  const VectorXd unit = variance.diagonal()(kept).cwiseSqrt().cwiseInverse();
  const VectorXd scaled = unit.cwiseProduct(score(kept));
  const MatrixXd correlation =
      unit.asDiagonal() * variance(kept, kept) * unit.asDiagonal();
  Eigen::ColPivHouseholderQR<MatrixXd> factors(correlation.rows(),
                                               correlation.cols());
  factors.setThreshold(kRankTolerance);
  factors.compute(correlation);
  const double chi_square = std::max(0.0, scaled.dot(factors.solve(scaled)));
  const int df = static_cast<int>(factors.rank());
  if (df < 1 || !std::isfinite(chi_square)) return test;
  test.df = df;
  test.chi_square = chi_square;
  test.p_value = ChiSquareUpperTail(chi_square, df);
  return test;
}

}  // namespace

absl::StatusOr<std::vector<GrayTest>> TestGray(
    absl::Span<const std::vector<EventTable>> strata,
    const GrayTestOptions& options) {
  if (!std::isfinite(options.rho)) {
    return absl::InvalidArgumentError("rho must be finite");
  }
  if (absl::Status status = CheckStrata(strata); !status.ok()) return status;
  std::vector<Lineup> lineups;
  for (const std::vector<EventTable>& stratum : strata) {
    lineups.push_back(LineUp(stratum));
  }
  const Index n_groups = static_cast<Index>(strata[0].size());
  std::vector<GrayTest> tests;
  for (size_t k = 0; k < static_cast<size_t>(strata[0][0].n_causes); ++k) {
    VectorXd score = VectorXd::Zero(n_groups);
    MatrixXd variance = MatrixXd::Zero(n_groups, n_groups);
    for (const Lineup& lineup : lineups) {
      const GrayScore one(lineup, k, options.rho);
      score += one.score();
      variance += one.Variance();
    }
    tests.push_back(FormTest(score, variance));
  }
  return tests;
}

}  // namespace enthesis::stats
