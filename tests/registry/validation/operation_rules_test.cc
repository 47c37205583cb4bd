#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "registry/model/procedures.h"
#include "registry/validation/warnings.h"
#include "sample_case.h"

namespace enthesis::validation {
namespace {

using model::Approach;
using model::Case;
using model::Exposure;
using model::GraftClass;
using model::Pathology;
using model::Procedure;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

// What the catalogue forbids is refused, as primary and as concomitant, and
// nothing else is.
TEST(Procedures, FitPathologyAndApproach) {
  for (const model::ProcedureRule& rule : model::ProcedureRules()) {
    for (const model::Code& pathology : model::kPathologyCodes.codes) {
      for (const model::Code& approach : model::kApproachCodes.codes) {
        SCOPED_TRACE(testing::Message()
                     << CodeOf(model::kProcedureCodes, rule.procedure).data()
                     << ", " << pathology.code << ", " << approach.code);
        Case record = SoundCase();
        record.baseline.pathology = static_cast<Pathology>(pathology.value);
        record.operation.approach = static_cast<Approach>(approach.value);
        const bool fits = FitsPathology(rule, *record.baseline.pathology) &&
                          FitsApproach(rule, *record.operation.approach);
        record.operation.primary_procedure = rule.procedure;
        const auto primary = PathsOf(ValidateCase(record, 2026).violations);
        record.operation.primary_procedure = Procedure::kDebridement;
        record.operation.concomitant_procedures = {
            Procedure::kGastrocnemiusRecession, rule.procedure};
        const auto other = PathsOf(ValidateCase(record, 2026).violations);
        const char* const kPrimary = "case.operation.primary_procedure";
        const char* const kOther = "case.operation.concomitant_procedures[1]";
        if (!fits) {
          EXPECT_THAT(primary, Contains(kPrimary));
          EXPECT_THAT(other, Contains(kOther));
        } else {
          EXPECT_THAT(primary, Not(Contains(kPrimary)));
          if (rule.procedure != Procedure::kDebridement &&
              rule.procedure != Procedure::kGastrocnemiusRecession) {
            EXPECT_THAT(other, Not(Contains(kOther)));
          }
        }
      }
    }
  }
}

TEST(Procedures, SayWhatIsAllowed) {
  ExpectViolations(
      SoundOsteotomy(),
      {{"ZadekAtTheMidportion",
        [](Case& c) { c.baseline.pathology = Pathology::kMidportion; },
        "case.operation.primary_procedure",
        "zadek_osteotomy does not fit the pathology midportion; allowed: "
        "debridement, scraping_plantaris, percutaneous_tenotomies, "
        "gastrocnemius_recession, fhl_transfer, graft_reinforcement"},
       {"EndoscopicZadek",
        [](Case& c) { c.operation.approach = Approach::kEndoscopic; },
        "case.operation.primary_procedure",
        "zadek_osteotomy does not fit the approach endoscopic; allowed: open, "
        "minimally_invasive"}});
}

TEST(Procedures, SayNoMoreThanWhatIsAllowed) {
  Case record = SoundOsteotomy();
  record.operation.approach = Approach::kEndoscopic;
  const Findings findings = ValidateCase(record, kThisYear);
  ASSERT_EQ(findings.violations.size(), 1u);
  EXPECT_EQ(findings.violations[0].message,
            "zadek_osteotomy does not fit the approach endoscopic; allowed: "
            "open, minimally_invasive");
}

TEST(Procedures, OneOfEach) {
  ExpectViolations(
      SoundCase(),
      {{"NoPrimary", [](Case& c) { c.operation.primary_procedure.reset(); },
        "case.operation.primary_procedure", "required"},
       {"PrimaryAgain",
        [](Case& c) {
          c.operation.concomitant_procedures = {Procedure::kDebridement};
        },
        "case.operation.concomitant_procedures[0]", "the primary procedure"},
       {"Twice",
        [](Case& c) {
          c.operation.concomitant_procedures = {
              Procedure::kRetrocalcanealBursectomy,
              Procedure::kRetrocalcanealBursectomy};
        },
        "case.operation.concomitant_procedures[1]", "listed twice"},
       {"OutsideTheList",
        [](Case& c) {
          c.operation.concomitant_procedures = {static_cast<Procedure>(10)};
        },
        "case.operation.concomitant_procedures[0]",
        "concomitant_procedures is 10; allowed: debridement, "},
       {"TooMany",
        [](Case& c) {
          c.operation.concomitant_procedures.assign(10000,
                                                    Procedure::kFhlTransfer);
        },
        "case.operation.concomitant_procedures", "10000 entries"}});
}

TEST(Implants, OneOfEachClass) {
  using model::ImplantClass;
  ExpectViolations(
      SoundCase(),
      {{"Twice",
        [](Case& c) {
          c.operation.implants = {ImplantClass::kSutureAnchor,
                                  ImplantClass::kScrew,
                                  ImplantClass::kSutureAnchor};
        },
        "case.operation.implants[2]", "suture_anchor is listed twice"},
       {"OutsideTheList",
        [](Case& c) { c.operation.implants = {static_cast<ImplantClass>(0)}; },
        "case.operation.implants[0]", "implants is 0; allowed: screw, "},
       {"TooMany",
        [](Case& c) { c.operation.implants.assign(8, ImplantClass::kScrew); },
        "case.operation.implants", "8 entries"}});
}

TEST(Implants, AllClassesMayBeThere) {
  Case record = SoundCase();
  for (const model::Code& code : model::kImplantClassCodes.codes) {
    record.operation.implants.push_back(
        static_cast<model::ImplantClass>(code.value));
  }
  EXPECT_THAT(ValidateCase(record, kThisYear).violations, IsEmpty());
}

TEST(Osteotomy, OwnsItsFields) {
  ExpectViolations(
      SoundCase(),
      {{"Fixation",
        [](Case& c) { c.operation.fixation = model::Fixation::kPlate; },
        "case.operation.fixation", "only with zadek_osteotomy"},
       {"Wedge", [](Case& c) { c.operation.wedge_mm = 4; },
        "case.operation.wedge_mm", "only with zadek_osteotomy"}});
  ExpectSound(
      SoundCase(),
      {{"NoFixation",
        [](Case& c) { c.operation.fixation = model::Fixation::kNone; }, "", ""},
       {"Concomitant",
        [](Case& c) {
          c.operation.concomitant_procedures = {Procedure::kZadekOsteotomy};
          c.operation.fixation = model::Fixation::kScrews;
          c.operation.wedge_mm = 6;
        },
        "", ""}});
  ExpectWarnings(
      SoundOsteotomy(),
      {{"FixationMissing", [](Case& c) { c.operation.fixation.reset(); },
        "case.operation.fixation", kFixationMissing},
       {"FixationNone",
        [](Case& c) { c.operation.fixation = model::Fixation::kNone; },
        "case.operation.fixation", kFixationMissing},
       {"WedgeMissing", [](Case& c) { c.operation.wedge_mm.reset(); },
        "case.operation.wedge_mm", kWedgeMissing},
       {"WedgeSmall", [](Case& c) { c.operation.wedge_mm = 2; },
        "case.operation.wedge_mm", kWedgeUnusual},
       {"WedgeLarge", [](Case& c) { c.operation.wedge_mm = 7; },
        "case.operation.wedge_mm", kWedgeUnusual}});
  ExpectSound(
      SoundOsteotomy(),
      {{"Sound", [](Case&) {}, "", ""},
       {"WedgeOf3", [](Case& c) { c.operation.wedge_mm = 3; }, "", ""},
       {"WedgeOf6", [](Case& c) { c.operation.wedge_mm = 6; }, "", ""}});
}

void Reinforce(Case& record, GraftClass graft) {
  record.operation.primary_procedure = Procedure::kGraftReinforcement;
  record.operation.graft_class = graft;
}

void Transfer(Case& record, GraftClass graft) {
  record.operation.primary_procedure = Procedure::kFhlTransfer;
  record.operation.graft_class = graft;
}

TEST(Graft, GoesWithItsProcedure) {
  const char* const kClass = "case.operation.graft_class";
  const char* const kTechnique = "case.operation.graft_technique";
  ExpectViolations(
      SoundCase(),
      {{"ReinforcementWithout",
        [](Case& c) {
          c.operation.primary_procedure = Procedure::kGraftReinforcement;
        },
        kClass, "required with graft_reinforcement"},
       {"ReinforcementWithNone",
        [](Case& c) { Reinforce(c, GraftClass::kNone); }, kClass,
        "required with graft_reinforcement"},
       {"GraftWithoutProcedure",
        [](Case& c) { c.operation.graft_class = GraftClass::kAllograft; },
        kClass, "without a graft"},
       {"TransferWithAnotherGraft",
        [](Case& c) { Transfer(c, GraftClass::kAutograftOther); }, kClass,
        "fhl_transfer alone"},
       {"TechniqueWithoutClass",
        [](Case& c) {
          c.operation.graft_technique = model::GraftTechnique::kBoxWeave;
        },
        kTechnique, "without a graft"},
       {"TechniqueWithNone",
        [](Case& c) {
          c.operation.graft_class = GraftClass::kNone;
          c.operation.graft_technique = model::GraftTechnique::kBoxWeave;
        },
        kTechnique, "without a graft"}});
  ExpectSound(
      SoundCase(),
      {{"None", [](Case& c) { c.operation.graft_class = GraftClass::kNone; },
        "", ""},
       {"BoxWeave",
        [](Case& c) {
          Reinforce(c, GraftClass::kSyntheticPolyurethaneUrea);
          c.operation.graft_technique = model::GraftTechnique::kBoxWeave;
        },
        "", ""},
       {"Transfer", [](Case& c) { Transfer(c, GraftClass::kAutograftFhl); }, "",
        ""},
       {"TransferAndReinforcement",
        [](Case& c) {
          Transfer(c, GraftClass::kAllograft);
          c.operation.concomitant_procedures = {Procedure::kGraftReinforcement};
        },
        "", ""}});
}

TEST(Transfer, OwnsItsFields) {
  ExpectViolations(
      SoundCase(),
      {{"Harvest",
        [](Case& c) { c.operation.fhl_harvest = model::FhlHarvest::kLong; },
        "case.operation.fhl_harvest", "only with fhl_transfer"},
       {"Fixation",
        [](Case& c) {
          c.operation.fhl_fixation = model::FhlFixation::kTransosseous;
        },
        "case.operation.fhl_fixation", "only with fhl_transfer"}});
  ExpectSound(
      SoundCase(),
      {{"Concomitant",
        [](Case& c) {
          c.operation.concomitant_procedures = {Procedure::kFhlTransfer};
          c.operation.fhl_harvest = model::FhlHarvest::kLong;
          c.operation.fhl_fixation = model::FhlFixation::kOther;
        },
        "", ""}});
}

TEST(Exposure, IsThatOfAnOpenDebridement) {
  const char* const kPath = "case.operation.exposure";
  ExpectViolations(SoundCase(),
                   {{"WithoutDebridement",
                     [](Case& c) {
                       c.operation.primary_procedure = Procedure::kFhlTransfer;
                       c.operation.exposure = Exposure::kLateral;
                     },
                     kPath, "only with debridement"},
                    {"Endoscopic",
                     [](Case& c) {
                       c.operation.approach = Approach::kEndoscopic;
                       c.operation.exposure = Exposure::kLateral;
                     },
                     kPath, "approach is endoscopic"}});
  ExpectWarnings(SoundCase(), {{"Midportion",
                                [](Case& c) {
                                  c.baseline.pathology = Pathology::kMidportion;
                                  c.operation.exposure =
                                      Exposure::kCompleteDetachment;
                                },
                                kPath, kExposureOfMidportion}});
  ExpectSound(
      SoundCase(),
      {{"Open", [](Case& c) { c.operation.exposure = Exposure::kCincinnati; },
        "", ""}});
}

TEST(Indication, IsDocumented) {
  const char* const kTest = "case.baseline.silfverskiold";
  const char* const kHaglund = "case.baseline.haglund_prominence";
  ExpectWarnings(SoundCase(),
                 {{"RecessionWithoutTest",
                   [](Case& c) {
                     c.operation.concomitant_procedures = {
                         Procedure::kGastrocnemiusRecession};
                   },
                   kTest, kSilfverskioldMissing},
                  {"RecessionDespiteTest",
                   [](Case& c) {
                     c.operation.primary_procedure =
                         Procedure::kGastrocnemiusRecession;
                     c.baseline.silfverskiold = model::Silfverskiold::kNegative;
                   },
                   kTest, kSilfverskioldNegative},
                  {"CalcaneoplastyUnknown",
                   [](Case& c) {
                     c.operation.primary_procedure = Procedure::kCalcaneoplasty;
                   },
                   kHaglund, kHaglundNotRecorded},
                  {"CalcaneoplastyWithout",
                   [](Case& c) {
                     c.operation.primary_procedure = Procedure::kCalcaneoplasty;
                     c.baseline.haglund_prominence = false;
                   },
                   kHaglund, kHaglundNotRecorded}});
  ExpectSound(SoundCase(),
              {{"Recession",
                [](Case& c) {
                  c.operation.primary_procedure =
                      Procedure::kGastrocnemiusRecession;
                  c.baseline.silfverskiold = model::Silfverskiold::kPositive;
                },
                "", ""},
               {"Calcaneoplasty",
                [](Case& c) {
                  c.operation.primary_procedure = Procedure::kCalcaneoplasty;
                  c.baseline.haglund_prominence = true;
                },
                "", ""}});
}

TEST(Operation, CodesOutsideTheListAreReportedOnce) {
  Case record = SoundCase();
  record.operation.primary_procedure = static_cast<Procedure>(99);
  record.operation.approach = static_cast<Approach>(99);
  record.operation.exposure = static_cast<Exposure>(-1);
  record.operation.concomitant_procedures = {Procedure::kDebridement};
  const Findings findings = ValidateCase(record, kThisYear);
  EXPECT_THAT(
      PathsOf(findings.violations),
      ElementsAre("case.operation.primary_procedure", "case.operation.approach",
                  "case.operation.exposure"));
  EXPECT_THAT(findings.warnings, IsEmpty());
}

}  // namespace
}  // namespace enthesis::validation
