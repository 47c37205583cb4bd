// What became of the lines of a file, found by line and handed out in order.
//
// Threads: externally synchronized.

#ifndef ENTHESIS_CLIENT_LINE_RESULTS_H_
#define ENTHESIS_CLIENT_LINE_RESULTS_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include "client/import_report.h"

namespace enthesis::client {

class LineResults {
 public:
  // The result of a line of the file, from 1; made where there is none. It
  // stays where it is.
  LineResult& operator[](int64_t line) {
    const auto at = static_cast<size_t>(line);
    if (at >= of_line_.size()) of_line_.resize(at + 1, nullptr);
    if (of_line_[at] == nullptr) of_line_[at] = &results_.emplace_back();
    return *of_line_[at];
  }

  // All of them, in order of line. Leaves none.
  std::vector<LineResult> Take() {
    std::vector<LineResult> taken;
    taken.reserve(results_.size());
    for (LineResult* result : of_line_) {
      if (result != nullptr) taken.push_back(std::move(*result));
    }
    *this = LineResults();
    return taken;
  }

 private:
  std::vector<LineResult*> of_line_;  // null where there is none
  std::deque<LineResult> results_;
};

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_LINE_RESULTS_H_
