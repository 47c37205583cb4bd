// Sites compared, on the wire.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "google/protobuf/text_format.h"
#include "google/protobuf/util/message_differencer.h"
#include "registry/wire/answer_wire.h"
#include "registry/wire/question_wire.h"

namespace enthesis::wire {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(SitesWire, ReadsAQuestion) {
  v1::CompareSitesRequest request;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
      R"pb(endpoint: ENDPOINT_REOPERATION
           by_day: 365
           covariates { name: "age_years" }
           own_site: "site-01"
           cusum { odds_ratio: 0.5 run_length: 370 }
           limits: FUNNEL_LIMIT_KIND_NORMAL
           pooling: SITE_POOLING_PAULE_MANDEL
           hartung_knapp: true
           overdispersion: FUNNEL_OVERDISPERSION_ADDITIVE)pb",
      &request));
  Faults faults;
  const model::SitesQuestion question = ToModel(request, faults);
  EXPECT_THAT(faults, IsEmpty());
  EXPECT_EQ(question.endpoint, model::Endpoint::kReoperation);
  EXPECT_EQ(question.by_day, 365);
  EXPECT_EQ(question.covariates[0].name, "age_years");
  EXPECT_EQ(question.own_site, "site-01");
  EXPECT_TRUE(question.cusum);
  EXPECT_EQ(question.odds_ratio, 0.5);
  EXPECT_EQ(question.run_length, 370);
  request.mutable_cusum()->Clear();
  EXPECT_EQ(ToModel(request, faults).odds_ratio, 2);
  EXPECT_FALSE(ToModel(request, faults).run_length.has_value());
  request.clear_cusum();
  EXPECT_FALSE(ToModel(request, faults).cusum);
  EXPECT_EQ(question.limits, model::FunnelLimits::kNormal);
  EXPECT_EQ(question.pooling, model::SitePooling::kPauleMandel);
  EXPECT_TRUE(question.hartung_knapp);
  EXPECT_EQ(question.overdispersion, model::Overdispersion::kAdditive);
}

TEST(SitesWire, ReadsAScoreAndWritesItsDifferences) {
  v1::CompareSitesRequest request;
  request.set_measure(v1::MEASURE_VISA_A);
  request.set_score(v1::SITE_SCORE_CHANGE);
  Faults faults;
  EXPECT_EQ(ToModel(request, faults).score, model::SiteScore::kChange);
  EXPECT_THAT(faults, IsEmpty());
  analysis::SitesAnswer answer;
  answer.is_score = true;
  answer.standard_deviation = 12.5;
  answer.coefficients.emplace_back().statistic = 3.0;
  answer.pooled.ratio = {0.5, -1.0, 2.0};
  analysis::ComparedSite& site = answer.sites.emplace_back();
  site.mean = 70;
  site.expected = 68;
  site.ratio = {2.0, 1.0, 3.0};
  site.std_error = 0.5;
  site.shrunken = {1.5, 0.75, 2.25};
  const v1::CompareSitesResponse wire =
      ToWire(*disclosure::Release(answer, disclosure::Policy{std::nullopt}));
  EXPECT_EQ(wire.standard_deviation(), 12.5);
  EXPECT_EQ(wire.linear_case_mix(0).statistic(), 3);
  EXPECT_THAT(wire.case_mix(), IsEmpty());
  EXPECT_EQ(wire.pooled().difference(), 0.5);
  EXPECT_FALSE(wire.pooled().has_ratio());
  EXPECT_EQ(wire.sites(0).mean(), 70);
  EXPECT_EQ(wire.sites(0).difference(), 2);
  EXPECT_EQ(wire.sites(0).std_error(), 0.5);
  EXPECT_EQ(wire.sites(0).shrunken_difference(), 1.5);
  EXPECT_EQ(wire.sites(0).shrunken_upper(), 2.25);
  EXPECT_FALSE(wire.sites(0).has_ratio() || wire.sites(0).has_shrunken_ratio());
}

TEST(SitesWire, NamesWhatItDoesNotKnow) {
  v1::CompareSitesRequest request;
  request.set_measure(static_cast<v1::Measure>(99));
  request.set_limits(static_cast<v1::FunnelLimitKind>(9));
  request.set_pooling(static_cast<v1::SitePooling>(9));
  request.set_overdispersion(static_cast<v1::FunnelOverdispersion>(9));
  Faults faults;
  ToModel(request, faults);
  std::vector<std::string> paths;
  for (const Fault& fault : faults) paths.push_back(fault.path);
  EXPECT_THAT(paths,
              ElementsAre("measure", "limits", "pooling", "overdispersion"));
}

