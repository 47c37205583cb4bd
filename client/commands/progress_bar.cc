#include "client/commands/progress_bar.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/commands/session.h"

namespace enthesis::client {
namespace {

constexpr size_t kBar = 30;
constexpr std::chrono::milliseconds kBetween(100);

std::string TimeLeft(double seconds) {
  const auto whole = static_cast<int64_t>(seconds + 0.999);
  if (whole < 3600) {
    return absl::StrFormat("%d:%02d left", whole / 60, whole % 60);
  }
  return absl::StrFormat("%d:%02d:%02d left", whole / 3600, whole / 60 % 60,
                         whole % 60);
}

size_t WidthOfStandardError() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) {
    return 80;
  }
  return size.ws_col;
}

}  // namespace

std::string ProgressText(size_t n_done, size_t n_all, double seconds,
                         size_t width) {
  const double share =
      n_all == 0 ? 1 : static_cast<double>(n_done) / static_cast<double>(n_all);
  const size_t filled =
      std::min(kBar, static_cast<size_t>(share * static_cast<double>(kBar)));
  const std::string bar = absl::StrCat("[", std::string(filled, '='),
                                       std::string(kBar - filled, ' '), "] ");
  std::string text = absl::StrFormat("%.0f %%", 100 * share);
  std::vector<std::string> parts = {
      absl::StrCat(n_done, " of ", n_all, " records")};
  if (seconds >= 0.5 && n_done > 0) {
    const double rate = static_cast<double>(n_done) / seconds;
    parts.push_back(absl::StrFormat("%.0f/s", rate));
    parts.push_back(TimeLeft(static_cast<double>(n_all - n_done) / rate));
  }
  for (const std::string& part : parts) {
    if (text.size() + 2 + part.size() > width) break;
    absl::StrAppend(&text, ", ", part);
  }
  return bar.size() + text.size() <= width ? bar + text : text;
}

ProgressBar::ProgressBar()
    : on_(isatty(STDERR_FILENO) == 1), start_(Clock::now()), last_(start_) {}

ProgressBar::~ProgressBar() { Wipe(); }

void ProgressBar::Show(size_t n_done, size_t n_all) {
  if (!on_) return;
  const Clock::time_point now = Clock::now();
  if (drawn_ && now - last_ < kBetween) return;
  last_ = now;
  drawn_ = true;
  const double seconds = std::chrono::duration<double>(now - start_).count();
  PrintMessage(absl::StrCat(
      "\r\033[K",
      ProgressText(n_done, n_all, seconds, WidthOfStandardError() - 1)));
}

void ProgressBar::Wipe() {
  if (drawn_) PrintMessage("\r\033[K");
  drawn_ = false;
}

}  // namespace enthesis::client
