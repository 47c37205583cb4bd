#include "client/commands/open_links.h"

#include <sys/stat.h>

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "client/file_bytes.h"

namespace enthesis::client {

absl::StatusOr<std::unique_ptr<LinkFile>> OpenLinks(const std::string& path,
                                                    const std::string& site,
                                                    const Session& session) {
  auto links = LinkFile::Open(path, site, session.Passphrase());
  if (links.ok() && !(*links)->notice().empty()) {
    PrintMessage(absl::StrCat("enthesis: ", (*links)->notice(), "\n"));
  }
  return links;
}

absl::StatusOr<std::unique_ptr<LinkFile>> OpenKnownLinks(
    const std::string& path, const std::string& site, const Session& session,
    absl::string_view named_by) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0) {
    const absl::Status status = FileError(path, errno);
    if (!absl::IsNotFound(status)) return status;
    return absl::NotFoundError(absl::StrCat(
        status.message(), "; where the link file is elsewhere, ", named_by,
        "; where it is lost, `enthesis link lost` says what can be done"));
  }
  return OpenLinks(path, site, session);
}

std::string LinkPathOf(const std::string& site) {
  return absl::StrCat("enthesis-link-", site, ".tsv");
}

}  // namespace enthesis::client
