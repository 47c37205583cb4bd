#include "registry/model/regression_question.h"

namespace enthesis::model {
namespace {

constexpr Code kParametricDistribution[] = {
    {1, "weibull", "Weibull"},
    {2, "exponential", "exponential"},
    {3, "lognormal", "log-normal"},
    {4, "loglogistic", "log-logistic"},
};

constexpr Code kRegressionFamily[] = {
    {1, "logistic", "logistic"},
    {2, "poisson", "Poisson"},
    {3, "negbin", "negative binomial"},
};

}  // namespace

const CodeList kParametricDistributionCodes{"distribution",
                                            kParametricDistribution};
const CodeList kRegressionFamilyCodes{"family", kRegressionFamily};

}  // namespace enthesis::model