TEST(SitesWire, WritesEachFigure) {
  analysis::SitesAnswer answer;
  answer.provenance.n_cases = 100;
  answer.n = 80;
  answer.dropped = 1;
  answer.events = 30;
  answer.target = 0.375;
  answer.phi = 1.25;
  answer.tau_squared = 0.0625;
  analysis::ComparedSite site;
  site.site = "site-01";
  site.is_own = true;
  site.outcome = {3, 40, 0.075, 0.025, 0.2, analysis::Absence::kNone};
  site.completeness = {40, 50, 0.8, 0.7, 0.9, analysis::Absence::kNone};
  site.expected = 2.5;
  site.ratio = {1.2, 0.5, 2.5};
  site.shrunken = {1.1, 0.7, 1.6};
  site.z = 0.25;
  site.weight = 50;
  site.flag = analysis::FunnelFlag::kAlertHigh;
  site.limits = analysis::FunnelLimits{40, 0.125, 0.5, std::nullopt, 0.75};
  site.screen = analysis::OutlierScreen{2.0, 1.5, 0.25, true};
  answer.sites = {site};
  answer.limits = {*site.limits};
  answer.pooled.ratio = {1.0, 0.75, 1.25};
  answer.pooled.heterogeneity = {2.5, 0.5, 1};
  answer.pooled.tau_squared = 0.125;
  answer.pooled.i_squared = 0.25;
  answer.pooled.prediction_lower = 0.5;
  answer.pooled.prediction_upper = 2.0;
  answer.cusum =
      analysis::SiteCusum{22, 3.5, 740.0, 95.5, {{22, 2.0, true, -1.5, 2.5}}};
  answer.coefficients.emplace_back().name = "age_years";
  answer.discrimination = {0.75, 0.125, {7.0, 0.5, 8}};
  const auto released =
      disclosure::Release(answer, disclosure::Policy{std::nullopt});
  ASSERT_TRUE(released.ok());
  v1::CompareSitesResponse wire = ToWire(*released);
  wire.clear_provenance();
  v1::CompareSitesResponse expected;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
      R"pb(
        n: 80
        dropped: 1
        events: 30
        target: 0.375
        sites {
          site: "site-01"
          is_own: true
          outcome { count: 3 n: 40 estimate: 0.075 lower: 0.025 upper: 0.2 }
          completeness { count: 40 n: 50 estimate: 0.8 lower: 0.7 upper: 0.9 }
          expected: 2.5
          ratio: 1.2
          lower: 0.5
          upper: 2.5
          z: 0.25
          flag: FUNNEL_FLAG_ALERT_HIGH
          limits { size: 40 lower95: 0.125 upper95: 0.5 upper998: 0.75 }
          shrunken_ratio: 1.1
          shrunken_lower: 0.7
          shrunken_upper: 1.6
          weight: 50
          screen { rate: 2 rate_ratio: 1.5 p_value: 0.25 is_outlier: true }
        }
        limits { size: 40 lower95: 0.125 upper95: 0.5 upper998: 0.75 }
        phi: 1.25
        tau_squared: 0.0625
        pooled {
          ratio: 1
          lower: 0.75
          upper: 1.25
          heterogeneity { chi_square: 2.5 df: 1 p_value: 0.5 }
          tau_squared: 0.125
          i_squared: 0.25
          prediction_lower: 0.5
          prediction_upper: 2
        }
        case_mix { name: "age_years" }
        discrimination {
          auc: 0.75
          brier: 0.125
          hosmer_lemeshow { chi_square: 7 df: 8 p_value: 0.5 }
        }
        cusum {
          n: 22
          threshold: 3.5
          run_length: 740
          out_of_control_run_length: 95.5
          blocks {
            last_case: 22
            value: 2
            signals: true
            vlad: -1.5
            vlad_std_error: 2.5
          }
        }
      )pb",
      &expected));
  EXPECT_TRUE(
      google::protobuf::util::MessageDifferencer::Equals(wire, expected))
      << wire.DebugString();
}

}  // namespace
}  // namespace enthesis::wire
