// enthesisd: flags and wiring.

#include <signal.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/flags/usage_config.h"
#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "registry/cohort/cohort.h"
#include "registry/service/log.h"
#include "registry/service/server.h"
#include "registry/storage/rocks_store.h"
#include "registry/wire/answer_wire.h"
#include "stats/parallel.h"

ABSL_FLAG(std::string, listen, "127.0.0.1:7443",
          "loopback address to serve, HOST:PORT or unix:PATH; port 0 lets the "
          "system pick one");
ABSL_FLAG(std::string, data, "",
          "folder of the registry; made when missing. Required");
ABSL_FLAG(std::string, disclosure, "on",
          "smallest number of cases behind a released figure: \"on\" (11), a "
          "number from 5, or \"off\" (stated in every answer)");
ABSL_FLAG(int, threads, 0, "threads that count cases; 0: one a core");
ABSL_FLAG(int, executor_threads, 64, "commands at a time");
ABSL_FLAG(int, executor_queue, 1024, "commands that may wait for a thread");
ABSL_FLAG(std::string, port_file, "",
          "file that gets the port once the server serves");
ABSL_FLAG(int, drain_seconds, 10,
          "on SIGTERM and SIGINT, time for what runs to finish");

namespace enthesis {
namespace {

absl::StatusOr<disclosure::Policy> ParsePolicy(const std::string& text) {
  if (text == "on") return disclosure::Policy();
  if (text == "off") return disclosure::Policy{std::nullopt};
  int threshold = 0;
  if (!absl::SimpleAtoi(text, &threshold)) {
    return absl::InvalidArgumentError(
        absl::StrCat("--disclosure=", text, " is not on, off or a number"));
  }
  const disclosure::Policy policy{threshold};
  const absl::Status checked = disclosure::CheckPolicy(policy);
  if (!checked.ok()) return checked;
  return policy;
}

// Whoever waits for the file finds it whole: it appears by a rename.
absl::Status WritePortFile(const std::string& path,
                           const std::string& address) {
  const std::string draft = path + ".new";
  std::ofstream file(draft);
  file << address.substr(address.rfind(':') + 1) << "\n";
  file.close();
  if (!file || std::rename(draft.c_str(), path.c_str()) != 0) {
    return absl::UnavailableError(absl::StrCat("cannot write ", path));
  }
  return absl::OkStatus();
}

absl::Status CheckFlags() {
  if (absl::GetFlag(FLAGS_data).empty()) {
    return absl::InvalidArgumentError("--data=FOLDER is required");
  }
  if (absl::GetFlag(FLAGS_executor_threads) < 1 ||
      absl::GetFlag(FLAGS_executor_queue) < 0 ||
      absl::GetFlag(FLAGS_threads) < 0 ||
      absl::GetFlag(FLAGS_drain_seconds) < 0) {
    return absl::InvalidArgumentError(
        "--executor_threads must be at least 1; --executor_queue, --threads "
        "and --drain_seconds at least 0");
  }
  return service::CheckListenAddress(absl::GetFlag(FLAGS_listen));
}

// Flags may be written with hyphens: --port-file as --port_file.
std::vector<std::string> WithUnderscores(int argc, char** argv) {
  std::vector<std::string> arguments(argv, argv + argc);
  for (size_t i = 1; i < arguments.size(); ++i) {
    std::string& argument = arguments[i];
    if (argument.compare(0, 2, "--") != 0) continue;
    const auto name_end = std::find(argument.begin() + 2, argument.end(), '=');
    std::replace(argument.begin() + 2, name_end, '-', '_');
  }
  return arguments;
}

int ThreadsToUse() {
  const int asked = absl::GetFlag(FLAGS_threads);
  if (asked > 0) return asked;
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

// Serves until a signal of `signals` comes.
absl::Status Serve(const sigset_t& signals) {
  const absl::Status flags = CheckFlags();
  if (!flags.ok()) return flags;
  const absl::StatusOr<disclosure::Policy> policy =
      ParsePolicy(absl::GetFlag(FLAGS_disclosure));
  if (!policy.ok()) return policy.status();

  storage::RocksStoreOptions store_options;
  store_options.folder = absl::GetFlag(FLAGS_data);
  const auto store = storage::OpenRocksStore(store_options);
  if (!store.ok()) return store.status();
  const auto cohort = cohort::Cohort::Open(**store);
  if (!cohort.ok()) return cohort.status();
  stats::ThreadPool pool(ThreadsToUse());

  service::ServerOptions options;
  options.listen = absl::GetFlag(FLAGS_listen);
  options.executor_threads = absl::GetFlag(FLAGS_executor_threads);
  options.executor_queue =
      static_cast<size_t>(absl::GetFlag(FLAGS_executor_queue));
  options.policy = *policy;
  options.now = [] { return absl::Now(); };
  const auto server = service::Server::Start(**store, **cohort, pool, options);
  if (!server.ok()) return server.status();
  const std::string& address = (*server)->address();
  if (!absl::GetFlag(FLAGS_port_file).empty()) {
    const absl::Status written =
        WritePortFile(absl::GetFlag(FLAGS_port_file), address);
    if (!written.ok()) return written;
  }
  service::LogInfo(absl::StrCat(
      "serving ", address, ", data in ", store_options.folder, ", commit ",
      (*store)->LastCommit().index, ", disclosure ",
      policy->threshold.has_value() ? absl::StrCat(*policy->threshold)
                                    : std::string("off")));
  std::cout << "enthesisd listening on " << address << std::endl;

  int signal = 0;
  sigwait(&signals, &signal);
  service::LogInfo(absl::StrCat(strsignal(signal), ": finishing what runs"));
  (*server)->Drain(absl::Seconds(absl::GetFlag(FLAGS_drain_seconds)));
  service::LogInfo("stopped");
  return absl::OkStatus();
}

}  // namespace
}  // namespace enthesis

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage(
      "The server of an Enthesis registry.\n  enthesisd --data=FOLDER");
  absl::FlagsUsageConfig usage;
  usage.version_string = [] {
    return absl::StrCat("enthesisd ", enthesis::wire::EngineVersion(), "\n");
  };
  // The flags of this file are the flags of the program.
  usage.contains_helpshort_flags = usage.contains_help_flags =
      usage.contains_helppackage_flags = [](absl::string_view file) {
        return absl::EndsWith(file, "registry/main.cc");
      };
  absl::SetFlagsUsageConfig(usage);
  std::vector<std::string> arguments = enthesis::WithUnderscores(argc, argv);
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  if (absl::ParseCommandLine(argc, pointers.data()).size() > 1) {
    std::cerr << "enthesisd takes flags only; see --help\n";
    return 2;
  }
  // Files of the registry are for the user of the service alone.
  umask(S_IRWXG | S_IRWXO);
  // Blocked before any thread starts, so that only sigwait sees them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);

  const absl::Status served = enthesis::Serve(signals);
  if (served.ok()) return 0;
  enthesis::service::LogError(served.message());
  return absl::IsInvalidArgument(served) ? 2 : 3;
}
