// A figure as a file, whose suffix decides its form.

#ifndef ENTHESIS_CLIENT_ANALYZE_FIGURE_FILE_H_
#define ENTHESIS_CLIENT_ANALYZE_FIGURE_FILE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace enthesis::client {

// OK where `path` ends in .svg, or in .png or .pdf and rsvg-convert (Debian:
// librsvg2-bin), which makes them, is on the PATH. A device, such as
// /dev/stdout, takes SVG. INVALID_ARGUMENT names what is allowed;
// FAILED_PRECONDITION what is missing.
absl::Status CheckFigurePath(const std::string& path);

// Writes `svg` in the form of the suffix: PNG at 300 dots an inch, PDF with
// lines and letters. As CheckFigurePath, and what writing a file may meet.
absl::Status WriteFigure(const std::string& path, absl::string_view svg);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_ANALYZE_FIGURE_FILE_H_
