// The text of a link file.

#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "client/link_file.h"
#include "client/threads.h"
#include "stats/parallel.h"

namespace enthesis::client {
namespace {

constexpr int kNewestVersion = 3;
constexpr absl::string_view kTitle = "enthesis-link";
constexpr absl::string_view kAbsent = "-";
// Of a record with a few lines, about.
constexpr size_t kBytesOfRecord = 1024;

// Some records with their lines.
struct RowsOfRecords {
  std::string text;
  size_t n_rows = 0;
};

// Appends a cell and what ends it.
void AppendCell(absl::string_view cell, char end, std::string& text) {
  if (cell == kAbsent) text += '\\';
  for (const char c : cell) {
    switch (c) {
      case '\\':
        text += "\\\\";
        break;
      case '\t':
        text += "\\t";
        break;
      case '\n':
        text += "\\n";
        break;
      case '\r':
        text += "\\r";
        break;
      default:
        text += c;
    }
  }
  text += end;
}

void AppendOptional(absl::string_view cell, char end, std::string& text) {
  if (!cell.empty()) return AppendCell(cell, end, text);
  text.append(kAbsent.data(), kAbsent.size());
  text += end;
}

// False on an escape that is not one of ours.
bool Unescape(absl::string_view cell, std::string& text) {
  text.clear();
  for (size_t i = 0; i < cell.size(); ++i) {
    if (cell[i] != '\\') {
      text += cell[i];
      continue;
    }
    if (++i == cell.size()) return false;
    switch (cell[i]) {
      case '\\':
      case '-':
        text += cell[i];
        break;
      case 't':
        text += '\t';
        break;
      case 'n':
        text += '\n';
        break;
      case 'r':
        text += '\r';
        break;
      default:
        return false;
    }
  }
  return true;
}

// Reads the cells of one row in order; the first that cannot be read makes
// ok() false.
class Row {
 public:
  explicit Row(absl::string_view text) : cells_(absl::StrSplit(text, '\t')) {}

  size_t size() const { return cells_.size(); }
  bool ok() const { return ok_; }
  absl::string_view Word() { return Next(); }

  std::string Text() {
    std::string text;
    if (!Unescape(Next(), text)) ok_ = false;
    return text;
  }

  std::string OptionalText() {
    if (at_ < cells_.size() && cells_[at_] == kAbsent) {
      ++at_;
      return "";
    }
    return Text();
  }

  model::Id Id() {
    const absl::StatusOr<model::Id> id = model::ParseId(Next());
    if (!id.ok()) ok_ = false;
    return id.ok() ? *id : model::Id();
  }

  std::vector<std::string> OptionalList() {
    return absl::StrSplit(OptionalText(), ',', absl::SkipEmpty());
  }

  std::optional<Date> OptionalDate() {
    const absl::string_view cell = Next();
    if (cell == kAbsent) return std::nullopt;
    const absl::StatusOr<Date> date = ParseDate(cell);
    if (!date.ok()) ok_ = false;
    return date.ok() ? std::optional<Date>(*date) : std::nullopt;
  }

  std::optional<int32_t> OptionalNumber() {
    const absl::string_view cell = Next();
    if (cell == kAbsent) return std::nullopt;
    int32_t number = 0;
    if (!absl::SimpleAtoi(cell, &number)) ok_ = false;
    return number;
  }

 private:
  absl::string_view Next() {
    if (at_ < cells_.size()) return cells_[at_++];
    ok_ = false;
    return "";
  }

