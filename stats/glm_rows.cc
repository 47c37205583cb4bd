#include "stats/glm_rows.h"

#include <cmath>
#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "stats/parallel.h"

namespace enthesis::stats {
namespace {

// Whole numbers are exact up to here.
constexpr double kResponseMax = 9007199254740992;  // 2^53

const char* FaultOfResponse(double response, GlmFamily family) {
  if (family == GlmFamily::kLogistic) {
    return response == 0 || response == 1 ? nullptr
                                          : "the response must be 0 or 1";
  }
  const bool count = response >= 0 && response <= kResponseMax &&
                     response == std::floor(response);
  return count ? nullptr
               : "the response must be a count: a whole number from 0 to 2^53";
}

// What is wrong with one row; null if nothing.
const char* FaultOfRow(const GlmRows& rows, size_t i, GlmFamily family) {
  if (const char* fault = FaultOfResponse(rows.response[i], family)) {
    return fault;
  }
  if (!(rows.Weight(i) >= 0 && std::isfinite(rows.Weight(i)))) {
    return "a weight must be a finite number, 0 or more";
  }
  if (!rows.offsets.empty() && !std::isfinite(rows.offsets[i])) {
    return "an offset must be a finite number";
  }
  return nullptr;
}

}  // namespace

absl::Status CheckGlmRows(const GlmRows& rows, GlmFamily family,
                          ThreadPool* pool) {
  const size_t n = rows.size();
  const auto fits = [n](size_t length) { return length == 0 || length == n; };
  if (!fits(rows.weights.size()) || !fits(rows.offsets.size()) ||
      !fits(rows.clusters.size())) {
    return absl::InvalidArgumentError(
        "responses, weights, offsets and clusters have different numbers of "
        "rows");
  }
  const size_t i = FindFirst(pool, n, [&](size_t row) {
    return FaultOfRow(rows, row, family) != nullptr;
  });
  if (i == n) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("row ", i, ": ", FaultOfRow(rows, i, family)));
}

}  // namespace enthesis::stats
