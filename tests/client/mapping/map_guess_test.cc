#include "client/mapping/map_guess.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "client/mapping/column_values.h"
#include "client/mapping/known_words.h"
#include "client/mapping/mapped_file.h"
#include "client/mapping/visit_words.h"
#include "tests/client/mapping/guess_note.h"
#include "tests/client/programs.h"

namespace enthesis::client {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST(KnownWords, HeadersAndCodes) {
  EXPECT_EQ(Normalized(" Gr\xC3\xB6\xC3\x9F"
                       "e (cm) "),
            "groesse_cm");
  EXPECT_EQ(TargetNamed("Geschlecht"), "sex");
  EXPECT_EQ(TargetNamed("Date of Surgery"), "surgery_date");
  EXPECT_EQ(TargetNamed("VISA-A"), "visa_a_total");
  EXPECT_EQ(TargetNamed("Care months"), "care_months");
  EXPECT_EQ(TargetNamed("Vorname"), "identifying");
  EXPECT_EQ(TargetNamed("something"), "");
  const Column& sex = *FindColumn("sex", LineKind::kBaseline);
  EXPECT_EQ(CodeNamed("W", sex), "female");
  EXPECT_EQ(CodeNamed("Male", sex), "male");
  EXPECT_EQ(CodeNamed("1", sex), std::nullopt);
  const Column& side = *FindColumn("laterality", LineKind::kBaseline);
  EXPECT_EQ(CodeNamed("re", side), "right");
  const Column& flag = *FindColumn("synthetic", LineKind::kBaseline);
  EXPECT_EQ(CodeNamed("Nein", flag), "0");
}

// Each word leads to a column, and each code is one of its column.
TEST(KnownWords, AreOfTheModel) {
  for (const char* header : {"id", "mrn", "visit", "op_datum", "pod", "dob",
                             "imc", "dm", "eswt", "keil", "schmerz"}) {
    EXPECT_NE(FindColumn(TargetNamed(header), LineKind::kBaseline), nullptr)
        << header;
  }
  for (const auto& [column, value] :
       {std::pair("sex", "d"), std::pair("smoking", "ex"),
        std::pair("diabetes", "T2"), std::pair("pathology", "mid"),
        std::pair("approach", "MIS"), std::pair("sport_level", "pro"),
        std::pair("primary_procedure", "FHL")}) {
    const Column& found = *FindColumn(column, LineKind::kBaseline);
    const auto code = CodeNamed(value, found);
    ASSERT_TRUE(code.has_value()) << value;
    EXPECT_NE(found.info->codes->Find(*code), nullptr) << value;
  }
}

TEST(KnownWords, OfSixLanguages) {
  for (const auto& [column, headers] :
       {std::pair("age_years", "Alter \xC3\x82ge Edad Et\xC3\xA0 Leeftijd"),
        std::pair("sex", "Geschlecht Sexe Sexo Sesso Geslacht"),
        std::pair("laterality", "Seite C\xC3\xB4t\xC3\xA9 Lado Lato Zijde"),
        std::pair("surgery_date",
                  "OP-Datum Date_intervention Fecha_operaci\xC3\xB3n "
                  "Data_intervento Operatiedatum"),
        std::pair("primary_procedure",
                  "Eingriff Intervention Intervenci\xC3\xB3n Intervento "
                  "Ingreep"),
        std::pair("care_months",
                  "Kons Mois_conservateur Meses_conservador Mesi_conservativo "
                  "Conservatief_maanden"),
        std::pair("event", "Kontrolle Suivi Visita Controllo Bezoek")}) {
    for (const absl::string_view header : absl::StrSplit(headers, ' ')) {
      EXPECT_EQ(TargetNamed(header), column) << header;
    }
  }
  for (const auto& [column, code, values] :
       {std::tuple("sex", "female", "F W weiblich Femme Mujer Femmina Vrouw"),
        std::tuple("sex", "male", "M Mann Homme Var\xC3\xB3n Maschio Uomo Man"),
        std::tuple("laterality", "left", "li gauche izq sin links SX"),
        std::tuple("laterality", "right", "re droite dcha destra rechts DX"),
        std::tuple("primary_procedure", "zadek_osteotomy",
                   "Zadek Zadek-Osteotomie"),
        std::tuple("primary_procedure", "calcaneoplasty",
                   "Haglund Calcan\xC3\xA9oplastie Kalkaneoplastik"),
        std::tuple("primary_procedure", "debridement",
                   "D\xC3\xA9"
                   "bridement Desbridamiento Sbrigliamento")}) {
    const Column& found = *FindColumn(column, LineKind::kBaseline);
    for (const absl::string_view value : absl::StrSplit(values, ' ')) {
      EXPECT_EQ(CodeNamed(value, found), code) << value;
    }
  }
}

// As they stand in files of clinics: articles, units, accents and compounds.
TEST(KnownWords, HeadersOfSixLanguagesByTheirParts) {
  for (const auto& [column, headers] :
       {std::pair("record_id",
                  "N\xC2\xB0 dossier|N\xC2\xBA historia|Numero cartella|"
                  "Patienten-Nr.|Study number|Dossiernummer"),
        std::pair("surgery_date",
                  "Date d'intervention|Date de l'op\xC3\xA9ration|Fecha de la "
                  "operaci\xC3\xB3n|Data dell'intervento|Datum van de operatie|"
                  "Datum des Eingriffs|Datum der OP|Surgery date"),
        std::pair("day",
                  "Fecha de revisi\xC3\xB3n|Date de la visite|Data del "
                  "controllo|Datum bezoek|Datum der Untersuchung"),
        std::pair("visa_a_total",
                  "VISA-A Gesamt|visa_totaal|VISA-A totaalscore|VISA-A Score|"
                  "Score VISA-A total|Puntuaci\xC3\xB3n VISA-A|VISA A (0-100)"),
        std::pair("pathology",
                  "Locatie|Localisation|Localizaci\xC3\xB3n|Localizzazione|"
                  "Lokalisation (Sehne)"),
        std::pair("approach",
                  "Benadering|Voie d'abord|Zugang|Abordaje|Accesso"),
        std::pair("laterality",
                  "Operierte Seite|C\xC3\xB4t\xC3\xA9 op\xC3\xA9r\xC3\xA9|"
                  "Lato operato|Geopereerde zijde"),
        std::pair("age_years",
                  "Alter bei der OP|Leeftijd (jaren)|\xC3\x82ge \xC3\xA0 "
                  "l'intervention|Edad (a\xC3\xB1os)"),
        std::pair("symptom_duration_months",
                  "Klachtenduur (maanden)|Dur\xC3\xA9"
                  "e des sympt\xC3\xB4mes (mois)|Duraci\xC3\xB3n de los "
                  "s\xC3\xADntomas|Beschwerdedauer (Monate)|Durata sintomi"),
        std::pair("care_months",
                  "Conservatief (maanden)|Traitement conservateur (mois)|"
                  "Konservative Therapie (Monate)|Durata trattamento "
                  "conservativo"),
        std::pair("sport_level",
                  "Niveau sportif|Nivel deportivo|Sportniveau|Livello sportivo|"
                  "Level of sport"),
        std::pair("pain_rest",
                  "EVA reposo|NRS rust|Ruheschmerz|Dolore a riposo|Douleur au "
                  "repos|VAS rest"),
        std::pair(
            "pain_activity",
            "EVA actividad|NRS belasting|Belastungsschmerz|Douleur \xC3\xA0 "
            "l'effort|Dolore"),
        std::pair("concomitant_procedures",
                  "Bijkomende ingrepen|Interventions associ\xC3\xA9"
                  "es|Zusatzeingriffe"),
        std::pair("satisfaction", "Tevredenheid|Patientenzufriedenheit"),
        std::pair("",
                  "Datum complicatie|Datum eerste klachten|Datum|Schmerzbeginn|"
                  "Schmerzmittel|Remarque|Opnamedatum|VISA-A 3 mois|Patient|"
                  "Operateur|Score|Nota|Telefonnotiz")}) {
    for (const absl::string_view header : absl::StrSplit(headers, '|')) {
      EXPECT_EQ(TargetNamed(header), column) << header;
    }
  }
  for (const auto& [column, code, values] :
       {std::tuple("smoking", "never",
                   "Nooit|nunca|non-fumeur|Nichtraucher|mai"),
        std::tuple("smoking", "former", "ancien fumeur|exfumador|Ex-Raucher"),
        std::tuple("satisfaction", "very_satisfied",
                   "sehr zufrieden|Zeer tevreden|tr\xC3\xA8s satisfait"),
        std::tuple("satisfaction", "dissatisfied", "unzufrieden|Ontevreden"),
        std::tuple("approach", "minimally_invasive",
                   "percut\xC3\xA1neo|mini-invasive"),
        std::tuple("pathology", "insertional",
                   "Insertie|insertionnelle|ansatznah"),
        std::tuple("sport", "running", "course \xC3\xA0 pied|Laufen|corsa"),
        std::tuple("diabetes", "type_2", "tipo 2|Typ 2")}) {
    const Column& found = *FindColumn(column, LineKind::kBaseline);
    for (const absl::string_view value : absl::StrSplit(values, '|')) {
      EXPECT_EQ(CodeNamed(value, found), code) << value;
    }
  }
}

TEST(VisitWords, BaselineAndHeaders) {
  for (const char* event :
       {"Aufnahme", "preop_arm_1", "Pr\xC3\xA9op\xC3\xA9ratoire", "vor OP",
        "Preoperatief", "avant l'intervention", "antes", "Inclusie"}) {
    EXPECT_TRUE(NamesBaseline(event)) << event;
  }
  EXPECT_FALSE(NamesBaseline("3 Monate"));
  for (const auto& [header, visit, rest] :
       {std::tuple("visa_a_3m", "3_months", "visa_a"),
        std::tuple("VISA-A 6 Monate", "6_months", "visa_a"),
        std::tuple("VISA M12", "12_months", "visa"),
        std::tuple("Date visite 12 mois", "12_months", "date_visite"),
        std::tuple("VISA-A pr\xC3\xA9op", "baseline", "visa_a"),
        std::tuple("visa_pre_op", "baseline", "visa"),
        std::tuple("6 weken pijn", "6_weeks", "pijn")}) {
    const auto split = SplitHeader(header);
    ASSERT_TRUE(split.has_value()) << header;
    EXPECT_EQ(split->visit, visit) << header;
    EXPECT_EQ(split->rest, rest) << header;
  }
  for (const char* header :
       {"VISA-A", "Beschwerden (Monate)", "visa_a_item_1_3m", "3 Monate",
        "VISA 4 Monate", "pre_3m_visa", "injecties___3"}) {
    EXPECT_FALSE(SplitHeader(header).has_value()) << header;
  }
}

TEST(KnownWords, Visits) {
  for (const auto& [code, events] :
       {std::pair("2_weeks", "2W,FU 2 weeks,2_Wochen"),
        std::pair("6_weeks", "Kontrolle 6 Wo,6_semaines,semana 6"),
        std::pair("3_months",
                  "kontrolle_3m,Kons 3 Monate,suivi_3_mois,control 3 meses,"
                  "controllo_3_mesi,controle 3 maanden,M3,3m postop"),
        std::pair("12_months", "12_Monate,FU 1 year,1 jaar,1 an,1J"),
        std::pair("60_months", "5 Jahre,5_anni,60m")}) {
    for (const absl::string_view event : absl::StrSplit(events, ',')) {
      EXPECT_EQ(VisitNamed(event), code) << event;
    }
  }
  for (const char* event : {"kontrolle", "kontrolle_4m", "3", "komplikation_3m",
                            "3m_6m", "baseline", "m", ""}) {
    EXPECT_EQ(VisitNamed(event), std::nullopt) << event;
  }
}

TEST(ColumnValues, DatesNumbersAndMissing) {
  ClinicText file;
  file.separator = ';';
  file.text =
      "a;b;c;d;e\n"
      "01.02.2022;03/04/2022;1,5;x;-99\n"
      "k.A.;05/06/2022;-99;y;7\n"
      ";13/01/2022;2;;8\n";
  const auto columns = LookAtColumns(file);
  ASSERT_TRUE(columns.ok()) << columns.status();
  EXPECT_THAT((*columns)[0].date_formats, ElementsAre("DD.MM.YYYY"));
  EXPECT_THAT((*columns)[0].missing, ElementsAre("k.A."));
  EXPECT_THAT((*columns)[1].date_formats, ElementsAre("DD/MM/YYYY"));
  EXPECT_TRUE((*columns)[2].numbers);
  EXPECT_FALSE((*columns)[2].whole);
  EXPECT_TRUE((*columns)[2].decimal_comma);
  EXPECT_FALSE((*columns)[3].numbers);
  EXPECT_EQ((*columns)[3].n_filled, 2);
  EXPECT_TRUE((*columns)[4].whole);
  EXPECT_THAT((*columns)[4].missing, ElementsAre("-99"));
  file.text = "a\n03/04/2022\n";
  EXPECT_THAT((*LookAtColumns(file))[0].date_formats,
              ElementsAre("DD/MM/YYYY", "MM/DD/YYYY"));
}

TEST(MapGuess, OfTheExampleIsAMapThatReadsIt) {
  const auto text =
      ReadClinicText(ReadText(absl::StrCat(ENTHESIS_SOURCE_DIR,
                                           "/client/mapping/example.csv")),
                     TextOptions());
  ASSERT_TRUE(text.ok());
  const auto guess = GuessMap(*text);
  ASSERT_TRUE(guess.ok()) << guess.status();
  // What only a person knows.
  const auto open = ParseImportMap(guess->yaml, "guess.yaml");
  ASSERT_FALSE(open.ok());
  EXPECT_THAT(std::string(open.status().message()),
              HasSubstr("\"?\" is no site id"));
  const std::string decided = absl::StrReplaceAll(
      guess->yaml, {{"klinik_nord: \"?\"", "klinik_nord: site-01"},
                    {"klinik_sued: \"?\"", "klinik_sued: site-02"},
                    {": {}", ": ~"}});
  const auto map = ParseImportMap(decided, "guess.yaml");
  ASSERT_TRUE(map.ok()) << map.status() << guess->yaml;
  std::map<std::string, std::string> placed;
  for (const GuessedColumn& column : guess->columns) {
    placed[column.column] = column.target;
  }
  for (const auto& [column, target] :
       {std::pair("patnr", "record_id"), std::pair("op_datum", "surgery_date"),
        std::pair("besuch_datum", "day"), std::pair("geschlecht", "sex"),
        std::pair("geburtsdatum", "age_years"), std::pair("bmi_wert", "bmi"),
        std::pair("implantat___2", "implants"),
        std::pair("initialen", "ignore"), std::pair("visa", "visa_a_total"),
        std::pair("rauchen_neu", ""),
        std::pair("aufnahme_complete", "ignore")}) {
    EXPECT_EQ(placed[column], target) << column;
  }
  EXPECT_THAT(guess->yaml, HasSubstr("date: DD.MM.YYYY"));
  EXPECT_THAT(guess->yaml, HasSubstr("w: female"));
  EXPECT_THAT(guess->yaml, HasSubstr("aufnahme_arm_1: baseline"));
  EXPECT_THAT(guess->yaml, HasSubstr("# not placed: rauchen_neu, "));
  EXPECT_THAT(guess->missing, ElementsAre("diagnosis", "sport_level"));
  // Nothing of a patient.
  for (const char* secret : {"17.08.1971", "F-9001", "AB", "gut"}) {
    EXPECT_THAT(guess->yaml, Not(HasSubstr(absl::StrCat("\"", secret))));
    EXPECT_THAT(guess->yaml, Not(HasSubstr(absl::StrCat(" ", secret, "\n"))));
  }
  // What is not placed is not passed over in silence.
  const auto mapped = ApplyMap(*text, *map, "site-01", nullptr);
  ASSERT_FALSE(mapped.ok());
  EXPECT_THAT(std::string(mapped.status().message()),
              HasSubstr("\"rauchen_neu\""));
}

TEST(MapGuess, OfAFileInOurColumnsIsEmpty) {
  ClinicText file;
  file.text =
      "record_id,event,surgery_date,diagnosis,pathology,laterality,age_years,"
      "sex,sport_level,care_months,primary_procedure,approach,implants\n"
      "1,baseline,2022-03-04,tendinopathy,insertional,left,50,female,none,8,"
      "debridement,open,screw;plate\n";
  const auto guess = GuessMap(file);
  ASSERT_TRUE(guess.ok());
  EXPECT_THAT(guess->missing, IsEmpty());
  const auto map = ParseImportMap(guess->yaml, "g");
  ASSERT_TRUE(map.ok()) << map.status() << guess->yaml;
  for (const GuessedColumn& column : guess->columns) {
    EXPECT_EQ(column.target, column.column);
  }
  EXPECT_TRUE(ApplyMap(file, *map, "site-01", nullptr).ok());
}

TEST(MapGuess, LeavesOpenWhatCouldBeTwoThings) {
  ClinicText file;
  file.text =
      "id,op_date,sex,nr,freetext,Alter (Jahre)\n"
      "1,03/04/2022,1,5,hello,50\n2,05/06/2022,2,6,you,51\n";
  const auto guess = GuessMap(file);
  ASSERT_TRUE(guess.ok());
  EXPECT_THAT(guess->yaml,
              HasSubstr("# ? the dates may be DD/MM/YYYY or MM/DD/YYYY"));
  EXPECT_THAT(guess->yaml, HasSubstr("\n      1: \"?\"\n"));
  EXPECT_THAT(guess->yaml, HasSubstr("event: {value: baseline}"));
  EXPECT_THAT(guess->yaml, HasSubstr("age_years: \"Alter (Jahre)\""));
  EXPECT_THAT(guess->yaml,
              HasSubstr("# not placed: nr, whole numbers; record_id comes"));
  EXPECT_THAT(guess->yaml, HasSubstr("# not placed: freetext, 2 different"));
  EXPECT_TRUE(ParseImportMap(guess->yaml, "g").ok()) << guess->yaml;
}

TEST(MapGuess, ABirthDateIsNoOtherDateAndGoesNowhere) {
  ClinicText file;
  file.text = "id,geburt,op\n1,03.04.1972,28.06.2022\n";
  auto guess = GuessMap(file);
  ASSERT_TRUE(guess.ok());
  EXPECT_THAT(NoteOf(*guess, "geburt"),
              HasSubstr("age_years: ? a birth date must not leave the clinic"));
  EXPECT_THAT(guess->yaml,
              HasSubstr("age_years: {from: geburt, date: DD.MM.YYYY}"));
  EXPECT_THAT(guess->yaml, Not(HasSubstr("surgery_date:")));
  // Beside an age, and as a year, it is left out, with a word.
  file.text = "id,Geburtsdatum,alter\n1,03.04.1972,50\n";
  guess = GuessMap(file);
  EXPECT_THAT(guess->yaml, HasSubstr("age_years: alter"));
  EXPECT_THAT(guess->yaml, HasSubstr("ignore: [Geburtsdatum]"));
  EXPECT_THAT(NoteOf(*guess, "Geburtsdatum"), HasSubstr("must not leave"));
  file.text = "id,birth year\n1,1972\n";
  guess = GuessMap(file);
  EXPECT_THAT(NoteOf(*guess, "birth year"),
              HasSubstr("ignore: about the birth, which must not leave the "
                        "clinic; age_years needs the age at surgery"));
  EXPECT_THAT(guess->missing, Contains("age_years"));
}

// A file with a column that is known as the event by its values alone.
TEST(MapGuess, LinesOfOneRecordAreToldApart) {
  ClinicText file;
  file.separator = ';';
  file.text =
      "Fallnummer;Zeit der Erhebung;VISA-A Gesamt\n"
      "1;Aufnahme;40\n1;3 Monate;60\n2;Aufnahme;45\n2;12 Monate;70\n";
  auto guess = GuessMap(file);
  ASSERT_TRUE(guess.ok());
  EXPECT_THAT(guess->yaml, HasSubstr("\nevents:\n  \"12 Monate\": 12_months\n"
                                     "  \"3 Monate\": 3_months\n"
                                     "  Aufnahme: baseline\n"));
  EXPECT_THAT(guess->yaml, HasSubstr("  event: \"Zeit der Erhebung\"\n"));
  EXPECT_THAT(guess->yaml, HasSubstr("visa_a_total: \"VISA-A Gesamt\""));
  EXPECT_THAT(guess->yaml, Not(HasSubstr("one line a record")));
  EXPECT_THAT(guess->missing, Not(Contains("event")));
  // Without one that is said, and the map does not import.
  file.text = "Fallnummer;Erhebung;VISA-A 3M\n1;a;40\n1;b;60\n";
  guess = GuessMap(file);
  EXPECT_THAT(guess->yaml,
              HasSubstr("  # ? records have several lines, and no column was "
                        "found that tells their visits apart\n  event: \"?\""));
  EXPECT_THAT(NoteOf(*guess, "Fallnummer"), HasSubstr("record_id: ? has sev"));
  EXPECT_THAT(guess->yaml, Not(HasSubstr("visits:")));
  const auto map = ParseImportMap(guess->yaml, "g.yaml");
  ASSERT_TRUE(map.ok()) << map.status();
  EXPECT_THAT(
      std::string(ApplyMap(file, *map, "s", nullptr).status().message()),
      HasSubstr("the file has no column \"?\" to make event from"));
}

TEST(MapGuess, VisitsOfAFileWithOneLineARecord) {
  ClinicText file;
  file.separator = ';';
  file.text =
      "N\xC2\xB0 dossier;Date d'intervention;VISA-A pr\xC3\xA9op;"
      "Date visite 3 mois;VISA-A 3 mois;Douleur 3 mois;Date 12 mois;"
      "VISA-A 12 mois;VISA-A 6 semaines\n"
      "1;14/02/2022;40;15/05/2022;60;2;14/02/2023;80;50\n"
      "2;15/02/2022;41;16/05/2022;61;3;15/02/2023;81;\n";
  const auto guess = GuessMap(file);
  ASSERT_TRUE(guess.ok());
  EXPECT_THAT(guess->yaml, HasSubstr("  event: {value: baseline}"));
  EXPECT_THAT(guess->yaml, HasSubstr("  visa_a_total: \"VISA-A pr"));
  EXPECT_THAT(
      guess->yaml,
      HasSubstr("\nvisits:\n"
                "  - event: 6_weeks\n"
                "    columns:\n"
                "      # ? the date or day of the visit\n"
                "      day: \"?\"\n"
                "      visa_a_total: \"VISA-A 6 semaines\"\n"
                "  - event: 3_months\n"
                "    columns:\n"
                "      day: {from: \"Date visite 3 mois\", date: "
                "\"DD/MM/YYYY\"}\n"
                "      visa_a_total: \"VISA-A 3 mois\"\n"
                "      pain_activity: \"Douleur 3 mois\"\n"
                "  - event: 12_months\n"
                "    columns:\n"
                "      day: {from: \"Date 12 mois\", date: \"DD/MM/YYYY\"}\n"
                "      visa_a_total: \"VISA-A 12 mois\"\n"));
  EXPECT_EQ(NoteOf(*guess, "VISA-A 3 mois"), "3_months visa_a_total: ");
  EXPECT_THAT(guess->missing, Contains("day of 6_weeks"));
  std::string decided =
      absl::StrReplaceAll(guess->yaml, {{"day: \"?\"", "day: {value: 42}"}});
  const auto map = ParseImportMap(decided, "g.yaml");
  ASSERT_TRUE(map.ok()) << map.status() << decided;
  const auto mapped = ApplyMap(file, *map, "site-01", nullptr);
  ASSERT_TRUE(mapped.ok()) << mapped.status();
  EXPECT_EQ(mapped->lines.size(), 7u);
  EXPECT_THAT(mapped->faults, IsEmpty());
}

TEST(MapGuess, RedcapsColumnsInAnExportWithLabels) {
  ClinicText file;
  file.text =
      "Record ID,Event Name,Repeat Instrument,Repeat Instance,Data Access "
      "Group,Survey Identifier,Complete?\n"
      "1,Preoperatief,,,Noord,,Complete\n"
      "1,Follow-up 3 maanden,Complicatie,1,Noord,,\n";
  const auto guess = GuessMap(file);
  ASSERT_TRUE(guess.ok());
  EXPECT_THAT(guess->yaml, HasSubstr("sites:\n  # ? the site of each group\n"
                                     "  values:\n    Noord: \"?\"\n"));
  EXPECT_THAT(guess->yaml, HasSubstr("  Complicatie: {}\n"));
  EXPECT_THAT(guess->yaml, HasSubstr("\"Follow-up 3 maanden\": 3_months\n"));
  EXPECT_THAT(guess->yaml, HasSubstr("ignore: [\"Complete?\"]"));
  EXPECT_THAT(guess->yaml, Not(HasSubstr("not placed")));
}

TEST(MapGuess, VisitsHaveOurNamesWhereTheyAreOne) {
  ClinicText file;
  file.text =
      "id,kontrolle,sexo\n1,aufnahme,h\n1,kontrolle_3m,h\n"
      "2,kontrolle_6m,m\n2,nk_6m,m\n";
  const auto guess = GuessMap(file);
  ASSERT_TRUE(guess.ok());
  EXPECT_THAT(guess->yaml, HasSubstr("aufnahme: baseline"));
  EXPECT_THAT(guess->yaml, HasSubstr("kontrolle_3m: 3_months"));
  EXPECT_THAT(guess->yaml, HasSubstr("kontrolle_6m: kontrolle_6m"));
  // m is mujer beside h, and man beside f.
  EXPECT_THAT(guess->yaml, HasSubstr("      m: \"?\"\n"));
}

}  // namespace
}  // namespace enthesis::client
