// How far a long command is, for a person at a terminal.

#ifndef ENTHESIS_CLIENT_COMMANDS_PROGRESS_BAR_H_
#define ENTHESIS_CLIENT_COMMANDS_PROGRESS_BAR_H_

#include <chrono>
#include <cstddef>
#include <string>

namespace enthesis::client {

// "[=====     ] 50 %, 2000 of 4000 records, 1000/s, 0:02 left", at most
// `width` columns wide: what does not fit is left out from the end, the bar
// first. Without rate and time left in the first moments (`seconds` below 0.5).
std::string ProgressText(size_t n_done, size_t n_all, double seconds,
                         size_t width);

// Draws on one line of standard error, at most ten times a second; nothing
// where that is no terminal. Threads: externally synchronized.
class ProgressBar {
 public:
  ProgressBar();
  ~ProgressBar();  // wipes the line
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  void Show(size_t n_done, size_t n_all);
  void Wipe();

 private:
  using Clock = std::chrono::steady_clock;

  const bool on_;
  const Clock::time_point start_;
  Clock::time_point last_;
  bool drawn_ = false;
};

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_COMMANDS_PROGRESS_BAR_H_
