// The digest by which a retry is recognized: kept in stores, so its bytes stay.

#include "registry/service/request_rules.h"

#include <gtest/gtest.h>
#include <openssl/sha.h>

#include "enthesis/v1/registry_service.pb.h"

namespace enthesis::service {
namespace {

// As documented: SHA-256 of the method and the request without its id.
template <typename Request>
std::string Expected(const std::string& method, Request request) {
  request.clear_request_id();
  const std::string bytes = method + "\n" + request.SerializeAsString();
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

TEST(DigestOf, IsOfTheRequestWithoutItsId) {
  v1::CreateCaseRequest create;
  create.set_parent("sites/site-01");
  create.mutable_case_()->mutable_baseline()->set_bmi(27);
  create.set_validate_only(true);  // behind the id
  EXPECT_EQ(DigestOf("CreateCase", create), Expected("CreateCase", create));
  const std::string without = DigestOf("CreateCase", create);
  create.set_request_id("3f2504e0-4f89-41d3-9a0c-0305e82c3301");
  EXPECT_EQ(DigestOf("CreateCase", create), without);
  EXPECT_NE(DigestOf("UpdateCase", create), without);
  create.mutable_case_()->mutable_baseline()->set_bmi(28);
  EXPECT_NE(DigestOf("CreateCase", create), without);
  v1::AddFollowUpRequest add;
  add.set_request_id("3f2504e0-4f89-41d3-9a0c-0305e82c3301");
  add.mutable_follow_up()->set_day(12);
  EXPECT_EQ(DigestOf("AddFollowUp", add), Expected("AddFollowUp", add));
  EXPECT_EQ(DigestOf("AddFollowUp", v1::AddFollowUpRequest()),
            Expected("AddFollowUp", v1::AddFollowUpRequest()));
}

}  // namespace
}  // namespace enthesis::service
