#include "registry/wire/json.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <limits>

#include "enthesis/v1/registry_service.pb.h"
#include "enthesis/v1/statistics_service.pb.h"
#include "google/rpc/error_details.pb.h"

namespace enthesis::wire {
namespace {

TEST(Json, GoldenCurve) {
  v1::EstimateSurvivalResponse response;
  v1::SurvivalCurve& curve = *response.add_curves();
  v1::GroupValue& group = *curve.add_group();
  group.set_dimension("site");
  group.set_value("site-03");
  curve.set_n(0);
  v1::SurvivalPoint& point = *curve.add_at();
  point.set_day(365);
  point.set_survival(0.1);
  point.set_lower(1e-7);
  point.set_upper(1.0 / 3);
  v1::SurvivalPoint& withheld = *curve.add_at();
  withheld.set_day(730);
  withheld.set_absence(v1::ABSENCE_BEYOND_FOLLOW_UP);
  response.mutable_provenance()->set_as_of(18446744073709551615u);
  response.mutable_provenance()->set_estimand("a \"quoted\"\n\x01 text, é");
  EXPECT_EQ(
      PrintJson(response),
      R"({"curves":[{"group":{"site":"site-03"},"n":0,"quantiles":[],"at":[)"
      R"({"day":365,"survival":0.1,"lower":1e-07,"upper":0.3333333333333333},)"
      R"({"day":730,"absence":"beyond_follow_up"}],"points":[]}],)"
      R"("restrictedMeanContrasts":[],"pairwise":[],)"
      R"("provenance":{"asOf":18446744073709551615,"exclusions":[],)"
      R"("estimand":"a \"quoted\"\n\u0001 text, é","conventions":[],)"
      R"("synthetic":false}})");
}

TEST(Json, GoldenPretty) {
  v1::ListSitesResponse response;
  v1::Site& site = *response.add_sites();
  site.set_name("sites/site-01");
  site.set_etag("0000000000000001");
  site.set_commit_index(1);
  response.set_as_of(2);
  EXPECT_EQ(PrintJson(response, JsonStyle::kPretty), R"({
  "sites": [
    {
      "name": "sites/site-01",
      "etag": "0000000000000001",
      "commitIndex": 1,
      "synthetic": false
    }
  ],
  "asOf": 2
})");
  EXPECT_EQ(PrintJson(v1::ListSitesResponse(), JsonStyle::kPretty), R"({
  "sites": [],
  "asOf": 0
})");
}

TEST(Json, CodesWithoutPrefixAndOpenNumbers) {
  v1::Case wire;
  v1::Operation& operation = *wire.mutable_operation();
  operation.set_primary_procedure(v1::PROCEDURE_ZADEK_OSTEOTOMY);
  operation.set_approach(static_cast<v1::Approach>(42));
  operation.add_concomitant_procedures(v1::PROCEDURE_CALCANEOPLASTY);
  operation.add_concomitant_procedures(static_cast<v1::Procedure>(77));
  EXPECT_EQ(PrintJson(operation),
            R"({"primaryProcedure":"zadek_osteotomy","approach":42,)"
            R"("concomitantProcedures":["calcaneoplasty",77],"implants":[]})");
  v1::VisaA answers;
  answers.set_instrument(v1::VISA_A_INSTRUMENT_VISA_A);
  answers.set_item_1_stiffness_minutes(0);
  answers.set_item_8_branch(v1::VISA_A_BRANCH_NO_PAIN);
  EXPECT_EQ(PrintJson(answers),
            R"({"instrument":"visa_a","item1StiffnessMinutes":0,)"
            R"("item8Branch":"no_pain"})");
}

TEST(Json, DoublesReadBackAsTheSame) {
  for (const double value :
       {0.0, 1.0, 0.1 + 0.2, 5e-324, 1.7976931348623157e308, 1e21, -2.5,
        123456789.125}) {
    v1::TTest test;
    test.set_df(value);
    const std::string text = PrintJson(test);
    EXPECT_EQ(std::strtod(text.c_str() + text.find(':') + 1, nullptr), value)
        << text;
  }
  v1::TTest test;
  test.set_df(std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(PrintJson(test), R"({"df":null})");
}

TEST(Json, ErrorsOfImportRows) {
  v1::ImportCasesResponse row;
  row.set_row(-3);
  row.mutable_status()->set_code(3);
  google::rpc::ErrorInfo info;
  info.set_reason("FIELD_VIOLATION");
  (*info.mutable_metadata())["b"] = "2";
  (*info.mutable_metadata())["a"] = "1";
  row.mutable_status()->add_details()->PackFrom(info);
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_nanos(100'000'000);
  row.mutable_status()->add_details()->PackFrom(retry);
  EXPECT_EQ(PrintJson(row),
            R"({"row":-3,"status":{"code":3,"details":[)"
            R"({"@type":"type.googleapis.com/google.rpc.ErrorInfo",)"
            R"("reason":"FIELD_VIOLATION","metadata":{"a":"1","b":"2"}},)"
            R"({"@type":"type.googleapis.com/google.rpc.RetryInfo",)"
            R"("retryDelay":"0.1s"}]},"commitIndex":0,"warnings":[]})");
}

TEST(Json, FieldMaskIsText) {
  v1::UpdateCaseRequest request;
  request.mutable_update_mask()->add_paths("baseline.bmi");
  request.mutable_update_mask()->add_paths("status");
  EXPECT_EQ(PrintJson(request),
            R"({"updateMask":"baseline.bmi,status","validateOnly":false})");
}

}  // namespace
}  // namespace enthesis::wire
