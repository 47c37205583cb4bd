#include "client/care/data_quality.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/care/case_fields.h"
#include "registry/model/fields.h"
#include "registry/model/visa_a.h"
#include "registry/model/visits.h"
#include "stats/distributions.h"

namespace enthesis::client {
namespace {

using model::Case;
using model::FollowUp;

constexpr char kImplausibleChange[] = "implausible_change";
constexpr char kOutlyingChange[] = "outlying_change";
constexpr char kDigitPreference[] = "digit_preference";
constexpr char kIdenticalRows[] = "identical_rows";
constexpr char kOddVisitDay[] = "odd_visit_day";

constexpr QualityRule kRules[] = {
    {kImplausibleChange,
     "within 45 days VISA-A changed by 45 points or more, pain by 7, Tegner by "
     "5, a symmetry by 50 percent, heel rises by 25"},
    {kOutlyingChange,
     "the change of VISA-A since the baseline is far from that of the site's "
     "other cases at the visit: modified z-score beyond 3.5 (Iglewicz and "
     "Hoaglin 1993), from 20 changes on"},
    {kDigitPreference,
     "more values than chance allows end in 0 or 5: p < 0.001 against one in "
     "five, and more than 35 percent, from 50 values on"},
    {kIdenticalRows,
     "two assessments of a case with the same 4 values or more, two of "
     "different patients on the same day with the same 8 or more, or two "
     "patients with the same baseline, care and operation"},
    {kOddVisitDay,
     "an assessment in no window, two in one window within 3 days, or more "
     "than half of the site's assessments of a visit on its very target day, "
     "from 20 on"},
};

constexpr int32_t kShortTime = 45;  // days
struct ChangeLimit {
  const char* field;
  int32_t least;
};
constexpr int32_t kVisaALimit = 45;
constexpr ChangeLimit kChangeLimits[] = {
    {"pain_activity", 7},         {"pain_rest", 7},
    {"heel_rise_count", 25},      {"strength_symmetry_percent", 50},
    {"hop_symmetry_percent", 50}, {"tegner_score", 5}};

constexpr size_t kLeastChanges = 20;
constexpr double kModifiedZ = 3.5;
constexpr double kMadToSd = 0.6745;  // of a normal distribution
constexpr int64_t kLeastDigits = 50;
constexpr double kDigitLevel = 0.001;
constexpr double kDigitShare = 0.35;
constexpr size_t kSameInCase = 4;
constexpr size_t kSameBetweenCases = 8;
constexpr int32_t kCloseDays = 3;
constexpr int64_t kLeastVisits = 20;

std::optional<int32_t> TotalAt(const FollowUp& follow_up) {
  return follow_up.visa_a.has_value() ? model::TotalOf(*follow_up.visa_a)
                                      : std::nullopt;
}

// A score of an assessment as a number.
struct ScoreField {
  std::string name;
  int32_t limit = 0;
  std::function<std::optional<int32_t>(const FollowUp&)> get;
};

std::vector<ScoreField> ScoreFields() {
  std::vector<ScoreField> fields = {{"visa_a.total", kVisaALimit, TotalAt}};
  for (const model::Field<FollowUp>& field : model::FollowUpFields()) {
    for (const ChangeLimit& limit : kChangeLimits) {
      if (absl::string_view(field.name) == limit.field) {
        fields.push_back({field.name, limit.least, field.get});
      }
    }
  }
  return fields;
}

class QualityCheck {
 public:
  explicit QualityCheck(const SiteCases& held) : held_(held) {}

  std::vector<QualityFinding> Run() {
    for (const Case& record : held_.cases) FindImplausibleChanges(record);
    FindOutlyingChanges();
    FindDigitPreferences();
    for (const Case& record : held_.cases) FindRepeatedAssessments(record);
    FindCopiedAssessments();
    FindCopiedCases();
    for (const Case& record : held_.cases) FindOddDays(record);
    FindTargetDays();
    return std::move(findings_);
  }

 private:
  void Find(const char* rule, const Case* record, std::optional<int32_t> day,
            std::string field, std::string value, std::string why) {
    findings_.push_back(
        {rule,
         record == nullptr ? std::nullopt
                           : std::optional<model::Id>(record->id),
         day, std::move(field), std::move(value), std::move(why)});
  }

  void FindImplausibleChanges(const Case& record) {
    for (const ScoreField& field : scores_) {
      const FollowUp* last = nullptr;
      for (const FollowUp& follow_up : record.follow_ups) {
        const std::optional<int32_t> value = field.get(follow_up);
        if (!value.has_value() || !follow_up.day.has_value()) continue;
        if (last != nullptr) {
          const int32_t before = *field.get(*last);
          const int32_t days = *follow_up.day - *last->day;
          // Surgery may change anything.
          const bool across = *last->day <= 0 && *follow_up.day > 0;
          if (!across && days <= kShortTime &&
              std::abs(*value - before) >= field.limit &&
              SameScale(field, *last, follow_up)) {
            Find(kImplausibleChange, &record, follow_up.day, field.name,
                 absl::StrCat(*value),
                 absl::StrCat("was ", before, " on day ", *last->day, ", ",
                              days, " days before; limit ", field.limit));
          }
        }
        last = &follow_up;
      }
    }
  }

