#include "registry/model/code_list.h"

#include "absl/strings/str_cat.h"

namespace enthesis::model {

const Code* CodeList::Find(int32_t value) const {
  if (value < 1 || static_cast<size_t>(value) > codes.size()) return nullptr;
  return &codes[static_cast<size_t>(value) - 1];
}

const Code* CodeList::Find(absl::string_view code) const {
  if (code.empty()) return nullptr;
  for (const Code& candidate : codes) {
    if (candidate.code[0] == code[0] && code == candidate.code) {
      return &candidate;
    }
  }
  return nullptr;
}

std::string CodeList::Allowed() const {
  std::string text;
  for (const Code& code : codes) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", code.code);
  }
  return text;
}

}  // namespace enthesis::model
