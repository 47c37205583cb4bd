// Ctrl-C during a command that must not break off anywhere.

#ifndef ENTHESIS_CLIENT_COMMANDS_INTERRUPT_H_
#define ENTHESIS_CLIENT_COMMANDS_INTERRUPT_H_

#include <csignal>

namespace enthesis::client {

// While it lives, the first SIGINT or SIGTERM is only noted; a second one ends
// the process as ever. One at a time in a process.
class InterruptWatch {
 public:
  InterruptWatch();
  ~InterruptWatch();
  InterruptWatch(const InterruptWatch&) = delete;
  InterruptWatch& operator=(const InterruptWatch&) = delete;

  bool interrupted() const;
};

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_COMMANDS_INTERRUPT_H_
