// The verbs of `enthesis case` that have a file of their own. Each adds one.

#ifndef ENTHESIS_CLIENT_COMMANDS_CASE_VERBS_H_
#define ENTHESIS_CLIENT_COMMANDS_CASE_VERBS_H_

#include "client/commands/session.h"

namespace enthesis::client {

void AddCaseFieldsVerb(CLI::App& verbs, Command& chosen);
void AddCaseListVerb(CLI::App& verbs, Command& chosen);
void AddCaseUpdateVerb(CLI::App& verbs, Command& chosen);
void AddCaseHistoryVerb(CLI::App& verbs, Command& chosen);
void AddCaseWithdrawVerb(CLI::App& verbs, Command& chosen);
void AddCaseExportVerb(CLI::App& verbs, Command& chosen);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_COMMANDS_CASE_VERBS_H_
