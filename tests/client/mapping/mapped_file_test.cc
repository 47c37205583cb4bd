#include "client/mapping/mapped_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace enthesis::client {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Mapped : public testing::Test {
 protected:
  absl::StatusOr<MappedFile> Try(const std::string& map,
                                 const std::string& text,
                                 const std::string& site = "site-01") {
    const auto parsed =
        ParseImportMap(absl::StrCat("enthesis_map: 1\n", map), "s.yaml");
    EXPECT_TRUE(parsed.ok()) << parsed.status();
    if (!parsed.ok()) return parsed.status();
    map_ = *parsed;
    map_.today = today_;
    file_.text = text;
    return ApplyMap(file_, map_, site, surgery_);
  }

  // The lines of the import without its header.
  std::vector<std::string> Lines(const std::string& map,
                                 const std::string& text) {
    const auto mapped = Try(map, text);
    EXPECT_TRUE(mapped.ok()) << mapped.status();
    if (!mapped.ok()) return {};
    faults_.clear();
    for (const CellFault& fault : mapped->faults) {
      faults_.push_back(absl::StrCat(fault.line, " ", fault.column, " [",
                                     fault.value, "] ", fault.message));
    }
    std::vector<std::string> lines =
        absl::StrSplit(mapped->text, '\n', absl::SkipEmpty());
    header_ = lines.at(0);
    lines.erase(lines.begin());
    return lines;
  }

  std::string Refusal(const std::string& map, const std::string& text) {
    const auto mapped = Try(map, text);
    return mapped.ok() ? "" : std::string(mapped.status().message());
  }

  ClinicText file_;
  ImportMap map_;
  std::optional<Date> today_;
  SurgeryDateOf surgery_;
  std::string header_;
  std::vector<std::string> faults_;
};

constexpr char kOneLine[] =
    "columns:\n  record_id: id\n  event: {value: baseline}\n";

TEST_F(Mapped, NamesValuesUnitsAndConstants) {
  EXPECT_THAT(Lines(absl::StrCat(
                        "file: {missing: ['-99'], decimal: comma}\n", kOneLine,
                        "  sex: {from: g, values: {w: female, m: male, x: ~}}\n"
                        "  symptom_duration_months: {from: years, factor: 12}\n"
                        "  wedge_mm: {from: cm, factor: 10}\n"
                        "  bmi: {from: b, round: nearest}\n"
                        "  diagnosis: {value: tendinopathy}\n"
                        "ignore: [name]\n"),
                    "id,g,years,cm,b,name,laterality\n"
                    "1,w,\"2,5\",\"0,3\",\"27,5\",Ada,left\n"
                    "2,x,-99,,\"26,4\",Ben,-99\n"),
              ElementsAre("1,baseline,female,30,3,28,tendinopathy,left",
                          "2,baseline,,,,26,tendinopathy,"));
  EXPECT_EQ(header_,
            "record_id,event,sex,symptom_duration_months,wedge_mm,bmi,"
            "diagnosis,laterality");
  EXPECT_THAT(faults_, IsEmpty());
}

TEST_F(Mapped, WhatCannotBeMadeIsAFaultAtTheClinicsCell) {
  EXPECT_THAT(
      Lines(absl::StrCat(kOneLine,
                         "  sex: {from: g, values: {w: female}}\n"
                         "  bmi: {from: b, factor: 1}\n"
                         "  surgery_date: {from: op, date: DD.MM.YYYY}\n"),
            "id,g,b,op\n1,f,27.5,2022-03-04\n2,w,\"27,0\",04.03.2022\n"),
      ElementsAre("1,baseline,,,", "2,baseline,female,,2022-03-04"));
  EXPECT_THAT(
      faults_,
      ElementsAre(
          "2 sex [f] is not among the values of sex (s.yaml, line 5); allowed: "
          "w",
          "2 bmi [27.5] gives 27.5, not a whole number; \"round: nearest\" in "
          "the mapping file rounds it (s.yaml, line 6)",
          "2 surgery_date [2022-03-04] is not a day written DD.MM.YYYY "
          "(s.yaml, line 7)",
          "3 bmi [27,0] is a decimal with a comma (decimal: comma in the "
          "section file reads it); allowed: a number with a decimal point"));
}

TEST_F(Mapped, ThousandsApartAreNamedAsSuch) {
  Lines(absl::StrCat("file: {decimal: comma}\n", kOneLine,
                     "  bmi: {from: b, round: nearest}\n"),
        "id,b\n1,\"1.250,3\"\n");
  EXPECT_THAT(faults_, ElementsAre("2 bmi [1.250,3] has a comma and a point; "
                                   "leave out what sets thousands apart; "
                                   "allowed: a number with a decimal comma"));
}

