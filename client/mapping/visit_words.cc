#include "client/mapping/visit_words.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "client/mapping/known_words.h"
#include "registry/model/visits.h"

namespace enthesis::client {
namespace {

constexpr char kVisitWords[] =
    "visit visite visita besuch bezoek kontrolle kontroll kons konsultation "
    "nachkontrolle nachuntersuchung nk nu verlauf follow up fu followup "
    "control controle controllo consultation consulta consult suivi revision "
    "seguimiento review assessment untersuchung post op postop postoperativ "
    "postoperative postoperatoire postoperatorio postoperatief nach after "
    "apres despues dopo na t a";
constexpr char kWeekWords[] =
    "w wk wks wo woche wochen week weeks weken semaine semaines sem semana "
    "semanas settimana settimane";
constexpr char kMonthWords[] =
    "m mo mon mt mth month months monat monate monaten mois mes meses mese "
    "mesi maand maanden mnd";
constexpr char kYearWords[] =
    "y yr yrs year years j jahr jahre jahren an ans ano anos anno anni jaar";

// Beginnings, so that "praeoperativ" and "preoperatorio" are known.
constexpr const char* kBaselineStarts[] = {
    "baseline", "preop",   "pre_op",   "praeop",   "prae_op",  "preoperat",
    "enrol",    "surgery", "aufnahme", "ausgangs", "erstunt",  "operation",
    "vor_op",   "vor_der", "before",   "avant",    "inclusi",  "antes",
    "prima",    "voor",    "opname",   "ingreso",  "ingresso", "admission",
    "initial",  "inicial", "inizial",  "basal",    "intake",   "t0"};
// In a header, where longer words are about something else.
constexpr char kBaselineWords[] =
    "pre preop preoperative preoperatoire preoperatorio preoperatoria "
    "preoperatief prae praeop praeoperativ praeoperative baseline basal "
    "basale initial inicial iniziale vor vorop avant antes prima voor bl";

// The code of a visit; absent where there is none at that time.
std::optional<std::string> VisitAfter(int number, absl::string_view unit) {
  if (number <= 0 || number > 1000) return std::nullopt;
  const bool weeks = IsAmong(unit, kWeekWords);
  if (IsAmong(unit, kYearWords)) number *= 12;
  const std::string code = absl::StrCat(number, weeks ? "_weeks" : "_months");
  return model::kVisitCodes.Find(code) == nullptr
             ? std::nullopt
             : std::optional<std::string>(code);
}

}  // namespace

std::vector<std::string> PartsOf(absl::string_view word) {
  std::vector<std::string> parts;
  bool digits = false, fresh = true;
  for (const char c : word) {
    if (c == '_') {
      fresh = true;
      continue;
    }
    const bool digit = absl::ascii_isdigit(static_cast<unsigned char>(c));
    if (fresh || digit != digits) parts.emplace_back();
    parts.back() += c;
    digits = digit;
    fresh = false;
  }
  return parts;
}

bool IsAmong(absl::string_view word, absl::string_view words) {
  for (const absl::string_view one : absl::StrSplit(words, ' ')) {
    if (word == one) return true;
  }
  return false;
}

bool IsTimeWord(absl::string_view part) {
  return IsAmong(part, kWeekWords) || IsAmong(part, kMonthWords) ||
         IsAmong(part, kYearWords);
}

bool IsVisitWord(absl::string_view part) { return IsAmong(part, kVisitWords); }

std::optional<std::string> VisitNamed(absl::string_view event) {
  int number = 0;
  std::string unit;
  for (const std::string& part : PartsOf(Normalized(event))) {
    int found = 0;
    if (absl::SimpleAtoi(part, &found)) {
      if (number != 0) return std::nullopt;
      number = found;
    } else if (unit.empty() && IsTimeWord(part)) {
      unit = part;
    } else if (!IsVisitWord(part)) {
      return std::nullopt;
    }
  }
  return unit.empty() ? std::nullopt : VisitAfter(number, unit);
}

bool NamesBaseline(absl::string_view event) {
  const std::string word = Normalized(event);
  if (word == "pre" || word == "prae" || word == "op") return true;
  for (const char* start : kBaselineStarts) {
    if (absl::StartsWith(word, start)) return true;
  }
  return false;
}

std::optional<HeaderAtVisit> SplitHeader(absl::string_view header) {
  HeaderAtVisit split;
  const std::vector<std::string> parts = PartsOf(Normalized(header));
  std::vector<std::string> rest;
  bool any_number = false;
  for (size_t i = 0; i < parts.size(); ++i) {
    int number = 0;
    const bool is_number = absl::SimpleAtoi(parts[i], &number);
    const std::string* unit = nullptr;
    if (is_number && i + 1 < parts.size() && IsTimeWord(parts[i + 1])) {
      unit = &parts[i + 1];
    } else if (is_number && !rest.empty() && IsTimeWord(rest.back())) {
      unit = &rest.back();  // "M12"
    }
    if (is_number) {
      if (any_number || unit == nullptr) return std::nullopt;
      const auto visit = VisitAfter(number, *unit);
      if (!visit.has_value() || !split.visit.empty()) return std::nullopt;
      any_number = true;
      split.visit = *visit;
      if (unit == &parts[i + 1]) {
        ++i;
      } else {
        rest.pop_back();
      }
    } else if (IsAmong(parts[i], kBaselineWords)) {
      if (!split.visit.empty()) return std::nullopt;
      split.visit = "baseline";
      if (i + 1 < parts.size() && parts[i + 1] == "op") ++i;
    } else {
      rest.push_back(parts[i]);
    }
  }
  if (split.visit.empty() || rest.empty()) return std::nullopt;
  split.rest = absl::StrJoin(rest, "_");
  return split;
}

}  // namespace enthesis::client
