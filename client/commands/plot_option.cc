#include "client/commands/plot_option.h"

#include <CLI/CLI.hpp>

#include "absl/status/status.h"
#include "client/analyze/figure_file.h"
#include "client/commands/session.h"

namespace enthesis::client {

void AddPlotOption(CLI::App& command, std::string& path) {
  command
      .add_option("--plot", path,
                  "Draws a figure; the suffix decides its form (PNG and PDF "
                  "are made by rsvg-convert)")
      ->type_name("FILE.svg|png|pdf");
}

int CheckPlotOption(const std::string& path) {
  if (path.empty()) return kExitDone;
  const absl::Status allowed = CheckFigurePath(path);
  if (allowed.ok()) return kExitDone;
  FailUsage(allowed.message());
  return absl::IsInvalidArgument(allowed) ? kExitUsage : kExitServer;
}

}  // namespace enthesis::client
