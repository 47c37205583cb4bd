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

constexpr Code kFunnelLimits[] = {
    {1, "prediction", "prediction limits"},
    {2, "ci", "confidence limits at the target"},
    {3, "normal", "normal limits"},
};

constexpr Code kSitePooling[] = {
    {1, "fe", "fixed effect"},
    {2, "dl", "DerSimonian-Laird"},
    {3, "reml", "restricted maximum likelihood"},
    {4, "ml", "maximum likelihood"},
    {5, "pm", "Paule-Mandel"},
    {6, "hs", "Hunter-Schmidt"},
    {7, "sj", "Sidik-Jonkman"},
};

constexpr Code kSiteScore[] = {
    {1, "level", "level at the visit"},
    {2, "change", "change since baseline"},
};

constexpr Code kOverdispersion[] = {
    {1, "multiplicative", "multiplicative"},
    {2, "additive", "additive"},
};

}  // namespace

const CodeList kParametricDistributionCodes{"distribution",
                                            kParametricDistribution};
const CodeList kRegressionFamilyCodes{"family", kRegressionFamily};
const CodeList kFunnelLimitsCodes{"limits", kFunnelLimits};
const CodeList kSitePoolingCodes{"tau2", kSitePooling};
const CodeList kSiteScoreCodes{"score", kSiteScore};
const CodeList kOverdispersionCodes{"overdispersion", kOverdispersion};

}  // namespace enthesis::model
