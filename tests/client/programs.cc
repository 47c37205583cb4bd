#include "tests/client/programs.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "client/file_bytes.h"

namespace enthesis::client {
namespace {

[[noreturn]] void Die(absl::string_view message) {
  std::fprintf(stderr, "%s\n", std::string(message).c_str());
  std::exit(1);
}

[[noreturn]] void Execute(const std::vector<std::string>& arguments) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments) {
    argv.push_back(const_cast<char*>(argument.c_str()));
  }
  argv.push_back(nullptr);
  execv(argv[0], argv.data());
  _exit(127);
}

void Redirect(int to, const std::string& path) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  dup2(file, to);
  close(file);
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
  const char* root = std::getenv("TMPDIR");
  path_ = absl::StrCat(root == nullptr ? "/tmp" : root, "/enthesis-XXXXXX");
  if (mkdtemp(path_.data()) == nullptr) Die("no temporary folder");
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TemporaryFolder::operator/(absl::string_view name) const {
  return absl::StrCat(path_, "/", name);
}

void WriteText(const std::string& path, absl::string_view text) {
  if (!ReplaceFile(path, text, 0600).ok()) Die("cannot write " + path);
}

std::string ReadText(const std::string& path) {
  const auto text = ReadFileBytes(path);
  return text.ok() ? *text : "";
}

RegistryProcess::RegistryProcess() {
  int ends[2];
  if (pipe(ends) != 0) Die("no pipe");
  pid_ = fork();
  if (pid_ == 0) {
    dup2(ends[1], STDOUT_FILENO);
    Redirect(STDERR_FILENO, folder_ / "log");
    close(ends[0]);
    close(ends[1]);
    Execute({ENTHESISD, absl::StrCat("--data=", folder_ / "data"),
             "--listen=127.0.0.1:0"});
  }
  close(ends[1]);
  output_ = ends[0];
  constexpr absl::string_view kMark = "listening on ";
  std::string line;
  char c = 0;
  while (address_.empty() && read(output_, &c, 1) == 1) {
    if (c != '\n') {
      line.push_back(c);
      continue;
    }
    const size_t at = line.find(kMark.data());
    if (at != std::string::npos) address_ = line.substr(at + kMark.size());
    line.clear();
  }
  if (address_.empty())
    Die("enthesisd did not start: " + ReadText(folder_ / "log"));
}

RegistryProcess::~RegistryProcess() {
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  close(output_);
}

pid_t StartCommand(const std::vector<std::string>& arguments,
                   const TemporaryFolder& folder) {
  std::vector<std::string> all = {ENTHESIS};
  all.insert(all.end(), arguments.begin(), arguments.end());
  const pid_t process = fork();
  if (process != 0) return process;
  Redirect(STDOUT_FILENO, folder / "out");
  Redirect(STDERR_FILENO, folder / "err");
  Execute(all);
}

CommandResult FinishCommand(pid_t process, const TemporaryFolder& folder) {
  int status = 0;
  waitpid(process, &status, 0);
  CommandResult result;
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  result.out = ReadText(folder / "out");
  result.err = ReadText(folder / "err");
  return result;
}

CommandResult RunCommand(const std::vector<std::string>& arguments) {
  const TemporaryFolder folder;
  return FinishCommand(StartCommand(arguments, folder), folder);
}

}  // namespace enthesis::client
