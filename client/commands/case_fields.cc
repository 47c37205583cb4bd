// enthesis case fields

#include <CLI/CLI.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "client/analyze/json_value.h"
#include "client/care/settable_fields.h"
#include "client/commands/case_verbs.h"
#include "client/csv_text.h"
#include "client/table.h"

namespace enthesis::client {
namespace {

int PrintFields(const Session& session) {
  std::string text, csv;
  JsonValue list = JsonValue::Array();
  AppendCsvRow({"field", "of", "column", "allowed", "meaning"}, csv);
  for (const SettableField& field : SettableFields()) {
    const char* of = field.of_assessment ? "assessment" : "case";
    const std::string allowed = AllowedIn(*field.column);
    absl::StrAppend(&text, field.path, " (of the ", of,
                    field.path == field.column->name
                        ? ""
                        : absl::StrCat("; column ", field.column->name),
                    ")\n", Wrap(field.column->meaning, "    ", "    "),
                    Wrap(allowed, "    ", "    "));
    AppendCsvRow(
        {field.path, of, field.column->name, allowed, field.column->meaning},
        csv);
    JsonValue row = JsonValue::Object();
    row.Set("field", field.path)
        .Set("of", of)
        .Set("column", field.column->name)
        .Set("allowed", allowed)
        .Set("meaning", field.column->meaning);
    list.Add(std::move(row));
  }
  PrintDocument(session, text, csv, list.Print());
  return kExitDone;
}

}  // namespace

void AddCaseFieldsVerb(CLI::App& verbs, Command& chosen) {
  CLI::App* fields = verbs.add_subcommand(
      "fields",
      "List the fields that --set takes, with the column of the import that "
      "holds the same and what is allowed.");
  fields->fallthrough();
  fields->footer(
      "Further complications and reoperations of an assessment are numbered "
      "on; one whose\nfields are all blank is removed.\n"
      "Examples:\n"
      "  enthesis case fields\n"
      "  enthesis case fields --format csv");
  fields->callback([&chosen] { chosen = PrintFields; });
}

}  // namespace enthesis::client
