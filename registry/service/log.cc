#include "registry/service/log.h"

#include <unistd.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace enthesis::service {
namespace {

void Write(absl::string_view level, absl::string_view text) {
  const std::string line =
      absl::StrCat(absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::Now(),
                                    absl::UTCTimeZone()),
                   " ", level, " ", text, "\n");
  // One call a line, so that lines of several threads do not mix. There is
  // nowhere to report a failure to.
  [[maybe_unused]] const auto written =
      ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace

void LogInfo(absl::string_view text) { Write("info", text); }
void LogError(absl::string_view text) { Write("error", text); }

}  // namespace enthesis::service
