// Whole files: read into memory, replaced so that a reader or a crash finds
// either the old or the new bytes.

#ifndef ENTHESIS_CLIENT_FILE_BYTES_H_
#define ENTHESIS_CLIENT_FILE_BYTES_H_

#include <sys/types.h>

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace enthesis::client {

// NOT_FOUND, PERMISSION_DENIED or UNKNOWN with the path and the reason.
// "-" is standard input.
absl::StatusOr<std::string> ReadFileBytes(const std::string& path);

// Writes beside `path`, syncs, renames over it and syncs the folder. A device or
// a pipe that is there, such as /dev/stdout, is written to and stays.
absl::Status ReplaceFile(const std::string& path, absl::string_view bytes,
                         mode_t mode);

// Status of errno with "path: reason".
absl::Status FileError(const std::string& path, int error);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_FILE_BYTES_H_
