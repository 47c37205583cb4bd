// One cell of the clinic's file as a number of the model.

#ifndef ENTHESIS_CLIENT_CELL_VALUE_H_
#define ENTHESIS_CLIENT_CELL_VALUE_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "registry/model/fields.h"

namespace enthesis::client {

// The value of a cell that is not blank: a whole number, a flag as 0 or 1, a
// code as its value. The range of a number is left to the registry, unless the
// number does not fit 32 bits. INVALID_ARGUMENT says what is wrong with it
// (such as "is a date") and what is allowed; it does not repeat the value.
absl::StatusOr<int32_t> ParseCell(absl::string_view text,
                                  const model::FieldInfo& info);

// A code of a list.
absl::StatusOr<int32_t> ParseCode(absl::string_view text,
                                  const model::CodeList& codes);

// What is wrong with a cell that is no date YYYY-MM-DD, and what is allowed.
std::string ExplainDate(absl::string_view text);

// The inverse of ParseCell.
std::string FormatCell(int32_t value, const model::FieldInfo& info);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_CELL_VALUE_H_
