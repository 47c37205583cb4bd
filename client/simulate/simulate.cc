#include "client/simulate/simulate.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/case_csv_writer.h"
#include "client/file_bytes.h"
#include "client/output_file.h"
#include "client/simulate/draw.h"
#include "client/simulate/plant_faults.h"
#include "client/simulate/random.h"
#include "client/time_text.h"

namespace enthesis::client {
namespace {

// Operations are spread over these years; follow-up ends with the last.
constexpr int32_t kFirstYear = 2019;
constexpr int32_t kYears = 6;
constexpr int32_t kDaysOfFollowUpAfter = 180;
// Two limbs of one person, the second later; assumed.
constexpr double kBilateral = 0.03;

// Days since 1 January of kFirstYear as a date.
Date DateOf(int32_t days) {
  constexpr int32_t kMonths[] = {31, 28, 31, 30, 31, 30,
                                 31, 31, 30, 31, 30, 31};
  const auto leap = [](int32_t year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  };
  Date date{kFirstYear, 1, 1};
  while (days >= (leap(date.year) ? 366 : 365)) {
    days -= leap(date.year) ? 366 : 365;
    ++date.year;
  }
  for (;;) {
    const int32_t length =
        kMonths[date.month - 1] + (date.month == 2 && leap(date.year) ? 1 : 0);
    if (days < length) break;
    days -= length;
    ++date.month;
  }
  date.day = days + 1;
  return date;
}

// Cases of one site, as the text of its file.
std::string DrawSite(uint64_t seed, int32_t site_number, int32_t n_cases,
                     FaultPlanter* planter) {
  Random random(seed, static_cast<uint64_t>(site_number));
  const SiteEffect site = DrawSiteEffect(random);
  constexpr int32_t kSpan = 365 * kYears;
  constexpr int32_t kEnd = kSpan + kDaysOfFollowUpAfter;
  std::string text = CaseCsvHeader();
  const auto add = [&](const model::Case& record, const LocalColumns& local) {
    if (planter == nullptr) return AppendCaseCsv(record, local, text);
    std::string lines;
    AppendCaseCsv(record, local, lines);
    text += planter->Plant(lines);
  };
  int32_t drawn = 0;
  for (int32_t person = 1; drawn < n_cases; ++person) {
    model::Case record = DrawBaseline(random);
    const int32_t day = random.Between(0, kSpan - 1);
    const LocalColumns local{absl::StrFormat("S%02d-%05d", site_number, person),
                             absl::StrFormat("P%05d", person), DateOf(day)};
    const model::Case before_course = record;
    DrawCourse(random, site, kEnd - day, record);
    add(record, local);
    ++drawn;
    const int32_t other_day = day + random.Between(90, 700);
    const bool other = random.Chance(kBilateral) && other_day < kSpan &&
                       record.status == model::CaseStatus::kActive;
    if (!other || drawn == n_cases) continue;
    model::Case second = DrawOtherLimb(random, before_course);
    DrawCourse(random, site, kEnd - other_day, second);
    add(second, {local.record_id + "B", local.patient_key, DateOf(other_day)});
    ++drawn;
  }
  return text;
}

}  // namespace

std::string SimulateSite(uint64_t seed, int32_t site_number, int32_t n_cases) {
  return DrawSite(seed, site_number, n_cases, nullptr);
}

std::string PlantedPath(const SimulateOptions& options) {
  return absl::StrCat(options.folder, "/planted.csv");
}

absl::StatusOr<std::vector<SimulatedFile>> Simulate(
    const SimulateOptions& options) {
  if (options.n_cases < 1 || options.n_cases > 10'000'000) {
    return absl::InvalidArgumentError(
        absl::StrCat("cases is ", options.n_cases, "; allowed: 1 to 10000000"));
  }
  if (options.n_sites < 1 || options.n_sites > 999 ||
      options.n_sites > options.n_cases) {
    return absl::InvalidArgumentError(
        absl::StrCat("sites is ", options.n_sites,
                     "; allowed: 1 to 999, at most one a case"));
  }
  if (!(options.fault_share >= 0 && options.fault_share <= 1)) {
    return absl::InvalidArgumentError(
        absl::StrCat("faults is ", options.fault_share,
                     "; allowed: 0 to 1, the share of "
                     "records with one"));
  }
  if (mkdir(options.folder.c_str(), 0755) != 0 && errno != EEXIST) {
    return FileError(options.folder, errno);
  }
  std::vector<SimulatedFile> files;
  const bool faults = options.fault_share > 0;
  FaultPlanter planter(options.fault_share, options.seed);
  for (int32_t s = 0; s < options.n_sites; ++s) {
    SimulatedFile file;
    file.site = absl::StrFormat("site-%02d", s + 1);
    file.path = absl::StrCat(options.folder, "/", file.site, ".csv");
    file.n_cases = options.n_cases / options.n_sites +
                   (s < options.n_cases % options.n_sites ? 1 : 0);
    planter.BeginFile(file.site, CaseCsvHeader());
    const std::string text = DrawSite(options.seed, s + 1, file.n_cases,
                                      faults ? &planter : nullptr);
    if (absl::Status status = WriteOutput(file.path, text, 0644);
        !status.ok()) {
      return status;
    }
    files.push_back(std::move(file));
  }
  if (faults) {
    const absl::Status status =
        WriteOutput(PlantedPath(options), PlantedCsv(planter.planted()), 0644);
    if (!status.ok()) return status;
  }
  return files;
}

}  // namespace enthesis::client
