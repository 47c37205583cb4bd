#include "stats/mmrm_table.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"

namespace enthesis::stats {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

// What is left of a column over its length, at most, when it is nothing. What
// is cut off is orthogonal to what stays, so that sums of products lose its
// square.
constexpr double kSpent = 1e-12;
// Subjects of a pattern that are turned at once.
constexpr size_t kSubjectsAtOnce = 1024;

class MmrmTableBuilder {
 public:
  MmrmTableBuilder(absl::Span<const double> response,
                   absl::Span<const int> subjects, absl::Span<const int> visits,
                   const std::vector<std::string>& levels,
                   const DesignMatrix& design)
      : response_(response),
        subjects_(subjects),
        visits_(visits),
        levels_(levels),
        design_(design) {
    table_.n_rows = response.size();
    table_.n_visits = static_cast<Index>(levels.size());
  }

  absl::StatusOr<MmrmTable> Build();

 private:
  // Rows of a subject in order_, by visit.
  struct Subject {
    size_t begin = 0;
    size_t end = 0;

    size_t size() const { return end - begin; }
  };
  absl::Status FindSubjects();
  int CompareVisits(const Subject& a, const Subject& b) const;
  bool IsBefore(const Subject& a, const Subject& b) const;
  void FitAll();
  MatrixXd RowsOf(size_t first, size_t last) const;
  void AddPattern(size_t first, size_t last);
  void AddMoments();

  absl::Span<const double> response_;
  absl::Span<const int> subjects_, visits_;
  const std::vector<std::string>& levels_;
  const DesignMatrix& design_;
  std::vector<size_t> order_;
  std::vector<Subject> of_;
  // By place in order_.
  MatrixXd columns_;
  VectorXd residuals_;
  MmrmTable table_;
};

absl::Status MmrmTableBuilder::FindSubjects() {
  order_.resize(response_.size());
  std::iota(order_.begin(), order_.end(), size_t{0});
  std::sort(order_.begin(), order_.end(), [this](size_t a, size_t b) {
    if (subjects_[a] != subjects_[b]) return subjects_[a] < subjects_[b];
    return visits_[a] != visits_[b] ? visits_[a] < visits_[b] : a < b;
  });
  size_t repeated = order_.size();
  for (size_t i = 0; i < order_.size(); ++i) {
    const bool is_new =
        i == 0 || subjects_[order_[i]] != subjects_[order_[i - 1]];
    if (is_new) of_.push_back({i, i});
    of_.back().end = i + 1;
    if (!is_new && visits_[order_[i]] == visits_[order_[i - 1]]) {
      repeated = std::min(repeated, order_[i]);
    }
  }
  if (repeated < order_.size()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "row ", repeated, ": the subject already has a row of visit ",
        levels_[static_cast<size_t>(visits_[repeated])], "; one is allowed"));
  }
  std::vector<Subject> sorted = of_;
  std::sort(
      sorted.begin(), sorted.end(),
      [this](const Subject& a, const Subject& b) { return IsBefore(a, b); });
  std::vector<size_t> order;
  for (size_t s = 0; s < sorted.size(); ++s) {
    of_[s].begin = order.size();
    for (size_t i = sorted[s].begin; i < sorted[s].end; ++i) {
      order.push_back(order_[i]);
    }
    of_[s].end = order.size();
  }
  order_ = std::move(order);
  return absl::OkStatus();
}

int MmrmTableBuilder::CompareVisits(const Subject& a, const Subject& b) const {
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  for (size_t i = 0; i < a.size(); ++i) {
    const int one = visits_[order_[a.begin + i]];
    const int other = visits_[order_[b.begin + i]];
    if (one != other) return one < other ? -1 : 1;
  }
  return 0;
}

// A total order of what subjects hold, whatever they are called: those that are
// equal in it are equal.
bool MmrmTableBuilder::IsBefore(const Subject& a, const Subject& b) const {
  if (const int by_visits = CompareVisits(a, b); by_visits != 0) {
    return by_visits < 0;
  }
  for (size_t i = 0; i < a.size(); ++i) {
    const double one = response_[order_[a.begin + i]];
    const double other = response_[order_[b.begin + i]];
    if (one != other) return one < other;
  }
  for (size_t c = 0; c < design_.n_columns(); ++c) {
    const absl::Span<const double> column = design_.Column(c);
    for (size_t i = 0; i < a.size(); ++i) {
      const double one = column[order_[a.begin + i]];
      const double other = column[order_[b.begin + i]];
      if (one != other) return one < other;
    }
  }
  return false;
}

