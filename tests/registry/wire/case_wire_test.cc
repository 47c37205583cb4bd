#include "registry/wire/case_wire.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "registry/wire/resource_name.h"
#include "tests/registry/wire/filled_case.h"

namespace enthesis::wire {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

MATCHER_P(HasPath, path, "") { return arg.path == path; }

TEST(CaseWire, RoundTripOfRandomCases) {
  constexpr uint64_t kSeed = 20261124;
  std::mt19937_64 random(kSeed);
  for (int i = 0; i < 500; ++i) {
    const model::Case record = FilledCase(random, i % 11 / 10.0);
    const v1::Case wire = ToWire(record, 17);
    v1::Case received;
    ASSERT_TRUE(received.ParseFromString(wire.SerializeAsString()));
    const absl::StatusOr<model::Case> back = FromAnswer(received);
    ASSERT_TRUE(back.ok()) << back.status() << " seed " << kSeed << " case "
                           << i;
    EXPECT_EQ(*back, record) << "seed " << kSeed << " case " << i;
    EXPECT_EQ(received.commit_index(), 17u);
    EXPECT_EQ(ParseEtag(received.etag()), 17u);
  }
}

// A field that the table lacks would be dropped silently: every scalar field of
// the messages is in the table, and the other way round.
TEST(CaseWire, EveryScalarFieldOfTheInterfaceIsInTheTable) {
  std::mt19937_64 random(1);
  model::Case full;
  while (full.follow_ups.empty() || full.follow_ups[0].complications.empty()) {
    full = FilledCase(random, 1);
  }
  const v1::Case wire = ToWire(full, 1);
  const auto expect_all_set = [](const google::protobuf::Message& message) {
    const auto& type = *message.GetDescriptor();
    for (int i = 0; i < type.field_count(); ++i) {
      if (type.field(i)->is_repeated()) continue;
      EXPECT_TRUE(message.GetReflection()->HasField(message, type.field(i)))
          << type.field(i)->full_name();
    }
  };
  expect_all_set(wire);
  expect_all_set(wire.baseline());
  expect_all_set(wire.conservative_care());
  expect_all_set(wire.operation());
  expect_all_set(wire.follow_ups(0));
  expect_all_set(wire.follow_ups(0).visa_a());
  expect_all_set(wire.follow_ups(0).complications(0));
  expect_all_set(wire.follow_ups(0).reoperations(0));
}

TEST(CaseWire, ZeroIsNotAbsent) {
  v1::Case wire;
  wire.mutable_baseline()->set_bmi(0);
  wire.mutable_baseline()->set_bilateral_symptoms(false);
  Faults faults;
  const model::Case record = ToModel(wire, "case", faults);
  EXPECT_EQ(record.baseline.bmi, 0);
  EXPECT_EQ(record.baseline.bilateral_symptoms, false);
  EXPECT_EQ(record.baseline.age_years, std::nullopt);
  EXPECT_EQ(record.baseline.previous_surgery, std::nullopt);
}

TEST(CaseWire, CodeOutsideItsListSurvives) {
  v1::Case wire;
  wire.mutable_baseline()->set_sex(static_cast<v1::Sex>(99));
  wire.mutable_operation()->add_concomitant_procedures(
      static_cast<v1::Procedure>(0));
  wire.mutable_operation()->add_implants(static_cast<v1::ImplantClass>(-5));
  wire.set_status(static_cast<v1::CaseStatus>(12));
  Faults faults;
  const model::Case record = ToModel(wire, "case", faults);
  EXPECT_THAT(faults, IsEmpty());
  EXPECT_EQ(static_cast<int>(*record.baseline.sex), 99);
  EXPECT_THAT(record.operation.concomitant_procedures,
              ElementsAre(static_cast<model::Procedure>(0)));
  EXPECT_THAT(record.operation.implants,
              ElementsAre(static_cast<model::ImplantClass>(-5)));
  EXPECT_EQ(static_cast<int>(record.status), 12);
}

TEST(CaseWire, BadIdsAreFaultsWithPaths) {
  v1::Case wire;
  wire.set_patient("hospital-4711");
  wire.add_follow_ups()->set_id(model::FormatId({1, 2}));
  wire.add_follow_ups()->set_id("x");
  wire.add_follow_ups();
  Faults faults;
  ToModel(wire, "create.case", faults);
  EXPECT_THAT(faults, ElementsAre(HasPath("create.case.patient"),
                                  HasPath("create.case.follow_ups[1].id"),
                                  HasPath("create.case.follow_ups[2].id")));
}

TEST(CaseWire, OutputOnlyFieldsAreIgnored) {
  v1::Case plain;
  plain.mutable_baseline()->set_bmi(25);
  v1::Case noisy = plain;
  noisy.set_etag("anything");
  noisy.set_commit_index(99);
  noisy.set_name("not a name");
  Faults faults;
  EXPECT_EQ(ToModel(noisy, "case", faults), ToModel(plain, "case", faults));
  EXPECT_THAT(faults, IsEmpty());
}

TEST(CaseWire, FromAnswerNamesTheFirstFault) {
  v1::Case wire;
  EXPECT_TRUE(absl::IsInvalidArgument(FromAnswer(wire).status()));
  wire.set_patient("no");
  const absl::Status status = FromAnswer(wire).status();
  EXPECT_THAT(std::string(status.message()),
              ::testing::StartsWith("case.patient: "));
}

TEST(UnknownFields, FoundAtAnyDepth) {
  v1::CreateCaseRequest request;
  request.GetReflection()->MutableUnknownFields(&request)->AddVarint(77, 1);
  request.mutable_case_()->add_follow_ups();
  v1::Complication& deep =
      *request.mutable_case_()->add_follow_ups()->add_complications();
  deep.GetReflection()->MutableUnknownFields(&deep)->AddLengthDelimited(
      123, "Mr Smith, 12 May 1970");
  Faults faults;
  FindUnknownFields(request, "", faults);
  EXPECT_THAT(faults,
              ElementsAre(HasPath("77"),
                          HasPath("case.follow_ups[1].complications[0].123")));
  for (const Fault& fault : faults) {
    EXPECT_EQ(fault.message.find("Smith"), std::string::npos);
  }
}

TEST(UnknownFields, NoneInAKnownMessage) {
  std::mt19937_64 random(7);
  Faults faults;
  FindUnknownFields(ToWire(FilledCase(random, 0.5), 3), "case", faults);
  EXPECT_THAT(faults, IsEmpty());
}

TEST(ResourceName, RoundTrip) {
  const model::Id id{0x0123456789abcdef, 0xfedcba9876543210};
  const std::string name = FormatCaseName("site-01", id);
  const absl::StatusOr<CaseName> parsed = ParseCaseName(name);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->site, "site-01");
  EXPECT_EQ(parsed->id, id);
  EXPECT_EQ(*ParseSiteName(FormatSiteName("site-01")), "site-01");
}

