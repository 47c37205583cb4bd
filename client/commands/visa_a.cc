// enthesis visa-a

#include <CLI/CLI.hpp>
#include <map>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "client/cell_value.h"
#include "client/commands/session.h"
#include "client/csv_columns.h"
#include "client/csv_text.h"
#include "registry/model/fields.h"
#include "registry/wire/case_wire.h"

namespace enthesis::client {
namespace {

// Texts of the options, by index of the field.
using VisaAText = std::map<size_t, std::string>;

std::string VisaAOption(size_t field) {
  return absl::StrCat(
      "--",
      absl::StrReplaceAll(model::VisaAFields()[field].name, {{"_", "-"}}));
}

void PrintScore(const v1::ScoreVisaAResponse& score, const Session& session) {
  switch (session.format) {
    case Format::kJson:
      return PrintJsonDocument(score);
    case Format::kCsv: {
      std::string csv = "total,missing_items,absence\n";
      AppendCsvRow({CsvNumber(score.has_total() ? std::optional(score.total())
                                                : std::nullopt),
                    absl::StrJoin(score.missing_items(), ";"),
                    score.has_total() ? "" : "undefined"},
                   csv);
      return PrintDocument(csv);
    }
    case Format::kTable: {
      std::string text =
          score.has_total()
              ? absl::StrCat("VISA-A ", score.total(),
                             " of 100 points (100 is best)\n")
              : absl::StrCat("no total: missing ",
                             absl::StrJoin(score.missing_items(), ", "), "\n");
      for (const v1::Warning& warning : score.warnings()) {
        absl::StrAppend(&text, "unusual: ", warning.field(), " ",
                        warning.message(), "\n");
      }
      return PrintText(text);
    }
  }
}

int ScoreVisaA(const VisaAText& text, const Session& session) {
  model::VisaA answers;
  EntryWords words;
  words.of_assessment = true;
  for (const auto& [field, value] : text) {
    if (value.empty()) continue;
    const auto& info = model::VisaAFields()[field];
    const absl::StatusOr<int32_t> number = ParseCell(value, info);
    if (!number.ok()) {
      return FailUsage(absl::StrCat(VisaAOption(field), " \"", value, "\" ",
                                    number.status().message()));
    }
    info.set(answers, *number);
    words.Typed(absl::StrCat("visa_a.", info.name), VisaAOption(field));
  }
  v1::ScoreVisaARequest request;
  *request.mutable_visa_a() = wire::ToWire(answers);
  const auto score = session.Connect()->ScoreVisaA(request);
  if (!score.ok()) return FailEntry(score.status(), words);
  PrintScore(*score, session);
  return kExitDone;
}

}  // namespace

void AddVisaACommand(CLI::App& app, Command& chosen) {
  CLI::App* command = app.add_subcommand(
      "visa-a",
      "Score one VISA-A questionnaire; nothing is stored. A missing item gives "
      "no total.");
  command->fallthrough();
  const auto text = std::make_shared<VisaAText>();
  const auto fields = model::VisaAFields();
  for (size_t i = 0; i < fields.size(); ++i) {
    std::string meaning = fields[i].meaning;
    if (fields[i].codes != nullptr) {
      absl::StrAppend(&meaning, " One of: ", fields[i].codes->Allowed(), ".");
    }
    command->add_option(VisaAOption(i), (*text)[i], meaning)
        ->type_name(fields[i].codes != nullptr ? "CODE" : fields[i].unit);
  }
  command->footer(
      "Examples:\n"
      "  enthesis visa-a --item-1-stiffness-minutes 30 --item-2-points 6 \\\n"
      "    --item-3-points 6 --item-4-points 7 --item-5-points 5 \\\n"
      "    --item-6-points 4 --item-7-points 4 \\\n"
      "    --item-8-branch pain_can_finish --item-8-points 10");
  command->callback([text, &chosen] {
    chosen = [text](const Session& session) {
      return ScoreVisaA(*text, session);
    };
  });
}

}  // namespace enthesis::client
