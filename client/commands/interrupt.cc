#include "client/commands/interrupt.h"

namespace enthesis::client {
namespace {

volatile std::sig_atomic_t interrupt_noted = 0;

void NoteInterrupt(int) { interrupt_noted = 1; }

}  // namespace

InterruptWatch::InterruptWatch() {
  interrupt_noted = 0;
  struct sigaction note {};
  note.sa_handler = NoteInterrupt;
  // A second one meets the action of old.
  note.sa_flags = static_cast<int>(SA_RESETHAND) | SA_RESTART;
  sigemptyset(&note.sa_mask);
  sigaction(SIGINT, &note, &old_interrupt_);
  sigaction(SIGTERM, &note, &old_terminate_);
}

InterruptWatch::~InterruptWatch() {
  sigaction(SIGINT, &old_interrupt_, nullptr);
  sigaction(SIGTERM, &old_terminate_, nullptr);
}

bool InterruptWatch::interrupted() const { return interrupt_noted != 0; }

}  // namespace enthesis::client