// 1.250 is 1250 where the comma is the decimal sign, and never 1.25.
TEST_F(Mapped, APointIsNoDecimalSignBesideADecimalComma) {
  const std::string columns =
      absl::StrCat(kOneLine, "  heel_rise_count: {from: a, round: nearest}\n");
  EXPECT_THAT(Lines(absl::StrCat("file: {decimal: comma}\n", columns),
                    "id,a\n1,1.250\n2,27.5\n3,.5\n4,\"27,5\"\n5,27\n"),
              ElementsAre("1,baseline,", "2,baseline,", "3,baseline,",
                          "4,baseline,28", "5,baseline,27"));
  ASSERT_EQ(faults_.size(), 3u);
  EXPECT_EQ(faults_[0],
            "2 heel_rise_count [1.250] has a point, which is no decimal sign "
            "with decimal: comma in the section file; leave it out where it "
            "sets thousands apart; allowed: a number with a decimal comma");
  faults_.clear();
  EXPECT_THAT(Lines(columns, "id,a\n1,1.250\n"), ElementsAre("1,baseline,1"));
  EXPECT_THAT(faults_, IsEmpty());
}

TEST_F(Mapped, SeveralColumnsIntoOne) {
  EXPECT_THAT(
      Lines("columns:\n"
            "  record_id: {join: [site, number], with: '-'}\n"
            "  event: {value: baseline}\n"
            "  smoking: {first: [new, old], values: {0: never, 1: current}}\n"
            "  concomitant_procedures: {combine: [p1, p2], values: {F: "
            "fhl_transfer, D: debridement, '': ~}}\n"
            "  implants: {checkbox: imp, values: {1: screw, 2: plate, 9: ~}}\n",
            "site,number,new,old,p1,p2,imp___1,imp___2,imp___9\n"
            "A,1,,1,F,D,1,1,0\n"
            "A,2,0,1,F,F,0,0,1\n"
            "A,3,,,,,,,\n"),
      ElementsAre("A-1,baseline,current,fhl_transfer;debridement,screw;plate",
                  "A-2,baseline,never,fhl_transfer,", "A-3,baseline,,,"));
  EXPECT_THAT(Refusal(absl::StrCat(kOneLine,
                                   "  implants: {checkbox: imp, "
                                   "values: {1: screw}}\n"),
                      "id,imp___1,imp___2\n"),
              HasSubstr("s.yaml, line 5: the column \"imp___2\" has the "
                        "choice \"2\""));
}

TEST_F(Mapped, ALabelExport) {
  EXPECT_THAT(
      Lines("file: {export: labels}\n"
            "columns:\n"
            "  record_id: Record ID\n"
            "  event: {from: Event Name}\n"
            "  pathology: Site of pathology\n"
            "  implants: {checkbox: Implants}\n"
            "events: {Baseline: baseline}\n",
            "Record ID,Event Name,Site of pathology,Implants (choice=Screw),"
            "Implants (choice=plate)\n"
            "1,Baseline,midportion and insertional,Checked,Unchecked\n"),
      ElementsAre("1,baseline,combined,screw"));
}

// Headers as REDCap writes them with labels, or in another language.
TEST_F(Mapped, ALabelExportWithInstrumentsAndGroups) {
  const std::string map =
      "sites: {values: {North: site-01, South: site-02}}\n"
      "events: {Before: baseline, 3 months: 3_months}\n"
      "instruments:\n"
      "  Trouble: {group: complication, columns: {kind: What, day: When}}\n"
      "columns:\n"
      "  record_id: Record ID\n";
  const std::string header =
      ",Data Access Group,Survey Identifier,day,What,When\n";
  const std::string lines =
      "1,Before,,,North,,,,\n"
      "1,3 months,,,North,,91,,\n"
      "1,3 months,Trouble,1,North,,,scar_pain,80\n"
      "2,Before,,,South,,,,\n";
  const auto made =
      ElementsAre(testing::StartsWith("1,baseline,,"),
                  testing::StartsWith("1,3_months,91,scar_pain,80,"));
  EXPECT_THAT(Lines(map, absl::StrCat("Record ID,Event Name,Repeat Instrument,"
                                      "Repeat Instance",
                                      header, lines)),
              made);
  EXPECT_THAT(faults_, IsEmpty());
  const auto sites = SitesIn(file_, map_);
  ASSERT_TRUE(sites.ok());
  EXPECT_THAT(*sites, ElementsAre("site-01", "site-02"));
  const std::string dutch =
      absl::StrCat("Record ID,Gebeurtenis,Formulier,Nummer", header, lines);
  const std::string named =
      "  event: Gebeurtenis\n"
      "  redcap_repeat_instance: Nummer\n"
      "  redcap_repeat_instrument: Formulier\n";
  EXPECT_THAT(Lines(map + named, dutch), made);
  EXPECT_THAT(faults_, IsEmpty());
}

