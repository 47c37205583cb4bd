#include "client/commands/import_text.h"

#include <algorithm>
#include <deque>
#include <map>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/csv_separator.h"
#include "client/csv_text.h"
#include "client/json_text.h"
#include "client/table.h"

namespace enthesis::client {
namespace {

constexpr LineOutcome kOutcomes[] = {
    LineOutcome::kCreated,  LineOutcome::kUpdated,  LineOutcome::kUnchanged,
    LineOutcome::kConflict, LineOutcome::kRejected, LineOutcome::kNotSent};

std::string VanishedText(const VanishedLine& line) {
  if (!line.in_registry) {
    return "no longer in the file, and the registry does not hold the case any "
           "more";
  }
  std::string text = "no longer in the file; the registry keeps it";
  if (line.counted_from.has_value()) {
    absl::StrAppend(&text, ". The date of surgery was ",
                    FormatDate(*line.counted_from),
                    ": if its day was counted from that, it is wrong now");
  }
  return text;
}

std::string FaultText(const CellFault& fault, int64_t line) {
  return Wrap(Describe(fault, line), "  ", "      ");
}

std::string ValueText(absl::string_view value) {
  return value.empty() ? "(blank)" : absl::StrCat("\"", value, "\"");
}

std::string ChangeText(const CellChange& change) {
  return Wrap(absl::StrCat(change.column, ": ", ValueText(change.before), " → ",
                           ValueText(change.after)),
              "  ", "      ");
}

std::string ChangesJson(const std::vector<CellChange>& changes) {
  std::string text = "[";
  for (const CellChange& change : changes) {
    absl::StrAppend(&text, text.size() > 1 ? ", " : "",
                    "{\"column\": ", JsonText(change.column),
                    ", \"before\": ", JsonText(change.before),
                    ", \"after\": ", JsonText(change.after), "}");
  }
  return text + "]";
}

// "would be created" in a dry run.
std::string OutcomeText(const ImportReport& report, LineOutcome outcome) {
  const bool stores =
      outcome == LineOutcome::kCreated || outcome == LineOutcome::kUpdated;
  return absl::StrCat(report.dry_run && stores ? "would be " : "",
                      NameOf(outcome));
}

std::string FaultsJson(const std::vector<CellFault>& faults) {
  std::string text = "[";
  for (const CellFault& fault : faults) {
    absl::StrAppend(&text, text.size() > 1 ? ", " : "",
                    "{\"line\": ", fault.line,
                    ", \"column\": ", JsonText(fault.column),
                    ", \"value\": ", JsonText(fault.value),
                    ", \"message\": ", JsonText(fault.message), "}");
  }
  return text + "]";
}

// "baseline, 3_months and 12_months of the line are stored".
std::string StoredText(const ImportReport& report, const LineResult& line) {
  std::string text;
  for (const std::string& event : line.stored) {
    const bool last = &event == &line.stored.back();
    absl::StrAppend(&text, text.empty() ? "" : (last ? " and " : ", "), event);
  }
  const bool one = line.stored.size() == 1;
  absl::StrAppend(&text, " of the line ",
                  report.dry_run ? "would be" : (one ? "is" : "are"),
                  " stored");
  return Wrap(text, "  ", "      ");
}

std::string NamesJson(const std::vector<std::string>& names) {
  std::string text = "[";
  for (const std::string& name : names) {
    absl::StrAppend(&text, text.size() > 1 ? ", " : "", JsonText(name));
  }
  return text + "]";
}

// Of one fault or of unusual values: most imports have no more.
constexpr int64_t kMost = 5;

// Without what differs from line to line: values in quotes, and numbers.
std::string KindOf(absl::string_view text) {
  std::string kind;
  bool quoted = false;
  for (const char c : text) {
    if (c == '"') quoted = !quoted;
    if (!quoted && !absl::ascii_isdigit(static_cast<unsigned char>(c))) {
      kind += c;
    }
  }
  return kind;
}

// Lines that were not taken: the first few of each fault are shown, the others
// counted.
class ShownFaults {
 public:
  bool Shows(const LineResult& line) {
    std::vector<Kind*> kinds;
    for (const CellFault& fault : line.faults) {
      const bool same_line = fault.line == line.line;
      kinds.push_back(
          &KindFor(absl::StrCat(fault.column, fault.column.empty() ? "" : ": ",
                                fault.message),
                   fault.column, same_line));
    }
    if (kinds.empty()) kinds.push_back(&KindFor(line.note, "", true));
    const bool shows = std::any_of(kinds.begin(), kinds.end(), [](Kind* kind) {
      return kind->n_shown < kMost;
    });
    for (Kind* kind : kinds) ++(shows ? kind->n_shown : kind->n_more);
    return shows;
  }

