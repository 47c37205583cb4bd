#include "registry/model/model_support.h"

#include "registry/model/small_groups.h"

namespace enthesis::model {

std::string ReasonToWithhold(const ModelSupport& support,
                             absl::Span<const int64_t> left_out, int64_t least,
                             const char* nobody) {
  const auto few = [least](std::optional<int64_t> n) {
    return n.has_value() && IsSmall(*n, least);
  };
  if (least <= 1) return "";
  if (few(support.n)) return "too few cases in the model";
  if (few(support.events)) return "too few events";
  if (few(support.competing)) return "too few competing events";
  for (const ModelSupport::Part& part : support.parts) {
    if (few(part.n)) {
      return part.name + ": too few cases with one of its values";
    }
  }
  if (support.n < least * support.n_coefficients) {
    return support.n == 0 ? nobody
                          : "too many coefficients for the cases in the model";
  }
  std::vector<bool> told(1);
  MarkSmallGroups({support.n}, left_out, least, told);
  if (!told[0]) return "";
  return "too few cases are left out, whom its figures would tell; ask of a "
         "cohort without them";
}

}  // namespace enthesis::model
