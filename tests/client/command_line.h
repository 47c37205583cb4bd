// The command line as people run it, against a registry of its own.

#ifndef ENTHESIS_TESTS_CLIENT_COMMAND_LINE_H_
#define ENTHESIS_TESTS_CLIENT_COMMAND_LINE_H_

#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "tests/client/programs.h"

namespace enthesis::client {

class CommandLine : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    registry_ = new RegistryProcess;
    loaded_ = false;
  }
  static void TearDownTestSuite() {
    delete registry_;
    registry_ = nullptr;
  }

  CommandResult Run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--server", registry_->address()});
    return RunCommand(arguments);
  }

  // Each command line is refused before it is sent: 2, and why.
  void ExpectMisuse(const std::vector<std::vector<std::string>>& wrong) {
    for (const std::vector<std::string>& arguments : wrong) {
      SCOPED_TRACE(absl::StrJoin(arguments, " "));
      const CommandResult result = Run(arguments);
      EXPECT_EQ(result.exit_code, 2);
      EXPECT_EQ(result.out, "");
      EXPECT_NE(result.err, "");
    }
  }

  // A synthetic site with 300 cases, once a suite.
  void LoadSample() {
    if (loaded_) return;
    const TemporaryFolder folder;
    Run({"simulate", "--cases", "300", "--sites", "1", "--out", folder / "s"});
    Run({"site", "create", "site-01", "--synthetic"});
    const CommandResult imported =
        Run({"import", folder / "s/site-01.csv", "--site", "site-01"});
    ASSERT_EQ(imported.exit_code, 0) << imported.err;
    loaded_ = true;
  }

  static inline RegistryProcess* registry_ = nullptr;
  static inline bool loaded_ = false;
};

}  // namespace enthesis::client

#endif  // ENTHESIS_TESTS_CLIENT_COMMAND_LINE_H_
