// The library's half of the comparison with R: `run` drives both.
//
//   versus_r make FILE ROWS       writes the columns
//   versus_r SUBJECT FILE ROWS    times a subject; a line a timing:
//                                 name, seconds, figure, separated by tabs

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "stats/parallel.h"
#include "tests/bench/versus_r/columns.h"

namespace {

using enthesis::stats::ThreadPool;
using enthesis::versus_r::Columns;
using enthesis::versus_r::Timing;

struct Subject {
  const char* name;
  std::vector<Timing> (*time)(const Columns& columns, ThreadPool& pool);
};

constexpr Subject kSubjects[] = {
    {"survival", enthesis::versus_r::TimeSurvival},
    {"cox", enthesis::versus_r::TimeCox},
    {"cox-robust", enthesis::versus_r::TimeCoxRobust},
    {"incidence", enthesis::versus_r::TimeIncidence},
    {"fine-gray", enthesis::versus_r::TimeFineGray},
    {"glm", enthesis::versus_r::TimeGlm},
    {"mixed", enthesis::versus_r::TimeMixed},
    {"crossed", enthesis::versus_r::TimeCrossed},
    {"meta", enthesis::versus_r::TimeMeta},
    {"mmrm", enthesis::versus_r::TimeMmrm},
    {"parametric", enthesis::versus_r::TimeParametric},
    {"tables", enthesis::versus_r::TimeTables},
};

int Usage() {
  std::fprintf(stderr, "usage: versus_r make|SUBJECT FILE ROWS\n");
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return Usage();
  const std::string path = argv[2];
  const size_t n_rows = std::strtoull(argv[3], nullptr, 10);
  if (std::strcmp(argv[1], "make") == 0) {
    enthesis::versus_r::WriteColumns(path, n_rows, 1);
    return 0;
  }
  for (const Subject& subject : kSubjects) {
    if (std::strcmp(argv[1], subject.name) != 0) continue;
    const Columns columns = enthesis::versus_r::ReadColumns(path, n_rows);
    ThreadPool pool(static_cast<int>(std::thread::hardware_concurrency()));
    for (const Timing& timing : subject.time(columns, pool)) {
      std::printf("%s\t%.9g\t%.17g\n", timing.name.c_str(), timing.seconds,
                  timing.figure);
    }
    return 0;
  }
  return Usage();
}
