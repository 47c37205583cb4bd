// Predicted curves of regressions as tables and in comma separated text.

#ifndef ENTHESIS_CLIENT_COMMANDS_PREDICTION_ANSWER_H_
#define ENTHESIS_CLIENT_COMMANDS_PREDICTION_ANSWER_H_

#include <optional>
#include <string>
#include <vector>

#include "client/figure_text.h"
#include "enthesis/v1/regression.pb.h"
#include "google/protobuf/repeated_ptr_field.h"

namespace enthesis::client {

using Predictions = google::protobuf::RepeatedPtrField<v1::Prediction>;

// The profiles, then a line for each of their strata and days. `figure` is
// "survival" or "incidence"; nothing without predictions.
std::string PredictionsText(const Predictions& predictions, const char* figure,
                            const FigureText& figures);

// What one point of a curve says, as cells.
struct PredictionCells {
  std::string profile;  // "age_years=45 sex=male"
  std::string estimate, std_error, lower, upper, day, at_risk;
};
PredictionCells CellsOf(const v1::Prediction& prediction,
                        const v1::PredictedPoint& point);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_COMMANDS_PREDICTION_ANSWER_H_
