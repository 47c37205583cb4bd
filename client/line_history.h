// What a line of the clinic's file said in earlier imports, so that an older
// export, imported by mistake, does not undo what a later one corrected.
//
// Threads: pure functions.

#ifndef ENTHESIS_CLIENT_LINE_HISTORY_H_
#define ENTHESIS_CLIENT_LINE_HISTORY_H_

#include <string>
#include <vector>

#include "client/case_csv.h"
#include "client/link_file.h"

namespace enthesis::client {

// Most states kept of a line beside the current one.
inline constexpr size_t kMostEarlier = 8;

// The state of an assessment that the line does not have.
inline constexpr char kNoAssessment[] = "none";

// What a baseline line says beside its assessment, its date included; not the
// rank that the link file makes of the date. Of an assessment it is
// DigestOfFollowUp.
std::string ContentOf(const CsvBaseline& baseline);

bool IsEarlier(const std::vector<std::string>& earlier,
               const std::string& content);

// Whether a baseline line is as an earlier import had it. A line of an export
// that names its version is judged by that.
bool IsOlder(const CsvBaseline& baseline, const LinkedRecord& link);

// `before` gives way to `content`: the oldest of more than kMostEarlier is
// forgotten, and `content` is no earlier state any more.
void NoteReplaced(const std::string& before, const std::string& content,
                  std::vector<std::string>& earlier);

// The states that either file knows, `later` being of what was seen last;
// without the current one.
std::vector<std::string> BothEarlier(const std::vector<std::string>& sooner,
                                     const std::vector<std::string>& later,
                                     const std::string& current);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_LINE_HISTORY_H_
