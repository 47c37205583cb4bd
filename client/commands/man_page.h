// A command as a page of `man`, in roff.

#ifndef ENTHESIS_CLIENT_COMMANDS_MAN_PAGE_H_
#define ENTHESIS_CLIENT_COMMANDS_MAN_PAGE_H_

#include <string>

#include "client/commands/manual.h"

namespace enthesis::client {

// `program` is the root, whose options every command takes; `version` is
// "0.1.0", `date` "2026-11-27".
std::string ManPage(const ManualCommand& command, const ManualCommand& program,
                    const std::string& version, const std::string& date);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_COMMANDS_MAN_PAGE_H_