// Ignored, the column made blanks of complications that are stored.
TEST_F(Mapped, InstrumentsNeedTheColumnThatNamesThem) {
  const std::string instruments =
      "instruments: {T: {group: complication, columns: {kind: k, day: d}}}\n";
  EXPECT_THAT(
      Refusal(instruments + "ignore: [Formulier]\n",
              "record_id,event,Formulier,k,d\n1,baseline,,,\n"),
      HasSubstr("s.yaml, line 2: the file has no column "
                "\"redcap_repeat_instrument\" (with labels \"Repeat "
                "Instrument\"), which says which lines are of these "
                "instruments; \"redcap_repeat_instrument: COLUMN\" under"));
  EXPECT_THAT(Refusal("columns: {redcap_repeat_instrument: F}\n",
                      "record_id,event\n1,baseline\n"),
              HasSubstr("s.yaml, line 2: the file has no column \"F\" to make "
                        "redcap_repeat_instrument from"));
  Lines("ignore: [Repeat Instrument]\n",
        "record_id,event,Repeat Instrument\n1,baseline,\n1,baseline,T\n");
  EXPECT_THAT(faults_, ElementsAre("3 Repeat Instrument [T] is not among the "
                                   "instruments of s.yaml; allowed: none"));
}

TEST_F(Mapped, DatesBecomeDaysAndNoDateIsLeft) {
  const std::string map =
      "dates: {format: DD.MM.YYYY, surgery: op, visit: seen}\n"
      "columns:\n"
      "  record_id: id\n"
      "  event: ev\n"
      "  age_years: {from: born, date: true}\n"
      "  status_day: {from: died, date: true}\n"
      "  complication_1_day: {from: c, date: true}\n";
  EXPECT_THAT(Lines(map,
                    "id,ev,op,seen,born,died,c\n"
                    "1,3m,,04.06.2022,,,05.03.2022\n"
                    "1,baseline,04.03.2022,01.03.2022,05.03.1972,05.03.2023,\n"
                    "2,baseline,04.03.2022,,01.01.1920,,\n"
                    "3,3m,,04.06.2022,,,\n"),
              ElementsAre("1,3m,,92,,,1", "1,baseline,2022-03-04,-3,49,366,",
                          "2,baseline,2022-03-04,,90,,", "3,3m,,,,,"));
  EXPECT_THAT(faults_,
              ElementsAre("5 day [04.06.2022] is a date, and the date of "
                          "surgery of the record is not known, neither from "
                          "the file nor from the link file"));
  surgery_ = [](const std::string& record) -> std::optional<Date> {
    EXPECT_EQ(record, "3");
    return Date{2022, 6, 1};
  };
  EXPECT_THAT(Lines(map, "id,ev,op,seen,born,died,c\n3,3m,,04.06.2022,,,\n"),
              ElementsAre("3,3m,,3,,,"));
}