// Least squares, and by it the working columns and the residuals.
void MmrmTableBuilder::FitAll() {
  RegressionRows rows;
  rows.weights.assign(order_.size(), 1);
  rows.columns.resize(design_.n_columns());
  for (size_t row : order_) rows.response.push_back(response_[row]);
  for (size_t c = 0; c < rows.columns.size(); ++c) {
    for (size_t row : order_) rows.columns[c].push_back(design_.Column(c)[row]);
  }
  table_.least_squares = FitLeastSquares(rows);
  const LeastSquares& fit = table_.least_squares;
  const size_t k = fit.kept.size();
  const Index n = static_cast<Index>(order_.size());
  table_.n_working = static_cast<Index>(k) + 1;
  residuals_ = Eigen::Map<const VectorXd>(rows.response.data(), n).array() -
               fit.response_mean;
  columns_ = MatrixXd::Zero(n, table_.n_working);
  columns_.col(0).setConstant(1 / std::sqrt(fit.n));
  for (size_t i = 0; i < k; ++i) {
    const std::vector<double>& column = rows.columns[fit.kept[i]];
    const VectorXd centered =
        Eigen::Map<const VectorXd>(column.data(), n).array() -
        fit.column_means[fit.kept[i]];
    residuals_ -= fit.coefficients[i] * centered;
    for (size_t j = i; j < k; ++j) {
      columns_.col(static_cast<Index>(j) + 1) +=
          fit.inverse_root[i * k + j] * centered;
    }
  }
  const double mean_square =
      fit.response_mean * fit.response_mean + fit.total_squares / fit.n;
  const double left = fit.n - static_cast<double>(table_.n_working);
  const double variance = fit.residual_squares / std::max(1.0, left);
  if (left <= 0 || variance <= kPerfectFit * mean_square) return;
  table_.unit = std::ldexp(1.0, std::ilogb(std::sqrt(variance)));
  residuals_ /= table_.unit;
}

// Working columns of each visit in turn, then residuals of each, one row a
// subject.
MatrixXd MmrmTableBuilder::RowsOf(size_t first, size_t last) const {
  const Index k = static_cast<Index>(of_[first].size());
  const Index p = table_.n_working;
  MatrixXd rows(static_cast<Index>(last - first), k * (p + 1));
  for (size_t s = first; s < last; ++s) {
    const Index row = static_cast<Index>(s - first);
    const Index begin = static_cast<Index>(of_[s].begin);
    for (Index v = 0; v < k; ++v) {
      rows.row(row).segment(v * p, p) = columns_.row(begin + v);
      rows(row, k * p + v) = residuals_[begin + v];
    }
  }
  return rows;
}

// Rows, fewer where they can be, with the same cross products of columns: the
// triangle of an orthogonal factorization, pivoted by what is left of a column
// relative to its length, until nothing is.
MatrixXd Turned(MatrixXd rows) {
  const Index n = rows.rows();
  const VectorXd lengths = rows.colwise().norm();
  VectorXd workspace(rows.cols());
  for (Index step = 0; step < std::min(n, rows.cols()); ++step) {
    Index best = -1;
    double most = kSpent;
    for (Index c = 0; c < rows.cols(); ++c) {
      if (!(lengths[c] > 0)) continue;
      const double left = rows.col(c).tail(n - step).norm() / lengths[c];
      if (left > most) {
        most = left;
        best = c;
      }
    }
    if (best < 0) return rows.topRows(step);
    VectorXd essential(n - step - 1);
    double factor = 0;
    double length = 0;
    rows.col(best).tail(n - step).makeHouseholder(essential, factor, length);
    rows.bottomRows(n - step).applyHouseholderOnTheLeft(essential, factor,
                                                        workspace.data());
  }
  return rows.topRows(std::min(n, rows.cols()));
}

void MmrmTableBuilder::AddPattern(size_t first, size_t last) {
  MatrixXd rows;
  for (size_t from = first; from < last; from += kSubjectsAtOnce) {
    const size_t to = std::min(last, from + kSubjectsAtOnce);
    const MatrixXd more = RowsOf(from, to);
    MatrixXd all(rows.rows() + more.rows(), more.cols());
    if (rows.rows() > 0) all.topRows(rows.rows()) = rows;
    all.bottomRows(more.rows()) = more;
    rows = Turned(std::move(all));
  }
  MmrmPattern& pattern = table_.patterns.emplace_back();
  pattern.n_subjects = static_cast<double>(last - first);
  const Index k = static_cast<Index>(of_[first].size());
  const Index p = table_.n_working;
  for (Index v = 0; v < k; ++v) {
    const size_t place = of_[first].begin + static_cast<size_t>(v);
    pattern.visits.push_back(visits_[order_[place]]);
    pattern.columns.emplace_back(rows.middleCols(v * p, p));
  }
  pattern.residuals = rows.rightCols(k);
}

void MmrmTableBuilder::AddMoments() {
  const Index t = table_.n_visits;
  table_.together = MatrixXd::Zero(t, t);
  table_.products = MatrixXd::Zero(t, t);
  for (const MmrmPattern& pattern : table_.patterns) {
    const MatrixXd squares = pattern.residuals.transpose() * pattern.residuals;
    table_.products(pattern.visits, pattern.visits) += squares;
    table_.together(pattern.visits, pattern.visits).array() +=
        pattern.n_subjects;
  }
}

absl::StatusOr<MmrmTable> MmrmTableBuilder::Build() {
  if (absl::Status status = FindSubjects(); !status.ok()) return status;
  table_.n_subjects = of_.size();
  FitAll();
  for (size_t s = 0; table_.unit > 0 && s < of_.size();) {
    size_t end = s + 1;
    while (end < of_.size() && CompareVisits(of_[s], of_[end]) == 0) ++end;
    AddPattern(s, end);
    s = end;
  }
  AddMoments();
  return std::move(table_);
}

}  // namespace

absl::StatusOr<MmrmTable> BuildMmrmTable(absl::Span<const double> response,
                                         absl::Span<const int> subjects,
                                         absl::Span<const int> visits,
                                         const std::vector<std::string>& levels,
                                         const DesignMatrix& design) {
  return MmrmTableBuilder(response, subjects, visits, levels, design).Build();
}

}  // namespace enthesis::stats
