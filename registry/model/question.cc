#include "registry/model/question.h"

namespace enthesis::model {
namespace {

constexpr Code kConfidenceTransform[] = {
    {1, "log-log", "log-log"}, {2, "log", "log"},       {3, "plain", "plain"},
    {4, "logit", "logit"},     {5, "arcsin", "arcsin"},
};

constexpr Code kRankTest[] = {
    {1, "log-rank", "log-rank"},
    {2, "gehan-breslow", "Gehan-Breslow"},
    {3, "tarone-ware", "Tarone-Ware"},
    {4, "peto-peto", "Peto-Peto, as R"},
    {5, "peto-peto-textbook", "Peto-Peto, as the textbooks"},
    {6, "fleming-harrington", "Fleming-Harrington"},
};

constexpr Code kIncidenceVariance[] = {
    {1, "aalen", "Aalen, as cmprsk::cuminc"},
    {2, "jackknife", "infinitesimal jackknife, as survival::survfit"},
};

}  // namespace

const CodeList kConfidenceTransformCodes{"conf_type", kConfidenceTransform};
const CodeList kRankTestCodes{"test", kRankTest};
const CodeList kIncidenceVarianceCodes{"variance", kIncidenceVariance};

}  // namespace enthesis::model
