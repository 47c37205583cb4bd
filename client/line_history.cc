#include "client/line_history.h"

#include <algorithm>

#include "client/content_digest.h"

namespace enthesis::client {

std::string ContentOf(const CsvBaseline& baseline) {
  model::Case record;
  record.synthetic = baseline.synthetic;
  record.baseline = baseline.baseline;
  record.conservative_care = baseline.care;
  record.operation = baseline.operation;
  record.status = baseline.status;
  record.status_day = baseline.status_day;
  return DigestOfBaseline(record, baseline.surgery_date.has_value()
                                      ? FormatDate(*baseline.surgery_date)
                                      : "");
}

bool IsEarlier(const std::vector<std::string>& earlier,
               const std::string& content) {
  return std::find(earlier.begin(), earlier.end(), content) != earlier.end();
}

bool IsOlder(const CsvBaseline& baseline, const LinkedRecord& link) {
  if (link.earlier.empty() || !baseline.etag.empty()) return false;
  return IsEarlier(link.earlier, ContentOf(baseline));
}

void NoteReplaced(const std::string& before, const std::string& content,
                  std::vector<std::string>& earlier) {
  std::erase(earlier, content);
  if (before.empty() || before == content) return;
  std::erase(earlier, before);
  earlier.push_back(before);
  if (earlier.size() > kMostEarlier) earlier.erase(earlier.begin());
}

std::vector<std::string> BothEarlier(const std::vector<std::string>& sooner,
                                     const std::vector<std::string>& later,
                                     const std::string& current) {
  std::vector<std::string> both;
  for (const std::vector<std::string>* list : {&sooner, &later}) {
    for (const std::string& state : *list) {
      NoteReplaced(state, current, both);
    }
  }
  return both;
}

}  // namespace enthesis::client
