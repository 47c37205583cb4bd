// Lists, pages, views of the past.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/registry/service/test_registry.h"

namespace enthesis::service {
namespace {

using Stub = v1::RegistryService::Stub;

class Reading : public ::testing::Test {
 protected:
  Reading() { registry_.MakeSite(); }

  grpc::Status List(const v1::ListCasesRequest& request,
                    v1::ListCasesResponse* response) {
    response->Clear();
    return TestRegistry::Call(registry_.registry(), &Stub::ListCases, request,
                              response);
  }

  static v1::ListCasesRequest Page(int size) {
    v1::ListCasesRequest request;
    request.set_parent("sites/site-01");
    request.set_page_size(size);
    return request;
  }

  TestRegistry registry_;
};

TEST_F(Reading, PagesAreStableUnderWrites) {
  std::set<std::string> names;
  for (int i = 0; i < 23; ++i) names.insert(registry_.MakeCase().name());
  v1::ListCasesRequest request = Page(5);
  v1::ListCasesResponse page;
  std::vector<std::string> listed;
  std::vector<int> sizes;
  uint64_t as_of = 0;
  do {
    ASSERT_TRUE(List(request, &page).ok());
    if (as_of == 0) as_of = page.as_of();
    EXPECT_EQ(page.as_of(), as_of);
    sizes.push_back(page.cases_size());
    for (const v1::Case& listed_case : page.cases()) {
      listed.push_back(listed_case.name());
    }
    request.set_page_token(page.next_page_token());
    registry_.MakeCase();  // must not appear
  } while (!page.next_page_token().empty());
  EXPECT_EQ(listed, std::vector<std::string>(names.begin(), names.end()));
  EXPECT_EQ(sizes, (std::vector<int>{5, 5, 5, 5, 3}));
}

TEST_F(Reading, LastFullPageEndsTheList) {
  for (int i = 0; i < 4; ++i) registry_.MakeCase();
  v1::ListCasesResponse page;
  ASSERT_TRUE(List(Page(4), &page).ok());
  EXPECT_EQ(page.cases_size(), 4);
  EXPECT_EQ(page.next_page_token(), "");
}

TEST_F(Reading, PageSizes) {
  for (int i = 0; i < 52; ++i) registry_.MakeCase();
  v1::ListCasesResponse page;
  ASSERT_TRUE(List(Page(0), &page).ok());
  EXPECT_EQ(page.cases_size(), 50);
  ASSERT_TRUE(List(Page(1'000'000), &page).ok());
  EXPECT_EQ(page.cases_size(), 52);
  EXPECT_EQ(Summary(List(Page(-1), &page)),
            "INVALID_ARGUMENT FIELD_VIOLATION page_size");
}

TEST_F(Reading, TokensOfOtherListsAreRefused) {
  registry_.MakeSite("site-02");
  for (int i = 0; i < 3; ++i) registry_.MakeCase();
  v1::ListCasesResponse page;
  ASSERT_TRUE(List(Page(1), &page).ok());
  const std::string token = page.next_page_token();
  v1::ListCasesRequest other = Page(1);
  other.set_parent("sites/site-02");
  other.set_page_token(token);
  EXPECT_EQ(Summary(List(other, &page)),
            "INVALID_ARGUMENT PAGE_TOKEN_INVALID page_token");
  other = Page(1);
  other.set_page_token("zzz");
  EXPECT_EQ(Summary(List(other, &page)),
            "INVALID_ARGUMENT PAGE_TOKEN_INVALID page_token");
  other.set_page_token(token);
  other.set_as_of(2);
  EXPECT_EQ(Summary(List(other, &page)),
            "INVALID_ARGUMENT PAGE_TOKEN_INVALID page_token");
  v1::ListSitesRequest sites;
  sites.set_page_token(token);
  v1::ListSitesResponse answer;
  EXPECT_EQ(Summary(TestRegistry::Call(registry_.registry(), &Stub::ListSites,
                                       sites, &answer)),
            "INVALID_ARGUMENT PAGE_TOKEN_INVALID page_token");
}

TEST_F(Reading, SitesInOrderAndAsOf) {
  for (const char* site : {"site-09", "alpha", "site-02"}) {
    registry_.MakeSite(site);
  }
  v1::ListSitesRequest request;
  request.set_page_size(3);
  v1::ListSitesResponse page;
  ASSERT_TRUE(
      TestRegistry::Call(registry_.registry(), &Stub::ListSites, request, &page)
          .ok());
  ASSERT_EQ(page.sites_size(), 3);
  EXPECT_EQ(page.sites(0).name(), "sites/alpha");
  EXPECT_EQ(page.sites(1).name(), "sites/site-01");
  EXPECT_EQ(page.sites(2).name(), "sites/site-02");
  request.set_page_token(page.next_page_token());
  ASSERT_TRUE(
      TestRegistry::Call(registry_.registry(), &Stub::ListSites, request, &page)
          .ok());
  EXPECT_EQ(page.sites_size(), 1);
  EXPECT_EQ(page.next_page_token(), "");
  request.clear_page_token();
  request.set_as_of(2);
  ASSERT_TRUE(
      TestRegistry::Call(registry_.registry(), &Stub::ListSites, request, &page)
          .ok());
  EXPECT_EQ(page.sites_size(), 2);
  EXPECT_EQ(page.as_of(), 2u);
}

TEST_F(Reading, ThePastStaysReadable) {
  const v1::Case stored = registry_.MakeCase();
  v1::AddFollowUpRequest follow;
  follow.set_name(stored.name());
  *follow.mutable_follow_up() = registry_.NewFollowUp(-89);
  follow.set_request_id(registry_.NextRequestId());
  v1::AddFollowUpResponse added;
  ASSERT_TRUE(TestRegistry::Call(registry_.registry(), &Stub::AddFollowUp,
                                 follow, &added)
                  .ok());
  v1::GetCaseRequest request;
  request.set_name(stored.name());
  request.set_as_of(stored.commit_index());
  v1::GetCaseResponse response;
  const auto get = [&] {
    response.Clear();
    return TestRegistry::Call(registry_.registry(), &Stub::GetCase, request,
                              &response);
  };
  ASSERT_TRUE(get().ok());
  EXPECT_EQ(response.case_().etag(), stored.etag());
  EXPECT_EQ(response.case_().follow_ups_size(), stored.follow_ups_size());
  EXPECT_EQ(response.as_of(), stored.commit_index());
  request.set_as_of(stored.commit_index() - 1);
  EXPECT_EQ(Summary(get()), "NOT_FOUND RESOURCE_NOT_FOUND");
  request.set_as_of(added.case_().commit_index() + 1);
  EXPECT_EQ(Summary(get()), "INVALID_ARGUMENT FIELD_VIOLATION as_of");
}

TEST_F(Reading, MissingResources) {
  v1::ListCasesResponse page;
  v1::ListCasesRequest list = Page(1);
  list.set_parent("sites/site-44");
  EXPECT_EQ(Summary(List(list, &page)), "NOT_FOUND RESOURCE_NOT_FOUND");
  v1::ListCaseRevisionsRequest revisions;
  revisions.set_name("sites/site-01/cases/" + registry_.NewCase().case_id());
  v1::ListCaseRevisionsResponse history;
  EXPECT_EQ(
      Summary(TestRegistry::Call(registry_.registry(), &Stub::ListCaseRevisions,
                                 revisions, &history)),
      "NOT_FOUND RESOURCE_NOT_FOUND");
}

// A page is cut short before it outgrows a message, not refused.
TEST_F(Reading, PagesFitIntoAMessage) {
  std::set<std::string> names;
  size_t bytes = 0;
  while (bytes < size_t{5} << 20) {
    v1::CreateCaseRequest request = registry_.NewCase();
    request.mutable_case_()->set_status(v1::CASE_STATUS_ACTIVE);
    request.mutable_case_()->clear_status_day();
    request.mutable_case_()->clear_follow_ups();
    for (int day = -90; day < 0; ++day) {
      *request.mutable_case_()->add_follow_ups() = registry_.NewFollowUp(day);
      auto& answers = *request.mutable_case_()
                           ->mutable_follow_ups(day + 90)
                           ->mutable_visa_a();
      answers.set_item_2_points(1);
      answers.set_item_3_points(2);
      answers.set_item_4_points(3);
    }
    bytes += request.ByteSizeLong();
    v1::CreateCaseResponse response;
    const grpc::Status status = TestRegistry::Call(
        registry_.registry(), &Stub::CreateCase, request, &response);
    ASSERT_TRUE(status.ok()) << Summary(status);
    names.insert(response.case_().name());
  }
  v1::ListCasesRequest request = Page(1000);
  v1::ListCasesResponse page;
  size_t listed = 0, n_pages = 0;
  do {
    const grpc::Status status = List(request, &page);
    ASSERT_TRUE(status.ok()) << Summary(status) << status.error_message();
    listed += static_cast<size_t>(page.cases_size());
    ++n_pages;
    request.set_page_token(page.next_page_token());
  } while (!page.next_page_token().empty());
  EXPECT_EQ(listed, names.size());
  EXPECT_GE(n_pages, 2u);
}

}  // namespace
}  // namespace enthesis::service
