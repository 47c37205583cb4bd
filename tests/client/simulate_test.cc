// The simulator: the same bytes for the same seed, records that read without a
// fault, and means near the published figures that it is drawn from.

#include "client/simulate/simulate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "absl/strings/match.h"
#include "client/case_csv.h"
#include "registry/model/endpoint.h"
#include "registry/model/visa_a.h"
#include "registry/model/visits.h"
#include "tests/client/programs.h"

namespace enthesis::client {
namespace {

using model::Approach;
using model::Procedure;

model::Case CaseOf(const CsvRecord& record) {
  model::Case built;
  built.synthetic = record.baseline.synthetic;
  built.baseline = record.baseline.baseline;
  built.conservative_care = record.baseline.care;
  built.operation = record.baseline.operation;
  built.status = record.baseline.status;
  built.status_day = record.baseline.status_day;
  if (record.baseline_line->assessment.has_value()) {
    built.follow_ups.push_back(record.baseline_line->assessment->follow_up);
  }
  for (const CsvLine& line : record.follow_ups) {
    built.follow_ups.push_back(line.assessment->follow_up);
  }
  return built;
}

// 20,000 cases of 10 sites, drawn and read once.
const std::vector<model::Case>& Drawn() {
  static const std::vector<model::Case>& cases = *[] {
    auto* drawn = new std::vector<model::Case>;
    const TemporaryFolder folder;
    SimulateOptions options;
    options.n_cases = 20000;
    options.n_sites = 10;
    options.seed = 7;
    options.folder = folder / "s";
    const auto files = Simulate(options);
    EXPECT_TRUE(files.ok());
    for (const SimulatedFile& simulated : *files) {
      const std::string text = ReadText(simulated.path);
      const auto file = ReadCaseFile(text, {});
      EXPECT_TRUE(file.ok()) << file.status();
      EXPECT_TRUE(file->faults.empty()) << file->faults[0].message;
      for (const CsvRecord& record : file->records) {
        drawn->push_back(CaseOf(record));
      }
    }
    return drawn;
  }();
  return cases;
}

struct Mean {
  double sum = 0;
  int n = 0;
  void Add(double value) {
    sum += value;
    ++n;
  }
  double value() const { return sum / n; }
};

// Mean VISA-A at a visit of cases with the procedure.
Mean VisaAAt(model::Visit visit, Procedure procedure) {
  Mean mean;
  for (const model::Case& record : Drawn()) {
    if (record.operation.primary_procedure != procedure) continue;
    const auto visits = model::AssignVisits(
        record, +[](const model::FollowUp& follow_up) {
          return follow_up.visa_a.has_value() &&
                 model::TotalOf(*follow_up.visa_a).has_value();
        });
    const auto* at = visits[static_cast<size_t>(visit) - 1];
    if (at != nullptr) mean.Add(*model::TotalOf(*at->visa_a));
  }
  return mean;
}

TEST(Simulate, TheSameSeedGivesTheSameBytes) {
  const TemporaryFolder folder;
  SimulateOptions options;
  options.n_cases = 200;
  options.n_sites = 3;
  options.folder = folder / "a";
  const auto first = Simulate(options);
  options.folder = folder / "b";
  const auto second = Simulate(options);
  options.folder = folder / "c";
  options.seed = 2;
  const auto other = Simulate(options);
  ASSERT_TRUE(first.ok() && second.ok() && other.ok());
  ASSERT_EQ(first->size(), 3u);
  for (size_t i = 0; i < 3; ++i) {
    const std::string text = ReadText((*first)[i].path);
    EXPECT_GT(text.size(), 10000u);
    EXPECT_EQ(text, ReadText((*second)[i].path));
    EXPECT_NE(text, ReadText((*other)[i].path));
  }
}

TEST(Simulate, RefusesCountsOutOfRange) {
  SimulateOptions options;
  options.folder = "/nonexistent/never";
  for (const auto& [cases, sites] :
       {std::pair(0, 1), std::pair(-5, 1), std::pair(10, 0), std::pair(10, 11),
        std::pair(10, 1000), std::pair(10000001, 2)}) {
    options.n_cases = cases;
    options.n_sites = sites;
    EXPECT_EQ(Simulate(options).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
}

TEST(Simulate, EveryCaseIsMarkedSynthetic) {
  ASSERT_EQ(Drawn().size(), 20000u);
  for (const model::Case& record : Drawn()) ASSERT_TRUE(record.synthetic);
}

TEST(Simulate, PeopleAreLikeThoseOfHall2024) {
  Mean age, female;
  for (const model::Case& record : Drawn()) {
    age.Add(*record.baseline.age_years);
    female.Add(record.baseline.sex == model::Sex::kFemale ? 1 : 0);
  }
  EXPECT_NEAR(age.value(), 51, 0.5);
  EXPECT_NEAR(female.value(), 0.60, 0.02);
}

// Pooled Zadek series 52.7 to 87.8; Masci 2021 58.2 before scraping. Poor
// responders, whom published series leave out, lower the later means.
TEST(Simulate, VisaAIsNearThePublishedMeans) {
  EXPECT_NEAR(
      VisaAAt(model::Visit::kBaseline, Procedure::kZadekOsteotomy).value(),
      52.7, 2);
  EXPECT_NEAR(
      VisaAAt(model::Visit::kBaseline, Procedure::kScrapingPlantaris).value(),
      58.2, 2.5);
  const Mean zadek =
      VisaAAt(model::Visit::k24Months, Procedure::kZadekOsteotomy);
  EXPECT_GT(zadek.n, 300);
  EXPECT_LT(zadek.value(), 87.8);
  EXPECT_GT(zadek.value(), 87.8 - 0.2 * 35);
}

// At 3 months osteotomy lags behind resection: Ge 2020.
TEST(Simulate, OsteotomyIsSlowerEarly) {
  EXPECT_LT(
      VisaAAt(model::Visit::k3Months, Procedure::kZadekOsteotomy).value() + 3,
      VisaAAt(model::Visit::k3Months, Procedure::kCalcaneoplasty).value());
}

// Median weeks to sport of those with a known day, by what Maffulli 2020 and
// Chen 2025 found: open Zadek 22, endoscopic 12.
TEST(Simulate, ReturnTimesFollowProcedureAndApproach) {
  std::vector<double> zadek, endoscopic;
  int known_by_visit = 0, back = 0;
  for (const model::Case& record : Drawn()) {
    if (!model::WasAthlete(record) ||
        record.baseline.sport_level == model::SportLevel::kProfessional) {
      continue;
    }
    const model::EndpointTime time =
        model::TimeTo(record, model::Endpoint::kReturnSport);
    if (time.exit != model::Exit::kEvent) continue;
    ++back;
    if (time.known_by_visit) {
      ++known_by_visit;
      continue;
    }
    if (record.operation.approach == Approach::kEndoscopic) {
      endoscopic.push_back(time.exit_day / 7.0);
    } else if (record.operation.approach == Approach::kOpen &&
               record.operation.primary_procedure ==
                   Procedure::kZadekOsteotomy) {
      zadek.push_back(time.exit_day / 7.0);
    }
  }
  const auto median = [](std::vector<double>& weeks) {
    std::sort(weeks.begin(), weeks.end());
    return weeks[weeks.size() / 2];
  };
  ASSERT_GT(zadek.size(), 100u);
  ASSERT_GT(endoscopic.size(), 100u);
  EXPECT_NEAR(median(zadek), 21.7, 2.5);
  EXPECT_LT(median(endoscopic) + 3, median(zadek));
  const double share = static_cast<double>(known_by_visit) / back;
  EXPECT_GT(share, 0.1);
  EXPECT_LT(share, 0.6);
}

// Open midportion 10.5 and minimally invasive 5.3 of 100 (Lohrer 2016), raised
// by diabetes, tobacco and steroid, lowered by those not seen.
TEST(Simulate, ComplicationsAreOfThePublishedOrder) {
  Mean open, minimal;
  for (const model::Case& record : Drawn()) {
    bool any = false;
    for (const auto& follow_up : record.follow_ups) {
      any = any || !follow_up.complications.empty();
    }
    (record.operation.approach == Approach::kOpen ? open : minimal)
        .Add(any ? 1 : 0);
  }
  EXPECT_NEAR(open.value(), 0.105, 0.04);
  EXPECT_NEAR(minimal.value(), 0.053, 0.03);
  EXPECT_GT(open.value(), minimal.value());
}

TEST(Simulate, EveryFateOccurs) {
  std::map<std::string, int> n;
  for (const model::Case& record : Drawn()) {
    ++n[record.status == model::CaseStatus::kDied       ? "died"
        : record.status == model::CaseStatus::kLost     ? "lost"
        : record.status == model::CaseStatus::kDeclined ? "declined"
                                                        : "active"];
    if (!model::WasAthlete(record)) ++n["no athlete"];
    for (const auto& follow_up : record.follow_ups) {
      if (!follow_up.reoperations.empty()) ++n["reoperation"];
      if (follow_up.retired_from_sport_day.has_value()) ++n["retired"];
      if (follow_up.sustained_return.has_value()) ++n["sustained"];
      if (follow_up.visa_a.has_value() &&
          !model::TotalOf(*follow_up.visa_a).has_value()) {
        ++n["missing item"];
      }
    }
  }
  for (const char* fate :
       {"died", "lost", "declined", "active", "no athlete", "reoperation",
        "retired", "sustained", "missing item"}) {
    EXPECT_GT(n[fate], 20) << fate;
  }
}

}  // namespace
}  // namespace enthesis::client
