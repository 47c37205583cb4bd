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
        size_(lineup.n_groups),
        survival_(size_, 1),
        next_survival_(size_, 1),
        incidence_(size_, 0),
        next_incidence_(size_, 0),
        other_(size_, 0),
        h_(size_, 0),
        a_(size_ * size_, 0),
        c_(size_ * size_, 0),
        response_(size_, 0),
        score_(size_, 0),
        v1_(size_ * size_, 0),
        v2_(size_ * size_, 0),
        v3_(size_, 0) {
    for (size_t i = 0; i < lineup_.times.size(); ++i) AddTime(i);
  }

  VectorXd Score() const {
    return Eigen::Map<const VectorXd>(score_.data(), static_cast<Index>(size_));
  }

  // The square of a response, C(end) taken out of the sum over time.
  MatrixXd Variance() const {
    const Index size = static_cast<Index>(size_);
    const auto matrix = [size](const std::vector<double>& values) {
      return Eigen::Map<const MatrixXd>(values.data(), size, size);
    };
    const MatrixXd lower = matrix(v1_).transpose();
    const MatrixXd cross = matrix(c_) * matrix(v2_).transpose();
    const Eigen::Map<const VectorXd> v3(v3_.data(), size);
    return MatrixXd(lower.selfadjointView<Eigen::Lower>()) +
           matrix(c_) * v3.asDiagonal() * matrix(c_) + cross +
           cross.transpose();
  }

 private:
  void AddTime(size_t i);
  void AddOwn(const double* at_risk, const double* own, double n_own,
              double total, double adjusted);
  void AddOther(const double* at_risk);
  void AddResponse(size_t k, double t, double variance);

  const Lineup& lineup_;
  size_t cause_;
  double rho_;
  size_t size_;
  // [group], before the time and after it
  std::vector<double> survival_, next_survival_, incidence_, next_incidence_;
  double pooled_ = 0;  // F0
  double next_pooled_ = 0;
  std::vector<double> other_, h_;
  std::vector<double> a_, c_;  // [k * size + i], symmetric
  std::vector<double> response_;
  std::vector<double> score_;
  std::vector<double> v1_;  // [i * size + j], j <= i
  std::vector<double> v2_;  // [k * size + i]
  std::vector<double> v3_;
};

void GrayScore::AddResponse(size_t k, double t, double variance) {
  v3_[k] += t * t * variance;
  for (size_t i = 0; i < size_; ++i) {
    const double scaled = variance * response_[i];
    v2_[k * size_ + i] += t * scaled;
    for (size_t j = 0; j <= i; ++j) {
      v1_[i * size_ + j] += scaled * response_[j];
    }
  }
}

// Events of the cause. Their variance is that expected under the hypothesis:
// n_own / total is their share of `h`.
void GrayScore::AddOwn(const double* at_risk, const double* own, double n_own,
                       double total, double adjusted) {
  const double weight = rho_ == 0 ? 1 : std::pow(1 - pooled_, rho_);
  const double growth = n_own / (total * (1 - pooled_));
  for (size_t k = 0; k < size_; ++k) {
    score_[k] +=
        weight * (own[k] - n_own * h_[k] * (1 - incidence_[k]) / adjusted);
    for (size_t i = 0; i < size_; ++i) {
      const double a = weight * h_[k] * ((i == k ? 1 : 0) - h_[i] / total);
      a_[k * size_ + i] = a;
      c_[k * size_ + i] += growth * a;
    }
  }
  for (size_t k = 0; k < size_; ++k) {
    if (at_risk[k] <= 0) continue;
    const double t =
        next_survival_[k] > 0 ? 1 - (1 - next_pooled_) / next_survival_[k] : 1;
    for (size_t i = 0; i < size_; ++i) {
      response_[i] = a_[k * size_ + i] - t * c_[k * size_ + i];
    }
    AddResponse(k, t,
                Shrink(n_own, total * survival_[k]) * survival_[k] * n_own /
                    (total * at_risk[k]));
  }
}

void GrayScore::AddOther(const double* at_risk) {
  for (size_t k = 0; k < size_; ++k) {
    if (other_[k] <= 0 || next_survival_[k] <= 0) continue;
    const double t = (1 - next_pooled_) / next_survival_[k];
    for (size_t i = 0; i < size_; ++i) response_[i] = t * c_[k * size_ + i];
    const double share = survival_[k] / at_risk[k];
    AddResponse(k, -t,
                Shrink(other_[k], at_risk[k]) * share * share * other_[k]);
  }
}

void GrayScore::AddTime(size_t i) {
  const double* at_risk = lineup_.at_risk.data() + i * size_;
  const double* events = lineup_.events.data() + i * lineup_.n_causes * size_;
  const double* own = events + cause_ * size_;
  double n_own = 0;
  double n_other = 0;
  for (size_t g = 0; g < size_; ++g) {
    other_[g] = 0;
    for (size_t k = 0; k < lineup_.n_causes; ++k) {
      if (k != cause_) other_[g] += events[k * size_ + g];
    }
    n_own += own[g];
    n_other += other_[g];
  }
  if (n_own + n_other <= 0) return;
  double total = 0;
  double adjusted = 0;
  for (size_t g = 0; g < size_; ++g) {
    h_[g] = 0;
    if (at_risk[g] <= 0) continue;
    const double n = at_risk[g];
    next_survival_[g] = survival_[g] * ((n - own[g] - other_[g]) / n);
    next_incidence_[g] = incidence_[g] + survival_[g] * own[g] / n;
    h_[g] = n / survival_[g];
    total += h_[g];
    adjusted += h_[g] * (1 - incidence_[g]);
  }
  next_pooled_ = pooled_ + n_own / total;
  if (n_own > 0) AddOwn(at_risk, own, n_own, total, adjusted);
  if (n_other > 0) AddOther(at_risk);
  survival_ = next_survival_;
  incidence_ = next_incidence_;
  pooled_ = next_pooled_;
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
      score += one.Score();
      variance += one.Variance();
    }
    tests.push_back(FormTest(score, variance));
  }
  return tests;
}

}  // namespace enthesis::stats
