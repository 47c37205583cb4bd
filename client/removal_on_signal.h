// Files that must not outlive the process that made them, also where Ctrl-C
// ends it and no destructor runs.

#ifndef ENTHESIS_CLIENT_REMOVAL_ON_SIGNAL_H_
#define ENTHESIS_CLIENT_REMOVAL_ON_SIGNAL_H_

#include <csignal>
#include <string>

namespace enthesis::client {

// SIGINT, SIGTERM and SIGHUP wait on this thread while it lives.
class HeldSignals {
 public:
  HeldSignals();
  ~HeldSignals();
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;

 private:
  sigset_t before_;
};

// While it lives, one of these signals that ends the process removes the file
// first. A signal that is ignored, or is handled otherwise, stays so. The
// handler does no more than unlink() and what ends the process; a few files at
// a time have a place, further ones, and paths that are too long, stay behind.
// Made and destroyed on one thread.
class RemovalOnSignal {
 public:
  explicit RemovalOnSignal(const std::string& path);
  ~RemovalOnSignal();
  RemovalOnSignal(const RemovalOnSignal&) = delete;
  RemovalOnSignal& operator=(const RemovalOnSignal&) = delete;

 private:
  int place_ = -1;  // -1: none
};

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_REMOVAL_ON_SIGNAL_H_
