#include "client/simulate/plant_faults.h"

#include <numeric>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/csv_text.h"
#include "client/simulate/fault_kinds.h"

namespace enthesis::client {

FaultPlanter::FaultPlanter(double share, uint64_t seed)
    : share_(share), random_(seed, 0) {}

void FaultPlanter::BeginFile(std::string site, const std::string& header) {
  site_ = std::move(site);
  header_ = absl::StrSplit(absl::StripAsciiWhitespace(header), ',');
  next_line_ = 2;
}

std::string FaultPlanter::Plant(const std::string& lines) {
  RecordLines record(header_, lines);
  if (random_.Chance(share_) && !PlantFrom(0, record)) {
    // What waits has no place here: another round behind it.
    const size_t n_waiting = turn_.size();
    turn_.resize(n_waiting + FaultKinds().size());
    std::iota(turn_.begin() + static_cast<std::ptrdiff_t>(n_waiting),
              turn_.end(), 0);
    PlantFrom(n_waiting, record);
  }
  next_line_ += static_cast<int64_t>(record.size());
  return record.Text();
}

bool FaultPlanter::PlantFrom(size_t begin, RecordLines& record) {
  for (size_t i = begin; i < turn_.size(); ++i) {
    PlantedCell where;
    const FaultKind& fault = FaultKinds()[turn_[i]];
    if (!fault.plant(record, where)) continue;
    turn_.erase(turn_.begin() + static_cast<std::ptrdiff_t>(i));
    planted_.push_back({site_, next_line_ + static_cast<int64_t>(where.line),
                        record.Cell(where.line, "record_id"),
                        record.Cell(where.line, "event"), where.column,
                        fault.name, where.line == 0});
    return true;
  }
  return false;
}

std::string PlantedCsv(const std::vector<PlantedFault>& planted) {
  std::string csv;
  AppendCsvRow(
      {"site", "line", "record", "event", "column", "kind", "whole_record"},
      csv);
  for (const PlantedFault& fault : planted) {
    AppendCsvRow(
        {fault.site, absl::StrCat(fault.line), fault.record, fault.event,
         fault.column, fault.kind, fault.whole_record ? "1" : "0"},
        csv);
  }
  return csv;
}

}  // namespace enthesis::client