  std::vector<absl::string_view> cells_;
  size_t at_ = 0;
  bool ok_ = true;
};

bool ReadRecord(Row& row, Links& links, LinkedRecord*& current) {
  if (row.size() != 10 && row.size() != 12) return false;
  const std::string key = row.Text();
  LinkedRecord record;
  record.case_id = row.Id();
  record.patient = row.Id();
  record.surgery_date = row.OptionalDate();
  record.operation_sequence = row.OptionalNumber();
  record.etag = row.OptionalText();
  record.digest = row.OptionalText();
  record.pending = row.OptionalText();
  record.line = row.OptionalText();
  if (row.size() == 12) {
    record.content = row.OptionalText();
    record.earlier = row.OptionalList();
  }
  const auto [at, is_new] = links.records.emplace(key, std::move(record));
  current = &at->second;
  return row.ok() && is_new;
}

bool ReadPatient(Row& row, Links& links) {
  if (row.size() != 3 && row.size() != 4) return false;
  const std::string key = row.Text();
  bool good = links.patients.emplace(key, row.Id()).second;
  if (row.size() == 3) return good && row.ok();
  for (const std::string& other : row.OptionalList()) {
    const absl::StatusOr<model::Id> id = model::ParseId(other);
    good = good && id.ok() && links.other_ids[key].insert(*id).second;
  }
  return good && row.ok();
}

bool ReadWithdrawn(Row& row, Links& links) {
  if (row.size() != 3) return false;
  const std::string key = row.Text();
  return links.withdrawn.emplace(key, row.Id()).second && row.ok() &&
         links.records.count(key) == 0;
}

bool ReadLine(Row& row, const std::string& current_key, LinkedRecord* current) {
  if ((row.size() != 7 && row.size() != 8) || current == nullptr) return false;
  if (row.Text() != current_key) return false;
  const std::string event = row.Text();
  LinkedLine line;
  line.follow_up = row.Id();
  line.digest = row.OptionalText();
  line.pending = row.OptionalText();
  line.line = row.OptionalText();
  if (row.size() == 8) line.earlier = row.OptionalList();
  return current->lines.emplace(event, std::move(line)).second && row.ok();
}

absl::Status BadRow(size_t number) {
  return absl::InvalidArgumentError(
      absl::StrCat("row ", number,
                   " of the link file cannot be read; restore the file from "
                   "a backup (without it, cases would be stored twice)"));
}

absl::StatusOr<Links> ParseHeader(absl::string_view text) {
  const std::vector<absl::string_view> cells = absl::StrSplit(text, '\t');
  if (cells.size() != 3 || cells[0] != kTitle) {
    return absl::InvalidArgumentError("this is not a link file");
  }
  int version = 0;
  if (!absl::SimpleAtoi(cells[1], &version) || version < 1 ||
      version > kNewestVersion) {
    return absl::FailedPreconditionError(
        absl::StrCat("the link file has version ", cells[1],
                     "; this program reads versions up to ", kNewestVersion));
  }
  if (!model::IsSiteId(cells[2])) return BadRow(1);
  Links links;
  links.site = std::string(cells[2]);
  return links;
}

bool HasHistory(const LinkedRecord& record) {
  return !record.content.empty() || !record.earlier.empty();
}

// The oldest that holds it: earlier programs read what they can.
int VersionOf(const Links& links) {
  if (!links.other_ids.empty()) return 3;
  if (!links.withdrawn.empty()) return 2;
  for (const auto& [key, record] : links.records) {
    if (HasHistory(record)) return 2;
    for (const auto& [event, line] : record.lines) {
      if (!line.earlier.empty()) return 2;
    }
  }
  return 1;
}

void AppendRecord(const std::string& key, const LinkedRecord& record,
                  std::string& text) {
  text += "record\t";
  AppendCell(key, '\t', text);
  absl::StrAppend(&text, model::FormatId(record.case_id), "\t",
                  model::FormatId(record.patient), "\t",
                  record.surgery_date ? FormatDate(*record.surgery_date) : "-",
                  "\t");
  if (record.operation_sequence.has_value()) {
    absl::StrAppend(&text, *record.operation_sequence, "\t");
  } else {
    AppendOptional("", '\t', text);
  }
  AppendOptional(record.etag, '\t', text);
  AppendOptional(record.digest, '\t', text);
  AppendOptional(record.pending, '\t', text);
  AppendOptional(record.line, HasHistory(record) ? '\t' : '\n', text);
  if (HasHistory(record)) {
    AppendOptional(record.content, '\t', text);
    AppendOptional(absl::StrJoin(record.earlier, ","), '\n', text);
  }
}

void AppendLine(const std::string& key, const std::string& event,
                const LinkedLine& line, std::string& text) {
  text += "line\t";
  AppendCell(key, '\t', text);
  AppendCell(event, '\t', text);
  absl::StrAppend(&text, model::FormatId(line.follow_up), "\t");
  AppendOptional(line.digest, '\t', text);
  AppendOptional(line.pending, '\t', text);
  AppendOptional(line.line, line.earlier.empty() ? '\n' : '\t', text);
  if (!line.earlier.empty()) {
    AppendOptional(absl::StrJoin(line.earlier, ","), '\n', text);
  }
}

// In order, by as many threads as are worth it.
std::vector<RowsOfRecords> FormatRecords(const Links& links) {
  std::vector<const std::pair<const std::string, LinkedRecord>*> records;
  records.reserve(links.records.size());
  for (const auto& record : links.records) records.push_back(&record);
  std::vector<RowsOfRecords> pieces(records.size() / kRecordsOfPiece + 1);
  stats::ThreadPool pool(ThreadsFor(records.size()));
  stats::RunPieces(&pool, records.size(), kRecordsOfPiece,
                   [&](size_t begin, size_t end) {
                     RowsOfRecords& piece = pieces[begin / kRecordsOfPiece];
                     piece.text.reserve(kBytesOfRecord * (end - begin));
                     for (size_t i = begin; i < end; ++i) {
                       const auto& [key, record] = *records[i];
                       AppendRecord(key, record, piece.text);
                       for (const auto& [event, line] : record.lines) {
                         AppendLine(key, event, line, piece.text);
                       }
                       piece.n_rows += 1 + record.lines.size();
                     }
                   });
  return pieces;
}

}  // namespace

std::string FormatLinks(const Links& links) {
  std::string text =
      absl::StrCat(kTitle, "\t", VersionOf(links), "\t", links.site, "\n");
  size_t rows = 0;
  for (const auto& [key, patient] : links.patients) {
    text += "patient\t";
    AppendCell(key, '\t', text);
    absl::StrAppend(&text, model::FormatId(patient));
    const auto others = links.other_ids.find(key);
    if (others != links.other_ids.end()) {
      text += '\t';
      text += absl::StrJoin(others->second, ",",
                            [](std::string* out, const model::Id& id) {
                              out->append(model::FormatId(id));
                            });
    }
    text += '\n';
    ++rows;
  }
  for (const RowsOfRecords& piece : FormatRecords(links)) {
    text += piece.text;
    rows += piece.n_rows;
  }
  for (const auto& [key, id] : links.withdrawn) {
    text += "withdrawn\t";
    AppendCell(key, '\t', text);
    absl::StrAppend(&text, model::FormatId(id), "\n");
    ++rows;
  }
  absl::StrAppend(&text, "end\t", rows, "\n");
  return text;
}

bool IsLinkText(absl::string_view text) {
  return absl::StartsWith(text, absl::StrCat(kTitle, "\t"));
}

absl::StatusOr<Links> ParseLinks(absl::string_view text) {
  std::vector<absl::string_view> rows = absl::StrSplit(text, '\n');
  absl::StatusOr<Links> links = ParseHeader(rows[0]);
  if (!links.ok()) return links;
  // "end" and the empty rest after the last line feed.
  const std::string end = absl::StrCat("end\t", rows.size() - 3);
  if (rows.size() < 3 || rows.back() != "" || rows[rows.size() - 2] != end) {
    return absl::InvalidArgumentError(
        "the link file is cut short; restore it from a backup (without it, "
        "cases would be stored twice)");
  }
  LinkedRecord* current = nullptr;
  std::string current_key;
  for (size_t i = 1; i + 2 < rows.size(); ++i) {
    Row row(rows[i]);
    const absl::string_view kind = row.Word();
    bool good = false;
    if (kind == "patient") {
      good = ReadPatient(row, *links);
    } else if (kind == "record") {
      good = ReadRecord(row, *links, current);
      std::vector<absl::string_view> cells = absl::StrSplit(rows[i], '\t');
      if (good) Unescape(cells[1], current_key);
    } else if (kind == "line") {
      good = ReadLine(row, current_key, current);
    } else if (kind == "withdrawn") {
      good = ReadWithdrawn(row, *links);
    }
    if (!good) return BadRow(i + 1);
  }
  return links;
}

}  // namespace enthesis::client