  // Versions of the questionnaire are not compared.
  static bool SameScale(const ScoreField& field, const FollowUp& one,
                        const FollowUp& other) {
    return field.name != "visa_a.total" ||
           model::InstrumentOf(*one.visa_a) ==
               model::InstrumentOf(*other.visa_a);
  }

  struct Change {
    const Case* record;
    const FollowUp* follow_up;
    double change;
  };

  void FindOutlyingChanges() {
    std::map<model::Visit, std::vector<Change>> by_visit;
    for (const Case& record : held_.cases) {
      const auto visits =
          model::AssignVisits(record, [](const FollowUp& follow_up) {
            return TotalAt(follow_up).has_value();
          });
      if (visits[0] == nullptr) continue;
      for (size_t v = 1; v < visits.size(); ++v) {
        if (visits[v] == nullptr ||
            model::InstrumentOf(*visits[v]->visa_a) !=
                model::InstrumentOf(*visits[0]->visa_a)) {
          continue;
        }
        by_visit[static_cast<model::Visit>(v + 1)].push_back(
            {&record, visits[v],
             static_cast<double>(*TotalAt(*visits[v]) - *TotalAt(*visits[0]))});
      }
    }
    for (const auto& [visit, changes] : by_visit) FindOutliers(changes);
  }

  static double MedianOf(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const size_t n = values.size();
    return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
  }

  void FindOutliers(const std::vector<Change>& changes) {
    if (changes.size() < kLeastChanges) return;
    std::vector<double> values, distances;
    for (const Change& one : changes) values.push_back(one.change);
    const double median = MedianOf(values);
    for (const double value : values) {
      distances.push_back(std::abs(value - median));
    }
    const double mad = MedianOf(distances);
    if (mad == 0) return;  // more than half are alike: no scale
    for (const Change& one : changes) {
      const double z = kMadToSd * (one.change - median) / mad;
      if (std::abs(z) <= kModifiedZ) continue;
      Find(kOutlyingChange, one.record, one.follow_up->day, "visa_a.total",
           absl::StrCat(*TotalAt(*one.follow_up)),
           absl::StrFormat("changed by %+.0f since the baseline, the site's "
                           "median is %+.1f; modified z-score %.1f",
                           one.change, median, z));
    }
  }

  void FindDigitPreferences() {
    std::map<std::string, std::array<int64_t, 10>> digits;
    const auto count = [&](const char* field, std::optional<int32_t> value) {
      if (!value.has_value()) return;
      ++digits[field][static_cast<size_t>(std::abs(*value) % 10)];
    };
    for (const Case& record : held_.cases) {
      count("operation.operating_minutes", record.operation.operating_minutes);
      for (const FollowUp& follow_up : record.follow_ups) {
        if (follow_up.day.value_or(0) > 0) count("day", follow_up.day);
        count("strength_symmetry_percent", follow_up.strength_symmetry_percent);
        count("hop_symmetry_percent", follow_up.hop_symmetry_percent);
        // The ends of the scale are no preference.
        const std::optional<int32_t> total = TotalAt(follow_up);
        if (total.value_or(0) > 0 && *total < 100) count("visa_a.total", total);
      }
    }
    for (const auto& [field, counts] : digits) TestDigits(field, counts);
  }

  void TestDigits(const std::string& field,
                  const std::array<int64_t, 10>& counts) {
    int64_t n = 0;
    for (const int64_t count : counts) n += count;
    const int64_t round = counts[0] + counts[5];
    if (n < kLeastDigits || round == 0) return;
    const double share = static_cast<double>(round) / static_cast<double>(n);
    const double p = stats::BinomialUpperTail(static_cast<double>(round) - 1,
                                              static_cast<double>(n), 0.2);
    if (p >= kDigitLevel || share <= kDigitShare) return;
    Find(kDigitPreference, nullptr, std::nullopt, field,
         absl::StrFormat("%.0f %%", 100 * share),
         absl::StrCat(round, " of ", n,
                      " values end in 0 or 5; one in five is chance"));
  }

  // What an assessment says, without its day; empty below `least` values.
  static std::string ContentOf(const FollowUp& follow_up, size_t least) {
    FollowUp content = follow_up;
    content.day.reset();
    const std::vector<CaseField> fields = FieldsOf(content, "");
    if (fields.size() < least) return "";
    std::string text;
    for (const CaseField& field : fields) {
      absl::StrAppend(&text, field.path, "=", field.text, " ");
    }
    return text;
  }

