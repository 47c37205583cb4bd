#include "client/analyze/figure_file.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/file_bytes.h"
#include "client/output_file.h"

namespace enthesis::client {
namespace {

constexpr char kConverter[] = "rsvg-convert";
// A pixel of our SVG is 1/96 inch.
constexpr char kDotsPerPixel[] = "3.125";

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using TemporaryFile = std::unique_ptr<std::FILE, CloseFile>;

// "svg", "png", "pdf", or empty.
std::string FormOf(const std::string& path) {
  if (absl::StartsWith(path, "/dev/")) return "svg";
  const std::string lower = absl::AsciiStrToLower(path);
  for (const char* form : {"svg", "png", "pdf"}) {
    if (absl::EndsWith(lower, absl::StrCat(".", form))) return form;
  }
  return "";
}

bool HasConverter() {
  const char* path = std::getenv("PATH");
  if (path == nullptr) return false;
  for (absl::string_view folder : absl::StrSplit(path, ':')) {
    const std::string program = absl::StrCat(folder, "/", kConverter);
    if (access(program.c_str(), X_OK) == 0) return true;
  }
  return false;
}

absl::StatusOr<std::string> ReadAll(std::FILE* file) {
  std::string bytes;
  std::vector<char> buffer(1 << 16);
  std::rewind(file);
  while (const size_t n = std::fread(buffer.data(), 1, buffer.size(), file)) {
    bytes.append(buffer.data(), n);
  }
  if (std::ferror(file) != 0) return FileError(kConverter, errno);
  return bytes;
}

absl::StatusOr<std::string> Convert(absl::string_view svg,
                                    const std::string& form) {
  const TemporaryFile in(std::tmpfile()), out(std::tmpfile());
  if (in == nullptr || out == nullptr) return FileError("tmpfile", errno);
  if (std::fwrite(svg.data(), 1, svg.size(), in.get()) != svg.size() ||
      std::fflush(in.get()) != 0) {
    return FileError("tmpfile", errno);
  }
  std::rewind(in.get());
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, fileno(in.get()), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, fileno(out.get()), STDOUT_FILENO);
  std::vector<std::string> words = {kConverter, "--format", form};
  if (form == "png") words.insert(words.end(), {"--zoom", kDotsPerPixel});
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t child = 0;
  const int error = posix_spawnp(&child, kConverter, &actions, nullptr,
                                 arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return FileError(kConverter, error);
  int ended = 0;
  while (waitpid(child, &ended, 0) < 0) {
    if (errno != EINTR) return FileError(kConverter, errno);
  }
  absl::StatusOr<std::string> bytes = ReadAll(out.get());
  if (ended != 0 || (bytes.ok() && bytes->empty())) {
    return absl::InternalError(
        absl::StrCat("--plot: ", kConverter, " made no ", form));
  }
  return bytes;
}

}  // namespace

absl::Status CheckFigurePath(const std::string& path) {
  const std::string form = FormOf(path);
  if (form.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--plot: \"", path,
                     "\" must end in .svg, .png or .pdf, which decides the "
                     "form of the figure"));
  }
  if (form != "svg" && !HasConverter()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "--plot: a .", form, " is made by ", kConverter,
        " (Debian: librsvg2-bin), which is not on this machine; a .svg needs "
        "nothing"));
  }
  const absl::Status writable = CheckOutput(path);
  return writable.ok() ? writable
                       : absl::InvalidArgumentError(
                             absl::StrCat("--plot: ", writable.message()));
}

absl::Status WriteFigure(const std::string& path, absl::string_view svg) {
  const absl::Status status = CheckFigurePath(path);
  if (!status.ok()) return status;
  const std::string form = FormOf(path);
  if (form == "svg") return ReplaceFile(path, svg, 0644);
  const absl::StatusOr<std::string> bytes = Convert(svg, form);
  if (!bytes.ok()) return bytes.status();
  return ReplaceFile(path, *bytes, 0644);
}

}  // namespace enthesis::client