  // One row for each fault that further lines have.
  std::string Rest() const {
    std::string text;
    for (const Kind& kind : kinds_) {
      if (kind.n_more == 0) continue;
      text += Wrap(absl::StrCat("and ", CountOf(kind.n_more, "more line"), ": ",
                                kind.first),
                   "", "      ");
    }
    if (text.empty()) return text;
    return text + "--rejects FILE.csv writes all of them, --lines shows them\n";
  }

 private:
  struct Kind {
    std::string first;  // as the first line has it
    int64_t n_shown = 0;
    int64_t n_more = 0;
  };

  Kind& KindFor(const std::string& text, const std::string& column,
                bool same_line) {
    const std::string key =
        absl::StrCat(column, same_line ? " " : " with ", KindOf(text));
    const auto [at, is_new] = at_.try_emplace(key, kinds_.size());
    if (is_new) kinds_.push_back({text});
    return kinds_[at->second];
  }

  std::map<std::string, size_t> at_;
  std::deque<Kind> kinds_;  // in order of their first line; pointed at
};

// The first few unusual values.
std::string FirstWarnings(const ImportReport& report, int64_t n_warnings) {
  std::string text = absl::StrCat(
      CountOf(n_warnings, "unusual value"),
      n_warnings == 1 ? " was accepted" : " were accepted",
      n_warnings > kMost
          ? absl::StrCat("; the first ", kMost, ", --lines shows all")
          : "",
      ":\n");
  int64_t n = 0;
  for (const LineResult& line : report.lines) {
    for (const CellFault& warning : line.warnings) {
      if (++n > kMost) return text;
      text +=
          Wrap(absl::StrCat("line ", warning.line, " (", line.record, ", ",
                            line.event, "): ", Describe(warning, warning.line)),
               "  ", "      ");
    }
  }
  return text;
}

}  // namespace

std::string ImportTable(const ImportReport& report,
                        const ImportSummary& summary, bool all_lines) {
  std::string text;
  int64_t n_warnings = 0;
  ShownFaults shown;
  for (const LineResult& line : report.lines) {
    n_warnings += static_cast<int64_t>(line.warnings.size());
    const bool fails = line.outcome == LineOutcome::kConflict ||
                       line.outcome == LineOutcome::kRejected;
    const bool tells = fails ? all_lines || shown.Shows(line)
                             : report.dry_run && !line.changes.empty();
    if (!tells && !all_lines) continue;
    absl::StrAppend(&text, "line ", line.line, " (", line.record, ", ",
                    line.event, "): ", OutcomeText(report, line.outcome), "\n");
    for (const CellChange& change : line.changes) text += ChangeText(change);
    if (!line.note.empty()) text += Wrap(line.note, "  ", "      ");
    for (const CellFault& fault : line.faults)
      text += FaultText(fault, line.line);
    if (!line.stored.empty()) text += StoredText(report, line);
    if (!all_lines) continue;
    for (const CellFault& warning : line.warnings) {
      text += "  unusual:\n" + FaultText(warning, line.line);
    }
  }
  text += shown.Rest();
  for (const VanishedLine& line : report.vanished) {
    absl::StrAppend(&text, "(", line.record, ", ", line.event,
                    "): ", VanishedText(line), "\n");
  }
  if (!text.empty()) text += "\n";
  if (n_warnings > 0 && !all_lines) text += FirstWarnings(report, n_warnings);
  absl::StrAppend(&text, "file: ", summary.file, ", ", NameOf(summary.encoding),
                  ", separated by ", NameOfSeparator(summary.separator), "\n");
  if (!summary.map.empty()) {
    absl::StrAppend(&text, "map: ", summary.map);
    if (summary.n_other_sites > 0) {
      absl::StrAppend(&text, "; ", CountOf(summary.n_other_sites, "line"),
                      " of other sites left out");
    }
    if (summary.n_other_events > 0) {
      absl::StrAppend(&text, "; ", CountOf(summary.n_other_events, "line"),
                      " of events or instruments left out");
    }
    text += "\n";
  }
  absl::StrAppend(
      &text, "cases: ", report.n_cases_created, " ",
      OutcomeText(report, LineOutcome::kCreated), ", ", report.n_cases_updated,
      " ", OutcomeText(report, LineOutcome::kUpdated), ", ",
      report.n_cases_rejected, " rejected; link file ", summary.links, "\n");
  std::string counts;
  for (LineOutcome outcome : kOutcomes) {
    const int64_t n = report.Count(outcome);
    if (n == 0 && outcome >= LineOutcome::kConflict &&
        outcome != LineOutcome::kRejected) {
      continue;
    }
    absl::StrAppend(&counts, counts.empty() ? "" : ", ", n, " ",
                    OutcomeText(report, outcome));
  }
  absl::StrAppend(
      &text, absl::StrFormat(
                 "lines: %s; %s in %.1f s\n", counts,
                 CountOf(static_cast<int64_t>(summary.n_records), "record"),
                 summary.seconds));
  if (report.dry_run) text += "DRY RUN: nothing was stored.\n";
  return text;
}

std::string ImportCsv(const ImportReport& report) {
  std::string csv;
  AppendCsvRow({"line", "record", "event", "outcome", "column", "value",
                "message", "before"},
               csv);
  for (const LineResult& line : report.lines) {
    std::vector<std::string> row = {absl::StrCat(line.line), line.record,
                                    line.event, NameOf(line.outcome)};
    if (line.faults.empty() && line.changes.empty()) {
      row.insert(row.end(), {"", "", line.note, ""});
      AppendCsvRow(row, csv);
    }
    for (const CellChange& change : line.changes) {
      std::vector<std::string> full = row;
      full.insert(full.end(), {change.column, change.after, "", change.before});
      AppendCsvRow(full, csv);
    }
    for (const CellFault& fault : line.faults) {
      std::vector<std::string> full = row;
      const std::string where =
          fault.line == line.line
              ? ""
              : absl::StrCat("with line ", fault.line, ", ");
      full.insert(full.end(),
                  {fault.column, fault.value, where + fault.message, ""});
      AppendCsvRow(full, csv);
    }
  }
  for (const VanishedLine& line : report.vanished) {
    AppendCsvRow({"", line.record, line.event, "vanished", "", "",
                  VanishedText(line), ""},
                 csv);
  }
  return csv;
}

std::string ImportJson(const ImportReport& report,
                       const ImportSummary& summary) {
  std::string text = absl::StrCat(
      "{\n  \"dry_run\": ", report.dry_run ? "true" : "false",
      ",\n  \"site\": ", JsonText(summary.site),
      ",\n  \"links\": ", JsonText(summary.links),
      ",\n  \"file\": {\"name\": ", JsonText(summary.file),
      ", \"encoding\": ", JsonText(NameOf(summary.encoding)),
      ", \"separator\": ", JsonText(std::string(1, summary.separator)),
      "},\n  \"map\": {\"name\": ", JsonText(summary.map),
      ", \"lines_of_other_sites\": ", summary.n_other_sites,
      ", \"lines_of_other_events\": ", summary.n_other_events,
      "},\n  \"lines\": [");
  bool first = true;
  for (const LineResult& line : report.lines) {
    absl::StrAppend(&text, first ? "" : ",", "\n    {\"line\": ", line.line,
                    ", \"record\": ", JsonText(line.record),
                    ", \"event\": ", JsonText(line.event), ", \"outcome\": \"",
                    NameOf(line.outcome), "\", \"note\": ", JsonText(line.note),
                    ", \"faults\": ", FaultsJson(line.faults),
                    ", \"warnings\": ", FaultsJson(line.warnings),
                    ", \"changes\": ", ChangesJson(line.changes),
                    ", \"stored\": ", NamesJson(line.stored), "}");
    first = false;
  }
  absl::StrAppend(&text, "\n  ],\n  \"vanished\": [");
  first = true;
  for (const VanishedLine& line : report.vanished) {
    absl::StrAppend(
        &text, first ? "" : ",", "\n    {\"record\": ", JsonText(line.record),
        ", \"event\": ", JsonText(line.event),
        ", \"in_registry\": ", line.in_registry ? "true" : "false", "}");
    first = false;
  }
  absl::StrAppend(&text, "\n  ],\n  \"summary\": {");
  for (LineOutcome outcome : kOutcomes) {
    absl::StrAppend(
        &text, "\"",
        outcome == LineOutcome::kNotSent ? "not_sent" : NameOf(outcome),
        "\": ", report.Count(outcome), ", ");
  }
  absl::StrAppend(
      &text, "\"records\": ", summary.n_records,
      ", \"cases_created\": ", report.n_cases_created,
      ", \"cases_updated\": ", report.n_cases_updated,
      ", \"cases_rejected\": ", report.n_cases_rejected,
      absl::StrFormat(", \"seconds\": %.3f}\n}\n", summary.seconds));
  return text;
}

}  // namespace enthesis::client
