// One line per event on standard error, with the time (UTC). For operators:
// no patient value ever goes in.
// Threads: safe.

#ifndef ENTHESIS_REGISTRY_SERVICE_LOG_H_
#define ENTHESIS_REGISTRY_SERVICE_LOG_H_

#include "absl/strings/string_view.h"

namespace enthesis::service {

void LogInfo(absl::string_view text);
void LogError(absl::string_view text);

}  // namespace enthesis::service

#endif  // ENTHESIS_REGISTRY_SERVICE_LOG_H_
