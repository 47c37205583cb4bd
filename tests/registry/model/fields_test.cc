// The tables of fields and codes against the messages that carry them: a field
// or code added in one place and forgotten in another fails here.

#include "registry/model/fields.h"

#include <map>
#include <set>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "enthesis/record/v1/case_record.pb.h"
#include "enthesis/v1/case.pb.h"
#include "enthesis/v1/cohort.pb.h"
#include "enthesis/v1/registry_service.pb.h"
#include "enthesis/v1/statistics_service.pb.h"
#include "gtest/gtest.h"
#include "registry/model/dimension.h"
#include "registry/model/endpoint.h"
#include "registry/model/limits.h"
#include "registry/model/measure.h"
#include "registry/model/visits.h"

namespace enthesis::model {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;

// Value n of the enum is the n-th code, and its name the prefix of the enum and
// the code in upper case.
void ExpectSameCodes(const CodeList& list, const EnumDescriptor& enumeration) {
  SCOPED_TRACE(enumeration.full_name());
  const EnumValueDescriptor* absent = enumeration.FindValueByNumber(0);
  ASSERT_NE(absent, nullptr);
  std::string prefix = absent->name();
  ASSERT_TRUE(absl::EndsWith(prefix, "_UNSPECIFIED")) << prefix;
  prefix.resize(prefix.size() - std::string("UNSPECIFIED").size());
  EXPECT_EQ(enumeration.value_count(), static_cast<int>(list.codes.size()) + 1);
  int32_t number = 0;
  for (const Code& code : list.codes) {
    ++number;
    EXPECT_EQ(code.value, number) << code.code;
    const EnumValueDescriptor* value =
        enumeration.FindValueByNumber(code.value);
    ASSERT_NE(value, nullptr) << code.code;
    EXPECT_EQ(value->name(), prefix + absl::AsciiStrToUpper(code.code));
    EXPECT_STRNE(code.label, "");
    EXPECT_EQ(list.Find(code.value), &code);
    EXPECT_EQ(list.Find(absl::string_view(code.code)), &code);
  }
  EXPECT_EQ(list.Find(0), nullptr);
  EXPECT_EQ(list.Find(-1), nullptr);
  EXPECT_EQ(list.Find(number + 1), nullptr);
  EXPECT_EQ(list.Find(absl::string_view("")), nullptr);
}

// Fields of the message that the table must hold.
std::map<std::string, const FieldDescriptor*> ScalarsOf(
    const Descriptor& message) {
  std::map<std::string, const FieldDescriptor*> fields;
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor* field = message.field(i);
    if (field->is_repeated() || field->message_type() != nullptr) continue;
    if (field->name() == "id") continue;  // its own type in the model
    fields[field->name()] = field;
  }
  return fields;
}

template <typename T>
void ExpectSameFields(absl::Span<const Field<T>> table, const Descriptor& wire,
                      const Descriptor& record) {
  SCOPED_TRACE(wire.full_name());
  auto wire_fields = ScalarsOf(wire);
  auto record_fields = ScalarsOf(record);
  for (const Field<T>& field : table) {
    SCOPED_TRACE(field.name);
    ASSERT_EQ(wire_fields.count(field.name), 1u);
    ASSERT_EQ(record_fields.count(field.name), 1u);
    const FieldDescriptor& on_wire = *wire_fields[field.name];
    const FieldDescriptor& on_disk = *record_fields[field.name];
    EXPECT_EQ(on_wire.number(), on_disk.number());
    EXPECT_TRUE(on_disk.has_presence());
    switch (field.kind) {
      case FieldKind::kNumber:
        EXPECT_EQ(on_wire.type(), FieldDescriptor::TYPE_INT32);
        EXPECT_EQ(on_disk.type(), FieldDescriptor::TYPE_INT32);
        EXPECT_TRUE(on_wire.has_presence());
        EXPECT_LT(field.min, field.max);
        EXPECT_STRNE(field.unit, "");
        EXPECT_EQ(field.codes, nullptr);
        break;
      case FieldKind::kFlag:
        EXPECT_EQ(on_wire.type(), FieldDescriptor::TYPE_BOOL);
        EXPECT_EQ(on_disk.type(), FieldDescriptor::TYPE_BOOL);
        EXPECT_TRUE(on_wire.has_presence());
        break;
      case FieldKind::kCode:
        ASSERT_EQ(on_wire.type(), FieldDescriptor::TYPE_ENUM);
        EXPECT_EQ(on_disk.type(), FieldDescriptor::TYPE_INT32);
        ASSERT_NE(field.codes, nullptr);
        ExpectSameCodes(*field.codes, *on_wire.enum_type());
        break;
    }
    EXPECT_STRNE(field.meaning, "");
    wire_fields.erase(field.name);
    record_fields.erase(field.name);
  }
  for (const auto& [name, unused] : wire_fields) {
    ADD_FAILURE() << name << " is in the message and not in the table";
  }
  for (const auto& [name, unused] : record_fields) {
    ADD_FAILURE() << name << " is in the record and not in the table";
  }
}

