// Events of whole days as iCalendar (RFC 5545), as calendars import them.
//
// Threads: pure functions.

#ifndef ENTHESIS_CLIENT_CARE_ICALENDAR_H_
#define ENTHESIS_CLIENT_CARE_ICALENDAR_H_

#include <string>
#include <vector>

#include "client/time_text.h"

namespace enthesis::client {

struct CalendarEvent {
  std::string uid;  // the same for the same event whenever it is written
  Date day;
  std::string summary;      // UTF-8, as all text here
  std::string description;  // may hold line feeds
};

// One VCALENDAR that publishes the events, each private and taking no time.
// `stamp` is the day on which it was made, at midnight UTC. Lines end with CRLF
// and are folded at 75 octets.
std::string PrintCalendar(const std::vector<CalendarEvent>& events,
                          const Date& stamp);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_CARE_ICALENDAR_H_
