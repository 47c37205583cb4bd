// Reading of CSV as `enthesis analyze` does it: from the bytes of a file to
// checked numbers in memory.
//   csv_bench [ROWS]      prints MB/s with one thread and with all cores

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/analyze/data_file.h"
#include "client/analyze/frame.h"
#include "stats/parallel.h"

namespace {

using enthesis::client::DataFile;
using enthesis::client::Frame;

constexpr int kRepeats = 5;

// Ten columns of a registry's export, six of which an analysis may use.
std::string MakeText(size_t n_rows) {
  std::mt19937_64 random(1);
  std::string text = "id,time,status,group,age,bmi,score,sex,site,note\n";
  for (size_t i = 0; i < n_rows; ++i) {
    absl::StrAppend(&text, 1'000'000 + i, ",",
                    static_cast<double>(random() % 365'000) / 100, ",",
                    random() % 3, ",", random() % 4, ",");
    absl::StrAppend(&text, 18 + random() % 60, ",",
                    static_cast<double>(180 + random() % 200) / 10, ",",
                    random() % 101, ",", random() % 2 == 0 ? "f" : "m", ",",
                    random() % 50, ",as planned\n");
  }
  return text;
}

double Seconds(const std::string& text, const std::vector<std::string>& wanted,
               int n_threads) {
  double best = 0;
  for (int i = 0; i < kRepeats; ++i) {
    enthesis::stats::ThreadPool pool(n_threads);
    std::string copy = text;
    const auto start = std::chrono::steady_clock::now();
    const auto file = DataFile::Parse(std::move(copy), wanted, &pool);
    bool good = file.ok();
    if (good) {
      const Frame frame(*file, wanted);
      for (const std::string& name : wanted) {
        good = good && frame.Numbers(name).ok();
      }
    }
    const std::chrono::duration<double> took =
        std::chrono::steady_clock::now() - start;
    if (!good) {
      std::fprintf(stderr, "csv_bench: the text was refused\n");
      std::exit(1);
    }
    best = i == 0 ? took.count() : std::min(best, took.count());
  }
  return best;
}

}  // namespace

int main(int argc, char** argv) {
  const size_t n_rows =
      argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1000000;
  const std::string text = MakeText(n_rows);
  const double megabytes = static_cast<double>(text.size()) / 1e6;
  const int n_cores =
      static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  std::printf("%zu rows of 10 columns, %.0f MB\n", n_rows, megabytes);
  for (const std::vector<std::string>& wanted :
       {std::vector<std::string>{"time", "status", "group"},
        std::vector<std::string>{"time", "status", "group", "age", "bmi",
                                 "score"}}) {
    for (const int n_threads : {1, n_cores}) {
      const double seconds = Seconds(text, wanted, n_threads);
      std::printf("  %zu numbers a row, %d threads: %6.0f MB/s\n",
                  wanted.size(), n_threads, megabytes / seconds);
    }
  }
  return 0;
}
