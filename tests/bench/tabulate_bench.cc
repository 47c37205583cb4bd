// Tabulation of ten million cases: nanoseconds a case on one core, and on all.
// Aim: 3 ns a case a core for one pass.
//
//   tabulate_bench [--benchmark_filter=REGEX]
//
// ENTHESIS_BENCH_CASES sets another number of cases.

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <random>
#include <stop_token>
#include <thread>
#include <vector>

#include "absl/strings/str_format.h"
#include "registry/cohort/column_writer.h"
#include "registry/cohort/encode.h"
#include "registry/cohort/selection.h"
#include "registry/cohort/tabulate.h"
#include "registry/model/question.h"
#include "stats/parallel.h"
#include "tests/registry/support/random_case.h"

namespace enthesis::bench {
namespace {

using cohort::Grouping;
using cohort::Pass;
using cohort::Selection;
using cohort::Snapshot;
using model::Dimension;

constexpr int32_t kUtcDay = 20'400;

uint64_t CaseCount() {
  const char* text = std::getenv("ENTHESIS_BENCH_CASES");
  return text == nullptr ? 10'000'000 : std::strtoull(text, nullptr, 10);
}

// Twenty thousand drawn cases, shuffled over all rows.
const Snapshot& Cases() {
  static const std::shared_ptr<const Snapshot> kSnapshot = [] {
    std::mt19937_64 random(1);
    std::vector<cohort::Row> rows;
    for (int i = 0; i < 20'000; ++i) {
      const model::Case record = tests::RandomCase(random);
      rows.push_back(
          cohort::Encode(record, static_cast<uint16_t>(random() % 12)));
    }
    cohort::ColumnWriter writer;
    for (int s = 0; s < 12; ++s) {
      if (!writer.AddSite(absl::StrFormat("site-%02d", s)).ok()) std::abort();
    }
    const uint64_t n = CaseCount();
    for (uint64_t id = 1; id <= n; ++id) {
      cohort::Row& row = rows[random() % rows.size()];
      row.patient = id;
      writer.PutRow({id, 1}, row);
    }
    return writer.Publish(1, kUtcDay);
  }();
  return *kSnapshot;
}

model::Cohort Filtered() {
  model::Cohort cohort;
  cohort.filters = {{Dimension::kAgeBand, {3, 4, 5, 6}, {}},
                    {Dimension::kPathology, {2, 3}, {}}};
  return cohort;
}

enum Mode { kPooled = 0, kBySite = 1, kByProcedure = 2, kByConcomitant = 3 };

std::optional<Dimension> DimensionOf(int64_t mode) {
  switch (mode) {
    case kBySite:
      return Dimension::kSite;
    case kByProcedure:
      return Dimension::kPrimaryProcedure;
    case kByConcomitant:
      return Dimension::kConcomitantProcedure;
    default:
      return std::nullopt;
  }
}

// Arguments: mode, filtered, threads. `work` makes one answer's tables.
template <typename Work>
void Measure(benchmark::State& state, const Work& work) {
  const Snapshot& snapshot = Cases();
  const auto selection = Selection::Make(
      state.range(1) != 0 ? Filtered() : model::Cohort(), snapshot);
  if (!selection.ok()) std::abort();
  const Grouping grouping(DimensionOf(state.range(0)), snapshot);
  stats::ThreadPool pool(static_cast<int>(state.range(2)));
  const Pass pass{snapshot, *selection, grouping, pool, {}};
  for (auto _ : state) {
    if (!work(pass)) std::abort();
  }
  state.counters["per_case"] = benchmark::Counter(
      static_cast<double>(state.iterations()) *
          static_cast<double>(snapshot.n_rows()),
      benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void TabulateSurvival(benchmark::State& state) {
  Measure(state, [](const Pass& pass) {
    return cohort::TabulateEvents(pass, model::Endpoint::kReoperation,
                                  std::nullopt)
        .ok();
  });
}

void TabulateOneKind(benchmark::State& state) {
  Measure(state, [](const Pass& pass) {
    return cohort::TabulateEvents(pass, model::Endpoint::kComplication,
                                  model::ComplicationKind::kSuralNerve)
        .ok();
  });
}

void TabulateReturn(benchmark::State& state) {
  Measure(state, [](const Pass& pass) {
    return cohort::TabulateEvents(pass, model::Endpoint::kReturnSport,
                                  std::nullopt)
        .ok();
  });
}

void TabulateVisaA(benchmark::State& state) {
  Measure(state, [](const Pass& pass) {
    return cohort::TabulateScores(
               pass, model::Measure::kVisaA,
               [](const cohort::ScoreGroup&) { return absl::OkStatus(); })
        .ok();
  });
}

void DescribeCases(benchmark::State& state) {
  Measure(state,
          [](const Pass& pass) { return cohort::TabulateCases(pass).ok(); });
}

void CountCohort(benchmark::State& state) {
  Measure(state,
          [](const Pass& pass) { return cohort::CountCases(pass).ok(); });
}

void Modes(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"by", "filtered", "threads"});
  for (const int64_t mode : {kPooled, kBySite, kByProcedure, kByConcomitant}) {
    bench->Args({mode, 0, 1})->Args({mode, 1, 1});
  }
  bench->Unit(benchmark::kMillisecond);
}

// Time on the wall: the processor time of one thread says nothing here.
void TwoThreads(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"by", "filtered", "threads"});
  bench->Args({kPooled, 0, 2})->Args({kBySite, 0, 2});
  bench->Unit(benchmark::kMillisecond)->UseRealTime();
}

void Pooled(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"by", "filtered", "threads"});
  bench->Args({kPooled, 0, 1})->Args({kBySite, 0, 1});
  bench->Unit(benchmark::kMillisecond);
}

BENCHMARK(TabulateSurvival)->Apply(Modes);
BENCHMARK(TabulateSurvival)->Apply(TwoThreads);
BENCHMARK(TabulateReturn)->Apply(Modes);
BENCHMARK(TabulateOneKind)->Apply(Pooled);
BENCHMARK(TabulateVisaA)->Apply(Pooled);
BENCHMARK(TabulateVisaA)->Apply(TwoThreads);
BENCHMARK(DescribeCases)->Apply(Pooled);
BENCHMARK(CountCohort)->Apply(Pooled);

// From the request to stop until the pass has returned, pooled scores: the
// slowest pass. Must stay below 50 ms.
void StopScores(benchmark::State& state) {
  const Snapshot& snapshot = Cases();
  const auto selection = Selection::Make({}, snapshot);
  const Grouping grouping(Dimension::kSite, snapshot);
  stats::ThreadPool pool(2);
  for (auto _ : state) {
    std::stop_source source;
    const Pass pass{snapshot, *selection, grouping, pool, source.get_token()};
    std::thread question([&pass] {
      (void)cohort::TabulateScores(
          pass, model::Measure::kVisaA,
          [](const cohort::ScoreGroup&) { return absl::OkStatus(); });
    });
    const auto begun = std::chrono::steady_clock::now();
    while (std::chrono::steady_clock::now() - begun <
           std::chrono::milliseconds(10)) {
      std::this_thread::yield();  // well into the pass
    }
    const auto start = std::chrono::steady_clock::now();
    source.request_stop();
    question.join();
    state.SetIterationTime(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
            .count());
  }
}
BENCHMARK(StopScores)
    ->UseManualTime()
    ->Iterations(20)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace enthesis::bench

BENCHMARK_MAIN();