  void FindRepeatedAssessments(const Case& record) {
    std::map<std::string, const FollowUp*> seen;
    for (const FollowUp& follow_up : record.follow_ups) {
      const std::string content = ContentOf(follow_up, kSameInCase);
      if (content.empty()) continue;
      const auto [first, is_new] = seen.emplace(content, &follow_up);
      if (is_new) continue;
      Find(kIdenticalRows, &record, follow_up.day, "follow_up", "",
           absl::StrCat("every value is that of the assessment on day ",
                        first->second->day.value_or(0)));
    }
  }

  void FindCopiedAssessments() {
    std::map<std::string, const Case*> seen;
    for (const Case& record : held_.cases) {
      for (const FollowUp& follow_up : record.follow_ups) {
        const std::string content = ContentOf(follow_up, kSameBetweenCases);
        if (content.empty()) continue;
        const auto [first, is_new] = seen.emplace(
            absl::StrCat(follow_up.day.value_or(0), " ", content), &record);
        if (is_new || first->second->patient == record.patient) continue;
        Find(kIdenticalRows, &record, follow_up.day, "follow_up", "",
             absl::StrCat("day and every value are those of case ",
                          model::FormatId(first->second->id)));
      }
    }
  }

  void FindCopiedCases() {
    std::map<std::string, const Case*> seen;
    for (const Case& record : held_.cases) {
      Case content = record;
      content.baseline.operation_sequence.reset();
      content.status = model::CaseStatus::kActive;
      content.status_day.reset();
      std::string text;
      for (const CaseField& field : FieldsOf(content)) {
        absl::StrAppend(&text, field.path, "=", field.text, " ");
      }
      const auto [first, is_new] = seen.emplace(text, &record);
      if (is_new || first->second->patient == record.patient) continue;
      Find(kIdenticalRows, &record, std::nullopt, "baseline", "",
           absl::StrCat("baseline, care and operation are those of case ",
                        model::FormatId(first->second->id)));
    }
  }

  void FindOddDays(const Case& record) {
    const FollowUp* last = nullptr;
    for (const FollowUp& follow_up : record.follow_ups) {
      if (!follow_up.day.has_value()) continue;
      const int32_t day = *follow_up.day;
      const auto visit = model::VisitOfDay(day);
      if (!visit.has_value()) {
        Find(kOddVisitDay, &record, day, "day", absl::StrCat(day),
             "is in the window of no visit, so no answer by visit has it");
      } else if (last != nullptr && day > 0 && *last->day > 0 &&
                 day - *last->day <= kCloseDays &&
                 model::VisitOfDay(*last->day) == visit) {
        Find(kOddVisitDay, &record, day, "day", absl::StrCat(day),
             absl::StrCat("another assessment of the same visit is on day ",
                          *last->day));
      }
      last = &follow_up;
    }
  }

  void FindTargetDays() {
    for (const model::VisitWindow& window : model::kVisitWindows) {
      if (window.visit == model::Visit::kBaseline) continue;
      int64_t n = 0, on_target = 0;
      for (const Case& record : held_.cases) {
        for (const FollowUp& follow_up : record.follow_ups) {
          const int32_t day = follow_up.day.value_or(0);
          if (model::VisitOfDay(day) != window.visit) continue;
          ++n;
          if (day == window.target_day) ++on_target;
        }
      }
      if (n < kLeastVisits || 2 * on_target <= n) continue;
      Find(kOddVisitDay, nullptr, window.target_day, "day",
           absl::StrCat(window.target_day),
           absl::StrCat(on_target, " of ", n, " assessments of the visit at ",
                        window.label,
                        " are on its target day: the planned day instead of "
                        "the true one?"));
    }
  }

  const SiteCases& held_;
  const std::vector<ScoreField> scores_ = ScoreFields();
  std::vector<QualityFinding> findings_;
};

}  // namespace

absl::Span<const QualityRule> QualityRules() { return kRules; }

std::vector<QualityFinding> FindQualityProblems(const SiteCases& held) {
  std::vector<QualityFinding> findings = QualityCheck(held).Run();
  // Found rule by rule; a rule that looks several ways keeps them together.
  const auto place = [](const QualityFinding& finding) {
    for (size_t i = 0; i < std::size(kRules); ++i) {
      if (absl::string_view(kRules[i].name) == finding.rule) return i;
    }
    return std::size(kRules);
  };
  std::stable_sort(findings.begin(), findings.end(),
                   [&](const QualityFinding& a, const QualityFinding& b) {
                     return place(a) < place(b);
                   });
  return findings;
}

}  // namespace enthesis::client
