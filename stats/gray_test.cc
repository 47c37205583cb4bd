#include "stats/gray_test.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "stats/distributions.h"
#include "stats/event_table.h"
#include "stats/parallel.h"

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

// The tables of a stratum with the number at risk before each of their times.
struct GroupsAtRisk {
  const std::vector<EventTable>* groups = nullptr;
  std::vector<std::vector<double>> at_risk;  // [group][time]
};

GroupsAtRisk AtRiskOf(const std::vector<EventTable>& groups) {
  GroupsAtRisk stratum;
  stratum.groups = &groups;
  for (const EventTable& table : groups) {
    stratum.at_risk.push_back(table.AtRisk());
  }
  return stratum;
}

// Goes through the times that any group of a stratum has, for one cause.
class GroupWalk {
 public:
  GroupWalk(const GroupsAtRisk& stratum, size_t cause)
      : stratum_(stratum),
        cause_(cause),
        rows_(stratum.at_risk.size(), 0),
        next_(stratum.at_risk.size()),
        at_risk_(stratum.at_risk.size()),
        own_(stratum.at_risk.size()),
        other_(stratum.at_risk.size()) {
    for (size_t g = 0; g < next_.size(); ++g) next_[g] = TimeOf(g);
  }

  // Goes on to the next time with an event of any cause; false after the last.
  bool Next() {
    while (true) {
      double time = kNever;
      for (double next : next_) time = std::min(time, next);
      if (time == kNever) return false;
      if (Take(time)) return true;
    }
  }

  // By group: before the time, and at it of the cause and of all others.
  const std::vector<double>& at_risk() const { return at_risk_; }
  const std::vector<double>& own() const { return own_; }
  const std::vector<double>& other() const { return other_; }

 private:
  static constexpr double kNever = std::numeric_limits<double>::infinity();

  double TimeOf(size_t g) const {
    const std::vector<double>& times = (*stratum_.groups)[g].times;
    return rows_[g] < times.size() ? times[rows_[g]] : kNever;
  }

  bool Take(double time) {
    bool any = false;
    for (size_t g = 0; g < rows_.size(); ++g) {
      // Between its own times a group has the risk set of its next time.
      at_risk_[g] = next_[g] == kNever ? 0 : stratum_.at_risk[g][rows_[g]];
      own_[g] = 0;
      other_[g] = 0;
      if (next_[g] != time) continue;
      const EventTable& table = (*stratum_.groups)[g];
      const size_t n_causes = static_cast<size_t>(table.n_causes);
      const double* events = table.events.data() + rows_[g] * n_causes;
      for (size_t k = 0; k < n_causes; ++k) {
        (k == cause_ ? own_ : other_)[g] += events[k];
      }
      any = any || own_[g] > 0 || other_[g] > 0;
      ++rows_[g];
      next_[g] = TimeOf(g);
    }
    return any;
  }

  const GroupsAtRisk& stratum_;
  size_t cause_;
  std::vector<size_t> rows_;  // of the next time of each group
  std::vector<double> next_;  // that time
  std::vector<double> at_risk_, own_, other_;
};

// Groups come in fours, so that sums over them suit SIMD; those that fill up
// the last four have nobody.
constexpr size_t kFour = 4;
typedef double FourAt __attribute__((vector_size(32), aligned(8), may_alias));

