#include "client/care/icalendar.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "client/calendar_day.h"

namespace enthesis::client {
namespace {

constexpr size_t kLineOctets = 75;

// Appends one content line; a character of several octets stays together.
void AppendFolded(absl::string_view line, std::string& out) {
  size_t room = kLineOctets;
  while (line.size() > room) {
    size_t end = room;
    while ((line[end] & 0xC0) == 0x80) --end;
    absl::StrAppend(&out, line.substr(0, end), "\r\n ");
    line.remove_prefix(end);
    room = kLineOctets - 1;  // the blank counts
  }
  absl::StrAppend(&out, line, "\r\n");
}

std::string EscapeText(absl::string_view text) {
  return absl::StrReplaceAll(
      text,
      {{"\\", "\\\\"}, {";", "\\;"}, {",", "\\,"}, {"\r", ""}, {"\n", "\\n"}});
}

std::string BasicDate(const Date& date) {
  return absl::StrFormat("%04d%02d%02d", date.year, date.month, date.day);
}

}  // namespace

std::string PrintCalendar(const std::vector<CalendarEvent>& events,
                          const Date& stamp) {
  std::string text;
  const auto add = [&](const auto&... parts) {
    AppendFolded(absl::StrCat(parts...), text);
  };
  add("BEGIN:VCALENDAR");
  add("VERSION:2.0");
  add("PRODID:-//Enthesis//Follow-up visits//EN");
  add("CALSCALE:GREGORIAN");
  add("METHOD:PUBLISH");
  for (const CalendarEvent& event : events) {
    add("BEGIN:VEVENT");
    add("UID:", EscapeText(event.uid));
    add("DTSTAMP:", BasicDate(stamp), "T000000Z");
    add("DTSTART;VALUE=DATE:", BasicDate(event.day));
    add("DTEND;VALUE=DATE:",
        BasicDate(DateOfDayNumber(DayNumber(event.day) + 1)));
    add("SUMMARY:", EscapeText(event.summary));
    if (!event.description.empty()) {
      add("DESCRIPTION:", EscapeText(event.description));
    }
    add("CLASS:PRIVATE");
    add("TRANSP:TRANSPARENT");
    add("END:VEVENT");
  }
  add("END:VCALENDAR");
  return text;
}

}  // namespace enthesis::client
