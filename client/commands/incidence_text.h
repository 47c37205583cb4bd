// Cumulative incidences and Gray's tests for people and for programs, shared by
// the commands whose answers have them.

#ifndef ENTHESIS_CLIENT_COMMANDS_INCIDENCE_TEXT_H_
#define ENTHESIS_CLIENT_COMMANDS_INCIDENCE_TEXT_H_

#include <string>

#include "client/commands/answer_csv.h"
#include "client/figure_text.h"
#include "enthesis/v1/incidence.pb.h"
#include "enthesis/v1/return_to_play.pb.h"

namespace enthesis::client {

using Causes = google::protobuf::RepeatedPtrField<v1::IncidenceCause>;
using GrayTests = google::protobuf::RepeatedPtrField<v1::GrayTest>;

std::string IncidenceTable(const v1::EstimateIncidenceResponse& answer,
                           const std::string& event,
                           const std::string& drawing);
std::string IncidenceCsv(const v1::EstimateIncidenceResponse& answer);
std::string ReturnCsv(const v1::EstimateReturnToPlayResponse& answer);

// A line for each cause; empty without tests.
std::string GrayText(const GrayTests& tests, const FigureText& figures);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_COMMANDS_INCIDENCE_TEXT_H_