TEST(Fields, AreThoseOfTheMessages) {
  ExpectSameFields(BaselineFields(), *v1::Baseline::descriptor(),
                   *record::v1::Baseline::descriptor());
  ExpectSameFields(ConservativeCareFields(),
                   *v1::ConservativeCare::descriptor(),
                   *record::v1::ConservativeCare::descriptor());
  ExpectSameFields(OperationFields(), *v1::Operation::descriptor(),
                   *record::v1::Operation::descriptor());
  ExpectSameFields(VisaAFields(), *v1::VisaA::descriptor(),
                   *record::v1::VisaA::descriptor());
  ExpectSameFields(ComplicationFields(), *v1::Complication::descriptor(),
                   *record::v1::Complication::descriptor());
  ExpectSameFields(ReoperationFields(), *v1::Reoperation::descriptor(),
                   *record::v1::Reoperation::descriptor());
  ExpectSameFields(FollowUpFields(), *v1::FollowUp::descriptor(),
                   *record::v1::FollowUp::descriptor());
}

// Lists that no scalar field of a case refers to.
TEST(Codes, OfNoFieldAreThoseOfTheInterface) {
  ExpectSameCodes(kImplantClassCodes, *v1::ImplantClass_descriptor());
  ExpectSameCodes(kCaseStatusCodes, *v1::CaseStatus_descriptor());
  ExpectSameCodes(kCorrectionReasonCodes, *v1::CorrectionReason_descriptor());
  ExpectSameCodes(kWithdrawalReasonCodes, *v1::WithdrawalReason_descriptor());
  ExpectSameCodes(kDimensionCodes, *v1::Dimension_descriptor());
  ExpectSameCodes(kEndpointCodes, *v1::Endpoint_descriptor());
  ExpectSameCodes(kMeasureCodes, *v1::Measure_descriptor());
}

// Each code of each list once, and no enum of the interface without a list.
TEST(Codes, EveryListOfCodesHasItsEnum) {
  const CodeList* const kLists[] = {&kSexCodes,
                                    &kLateralityCodes,
                                    &kDiagnosisCodes,
                                    &kPathologyCodes,
                                    &kDiabetesCodes,
                                    &kSmokingCodes,
                                    &kFluoroquinoloneExposureCodes,
                                    &kSportCodes,
                                    &kSportLevelCodes,
                                    &kSilfverskioldCodes,
                                    &kDryNeedlingCodes,
                                    &kShortCareReasonCodes,
                                    &kProcedureCodes,
                                    &kApproachCodes,
                                    &kExposureCodes,
                                    &kGraftClassCodes,
                                    &kGraftTechniqueCodes,
                                    &kFixationCodes,
                                    &kFhlHarvestCodes,
                                    &kFhlFixationCodes,
                                    &kImplantClassCodes,
                                    &kVisaAInstrumentCodes,
                                    &kVisaABranchCodes,
                                    &kSatisfactionCodes,
                                    &kReturnStageCodes,
                                    &kComplicationKindCodes,
                                    &kComplicationGradeCodes,
                                    &kReoperationKindCodes,
                                    &kCaseStatusCodes,
                                    &kCorrectionReasonCodes,
                                    &kWithdrawalReasonCodes};
  EXPECT_EQ(static_cast<int>(std::size(kLists)),
            v1::Sex_descriptor()->file()->enum_type_count());
  for (const CodeList* list : kLists) {
    std::set<std::string> codes;
    for (const Code& code : list->codes) {
      EXPECT_TRUE(codes.insert(code.code).second) << list->name;
    }
  }
}

// Another value than the field has, within its range where it has one.
int32_t Sample(const FieldInfo& field, int turn) {
  if (field.kind == FieldKind::kFlag) return turn % 2;
  if (field.kind == FieldKind::kCode) return 1 + turn % 2;
  return turn % 2 == 0 ? field.min : field.max;
}

template <typename T>
void ExpectEachFieldItsOwn(absl::Span<const Field<T>> table) {
  for (const Field<T>& field : table) {
    SCOPED_TRACE(field.name);
    T changed{};
    EXPECT_EQ(field.get(changed), std::nullopt);
    for (int turn = 0; turn < 2; ++turn) {
      field.set(changed, Sample(field, turn));
      EXPECT_EQ(field.get(changed), Sample(field, turn));
    }
    EXPECT_FALSE(changed == T{});
    for (const Field<T>& other : table) {
      if (&other == &field) continue;
      EXPECT_EQ(other.get(changed), std::nullopt) << other.name;
    }
    field.set(changed, std::nullopt);
    EXPECT_TRUE(changed == T{});
  }
}

TEST(Fields, ReadAndWriteTheirOwnMember) {
  ExpectEachFieldItsOwn(BaselineFields());
  ExpectEachFieldItsOwn(ConservativeCareFields());
  ExpectEachFieldItsOwn(OperationFields());
  ExpectEachFieldItsOwn(VisaAFields());
  ExpectEachFieldItsOwn(ComplicationFields());
  ExpectEachFieldItsOwn(ReoperationFields());
  ExpectEachFieldItsOwn(FollowUpFields());
}

TEST(Fields, DaysKeepToTheLimits) {
  for (const auto& field : FollowUpFields()) {
    if (!absl::EndsWith(field.name, "day")) continue;
    EXPECT_EQ(field.max, kMaxDay) << field.name;
    EXPECT_EQ(field.min, absl::string_view(field.name) == "day" ? kMinDay : 0)
        << field.name;
  }
  EXPECT_EQ(ComplicationFields()[1].max, kMaxDay);
  EXPECT_EQ(ReoperationFields()[1].max, kMaxDay);
}

TEST(CodeList, TellsWhatIsAllowed) {
  EXPECT_EQ(kLateralityCodes.Allowed(), "left, right");
  EXPECT_EQ(CodeOf(kLateralityCodes, Laterality::kRight), "right");
  EXPECT_EQ(CodeOf(kLateralityCodes, static_cast<Laterality>(3)), "");
}

}  // namespace
}  // namespace enthesis::model
