#include "registry/model/mixed_question.h"

namespace enthesis::model {
namespace {

constexpr Code kMixedStructure[] = {
    {1, "intercept", "random intercept"},
    {2, "slope", "random intercept and slope"},
    {3, "un", "unstructured"},
    {4, "csh", "heterogeneous compound symmetry"},
    {5, "ar1", "first-order autoregressive"},
    {6, "ar1h", "heterogeneous first-order autoregressive"},
    {7, "toep", "Toeplitz"},
};

constexpr Code kMixedDf[] = {
    {1, "satterthwaite", "Satterthwaite"},
    {2, "kenward-roger", "Kenward-Roger, linear form"},
};

}  // namespace

const CodeList kMixedStructureCodes{"structure", kMixedStructure};
const CodeList kMixedDfCodes{"df", kMixedDf};

}  // namespace enthesis::model