TEST(ResourceName, RefusesOtherText) {
  const std::string id = model::FormatId({1, 1});
  const std::string texts[] = {"",
                               "sites",
                               "sites/",
                               "sites/site-01/cases",
                               "sites/site-01/cases/",
                               "sites/SITE/cases/" + id,
                               "/sites/site-01/cases/" + id,
                               "sites/site-01/cases/" + id + "/",
                               "sites/site-01/case/" + id,
                               "sites/a/cases/" + id,
                               "sites/site-01/cases/" + id.substr(1)};
  for (const std::string& text : texts) {
    EXPECT_TRUE(absl::IsInvalidArgument(ParseCaseName(text).status())) << text;
  }
  for (const char* text : {"", "sites/", "site-01", "sites/site-01/", "sites/A",
                           "sites/site-01/cases/x"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(ParseSiteName(text).status())) << text;
  }
}

TEST(Etag, RoundTripAndRefusal) {
  for (const uint64_t index : {uint64_t{1}, uint64_t{255}, ~uint64_t{0}}) {
    EXPECT_EQ(ParseEtag(FormatEtag(index)), index);
  }
  EXPECT_EQ(FormatEtag(0), "");
  for (const char* text : {"", "1", "0x00000000000001", "00000000000000FF",
                           "000000000000000g", "00000000000000001"}) {
    EXPECT_EQ(ParseEtag(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace enthesis::wire
