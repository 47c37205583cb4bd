// Scripts by which a shell completes a command line of `enthesis`: commands,
// flags, values that come from a list, and names of files.

#ifndef ENTHESIS_CLIENT_COMMANDS_COMPLETION_H_
#define ENTHESIS_CLIENT_COMMANDS_COMPLETION_H_

#include <string>

#include "client/commands/manual.h"

namespace enthesis::client {

std::string BashCompletion(const ManualCommand& program);
std::string ZshCompletion(const ManualCommand& program);
std::string FishCompletion(const ManualCommand& program);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_COMMANDS_COMPLETION_H_
