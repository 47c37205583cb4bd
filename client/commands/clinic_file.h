// The file of `enthesis import` on its way to records: read, and mapped where a
// mapping file is named.

#ifndef ENTHESIS_CLIENT_COMMANDS_CLINIC_FILE_H_
#define ENTHESIS_CLIENT_COMMANDS_CLINIC_FILE_H_

#include <optional>
#include <string>
#include <vector>

#include "client/case_csv.h"
#include "client/clinic_text.h"
#include "client/import_report.h"
#include "client/link_file.h"
#include "client/mapping/import_map.h"
#include "client/mapping/mapped_file.h"

namespace enthesis::client {

struct ClinicFileOptions {
  std::string file;  // "-": standard input
  std::string map;   // empty: the columns are those of the import
  std::string site;  // empty: that of the mapping file
  std::string separator;
  std::string encoding;
  std::vector<std::string> ignored;
};

class ClinicFile {
 public:
  explicit ClinicFile(ClinicFileOptions options)
      : options_(std::move(options)) {}

  // Reads the file and the mapping file, and finds the site. Both return the
  // exit code, after saying what is wrong.
  int Open();
  // Reads the records. Days are counted from the dates of surgery that the
  // file, else `links`, knows.
  int Read(const Links& links);

  const std::string& site() const { return site_; }
  const ClinicText& text() const { return text_; }
  // What `records()` was read from.
  const std::string& records_text() const {
    return mapped_.has_value() ? mapped_->text : text_.text;
  }
  CaseFile& records() { return records_; }
  const std::optional<MappedFile>& mapped() const { return mapped_; }

 private:
  int ReadTextOptions(TextOptions& as) const;
  int OpenMap();
  int FindSite();
  int Fail(const absl::Status& status) const;

  const ClinicFileOptions options_;
  std::optional<ImportMap> map_;
  std::string site_;
  ClinicText text_;
  std::optional<MappedFile> mapped_;
  CaseFile records_;
};

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_COMMANDS_CLINIC_FILE_H_
