// The bytes of documents: what goes in comes out, the bytes are those of
// format 1 for ever, and what is not a record is DATA_LOSS.

#include "registry/storage/records.h"

#include <cctype>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "enthesis/record/v1/case_record.pb.h"
#include "gmock/gmock.h"
#include "google/protobuf/stubs/logging.h"
#include "gtest/gtest.h"
#include "registry/model/fields.h"

namespace enthesis::storage {
namespace {

namespace record_v1 = enthesis::record::v1;

using ::testing::ElementsAre;

std::string Hex(absl::string_view bytes) {
  return absl::BytesToHexString(bytes);
}

// Some value that the field may have, another one for another `pick`.
int32_t ValueFor(const model::FieldInfo& field, uint64_t pick) {
  switch (field.kind) {
    case model::FieldKind::kFlag:
      return static_cast<int32_t>(pick % 2);
    case model::FieldKind::kCode: {
      std::vector<int32_t> values;
      for (int32_t value = 0; value < 64; ++value) {
        if (field.codes->Find(value) != nullptr) values.push_back(value);
      }
      return values.at(pick % values.size());
    }
    case model::FieldKind::kNumber:
      break;
  }
  const auto range = static_cast<uint64_t>(int64_t{field.max} - field.min);
  return static_cast<int32_t>(field.min +
                              static_cast<int64_t>(pick % (range + 1)));
}

// Sets each field with chance `percent`.
template <typename T>
void Fill(absl::Span<const model::Field<T>> fields, uint64_t percent,
          std::mt19937_64& random, T& to) {
  for (const model::Field<T>& field : fields) {
    if (random() % 100 < percent) field.set(to, ValueFor(field, random()));
  }
}

template <typename E>
std::vector<E> SomeCodes(const model::CodeList& codes,
                         std::mt19937_64& random) {
  std::vector<E> some;
  for (int32_t value = 1; value < 64; ++value) {
    if (codes.Find(value) != nullptr && random() % 4 == 0) {
      some.push_back(static_cast<E>(value));
    }
  }
  return some;
}

// Any values, in or against the rules: storage keeps what validation let in.
model::Case AnyCase(uint64_t percent, std::mt19937_64& random) {
  model::Case record;
  record.site = "site-01";
  record.id = {random(), random()};
  if (random() % 2 == 0) record.patient = {random(), random()};
  record.synthetic = random() % 2 == 0;
  Fill(model::BaselineFields(), percent, random, record.baseline);
  Fill(model::ConservativeCareFields(), percent, random,
       record.conservative_care);
  Fill(model::OperationFields(), percent, random, record.operation);
  record.operation.concomitant_procedures =
      SomeCodes<model::Procedure>(model::kProcedureCodes, random);
  record.operation.implants =
      SomeCodes<model::ImplantClass>(model::kImplantClassCodes, random);
  record.status = static_cast<model::CaseStatus>(1 + random() % 4);
  if (random() % 2 == 0) {
    record.status_day = static_cast<int32_t>(random() % 3000);
  }
  for (uint64_t i = random() % 5; i > 0; --i) {
    model::FollowUp& follow_up = record.follow_ups.emplace_back();
    follow_up.id = {random(), random()};
    Fill(model::FollowUpFields(), percent, random, follow_up);
    if (random() % 2 == 0) {
      Fill(model::VisaAFields(), percent, random, follow_up.visa_a.emplace());
    }
    for (uint64_t n = random() % 3; n > 0; --n) {
      Fill(model::ComplicationFields(), percent, random,
           follow_up.complications.emplace_back());
      Fill(model::ReoperationFields(), percent, random,
           follow_up.reoperations.emplace_back());
    }
  }
  return record;
}

TEST(RecordsTest, EveryCaseComesBackAsItWas) {
  std::mt19937_64 random(20261124);
  for (int i = 0; i < 1000; ++i) {
    const model::Case record =
        AnyCase(std::vector<uint64_t>{100, 50, 5, 0}[random() % 4], random);
    const std::string bytes = EncodeCase(record);
    EXPECT_EQ(bytes, EncodeCase(record));
    const auto decoded = DecodeCase(bytes);
    ASSERT_TRUE(decoded.ok()) << decoded.status();
    ASSERT_EQ(decoded->record, record) << Hex(bytes);
    EXPECT_FALSE(decoded->correction_reason.has_value());
    EXPECT_EQ(EncodeCase(decoded->record), bytes);
  }
}

// One field at a time, at both ends of its range: no two are crossed, and an
// absent one does not come back as zero.
template <typename T, typename Place>
void EachFieldAlone(absl::Span<const model::Field<T>> fields, Place place) {
  for (const model::Field<T>& field : fields) {
    for (const uint64_t pick : {uint64_t{0}, uint64_t{1}}) {
      SCOPED_TRACE(field.name);
      const int32_t value = field.kind == model::FieldKind::kNumber
                                ? (pick == 0 ? field.min : field.max)
                                : ValueFor(field, pick);
      model::Case record;
      record.site = "site-01";
      record.id = {1, 2};
      field.set(place(record), value);
      auto decoded = DecodeCase(EncodeCase(record));
      ASSERT_TRUE(decoded.ok()) << decoded.status();
      EXPECT_EQ(decoded->record, record);
      EXPECT_EQ(field.get(place(decoded->record)), value);
    }
  }
}

model::FollowUp& FirstFollowUp(model::Case& record) {
  if (record.follow_ups.empty()) record.follow_ups.emplace_back().id = {3, 4};
  return record.follow_ups[0];
}

TEST(RecordsTest, EveryFieldHasAPlaceOfItsOwn) {
  EachFieldAlone(
      model::BaselineFields(),
      [](model::Case & r) -> auto& { return r.baseline; });
  EachFieldAlone(
      model::ConservativeCareFields(),
      [](model::Case & r) -> auto& { return r.conservative_care; });
  EachFieldAlone(
      model::OperationFields(),
      [](model::Case & r) -> auto& { return r.operation; });
  EachFieldAlone(
      model::FollowUpFields(),
      [](model::Case & r) -> auto& { return FirstFollowUp(r); });
  EachFieldAlone(
      model::VisaAFields(), [](model::Case & r) -> auto& {
        auto& visa_a = FirstFollowUp(r).visa_a;
        return visa_a.has_value() ? *visa_a : visa_a.emplace();
      });
  EachFieldAlone(
      model::ComplicationFields(), [](model::Case & r) -> auto& {
        auto& all = FirstFollowUp(r).complications;
        return all.empty() ? all.emplace_back() : all[0];
      });
  EachFieldAlone(
      model::ReoperationFields(), [](model::Case & r) -> auto& {
        auto& all = FirstFollowUp(r).reoperations;
        return all.empty() ? all.emplace_back() : all[0];
      });
}

TEST(RecordsTest, SitesTombstonesAndReasonsComeBack) {
  for (const bool synthetic : {false, true}) {
    const auto site = DecodeSite(EncodeSite({"site-01", synthetic}));
    ASSERT_TRUE(site.ok());
    EXPECT_EQ(site->id, "site-01");
    EXPECT_EQ(site->synthetic, synthetic);
  }
  for (int32_t code = 1; code <= 4; ++code) {
    const auto withdrawal = static_cast<model::WithdrawalReason>(code);
    EXPECT_EQ(*DecodeTombstone(EncodeTombstone(withdrawal)), withdrawal);
    const auto correction = static_cast<model::CorrectionReason>(code);
    EXPECT_EQ(DecodeCase(EncodeCase({}, correction))->correction_reason,
              correction);
  }
}

model::Case GoldenCase() {
  model::Case record;
  record.site = "site-01";
  record.id = {0x0123456789abcdef, 0xfedcba9876543210};
  record.patient = {1, 2};
  record.synthetic = true;
  record.baseline.surgery_year = 2021;
  record.baseline.operation_sequence = 3000;
  record.baseline.age_years = 47;
  record.baseline.previous_surgery = false;
  record.baseline.dorsiflexion_knee_extended_degrees = -5;
  record.conservative_care.months = 6;
  record.operation.primary_procedure = model::Procedure::kZadekOsteotomy;
  record.operation.concomitant_procedures = {
      model::Procedure::kRetrocalcanealBursectomy};
  record.status = model::CaseStatus::kLost;
  record.status_day = 400;
  model::FollowUp& follow_up = record.follow_ups.emplace_back();
  follow_up.id = {3, 4};
  follow_up.day = 182;
  follow_up.pain_rest = 0;
  follow_up.visa_a.emplace().total = 71;
  model::Complication& complication = follow_up.complications.emplace_back();
  complication.day = 12;
  complication.led_to_reoperation = true;
  follow_up.reoperations.emplace_back().day = 90;
  return record;
}

// Worked out by hand from case_record.proto; see the comments. Never change
// them: stores hold these bytes.
TEST(RecordsTest, BytesOfFormatOne) {
  EXPECT_EQ(
      Hex(EncodeCase(GoldenCase(), model::CorrectionReason::kLateInformation)),
      "0801"                                  // format
      "1207736974652d3031"                    // site
      "1a100123456789abcdeffedcba9876543210"  // id
      "221000000000000000010000000000000002"  // patient
      "2801"                                  // synthetic
      "3216"                                  // baseline, 22 bytes:
      "08e50f"
      "10b817"
      "382f"
      "7800"                      // 1, 2, 7, 15
      "c801fbffffffffffffffff01"  // 25: -5
      "3a020806"                  // conservative care
      "4206"
      "0805"
      "c20201"
      "07"                                    // operation: 1, 40
      "4802"                                  // status
      "509003"                                // status day
      "5a28"                                  // follow-up, 40 bytes:
      "0a1000000000000000030000000000000004"  // id
      "10b601"
      "2000"            // day, pain at rest
      "c202021047"      // VISA-A: 2
      "ca0204100c2001"  // complication: 2, 4
      "d20202105a"      // reoperation: 2
      "6003");          // reason of the correction
  EXPECT_EQ(Hex(EncodeSite({"site-01", true})), "08011207736974652d30311801");
  EXPECT_EQ(Hex(EncodeSite({"site-01", false})), "08011207736974652d3031");
  EXPECT_EQ(Hex(EncodeTombstone(model::WithdrawalReason::kNotEligible)),
            "08011003");
}

TEST(RecordsTest, KeysAreReadableAndStay) {
  const model::Case record = GoldenCase();
  const std::string id = model::FormatId(record.id);
  EXPECT_EQ(SiteKey("site-01"), "s/site-01");
  EXPECT_EQ(CaseKey("site-01", record.id), "c/site-01/" + id);
  EXPECT_EQ(CasesOfSitePrefix("site-01"), "c/site-01/");
  EXPECT_THAT(
      IndexKeys(record),
      ElementsAre("p/" + model::FormatId(record.patient) + "/site-01/" + id,
                  "q/site-01/2021/0000003000/" + id,
                  "d/site-01/f027782295b8d64c9424fadd933ffdde/" + id));
  for (const std::string& key : IndexKeys(record)) {
    const auto name = ParseIndexKey(key);
    ASSERT_TRUE(name.has_value()) << key;
    EXPECT_EQ(name->site, "site-01");
    EXPECT_EQ(name->id, record.id);
  }
  const std::vector<std::string> prefixes = CandidatePrefixes(record);
  const std::vector<std::string> keys = IndexKeys(record);
  ASSERT_EQ(prefixes.size(), keys.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    EXPECT_EQ(keys[i].substr(0, prefixes[i].size()), prefixes[i]);
    EXPECT_EQ(CandidatePrefixOf(keys[i]), prefixes[i]);
    EXPECT_EQ(CandidatePrefixOf(prefixes[i]), prefixes[i]);
  }
  // Less than a whole prefix, or another index, is none.
  for (const char* other : {"", "p", "p/", "p/1", "d/site-01/", "x/1/2/3/4/",
                            "q/site-01/2021/", "q/site-01/2021/0000003000"}) {
    EXPECT_EQ(CandidatePrefixOf(other), "") << other;
  }
}

TEST(RecordsTest, FingerprintIsOfTheOperationAlone) {
  const model::Case record = GoldenCase();
  const std::string fingerprint = CandidatePrefixes(record).back();
  model::Case later = record;
  later.id = {9, 9};
  later.baseline.operation_sequence = 5000;
  later.follow_ups.clear();
  later.status = model::CaseStatus::kActive;
  EXPECT_EQ(CandidatePrefixes(later).back(), fingerprint);
  model::Case older = record;
  older.baseline.age_years = 48;
  EXPECT_NE(CandidatePrefixes(older).back(), fingerprint);
  model::Case other = record;
  other.operation.concomitant_procedures.clear();
  EXPECT_NE(CandidatePrefixes(other).back(), fingerprint);
}

TEST(RecordsTest, OnlyKeysOfCasesAreRead) {
  const std::string id = model::FormatId({1, 2});
  const auto name = ParseCaseKey("c/site-01/" + id);
  ASSERT_TRUE(name.has_value());
  EXPECT_EQ(name->site, "site-01");
  EXPECT_EQ(name->id, (model::Id{1, 2}));
  std::string lower = id;
  for (char& c : lower) c = static_cast<char>(std::tolower(c));
  ASSERT_NE(lower, id);
  const std::vector<std::string> no_cases = {"",
                                             "c/",
                                             "c//" + id,
                                             "s/site-01",
                                             "c/site-01/" + id + "/x",
                                             "c/site-01/" + lower,
                                             "c/site-01/" + id.substr(1),
                                             "d/site-01/" + id};
  for (const std::string& key : no_cases) {
    EXPECT_FALSE(ParseCaseKey(key).has_value()) << key;
  }
  const std::vector<std::string> no_indexes = {"",
                                               "p",
                                               "p/x/" + id,
                                               "q/site-01/" + id,
                                               "c/site-01/" + id,
                                               "d/site-01/f/" + lower};
  for (const std::string& key : no_indexes) {
    EXPECT_FALSE(ParseIndexKey(key).has_value()) << key;
  }
}

bool IsLost(absl::string_view bytes) {
  return DecodeCase(bytes).status().code() == absl::StatusCode::kDataLoss;
}

// A stored case with one thing made wrong.
template <typename Change>
std::string Spoiled(Change change) {
  record_v1::Case message;
  EXPECT_TRUE(message.ParseFromString(EncodeCase(GoldenCase())));
  change(message);
  return message.SerializeAsString();
}

template <typename Message>
void AddUnknownField(Message& message) {
  message.GetReflection()->MutableUnknownFields(&message)->AddVarint(500, 1);
}

TEST(RecordsTest, WhatIsNoCaseIsDataLoss) {
  using record_v1::Case;
  EXPECT_FALSE(IsLost(Spoiled([](Case&) {})));
  EXPECT_TRUE(IsLost(""));
  EXPECT_TRUE(IsLost("not a case"));
  EXPECT_TRUE(IsLost(EncodeCase(GoldenCase()).substr(0, 40)));
  EXPECT_TRUE(IsLost(Spoiled([](Case& c) { c.set_format(0); })));
  EXPECT_TRUE(IsLost(Spoiled([](Case& c) { c.set_format(2); })));
  EXPECT_TRUE(IsLost(Spoiled([](Case& c) { c.set_id("short"); })));
  EXPECT_TRUE(IsLost(Spoiled([](Case& c) { c.set_status(0); })));
  EXPECT_TRUE(IsLost(Spoiled([](Case& c) { c.set_status(99); })));
  EXPECT_TRUE(IsLost(Spoiled([](Case& c) { c.set_correction_reason(99); })));
  EXPECT_TRUE(
      IsLost(Spoiled([](Case& c) { c.mutable_baseline()->set_sex(99); })));
  EXPECT_TRUE(IsLost(Spoiled(
      [](Case& c) { c.mutable_operation()->add_concomitant_procedures(99); })));
  EXPECT_TRUE(IsLost(
      Spoiled([](Case& c) { c.mutable_operation()->add_implants(99); })));
  EXPECT_TRUE(IsLost(
      Spoiled([](Case& c) { c.mutable_follow_ups(0)->set_id("short"); })));
}

TEST(RecordsTest, AFieldOfALaterVersionIsDataLossEverywhere) {
  using record_v1::Case;
  EXPECT_TRUE(IsLost(Spoiled([](Case& c) { AddUnknownField(c); })));
  EXPECT_TRUE(
      IsLost(Spoiled([](Case& c) { AddUnknownField(*c.mutable_baseline()); })));
  EXPECT_TRUE(IsLost(Spoiled(
      [](Case& c) { AddUnknownField(*c.mutable_conservative_care()); })));
  EXPECT_TRUE(IsLost(
      Spoiled([](Case& c) { AddUnknownField(*c.mutable_operation()); })));
  EXPECT_TRUE(IsLost(
      Spoiled([](Case& c) { AddUnknownField(*c.mutable_follow_ups(0)); })));
  EXPECT_TRUE(IsLost(Spoiled([](Case& c) {
    AddUnknownField(*c.mutable_follow_ups(0)->mutable_visa_a());
  })));
  EXPECT_TRUE(IsLost(Spoiled([](Case& c) {
    AddUnknownField(*c.mutable_follow_ups(0)->mutable_complications(0));
  })));
  EXPECT_TRUE(IsLost(Spoiled([](Case& c) {
    AddUnknownField(*c.mutable_follow_ups(0)->mutable_reoperations(0));
  })));
}

TEST(RecordsTest, WhatIsNoSiteOrTombstoneIsDataLoss) {
  const std::string unknown_field = absl::HexStringToBytes("a01f01");
  for (const std::string& bytes :
       {std::string(), std::string("junk"),
        EncodeSite({"site-01", false}) + unknown_field,
        absl::HexStringToBytes("08021207736974652d3031")}) {
    EXPECT_EQ(DecodeSite(bytes).status().code(), absl::StatusCode::kDataLoss);
  }
  for (const char* hex :
       {"", "ff", "08021003", "08011063", "0801", "08011003a01f01"}) {
    EXPECT_EQ(DecodeTombstone(absl::HexStringToBytes(hex)).status().code(),
              absl::StatusCode::kDataLoss)
        << hex;
  }
}

// Bytes changed at random: refused or read, never a crash or a code outside
// its list.
TEST(RecordsTest, JunkIsNeverACodeOutsideItsList) {
  const google::protobuf::LogSilencer silencer;
  std::mt19937_64 random(7);
  int refused = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes = EncodeCase(GoldenCase());
    for (uint64_t n = 1 + random() % 3; n > 0; --n) {
      bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    const auto decoded = DecodeCase(bytes);
    if (!decoded.ok()) {
      EXPECT_EQ(decoded.status().code(), absl::StatusCode::kDataLoss);
      ++refused;
      continue;
    }
    const model::Case& record = decoded->record;
    EXPECT_NE(model::kCaseStatusCodes.Find(static_cast<int>(record.status)),
              nullptr);
    for (const auto& field : model::BaselineFields()) {
      const auto value = field.get(record.baseline);
      if (field.kind != model::FieldKind::kCode || !value) continue;
      EXPECT_NE(field.codes->Find(*value), nullptr) << field.name;
    }
  }
  EXPECT_GT(refused, 1000);
}

}  // namespace
}  // namespace enthesis::storage
