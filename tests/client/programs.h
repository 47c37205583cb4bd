// The real programs, for tests: a registry of its own in a temporary folder,
// and the command line run to its end.

#ifndef ENTHESIS_TESTS_CLIENT_PROGRAMS_H_
#define ENTHESIS_TESTS_CLIENT_PROGRAMS_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace enthesis::client {

// A new empty folder, removed with all it holds.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  // A path in the folder.
  std::string operator/(absl::string_view name) const;

 private:
  std::string path_;
};

// Writes a file; a failure ends the test program.
void WriteText(const std::string& path, absl::string_view text);
std::string ReadText(const std::string& path);

// enthesisd on a port of the system's choice.
class RegistryProcess {
 public:
  RegistryProcess();
  ~RegistryProcess();
  RegistryProcess(const RegistryProcess&) = delete;
  RegistryProcess& operator=(const RegistryProcess&) = delete;

  const std::string& address() const { return address_; }

 private:
  TemporaryFolder folder_;
  pid_t pid_ = -1;
  int output_ = -1;
  std::string address_;
};

struct CommandResult {
  int exit_code = -1;
  std::string out;
  std::string err;
};

// Starts `enthesis` with its output in files of `folder`; returns its process.
pid_t StartCommand(const std::vector<std::string>& arguments,
                   const TemporaryFolder& folder);
CommandResult FinishCommand(pid_t process, const TemporaryFolder& folder);
CommandResult RunCommand(const std::vector<std::string>& arguments);

}  // namespace enthesis::client

#endif  // ENTHESIS_TESTS_CLIENT_PROGRAMS_H_
