#include "registry/model/regression_question.h"

namespace enthesis::model {
namespace {

constexpr Code kParametricDistribution[] = {
    {1, "weibull", "Weibull"},
    {2, "exponential", "exponential"},
    {3, "lognormal", "log-normal"},
    {4, "loglogistic", "log-logistic"},
};

}  // namespace

const CodeList kParametricDistributionCodes{"distribution",
                                            kParametricDistribution};

}  // namespace enthesis::model
