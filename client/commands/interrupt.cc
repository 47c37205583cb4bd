#include "client/commands/interrupt.h"

namespace enthesis::client {
namespace {

volatile std::sig_atomic_t interrupt_noted = 0;
struct sigaction old_interrupt {};
struct sigaction old_terminate {};

// A second one meets the action of old.
void NoteInterrupt(int number) {
  interrupt_noted = 1;
  sigaction(number, number == SIGINT ? &old_interrupt : &old_terminate,
            nullptr);
}

}  // namespace

InterruptWatch::InterruptWatch() {
  interrupt_noted = 0;
  struct sigaction note {};
  note.sa_handler = NoteInterrupt;
  note.sa_flags = SA_RESTART;
  sigemptyset(&note.sa_mask);
  sigaction(SIGINT, nullptr, &old_interrupt);
  sigaction(SIGTERM, nullptr, &old_terminate);
  sigaction(SIGINT, &note, nullptr);
  sigaction(SIGTERM, &note, nullptr);
}

InterruptWatch::~InterruptWatch() {
  sigaction(SIGINT, &old_interrupt, nullptr);
  sigaction(SIGTERM, &old_terminate, nullptr);
}

bool InterruptWatch::interrupted() const { return interrupt_noted != 0; }

}  // namespace enthesis::client
