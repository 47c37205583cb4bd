#include "client/analyze/binary_column.h"

#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace enthesis::client {
namespace {

absl::StatusOr<std::vector<double>> ReadZerosAndOnes(const Frame& frame,
                                                     const std::string& column,
                                                     const char* option,
                                                     const char* what) {
  if (frame.HoldsText(column)) {
    return absl::InvalidArgumentError(
        absl::StrCat(option, " ", column, " holds text; ", what,
                     " is 0 or 1, or say which value is the event: ", option,
                     " ", column, "=VALUE"));
  }
  absl::StatusOr<std::vector<double>> numbers = frame.Numbers(column);
  if (!numbers.ok()) return numbers;
  for (size_t i = 0; i < numbers->size(); ++i) {
    if ((*numbers)[i] == 0 || (*numbers)[i] == 1) continue;
    return frame.Refuse(
        column, i,
        absl::StrCat(what, " is 0 or 1; or say which value is the event: ",
                     option, " ", column, "=VALUE"));
  }
  return numbers;
}

}  // namespace

absl::StatusOr<std::vector<double>> ReadBinary(const Frame& frame,
                                               const EventFlag& flag,
                                               const char* option,
                                               const char* what) {
  if (flag.value.empty()) {
    return ReadZerosAndOnes(frame, flag.column, option, what);
  }
  if (absl::Status status = frame.CheckFinite(flag.column); !status.ok()) {
    return status;
  }
  const Factor factor = frame.FactorOf(flag.column);
  const std::optional<size_t> event = FindLevel(factor.levels, flag.value);
  if (!event.has_value()) {
    constexpr size_t kShown = 20;
    std::vector<std::string> shown = factor.levels;
    if (shown.size() > kShown) shown.resize(kShown);
    return absl::InvalidArgumentError(
        absl::StrCat(option, " ", flag.column, "=", flag.value,
                     ": the values are ", absl::StrJoin(shown, ", "),
                     factor.levels.size() > kShown ? ", ..." : ""));
  }
  std::vector<double> numbers;
  numbers.reserve(factor.codes.size());
  for (int code : factor.codes) {
    numbers.push_back(code == static_cast<int>(*event) ? 1 : 0);
  }
  return numbers;
}

}  // namespace enthesis::client
