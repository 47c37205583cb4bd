#include "tests/bench/server_process.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

namespace enthesis::bench {
namespace {

[[noreturn]] void Die(const std::string& message) {
  fprintf(stderr, "benchmark: %s\n", message.c_str());
  exit(1);
}

}  // namespace

ServerProcess::ServerProcess(const std::vector<std::string>& arguments) {
  int ends[2];
  if (pipe(ends) != 0) Die("no pipe");
  pid_ = fork();
  if (pid_ < 0) Die("no child process");
  if (pid_ == 0) {
    dup2(ends[1], STDOUT_FILENO);
    close(ends[0]);
    close(ends[1]);
    std::vector<char*> argv;
    for (const std::string& argument : arguments) {
      argv.push_back(const_cast<char*>(argument.c_str()));
    }
    argv.push_back(nullptr);
    execv(argv[0], argv.data());
    _exit(127);
  }
  close(ends[1]);
  output_ = ends[0];
  const std::string mark = "listening on ";
  std::string line;
  char c = 0;
  while (read(output_, &c, 1) == 1) {
    if (c != '\n') {
      line.push_back(c);
      continue;
    }
    const size_t at = line.find(mark);
    if (at != std::string::npos) {
      address_ = line.substr(at + mark.size());
      return;
    }
    line.clear();
  }
  Die(arguments[0] + " ended before it was listening");
}

ServerProcess::~ServerProcess() {
  kill(pid_, SIGTERM);
  int status = 0;
  waitpid(pid_, &status, 0);
  close(output_);
}

std::string TemporaryFolder() {
  const char* root = getenv("TMPDIR");
  std::string path =
      std::string(root == nullptr ? "/tmp" : root) + "/enthesis-bench-XXXXXX";
  if (mkdtemp(path.data()) == nullptr) Die("no temporary folder");
  return path;
}

}  // namespace enthesis::bench
