// Lines that a later export names otherwise. Events are only names: where the
// line of a stored assessment is gone and another line of the record stands for
// the same day, the name changed, and the stored assessment goes on under the
// new one.
//
// Threads: pure functions but for the links that they are given.

#ifndef ENTHESIS_CLIENT_RENAMED_LINES_H_
#define ENTHESIS_CLIENT_RENAMED_LINES_H_

#include <set>
#include <string>

#include "client/case_csv.h"
#include "client/link_file.h"

namespace enthesis::client {

// Events of stored lines of the record that the file has no line of.
std::set<std::string> VanishedEvents(const CaseFile& file,
                                     const CsvRecord& record,
                                     const LinkedRecord& link);

// `event` takes over the stored assessment of `vanished`, which keeps the one
// of `event`, where that was stored, and is forgotten otherwise.
void TakeOverLine(LinkedRecord& link, const std::string& vanished,
                  const std::string& event);

// Takes over every vanished line whose content, as last sent, is that of a
// changed or new line now. Needs no look at the registry.
void FollowRenamedLines(const CaseFile& file, const CsvRecord& record,
                        LinkedRecord& link);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_RENAMED_LINES_H_
