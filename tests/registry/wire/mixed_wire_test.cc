// Mixed models on the wire.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

TEST(MixedWire, ReadsAQuestion) {
  v1::FitMixedModelRequest request;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
      R"pb(options { group_by: DIMENSION_APPROACH }
           measure: MEASURE_PAIN_REST
           visits: "12_months"
           visits: "6_weeks"
           covariates { name: "age_years" }
           structure: MIXED_STRUCTURE_TOEPLITZ
           df: MIXED_DF_KENWARD_ROGER
           reference: "open"
           random_site: true)pb",
      &request));
  Faults faults;
  const model::MixedQuestion question = ToModel(request, faults);
  EXPECT_THAT(faults, IsEmpty());
  EXPECT_EQ(question.group_by, model::Dimension::kApproach);
  EXPECT_EQ(question.measure, model::Measure::kPainRest);
  // In order of time, as asked or not.
  EXPECT_THAT(question.visits,
              ElementsAre(model::Visit::k6Weeks, model::Visit::k12Months));
  EXPECT_EQ(question.covariates[0].name, "age_years");
  EXPECT_EQ(question.structure, model::MixedStructure::kToeplitz);
  EXPECT_EQ(question.df, model::MixedDf::kKenwardRoger);
  EXPECT_TRUE(question.restricted);
  EXPECT_EQ(question.reference, "open");
  EXPECT_TRUE(question.random_site);
}

TEST(MixedWire, NamesWhatItDoesNotKnow) {
  v1::FitMixedModelRequest request;
  request.set_measure(static_cast<v1::Measure>(99));
  request.add_visits("3_months");
  request.add_visits("someday");
  request.set_structure(static_cast<v1::MixedStructure>(9));
  request.set_df(static_cast<v1::MixedDf>(9));
  request.set_maximum_likelihood(true);
  Faults faults;
  EXPECT_FALSE(ToModel(request, faults).restricted);
  std::vector<std::string> paths;
  for (const Fault& fault : faults) paths.push_back(fault.path);
  EXPECT_THAT(paths, ElementsAre("measure", "visits[1]", "structure", "df"));
}

TEST(MixedWire, WritesEachFigure) {
  const analysis::Group open = {{model::Dimension::kApproach, "open"}};
  const analysis::Group mis = {{model::Dimension::kApproach, "endoscopic"}};
  analysis::MixedAnswer answer;
  answer.provenance.n_cases = 100;
  answer.structure = model::MixedStructure::kUnstructured;
  answer.visits = {model::Visit::k3Months, model::Visit::k6Months};
  answer.n = 80;
  answer.n_measurements = 150;
  answer.dropped = 3;
  const analysis::MixedEstimate estimate = {
      1.5, 0.5, 40.25, 3.0, 0.125, 0.5, 2.5, analysis::Absence::kNone};
  answer.fixed_effects = {{"age_years", estimate}};
  answer.terms = {{"visit", 2, 40.5, 3.5, 0.04}, {"site", 0, {}, {}, {}}};
  answer.site_variance = 4.0;
  answer.intercept_variance = 20.0;
  answer.slope_variance = 0.5;
  answer.covariance = -1.0;
  answer.residual_variance = 50.0;
  answer.singular = true;
  answer.visit_covariance = {70, 20, 20, 75};
  answer.means = {{model::Visit::k3Months, open, 75, estimate}};
  answer.contrasts = {{model::Visit::k6Months, mis, open, estimate}};
  answer.log_likelihood = -500.5;
  const auto released =
      disclosure::Release(answer, disclosure::Policy{std::nullopt});
  ASSERT_TRUE(released.ok());
  v1::FitMixedModelResponse wire = ToWire(*released);
  wire.clear_provenance();
  v1::FitMixedModelResponse expected;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
      R"pb(
        measure: MEASURE_VISA_A
        structure: MIXED_STRUCTURE_UNSTRUCTURED
        n: 80
        n_measurements: 150
        dropped: 3
        coefficients {
          name: "age_years"
          estimate: 1.5
          std_error: 0.5
          df: 40.25
          statistic: 3
          p_value: 0.125
          lower: 0.5
          upper: 2.5
        }
        random_effects {
          intercept_variance: 20
          slope_variance: 0.5
          covariance: -1
          site_variance: 4
        }
        residual_variance: 50
        singular: true
        covariance { visit: "3_months" values: 70 values: 20 }
        covariance { visit: "6_months" values: 20 values: 75 }
        means {
          visit: "3_months"
          group { dimension: "approach" value: "open" }
          n: 75
          estimate: 1.5
          std_error: 0.5
          df: 40.25
          lower: 0.5
          upper: 2.5
        }
        contrasts {
          visit: "6_months"
          group { dimension: "approach" value: "endoscopic" }
          reference { dimension: "approach" value: "open" }
          estimate: 1.5
          std_error: 0.5
          df: 40.25
          statistic: 3
          p_value: 0.125
          lower: 0.5
          upper: 2.5
        }
        log_likelihood: -500.5
        terms {
          name: "visit"
          numerator_df: 2
          df: 40.5
          statistic: 3.5
          p_value: 0.04
        }
        terms { name: "site" numerator_df: 0 }
      )pb",
      &expected));
  EXPECT_TRUE(
      google::protobuf::util::MessageDifferencer::Equals(wire, expected))
      << wire.DebugString();
}

}  // namespace
}  // namespace enthesis::wire