TEST_F(Mapped, RedcapsEventsInstrumentsAndGroups) {
  const std::string map =
      "sites: {values: {north: site-01, south: site-02}}\n"
      "events: {screen_arm_1: ~, base_arm_1: baseline, op_arm_1: baseline, "
      "m3_arm_1: 3_months}\n"
      "instruments:\n"
      "  trouble: {group: complication, columns: {kind: what, day: when}}\n"
      "  diary: ~\n"
      "  extra: {event: extra}\n";
  const std::string header =
      "record_id,redcap_event_name,redcap_repeat_instrument,"
      "redcap_repeat_instance,redcap_data_access_group,sex,approach,day,"
      "pain_rest,what,when\n";
  const auto mapped =
      Try(map, header +
                   "1,screen_arm_1,,,north,,,,,,\n"
                   "1,base_arm_1,,,north,male,,,,,\n"
                   "1,op_arm_1,,,north,,open,,,,\n"
                   "1,m3_arm_1,trouble,1,north,,,,,scar_pain,80\n"
                   "1,m3_arm_1,,,north,,,91,2,,\n"
                   "1,m3_arm_1,trouble,2,north,,,,,rupture,85\n"
                   "1,m3_arm_1,trouble,3,north,,,,,,\n"
                   "1,m3_arm_1,diary,1,north,,,,,,\n"
                   "1,,extra,1,north,,,200,3,,\n"
                   "1,,extra,2,north,,,300,4,,\n"
                   "2,base_arm_1,,,south,male,,,,,\n");
  ASSERT_TRUE(mapped.ok()) << mapped.status();
  std::string heading =
      "record_id,event,redcap_repeat_instance,sex,approach,day,pain_rest";
  for (int group = 1; group <= kComplicationGroups; ++group) {
    absl::StrAppend(&heading, ",complication_", group, "_kind,complication_",
                    group, "_day");
  }
  const std::string blank(2 * kComplicationGroups, ',');
  EXPECT_THAT(
      std::vector<std::string>(absl::StrSplit(mapped->text, '\n')),
      ElementsAre(
          heading, "1,baseline,,male,open,," + blank,
          "1,3_months,,,,91,2,scar_pain,80,rupture,85" + blank.substr(4),
          "1,extra,1,,,200,3" + blank, "1,extra,2,,,300,4" + blank, ""));
  EXPECT_THAT(mapped->faults, IsEmpty());
  EXPECT_EQ(mapped->n_other_events, 2);
  EXPECT_EQ(mapped->n_other_sites, 1);
  EXPECT_EQ(mapped->lines[0].line, 3);
  EXPECT_THAT(mapped->lines[0].others, ElementsAre(4));
  EXPECT_EQ(mapped->lines[1].line, 5);
  EXPECT_THAT(mapped->lines[1].others, ElementsAre(6, 7));
  EXPECT_EQ(mapped->lines[1].cells.at("complication_2_day").line, 7);
  EXPECT_EQ(mapped->lines[1].cells.at("complication_2_day").column, "when");

  Lines(map, header +
                 "1,m9_arm_1,,,north,,,9,,,\n"
                 "1,m3_arm_1,,,east,,,9,,,\n"
                 "1,m3_arm_1,other,1,north,,,,,,\n");
  ASSERT_EQ(faults_.size(), 3u);
  EXPECT_THAT(faults_[0], HasSubstr("2 event [m9_arm_1] is not among the "
                                    "events of s.yaml (line 3)"));
  EXPECT_THAT(faults_[1], HasSubstr("[east] is not among the sites"));
  EXPECT_THAT(faults_[2], HasSubstr("[other] is not among the instruments of "
                                    "s.yaml; allowed: diary, extra, trouble"));
}

TEST_F(Mapped, EventsOfAnInstrumentFindTheirAssessmentByDay) {
  const std::string map =
      "dates: {surgery: op}\n"
      "instruments:\n"
      "  trouble: {group: complication, attach: day,\n"
      "            columns: {kind: what, day: {from: when, date: true}}}\n";
  const std::string header =
      "record_id,event,redcap_repeat_instrument,redcap_repeat_instance,op,day,"
      "what,when\n";
  EXPECT_THAT(Lines(map, header + "1,baseline,,,2022-03-01,,,\n"
                                  "1,m12,,,,365,,\n"
                                  "1,m3,,,,91,,\n"
                                  "1,,trouble,1,,,scar_pain,2022-03-11\n"
                                  "1,,trouble,2,,,rupture,2022-08-01\n"
                                  "1,,trouble,3,,,rupture,2023-08-01\n"),
              ElementsAre(testing::StartsWith("1,baseline,2022-03-01,"),
                          testing::StartsWith("1,m12,,365,rupture,153,"),
                          testing::StartsWith("1,m3,,91,scar_pain,10,"),
                          testing::StartsWith("1,complication,")));
  EXPECT_THAT(faults_, ElementsAre("7  [] no assessment of the record on day "
                                   "518 or later reports it"));
}

TEST_F(Mapped, OneRowARecordWithVisits) {
  EXPECT_THAT(
      Lines(absl::StrCat(kOneLine,
                         "  visa_a_total: v0\n"
                         "visits:\n"
                         "  - event: m3\n"
                         "    columns: {day: {value: 91}, visa_a_total: "
                         "v3, visa_a_instrument: {value: visa_a}}\n"
                         "  - {event: m12, columns: {day: d12, "
                         "visa_a_total: v12}}\n"),
            "id,v0,v3,d12,v12\n"
            "1,40,60,370,80\n"
            "2,41,,,\n"),
      ElementsAre("1,baseline,40,,", "1,m3,60,91,visa_a", "1,m12,80,370,",
                  "2,baseline,41,,"));
}

TEST_F(Mapped, TwoValuesOfOneCellAreAFault) {
  Lines("events: {a: baseline, b: baseline}\n",
        "record_id,event,sex\n1,a,male\n1,b,female\n");
  EXPECT_THAT(faults_, ElementsAre("3  [] the lines 2 and 3 are one here, and "
                                   "have two values of sex: \"male\" and "
                                   "\"female\""));
}

