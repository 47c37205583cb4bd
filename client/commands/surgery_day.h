// Dates of the clinic as days since surgery, by the link file and on this
// machine: no date is sent.

#ifndef ENTHESIS_CLIENT_COMMANDS_SURGERY_DAY_H_
#define ENTHESIS_CLIENT_COMMANDS_SURGERY_DAY_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/commands/case_name.h"
#include "client/commands/session.h"
#include "client/link_file.h"
#include "client/time_text.h"
#include "registry/wire/resource_name.h"

namespace enthesis::client {

using DayOfDate = std::function<absl::StatusOr<int32_t>(const Date&)>;

// Reckons for the case `which`, by `opened`, or else by the link file of
// `options`, which is opened at the first date. Says on standard error which
// day was made of a date. The objects must outlive the function. Its errors:
// INVALID_ARGUMENT where the file does not know the case or its date of
// surgery, and those of the file.
DayOfDate DaysSinceSurgery(const CaseNameOptions& options,
                           const wire::CaseName& which, const Session& session,
                           std::unique_ptr<LinkFile>& opened);

// What is said of a text where a date was to be.
std::string NoDate(absl::string_view text);

// Whether the day of a visit has come, where `opened`, which may be null, has
// the date of surgery. INVALID_ARGUMENT names both.
absl::Status CheckDayHasCome(int32_t day, const wire::CaseName& which,
                             const LinkFile* opened);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_COMMANDS_SURGERY_DAY_H_
