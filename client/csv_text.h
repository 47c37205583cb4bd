// Comma separated text for the answers of the command line (RFC 4180, lines
// ended by LF).

#ifndef ENTHESIS_CLIENT_CSV_TEXT_H_
#define ENTHESIS_CLIENT_CSV_TEXT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace enthesis::client {

// Appends one line, quoting where needed.
void AppendCsvRow(const std::vector<std::string>& cells, std::string& text);

// Absent is an empty cell; doubles in the shortest form that reads back.
std::string CsvNumber(std::optional<double> value);
std::string CsvNumber(std::optional<int32_t> value);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_CSV_TEXT_H_
