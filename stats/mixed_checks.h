// What a linear mixed model refuses to fit.
//
// Internal to linear mixed models.

#ifndef ENTHESIS_STATS_MIXED_CHECKS_H_
#define ENTHESIS_STATS_MIXED_CHECKS_H_

#include <Eigen/Dense>

#include "absl/status/status.h"
#include "stats/design_matrix.h"
#include "stats/mixed.h"
#include "stats/mixed_rows.h"
#include "stats/mixed_table.h"

namespace enthesis::stats {

// Residual over total mean square of the response from which on the residuals
// are rounding.
inline constexpr double kMetToRounding = 1e-28;

// Rows, columns and options, as FitMixed.
absl::Status CheckMixed(const MixedRows& rows, const DesignMatrix& design,
                        const MixedOptions& options);

// What would leave the variances open whatever the responses are.
absl::Status CheckGroups(const MixedTable& table, bool reml);

// That no other variances are as likely as those of the optimum `l`, where
// `hessian` is that of the deviance, by `l` and the logarithm of sigma.
absl::Status CheckDetermined(const MixedTable& table,
                             const Eigen::MatrixXd& hessian,
                             const Eigen::VectorXd& l);

// Whether columns, groups and sites together leave nothing of the response.
bool LacksResidual(const MixedTable& table);

}  // namespace enthesis::stats

#endif  // ENTHESIS_STATS_MIXED_CHECKS_H_