const FourAt& FourOf(const double* values) {
  return *reinterpret_cast<const FourAt*>(values);
}
FourAt& FourOf(double* values) { return *reinterpret_cast<FourAt*>(values); }

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
  GrayScore(const GroupsAtRisk& stratum, size_t cause, double rho)
      : rho_(rho),
        size_(stratum.at_risk.size()),
        stride_((size_ + kFour - 1) / kFour * kFour),
        survival_(size_, 1),
        next_survival_(size_, 1),
        incidence_(size_, 0),
        next_incidence_(size_, 0),
        h_(stride_, 0),
        share_(stride_, 0),
        a_(size_ * stride_, 0),
        c_(size_ * stride_, 0),
        responses_(size_ * stride_, 0),
        t_(size_, 0),
        variances_(size_, 0),
        score_(size_, 0),
        v1_(size_ * stride_, 0),
        v2_(size_ * stride_, 0),
        v3_(size_, 0) {
    GroupWalk walk(stratum, cause);
    while (walk.Next()) AddTime(walk);
  }

  VectorXd Score() const {
    return Eigen::Map<const VectorXd>(score_.data(), static_cast<Index>(size_));
  }

  // The square of a response, C(end) taken out of the sum over time.
  MatrixXd Variance() const {
    const MatrixXd c = MatrixOf(c_);
    const MatrixXd cross = c * MatrixOf(v2_).transpose();
    const Eigen::Map<const VectorXd> v3(v3_.data(), static_cast<Index>(size_));
    return MatrixOf(v1_) + c * v3.asDiagonal() * c + cross + cross.transpose();
  }

 private:
  void AddTime(const GroupWalk& walk);
  void AddOwn(const GroupWalk& walk, double n_own, double total,
              double adjusted);
  void AddOther(const GroupWalk& walk);
  void AddResponses(absl::Span<const size_t> groups);

  // Column k is the k-th row of `values`.
  MatrixXd MatrixOf(const std::vector<double>& values) const {
    const Index size = static_cast<Index>(size_);
    const Eigen::OuterStride<> stride(static_cast<Index>(stride_));
    return Eigen::Map<const MatrixXd, 0, Eigen::OuterStride<>>(
        values.data(), size, size, stride);
  }

  double rho_;
  size_t size_, stride_;
  // [group], before the time and after it
  std::vector<double> survival_, next_survival_, incidence_, next_incidence_;
  double pooled_ = 0;  // F0
  double next_pooled_ = 0;
  std::vector<double> h_, share_;  // share: of the sum of h
  std::vector<double> a_, c_;      // [k * stride + i], symmetric
  // Of a group's event: how the scores respond ([k * stride + i]), its t, and
  // the variance of its share.
  std::vector<double> responses_, t_, variances_;
  std::vector<size_t> groups_;  // with an event at the time
  std::vector<double> score_;
  std::vector<double> v1_;  // [i * stride + j], symmetric
  std::vector<double> v2_;  // [k * stride + i]
  std::vector<double> v3_;
};

// Adds the responses of `groups`, each to an event with the variance of its
// share.
void GrayScore::AddResponses(absl::Span<const size_t> groups) {
  // Local, as the compiler must take it that writing to v1 changes members.
  const size_t stride = stride_;
  const double* const responses = responses_.data();
  const double* const variances = variances_.data();
  double* const v1 = v1_.data();
  for (const size_t k : groups) {
    const double factor = t_[k] * variances[k];
    v3_[k] += t_[k] * factor;
    double* v2 = v2_.data() + k * stride;
    for (size_t j = 0; j < stride; j += kFour) {
      FourOf(v2 + j) += factor * FourOf(responses + k * stride + j);
    }
  }
  for (size_t i = 0; i < size_; ++i) {
    for (size_t j = 0; j < stride; j += kFour) {
      FourAt sum = FourOf(v1 + i * stride + j);
      for (const size_t k : groups) {
        const double* response = responses + k * stride;
        sum += (variances[k] * response[i]) * FourOf(response + j);
      }
      FourOf(v1 + i * stride + j) = sum;
    }
  }
}

// Events of the cause. Their variance is that expected under the hypothesis:
// n_own / total is their share of `h`.
void GrayScore::AddOwn(const GroupWalk& walk, double n_own, double total,
                       double adjusted) {
  const double weight = rho_ == 0 ? 1 : std::pow(1 - pooled_, rho_);
  const double growth = n_own / (total * (1 - pooled_));
  for (size_t i = 0; i < size_; ++i) share_[i] = h_[i] / total;
  for (size_t k = 0; k < size_; ++k) {
    score_[k] += weight * (walk.own()[k] -
                           n_own * h_[k] * (1 - incidence_[k]) / adjusted);
    double* a = a_.data() + k * stride_;
    double* c = c_.data() + k * stride_;
    const double weighted = weight * h_[k];
    for (size_t i = 0; i < stride_; i += kFour) {
      FourOf(a + i) = -weighted * FourOf(&share_[i]);
    }
    a[k] = weighted * (1 - share_[k]);
    for (size_t i = 0; i < stride_; i += kFour) {
      FourOf(c + i) += growth * FourOf(a + i);
    }
  }
  groups_.clear();
  for (size_t k = 0; k < size_; ++k) {
    const double at_risk = walk.at_risk()[k];
    if (at_risk <= 0) continue;
    const double t =
        next_survival_[k] > 0 ? 1 - (1 - next_pooled_) / next_survival_[k] : 1;
    const double* a = a_.data() + k * stride_;
    const double* c = c_.data() + k * stride_;
    for (size_t i = 0; i < stride_; i += kFour) {
      FourOf(&responses_[k * stride_ + i]) = FourOf(a + i) - t * FourOf(c + i);
    }
    t_[k] = t;
    variances_[k] = Shrink(n_own, total * survival_[k]) * survival_[k] * n_own /
                    (total * at_risk);
    groups_.push_back(k);
  }
  AddResponses(groups_);
}

