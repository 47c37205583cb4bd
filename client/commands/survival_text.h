// Answers of `enthesis survival` for people and for programs.

#ifndef ENTHESIS_CLIENT_COMMANDS_SURVIVAL_TEXT_H_
#define ENTHESIS_CLIENT_COMMANDS_SURVIVAL_TEXT_H_

#include <string>

#include "enthesis/v1/survival.pb.h"

namespace enthesis::client {

// `event` is what was waited for; `points`: every day of the curve, instead of
// the days asked; `drawing` goes below the heading.
std::string SurvivalTable(const v1::EstimateSurvivalResponse& answer,
                          const std::string& event, bool points,
                          const std::string& drawing);
std::string SurvivalCsv(const v1::EstimateSurvivalResponse& answer);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_COMMANDS_SURVIVAL_TEXT_H_
