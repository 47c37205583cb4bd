// --plot, of every command that draws.

#ifndef ENTHESIS_CLIENT_COMMANDS_PLOT_OPTION_H_
#define ENTHESIS_CLIENT_COMMANDS_PLOT_OPTION_H_

#include <string>

namespace CLI {
class App;
}

namespace enthesis::client {

void AddPlotOption(CLI::App& command, std::string& path);

// kExitDone where no figure is asked for or `path` may be written to; else the
// exit code of the command, which has said why.
int CheckPlotOption(const std::string& path);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_COMMANDS_PLOT_OPTION_H_
