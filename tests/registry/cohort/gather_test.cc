#include "registry/cohort/gather.h"

#include <algorithm>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "registry/cohort/encode.h"
#include "registry/cohort/row.h"
#include "tests/registry/support/naive_cohort.h"
#include "tests/registry/support/random_case.h"

namespace enthesis::cohort {
namespace {

using model::Covariate;
using model::CovariateSource;
using tests::Cases;

// Cases with a value in most of the fields known before surgery.
Cases RandomCases(int n, uint64_t seed) {
  std::mt19937_64 random(seed);
  Cases cases;
  for (int i = 0; i < n; ++i) {
    model::Case record = tests::RandomCase(random);
    for (const model::PreoperativeField& field : model::PreoperativeFields()) {
      if (random() % 8 == 0) continue;
      const bool coded = field.info->codes != nullptr;
      const auto n_values = static_cast<uint64_t>(
          coded ? static_cast<int32_t>(field.info->codes->codes.size())
                : field.info->max - field.info->min + 1);
      const auto value = static_cast<int32_t>(random() % n_values) +
                         (coded ? 1 : field.info->min);
      if (field.baseline != nullptr) {
        field.baseline->set(record.baseline, value);
      } else {
        field.care->set(record.conservative_care, value);
      }
    }
    cases.push_back(std::move(record));
  }
  return cases;
}

// The value of a case as GatheredRows gives it, without columns.
std::optional<int32_t> NaiveValue(const Covariate& covariate,
                                  const model::Case& record,
                                  const std::vector<std::string>& sites) {
  const auto index = static_cast<size_t>(covariate.index);
  switch (covariate.source) {
    case CovariateSource::kAgeYears:
      return record.baseline.age_years;
    case CovariateSource::kBaselineScore:
      return tests::ScoreAt(record, static_cast<model::Measure>(index),
                            model::Visit::kBaseline);
    case CovariateSource::kField: {
      const auto value =
          model::ValueOf(model::PreoperativeFields()[index], record);
      if (!value.has_value()) return std::nullopt;
      return covariate.codes == nullptr ? *value : *value - 1;
    }
    case CovariateSource::kDimension:
      break;
  }
  const auto dimension = static_cast<model::Dimension>(index);
  if (dimension == model::Dimension::kSite) {
    return static_cast<int32_t>(
        std::find(sites.begin(), sites.end(), record.site) - sites.begin());
  }
  if (covariate.is_set) {
    int32_t mask = 0;
    for (const model::Procedure procedure :
         record.operation.concomitant_procedures) {
      mask |= 1 << (static_cast<int32_t>(procedure) - 1);
    }
    return mask;
  }
  const int32_t value = model::ValueOf(dimension, record);
  if (value == 0) return std::nullopt;
  return covariate.is_number ? value : value - 1;
}

using RowOfNumbers = std::vector<int64_t>;

std::vector<RowOfNumbers> Sorted(const GatheredRows& rows) {
  std::vector<RowOfNumbers> sorted;
  for (size_t i = 0; i < rows.size(); ++i) {
    RowOfNumbers row;
    if (!rows.times.empty()) {
      row = {static_cast<int64_t>(rows.times[i]), rows.causes[i]};
      if (!rows.last_free.empty()) {
        row.push_back(static_cast<int64_t>(rows.last_free[i]));
      }
    } else {
      row = {static_cast<int64_t>(rows.scores[i])};
    }
    for (const auto& column : rows.values) row.push_back(column[i]);
    sorted.push_back(std::move(row));
  }
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

// What gathering case by case gives.
struct Naive {
  std::vector<RowOfNumbers> rows;
  int64_t outside = 0, without_score = 0;
  std::vector<int64_t> without;
};

Naive GatherNaively(const Cases& cases, const model::Cohort& cohort,
                    const RowContent& content) {
  std::vector<std::string> sites;
  for (const model::Case& record : cases) sites.push_back(record.site);
  std::sort(sites.begin(), sites.end());
  sites.erase(std::unique(sites.begin(), sites.end()), sites.end());
  Naive naive;
  naive.without.resize(content.covariates.size());
  for (const model::Case& record : cases) {
    if (!tests::IsSelected(cohort, record)) continue;
    RowOfNumbers row;
    if (content.endpoint.has_value()) {
      if (!model::InRiskSet(record, *content.endpoint)) {
        ++naive.outside;
        continue;
      }
      const auto time = model::TimeTo(record, *content.endpoint, content.kind);
      row = {time.exit_day, static_cast<int64_t>(time.exit)};
      if (content.intervals) {
        row.push_back(time.exit == model::Exit::kEvent && time.known_by_visit
                          ? time.interval_start
                          : time.exit_day);
      }
    } else {
      const auto score = tests::ScoreAt(record, content.measure, content.visit);
      if (!score.has_value()) {
        ++naive.without_score;
        continue;
      }
      row = {*score};
    }
    bool complete = true;
    for (size_t c = 0; c < content.covariates.size() && complete; ++c) {
      const auto value = NaiveValue(content.covariates[c], record, sites);
      complete = value.has_value();
      if (complete) {
        row.push_back(*value);
      } else {
        ++naive.without[c];
      }
    }
    if (complete) naive.rows.push_back(std::move(row));
  }
  std::sort(naive.rows.begin(), naive.rows.end());
  return naive;
}

void ExpectNaive(const Cases& cases, const Snapshot& snapshot,
                 const model::Cohort& cohort, const RowContent& content) {
  const auto selection = Selection::Make(cohort, snapshot);
  ASSERT_TRUE(selection.ok());
  stats::ThreadPool pool(2);
  const auto rows = GatherRows(snapshot, *selection, content, pool, {});
  ASSERT_TRUE(rows.ok()) << rows.status();
  const Naive naive = GatherNaively(cases, cohort, content);
  EXPECT_EQ(Sorted(*rows), naive.rows);
  EXPECT_EQ(rows->outside_risk_set, naive.outside);
  EXPECT_EQ(rows->without_score, naive.without_score);
  EXPECT_EQ(rows->without, naive.without);
}

TEST(GatherRows, EveryCovariateEqualsReadingTheCases) {
  const Cases cases = RandomCases(400, 1);
  const auto snapshot = tests::SnapshotOf(cases);
  for (const Covariate& covariate : model::Covariates()) {
    SCOPED_TRACE(covariate.name);
    RowContent content;
    content.endpoint = model::Endpoint::kReoperation;
    content.covariates = {covariate};
    ExpectNaive(cases, *snapshot, {}, content);
  }
}

TEST(GatherRows, EveryResponseEqualsReadingTheCases) {
  const Cases cases = RandomCases(800, 2);
  const auto snapshot = tests::SnapshotOf(cases);
  model::Cohort cohort;
  cohort.filters = {{model::Dimension::kSex, {1, 2}, {}}};
  RowContent content;
  content.covariates = {*model::FindCovariate("bmi"),
                        *model::FindCovariate("site"),
                        *model::FindCovariate("smoking")};
  for (int e = 1; e <= kEndpointCount; ++e) {
    SCOPED_TRACE(e);
    content.endpoint = static_cast<model::Endpoint>(e);
    for (const bool intervals : {false, true}) {
      content.intervals = intervals;
      ExpectNaive(cases, *snapshot, cohort, content);
    }
  }
  content.endpoint = model::Endpoint::kComplication;
  content.kind = model::ComplicationKind::kSuralNerve;
  ExpectNaive(cases, *snapshot, cohort, content);
  content.endpoint.reset();
  for (const auto measure :
       {model::Measure::kVisaA, model::Measure::kStrengthSymmetry}) {
    for (const auto visit :
         {model::Visit::kBaseline, model::Visit::k12Months}) {
      content.measure = measure;
      content.visit = visit;
      ExpectNaive(cases, *snapshot, cohort, content);
    }
  }
}

TEST(GatherRows, PatientsOnlyWhenAsked) {
  const Cases cases = RandomCases(30, 3);
  const auto snapshot = tests::SnapshotOf(cases);
  const auto selection = Selection::Make({}, *snapshot);
  stats::ThreadPool pool(1);
  RowContent content;
  content.endpoint = model::Endpoint::kRupture;
  EXPECT_TRUE(
      GatherRows(*snapshot, *selection, content, pool, {})->patients.empty());
  content.patients = true;
  const auto rows = GatherRows(*snapshot, *selection, content, pool, {});
  ASSERT_EQ(rows->patients.size(), 30u);
  EXPECT_EQ(rows->patients[7], PatientHash(cases[7].patient));
}

TEST(GatherRows, StopsWhenAsked) {
  const auto snapshot = tests::SnapshotOf(RandomCases(10, 4));
  const auto selection = Selection::Make({}, *snapshot);
  stats::ThreadPool pool(1);
  std::stop_source source;
  source.request_stop();
  RowContent content;
  content.endpoint = model::Endpoint::kRupture;
  EXPECT_EQ(GatherRows(*snapshot, *selection, content, pool, source.get_token())
                .status()
                .code(),
            absl::StatusCode::kCancelled);
}

}  // namespace
}  // namespace enthesis::cohort
