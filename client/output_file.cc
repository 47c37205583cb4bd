#include "client/output_file.h"

#include <array>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/file_bytes.h"
#include "client/link_file.h"
#include "client/sealed_text.h"

namespace enthesis::client {

absl::Status CheckOutput(const std::string& path) {
  std::error_code none;
  if (!std::filesystem::is_regular_file(path, none)) return absl::OkStatus();
  std::ifstream file(path, std::ios::binary);
  std::array<char, 64> start{};
  file.read(start.data(), start.size());
  const absl::string_view there(start.data(),
                                static_cast<size_t>(file.gcount()));
  if (!IsLinkText(there) && !IsSealed(there)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(path,
                   " is a link file, the clinic's only key to its cases; name "
                   "another file to write to"));
}

absl::Status WriteOutput(const std::string& path, absl::string_view bytes,
                         mode_t mode) {
  const absl::Status status = CheckOutput(path);
  return status.ok() ? ReplaceFile(path, bytes, mode) : status;
}

}  // namespace enthesis::client
