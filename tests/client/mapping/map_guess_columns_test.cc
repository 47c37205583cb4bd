// Columns that a guess places by a rule of their own: a lone key, events of an
// assessment, dates some of which are faulty.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "client/mapping/column_values.h"
#include "client/mapping/header_parts.h"
#include "client/mapping/import_map.h"
#include "client/mapping/known_words.h"
#include "client/mapping/map_guess.h"
#include "tests/client/mapping/guess_note.h"

namespace enthesis::client {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

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

TEST(ColumnValues, DatesOfMostLines) {
  ClinicText file;
  file.separator = ';';
  file.text =
      "a;b;c;d\n"
      "01.02.2022;01.02.2022;03/04/2022;2022-01-02\n"
      "02.02.2022;x;13/01/2022;2022-01-02 10:30\n"
      "\"a\nb\";y;01/25/2022;2022-01-02\n"
      "x;;x;\n";
  const auto columns = LookAtColumns(file);
  ASSERT_TRUE(columns.ok()) << columns.status();
  // Half of them are enough, one is not; lines are those of the file.
  EXPECT_THAT((*columns)[0].date_formats, ElementsAre("DD.MM.YYYY"));
  EXPECT_EQ((*columns)[0].n_cells, 4);
  EXPECT_EQ((*columns)[0].n_not_dates, 2);
  EXPECT_THAT((*columns)[0].lines_not_dates, ElementsAre(4, 6));
  EXPECT_THAT((*columns)[1].date_formats, IsEmpty());
  // As many are the one as are the other: the lines are of the first.
  EXPECT_THAT((*columns)[2].date_formats,
              ElementsAre("DD/MM/YYYY", "MM/DD/YYYY"));
  EXPECT_THAT((*columns)[2].lines_not_dates, ElementsAre(4, 6));
  EXPECT_THAT((*columns)[3].date_formats, ElementsAre("YYYY-MM-DD"));
  // Some of many lines are named.
  file.text = "a\n";
  for (int i = 0; i < 10; ++i) file.text += "2022-01-02\nx\n";
  const auto many = LookAtColumns(file);
  EXPECT_EQ((*many)[0].n_not_dates, 10);
  EXPECT_THAT((*many)[0].lines_not_dates, ElementsAre(3, 5, 7, 9, 11));
}

TEST(MapGuess, AFaultyDateIsSaidBesideTheFormatOfTheOthers) {
  ClinicText file;
  file.separator = ';';
  file.text =
      "record_id;Geburtsdatum;OP-Datum\n"
      "1;01.02.1960;01.05.2021\n"
      "2;05.06.1971;05.05.21\n"
      "3;30.02.1980;07.05.2021\n";
  auto guess = GuessMap(file);
  ASSERT_TRUE(guess.ok());
  EXPECT_THAT(NoteOf(*guess, "Geburtsdatum"),
              HasSubstr("and sends that; 1 of 3 is no day written DD.MM.YYYY: "
                        "line 4"));
  EXPECT_THAT(guess->yaml, HasSubstr("  age_years: {from: Geburtsdatum, date: "
                                     "DD.MM.YYYY}\n"));
  EXPECT_THAT(guess->missing, Not(Contains("age_years")));
  EXPECT_THAT(guess->yaml,
              HasSubstr("  # ? 1 of 3 is no day written DD.MM.YYYY: line 3\n"
                        "  surgery_date: {from: \"OP-Datum\", date: "
                        "DD.MM.YYYY}\n"));
  EXPECT_EQ(NoteOf(*guess, "OP-Datum"),
            "surgery_date: ? 1 of 3 is no day written DD.MM.YYYY: line 3");
  // No value of a patient.
  for (const char* secret : {"30.02.1980", "05.05.21"}) {
    EXPECT_THAT(guess->yaml, Not(HasSubstr(secret)));
  }
  EXPECT_TRUE(ParseImportMap(guess->yaml, "g").ok()) << guess->yaml;
  // Of a visit, with what stands for blank, and unplaced beside another.
  file.text =
      "id;visit;Untersuchungsdatum;Datum der Untersuchung\n"
      "1;baseline;k.A.;\n"
      "1;3 Monate;31.02.2022;2022-03-01\n"
      "1;6 Monate;13.05.2022;2022-05-13\n"
      "1;12 Monate;13.11.2022;bald\n";
  guess = GuessMap(file);
  ASSERT_TRUE(guess.ok());
  EXPECT_THAT(guess->yaml,
              HasSubstr("  # ? 1 of 3 is no day written DD.MM.YYYY: line 3\n"
                        "  day: {from: Untersuchungsdatum, date: "
                        "DD.MM.YYYY}\n"));
  EXPECT_THAT(guess->yaml, HasSubstr("missing: [k.A.]"));
  EXPECT_EQ(NoteOf(*guess, "Datum der Untersuchung"),
            ": dates YYYY-MM-DD, 1 of 3 is no day written YYYY-MM-DD: line 5; "
            "day comes from another column");
}

TEST(MapGuess, ASurgeryDateWithoutAFormatIsToLookAt) {
  ClinicText file;
  for (const char* text :
       {"id,OP-Datum\n1,01.02.22\n2,05.05.21\n", "id,OP-Datum\n1,im Mai\n",
        "id,OP-Datum\n1,01.02.2022\n2,05.05.21\n3,6.5.21\n"}) {
    file.text = text;
    const auto guess = GuessMap(file);
    ASSERT_TRUE(guess.ok());
    EXPECT_EQ(NoteOf(*guess, "OP-Datum"),
              "surgery_date: ? no format of a date was found that most have; "
              "years need four digits")
        << text;
    EXPECT_THAT(guess->yaml, HasSubstr("  # ? no format of a date"));
  }
  file.text = "id,OP-Datum\n1,\n";
  EXPECT_EQ(NoteOf(*GuessMap(file), "OP-Datum"), "surgery_date: ");
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
