#include "client/csv_separator.h"

#include <cstddef>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/csv_reader.h"

namespace enthesis::client {
namespace {

struct Separator {
  char character;
  const char* name;
  const char* plural;
};
constexpr Separator kSeparators[] = {{',', "comma", "commas"},
                                     {';', "semicolon", "semicolons"},
                                     {'\t', "tab", "tabs"}};
constexpr int kLines = 20;

struct Shape {
  size_t n_cells = 0;  // of the header
  bool even = true;    // the same number in the lines that follow
};

Shape ShapeWith(char separator, absl::string_view text) {
  Shape shape;
  CsvReader reader(text, 1, separator);
  for (int line = 0; line < kLines && reader.Next(); ++line) {
    const size_t n = reader.cells().size();
    if (line == 0) shape.n_cells = n;
    shape.even = shape.even && n == shape.n_cells;
  }
  // A quote in the middle of a cell is one of another separator's cells.
  shape.even = shape.even && reader.status().ok();
  return shape;
}

}  // namespace

absl::StatusOr<char> FindSeparator(absl::string_view text) {
  for (const bool even : {true, false}) {
    const Separator* best = nullptr;
    const Separator* rival = nullptr;
    size_t most = 1;
    for (const Separator& separator : kSeparators) {
      const Shape shape = ShapeWith(separator.character, text);
      if (shape.n_cells < 2 || shape.even != even) continue;
      if (shape.n_cells == most) rival = &separator;
      if (shape.n_cells <= most) continue;
      most = shape.n_cells;
      best = &separator;
      rival = nullptr;
    }
    if (rival != nullptr) {
      return absl::InvalidArgumentError(absl::StrCat(
          "line 1: ", best->plural, " and ", rival->plural, " both make ", most,
          " columns; name what separates them with --separator ", best->name,
          " or --separator ", rival->name));
    }
    if (best != nullptr) return best->character;
  }
  return ',';
}

std::string NameOfSeparator(char separator) {
  for (const Separator& known : kSeparators) {
    if (known.character == separator) return known.plural;
  }
  return absl::StrCat("'", absl::string_view(&separator, 1), "'");
}

std::optional<char> SeparatorNamed(absl::string_view name) {
  for (const Separator& known : kSeparators) {
    if (absl::EqualsIgnoreCase(name, known.name)) return known.character;
  }
  return std::nullopt;
}

}  // namespace enthesis::client
