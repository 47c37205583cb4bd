#include "registry/model/procedures.h"

#include "gtest/gtest.h"

namespace enthesis::model {
namespace {

// The catalogue, written out a second time: procedure, midportion, insertional;
// open, minimally invasive, endoscopic.
struct Expected {
  const char* code;
  const char* fits;
};

constexpr Expected kCatalogue[] = {
    {"debridement", "MI OME"},
    {"scraping_plantaris", "M  OM "},  // open under local anaesthesia
    {"percutaneous_tenotomies", "M   M "},
    {"gastrocnemius_recession", "MI OME"},
    {"zadek_osteotomy", " I OM "},
    {"calcaneoplasty", " I OME"},
    {"retrocalcaneal_bursectomy", " I O E"},
    {"fhl_transfer", "MI OM "},
    {"graft_reinforcement", "MI OM "},
};

TEST(Procedures, FitTheCatalogue) {
  ASSERT_EQ(ProcedureRules().size(), std::size(kCatalogue));
  for (const Expected& expected : kCatalogue) {
    SCOPED_TRACE(expected.code);
    const Code* code = kProcedureCodes.Find(absl::string_view(expected.code));
    ASSERT_NE(code, nullptr);
    const auto procedure = static_cast<Procedure>(code->value);
    const ProcedureRule& rule = RuleOf(procedure);
    EXPECT_EQ(rule.procedure, procedure);
    const std::string fits = expected.fits;
    EXPECT_EQ(FitsPathology(rule, Pathology::kMidportion), fits[0] == 'M');
    EXPECT_EQ(FitsPathology(rule, Pathology::kInsertional), fits[1] == 'I');
    EXPECT_TRUE(FitsPathology(rule, Pathology::kCombined));
    EXPECT_EQ(FitsApproach(rule, Approach::kOpen), fits[3] == 'O');
    EXPECT_EQ(FitsApproach(rule, Approach::kMinimallyInvasive), fits[4] == 'M');
    EXPECT_EQ(FitsApproach(rule, Approach::kEndoscopic), fits[5] == 'E');
  }
}

TEST(Procedures, IncludesPrimaryAndConcomitant) {
  Operation operation;
  EXPECT_FALSE(Includes(operation, Procedure::kDebridement));
  operation.primary_procedure = Procedure::kDebridement;
  operation.concomitant_procedures = {Procedure::kCalcaneoplasty,
                                      Procedure::kFhlTransfer};
  EXPECT_TRUE(Includes(operation, Procedure::kDebridement));
  EXPECT_TRUE(Includes(operation, Procedure::kFhlTransfer));
  EXPECT_FALSE(Includes(operation, Procedure::kZadekOsteotomy));
}

}  // namespace
}  // namespace enthesis::model
