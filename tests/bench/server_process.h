// Starts the server (or any program that announces its port) as a child for a
// benchmark, and ends it.

#ifndef ENTHESIS_TESTS_BENCH_SERVER_PROCESS_H_
#define ENTHESIS_TESTS_BENCH_SERVER_PROCESS_H_

#include <sys/types.h>

#include <string>
#include <vector>

namespace enthesis::bench {

class ServerProcess {
 public:
  // Runs `arguments` (program first) and waits for a line of its standard
  // output that ends in "listening on HOST:PORT". Ends the benchmark with a
  // message when the program ends before.
  explicit ServerProcess(const std::vector<std::string>& arguments);
  ~ServerProcess();  // SIGTERM, then waits
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  const std::string& address() const { return address_; }

 private:
  pid_t pid_ = -1;
  int output_ = -1;
  std::string address_;
};

// A new empty folder under the system's temporary folder.
std::string TemporaryFolder();

}  // namespace enthesis::bench

#endif  // ENTHESIS_TESTS_BENCH_SERVER_PROCESS_H_