void GrayScore::AddOther(const GroupWalk& walk) {
  groups_.clear();
  for (size_t k = 0; k < size_; ++k) {
    const double other = walk.other()[k];
    if (other <= 0 || next_survival_[k] <= 0) continue;
    const double t = (1 - next_pooled_) / next_survival_[k];
    const double* c = c_.data() + k * stride_;
    for (size_t i = 0; i < stride_; i += kFour) {
      FourOf(&responses_[k * stride_ + i]) = t * FourOf(c + i);
    }
    const double share = survival_[k] / walk.at_risk()[k];
    t_[k] = -t;
    variances_[k] = Shrink(other, walk.at_risk()[k]) * share * share * other;
    groups_.push_back(k);
  }
  AddResponses(groups_);
}

void GrayScore::AddTime(const GroupWalk& walk) {
  double n_own = 0;
  double n_other = 0;
  double total = 0;
  double adjusted = 0;
  for (size_t g = 0; g < size_; ++g) {
    const double n = walk.at_risk()[g];
    const double own = walk.own()[g];
    const double other = walk.other()[g];
    n_own += own;
    n_other += other;
    h_[g] = 0;
    if (n <= 0) continue;
    if (own + other > 0) {
      next_survival_[g] = survival_[g] * ((n - own - other) / n);
      next_incidence_[g] = incidence_[g] + survival_[g] * own / n;
    }
    h_[g] = n / survival_[g];
    total += h_[g];
    adjusted += h_[g] * (1 - incidence_[g]);
  }
  next_pooled_ = pooled_ + n_own / total;
  if (n_own > 0) AddOwn(walk, n_own, total, adjusted);
  if (n_other > 0) AddOther(walk);
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
    const GrayTestOptions& options, ThreadPool* pool) {
  if (!std::isfinite(options.rho)) {
    return absl::InvalidArgumentError("rho must be finite");
  }
  if (absl::Status status = CheckStrata(strata); !status.ok()) return status;
  const size_t n_strata = strata.size();
  const size_t n_causes = static_cast<size_t>(strata[0][0].n_causes);
  std::vector<GroupsAtRisk> lineup(n_strata);
  RunTasks(pool, n_strata, [&](size_t s) { lineup[s] = AtRiskOf(strata[s]); });
  // [cause * n_strata + stratum], added in this order
  std::vector<VectorXd> scores(n_causes * n_strata);
  std::vector<MatrixXd> variances(n_causes * n_strata);
  RunTasks(pool, scores.size(), [&](size_t task) {
    const GrayScore one(lineup[task % n_strata], task / n_strata, options.rho);
    scores[task] = one.Score();
    variances[task] = one.Variance();
  });
  const Index n_groups = static_cast<Index>(strata[0].size());
  std::vector<GrayTest> tests;
  for (size_t k = 0; k < n_causes; ++k) {
    VectorXd score = VectorXd::Zero(n_groups);
    MatrixXd variance = MatrixXd::Zero(n_groups, n_groups);
    for (size_t s = 0; s < n_strata; ++s) {
      score += scores[k * n_strata + s];
      variance += variances[k * n_strata + s];
    }
    tests.push_back(FormTest(score, variance));
  }
  return tests;
}

}  // namespace enthesis::stats
