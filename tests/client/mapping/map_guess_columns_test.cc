// Columns that a guess places by a rule of their own: a lone key, events of an
// assessment.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "client/mapping/header_parts.h"
#include "client/mapping/import_map.h"
#include "client/mapping/known_words.h"
#include "client/mapping/map_guess.h"

namespace enthesis::client {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

std::string NoteOf(const GuessedMap& guess, const std::string& column) {
  for (const GuessedColumn& one : guess.columns) {
    if (one.column == column) return absl::StrCat(one.target, ": ", one.note);
  }
  return "";
}

TEST(KnownWords, Diabetes) {
  for (const char* header :
       {"Diab\xC3\xA8te", "Diabetes", "diabete", "Diabetes mellitus",
        "Diabetes-Typ", "Type de diab\xC3\xA8te", "Zuckerkrankheit",
        "Suikerziekte", "DM"}) {
    EXPECT_EQ(TargetNamed(header), "diabetes") << header;
  }
}

TEST(KnownWords, ColumnsOfEvents) {
  for (const auto& [header, column] :
       {std::pair("Komplikation", "complication_1_kind"),
        std::pair("Type de complication", "complication_1_kind"),
        std::pair("Datum complicatie", "complication_1_day"),
        std::pair("Complicanza 2 data", "complication_2_day"),
        std::pair("Complicaci\xC3\xB3n 3 gravedad", "complication_3_grade"),
        std::pair("Reoperation", "reoperation_1_kind"),
        std::pair("Fecha de la reintervenci\xC3\xB3n", "reoperation_1_day"),
        std::pair("Komplikation 0", ""), std::pair("Komplikation 1 2", ""),
        std::pair("Datum", ""), std::pair("Operation", "")}) {
    EXPECT_EQ(EventColumnNamed(Normalized(header)), column) << header;
  }
  const Column& kind = *FindColumn("complication_2_kind", LineKind::kBaseline);
  for (const auto& [value, code] :
       {std::pair("TVT", "deep_vein_thrombosis"),
        std::pair("Rezidiv", "recurrence"), std::pair("andere", "other"),
        std::pair("Scar pain", "scar_pain")}) {
    EXPECT_EQ(CodeNamed(value, kind), code) << value;
    EXPECT_NE(kind.info->codes->Find(code), nullptr) << code;
  }
  EXPECT_EQ(CodeNamed("Metallentfernung",
                      *FindColumn("reoperation_1_kind", LineKind::kBaseline)),
            "implant_removal");
}

TEST(MapGuess, WhatIsProposedIsNotCalledMissing) {
  ClinicText file;
  file.text = "id,sex,note\n1,f,same\n2,m,same\n";
  const auto guess = GuessMap(file);
  ASSERT_TRUE(guess.ok());
  EXPECT_THAT(guess->yaml, HasSubstr("event: {value: baseline}"));
  EXPECT_THAT(guess->missing, Not(Contains("event")));
  EXPECT_THAT(guess->yaml, Not(HasSubstr("not found: event")));
  EXPECT_EQ(NoteOf(*guess, "note"), ": 1 text");
}

TEST(MapGuess, ALonePatientOrDossierIsTheKeyWhereNothingElseIs) {
  ClinicText file;
  for (const char* header : {"Patient", "Dossier", "Paziente", "Fall"}) {
    file.text = absl::StrCat(header, ",sex\nA-1,f\nA-2,m\n");
    const auto guess = GuessMap(file);
    ASSERT_TRUE(guess.ok());
    EXPECT_THAT(NoteOf(*guess, header), HasSubstr("record_id: ? taken for"));
    EXPECT_THAT(guess->yaml,
                HasSubstr(absl::StrCat("  record_id: ", header, "\n")));
    EXPECT_THAT(guess->missing, Not(Contains("record_id")));
  }
  // Beside a key, beside another such, with names, and blank, it is none.
  for (const char* text :
       {"id,Patient\n1,7\n", "Patient,Dossier\n1,2\n",
        "Patient,sex\nAda Lovelace,f\nBob 2,m\n", "Patient,sex\n,f\n"}) {
    file.text = text;
    const auto guess = GuessMap(file);
    ASSERT_TRUE(guess.ok());
    EXPECT_THAT(NoteOf(*guess, "Patient"), testing::StartsWith(": ")) << text;
  }
}

TEST(MapGuess, TwoDecimalSignsAreToldApart) {
  ClinicText file;
  file.separator = ';';
  file.text = "id;BMI;Alter\n1;27,4;50.5\n2;24,9;61\n";
  auto guess = GuessMap(file);
  ASSERT_TRUE(guess.ok());
  EXPECT_THAT(guess->yaml, HasSubstr("file:\n  # ? decimals with a point, "
                                     "beside others with a comma: Alter\n"
                                     "  decimal: comma\n"));
  EXPECT_THAT(NoteOf(*guess, "Alter"), HasSubstr("? decimals with a point"));
  EXPECT_THAT(NoteOf(*guess, "BMI"), HasSubstr("which are rounded"));
  file.text = "id;BMI;Alter\n1;27.4;50.5\n";
  guess = GuessMap(file);
  EXPECT_THAT(guess->yaml, Not(HasSubstr("decimal: comma")));
}

TEST(MapGuess, EventsOfAnAssessment) {
  ClinicText file;
  file.separator = ';';
  file.text =
      "id;visit;Komplikation;Datum Komplikation;Komplikation 2;Reoperation;"
      "Datum Reoperation;injektion___1\n"
      "1;baseline;;;;;;1\n"
      "1;3 Monate;TVT;01.02.2022;keine;keine;;\n"
      "1;6 Monate;Rezidiv;13.05.2022;Bluterguss;Revision;14.05.2022;\n";
  auto guess = GuessMap(file);
  ASSERT_TRUE(guess.ok());
  EXPECT_THAT(guess->yaml,
              HasSubstr("  complication_1_kind:\n    from: Komplikation\n"));
  EXPECT_THAT(guess->yaml, HasSubstr("      TVT: deep_vein_thrombosis\n"));
  EXPECT_THAT(guess->yaml,
              HasSubstr("complication_1_day: {from: \"Datum Komplikation\", "
                        "date: DD.MM.YYYY}"));
  EXPECT_THAT(guess->yaml,
              HasSubstr("      Bluterguss: \"?\"\n      keine: ~\n"));
  EXPECT_THAT(guess->yaml, HasSubstr("reoperation_1_day: {from:"));
  EXPECT_THAT(guess->missing, Contains("complication_2_day"));
  EXPECT_THAT(guess->missing, Not(Contains("complication_1_day")));
  EXPECT_THAT(NoteOf(*guess, "injektion___1"),
              HasSubstr("injections are counted by kind"));
  EXPECT_TRUE(ParseImportMap(
                  absl::StrReplaceAll(guess->yaml, {{"\"?\"", "other"}}), "g")
                  .ok())
      << guess->yaml;
  // With one line a record they are of a visit.
  file.text =
      "id;VISA 3 Monate;Komplikation 3 Monate;Komplikation;Datum 3 Monate\n"
      "1;60;TVT;TVT;01.02.2022\n";
  guess = GuessMap(file);
  EXPECT_THAT(guess->yaml,
              HasSubstr("      complication_1_kind:\n        from: "
                        "\"Komplikation 3 Monate\"\n"));
  EXPECT_THAT(NoteOf(*guess, "Komplikation"),
              HasSubstr(": 1 text; complication_1_kind is of an assessment"));
  EXPECT_THAT(guess->missing, Contains("complication_1_day of 3_months"));
}

}  // namespace
}  // namespace enthesis::client
