#include "client/commands/answer_csv.h"

namespace enthesis::client {

std::string AbsenceCode(v1::Absence absence) {
  switch (absence) {
    case v1::ABSENCE_SUPPRESSED:
      return "suppressed";
    case v1::ABSENCE_NOT_REACHED:
      return "not_reached";
    case v1::ABSENCE_BEYOND_FOLLOW_UP:
      return "beyond_follow_up";
    case v1::ABSENCE_UNDEFINED:
      return "undefined";
    case v1::ABSENCE_DROPPED:
      return "dropped";
    case v1::ABSENCE_SEPARATED:
      return "separated";
    default:
      return "";
  }
}

AnswerCsv::AnswerCsv(const std::vector<std::string>& columns,
                     const v1::Provenance& provenance)
    : as_of_(absl::StrCat(provenance.as_of())),
      synthetic_(provenance.synthetic() ? "1" : "0") {
  std::vector<std::string> header = {"dimension", "group"};
  header.insert(header.end(), columns.begin(), columns.end());
  for (const char* common : {"absence", "as_of", "synthetic"}) {
    header.push_back(common);
  }
  AppendCsvRow(header, text_);
}

}  // namespace enthesis::client
