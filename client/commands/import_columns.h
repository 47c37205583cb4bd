// enthesis import --columns

#ifndef ENTHESIS_CLIENT_COMMANDS_IMPORT_COLUMNS_H_
#define ENTHESIS_CLIENT_COMMANDS_IMPORT_COLUMNS_H_

#include "client/commands/session.h"

namespace enthesis::client {

// Every column of the clinic's file: line, whether it is required, what it
// allows, meaning.
int PrintColumns(const Session& session);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_COMMANDS_IMPORT_COLUMNS_H_
