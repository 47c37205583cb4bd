// A closed list of codes: the value stored, the code written in files and
// answers, and a label for people.

#ifndef ENTHESIS_REGISTRY_MODEL_CODE_LIST_H_
#define ENTHESIS_REGISTRY_MODEL_CODE_LIST_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace enthesis::model {

struct Code {
  int32_t value;  // 1..n in list order; 0 is "absent" and never listed
  const char* code;
  const char* label;
};

struct CodeList {
  const char* name = "";
  absl::Span<const Code> codes;

  // Null when the value or code is not in the list.
  const Code* Find(int32_t value) const;
  const Code* Find(absl::string_view code) const;
  // "left, right": what is allowed, for messages.
  std::string Allowed() const;
};

// The code of an enumerated value; "" for a value outside the list.
template <typename E>
absl::string_view CodeOf(const CodeList& list, E value) {
  const Code* code = list.Find(static_cast<int32_t>(value));
  return code == nullptr ? absl::string_view() : absl::string_view(code->code);
}

}  // namespace enthesis::model

#endif  // ENTHESIS_REGISTRY_MODEL_CODE_LIST_H_