TEST_F(Mapped, RefusesBeforeAnythingIsSent) {
  EXPECT_THAT(Refusal(absl::StrCat(kOneLine, "  sex: g\n"), "id\n1\n"),
              HasSubstr("s.yaml, line 5: the file has no column \"g\""));
  EXPECT_THAT(Refusal(kOneLine, "id,name,born\n"),
              HasSubstr("line 1: s.yaml says nothing of columns \"name\", "
                        "\"born\""));
  EXPECT_THAT(Refusal("ignore: others\n", "record_id,a\n"),
              HasSubstr("no column makes event"));
  EXPECT_THAT(Refusal("", ""), HasSubstr("the file is empty"));
  EXPECT_EQ(
      Refusal(absl::StrCat(kOneLine, "ignore: others\n"), "id,name\n1,Ada\n"),
      "");
}

TEST_F(Mapped, TheReportSpeaksOfTheClinicsCells) {
  const auto mapped =
      Try("columns:\n  record_id: id\n  event: {value: baseline}\n"
          "  sex: {from: g, values: {w: female}}\n  bmi: b\n",
          "id,g,b\n1,x,27.5\n1,w,1\n");
  ASSERT_TRUE(mapped.ok());
  const auto file = ReadMappedFile(*mapped, {});
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_TRUE(file->records[0].baseline_line->faulty);
  ImportReport report;
  for (const CellFault& fault : file->faults) {
    LineResult& line = report.lines.emplace_back();
    line.line = fault.line;
    line.faults = {fault};
  }
  NameAsInTheFile(*mapped, report);
  std::vector<std::string> texts;
  for (const LineResult& line : report.lines) {
    texts.push_back(
        absl::StrCat(line.line, " ", Describe(line.faults[0], line.line)));
  }
  EXPECT_THAT(
      texts,
      ElementsAre(
          "2 b \"27.5\": (bmi) is a decimal; allowed: a whole number from 12 "
          "to 80 (kg/m2)",
          "2 g \"x\": (sex) is not among the values of sex (s.yaml, line 5); "
          "allowed: w",
          "3 event \"baseline\": is there already for this record, on line 2"));
}

TEST_F(Mapped, ARepeatedEventIsNamedAsInTheFile) {
  const auto mapped =
      Try("columns:\n  record_id: id\n  event: Ereignis\n  bmi: b\n"
          "events: {Aufnahme: baseline}\n",
          "id,Ereignis,b\n1,Aufnahme,27\n1,Aufnahme,28\n");
  ASSERT_TRUE(mapped.ok()) << mapped.status();
  const auto file = ReadMappedFile(*mapped, {});
  ASSERT_TRUE(file.ok()) << file.status();
  ASSERT_EQ(file->faults.size(), 1u);
  ImportReport report;
  report.lines.emplace_back().line = 3;
  report.lines[0].faults = file->faults;
  NameAsInTheFile(*mapped, report);
  EXPECT_EQ(Describe(report.lines[0].faults[0], 3),
            "Ereignis \"Aufnahme\": (event \"baseline\") is there already for "
            "this record, on line 2");
}

TEST_F(Mapped, DatesThatCannotBeAreFaultsAtTheirCell) {
  const std::string map =
      "columns: {record_id: id, event: e}\n"
      "dates: {format: DD.MM.YYYY, surgery: op, visit: besuch}\n";
  today_ = Date{2024, 6, 30};
  Lines(map,
        "id,e,op,besuch\n"
        "1,baseline,04.03.2024,01.03.2024\n"
        "1,3m,,03.03.2024\n"
        "1,6m,,01.07.2024\n"
        "1,12m,,30.06.2024\n"
        "1,24m,,04.03.2024\n"
        "2,baseline,04.03.2034,\n"
        "2,3m,,04.06.2024\n"
        "3,baseline,31.04.2024,\n");
  EXPECT_THAT(
      faults_,
      ElementsAre(
          "3 day [03.03.2024] is before the surgery of the record, "
          "2024-03-04; allowed: that day or a later one, or the event baseline",
          "4 day [01.07.2024] is in the future, 2024-07-01; allowed: days up "
          "to today, 2024-06-30",
          // Once, not at each of its visits.
          "7 surgery_date [04.03.2034] is in the future, 2034-03-04; allowed: "
          "days up to today, 2024-06-30",
          "9 surgery_date [31.04.2024] is no day of the calendar: April has "
          "30 days (s.yaml, line 3)"));
}

}  // namespace
}  // namespace enthesis::client
