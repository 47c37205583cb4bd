#include "registry/model/visa_a.h"

namespace enthesis::model {
namespace {

constexpr int kRows[3][5] = {
    {0, 7, 14, 21, 30},  // no pain
    {0, 4, 10, 14, 20},  // pain, can finish
    {0, 2, 5, 7, 10},    // pain stops
};

}  // namespace

absl::Span<const int> Item8Points(VisaABranch branch) {
  const auto row = static_cast<int32_t>(branch);
  if (row < 1 || row > 3) return {};
  return kRows[row - 1];
}

bool HasAnyItem(const VisaA& answers) {
  return answers.item_1_stiffness_minutes || answers.item_2_points ||
         answers.item_3_points || answers.item_4_points ||
         answers.item_5_points || answers.item_6_points ||
         answers.item_7_points || answers.item_8_branch ||
         answers.item_8_points;
}

std::optional<int32_t> SumOfItems(const VisaA& answers) {
  if (!MissingItems(answers).empty()) return std::nullopt;
  return 10 - *answers.item_1_stiffness_minutes / 10 + *answers.item_2_points +
         *answers.item_3_points + *answers.item_4_points +
         *answers.item_5_points + *answers.item_6_points +
         *answers.item_7_points + *answers.item_8_points;
}

std::optional<int32_t> TotalOf(const VisaA& answers) {
  const std::optional<int32_t> sum = SumOfItems(answers);
  return sum.has_value() ? sum : answers.total;
}

std::vector<std::string> MissingItems(const VisaA& answers) {
  std::vector<std::string> missing;
  const auto need = [&missing](bool there, const char* name) {
    if (!there) missing.emplace_back(name);
  };
  need(answers.item_1_stiffness_minutes.has_value(),
       "item_1_stiffness_minutes");
  need(answers.item_2_points.has_value(), "item_2_points");
  need(answers.item_3_points.has_value(), "item_3_points");
  need(answers.item_4_points.has_value(), "item_4_points");
  need(answers.item_5_points.has_value(), "item_5_points");
  need(answers.item_6_points.has_value(), "item_6_points");
  need(answers.item_7_points.has_value(), "item_7_points");
  need(answers.item_8_branch.has_value(), "item_8_branch");
  need(answers.item_8_points.has_value(), "item_8_points");
  return missing;
}

VisaAInstrument InstrumentOf(const VisaA& answers) {
  return answers.instrument.value_or(VisaAInstrument::kVisaA);
}

}  // namespace enthesis::model
