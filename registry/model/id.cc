#include "registry/model/id.h"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"

namespace enthesis::model {
namespace {

// Digits 0-31 carry the value; 32-36 occur as check symbol only.
constexpr char kSymbols[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ*~$=U";
constexpr int kDigits = 26;  // 130 bits, the top two always 0

__extension__ using Wide = unsigned __int128;

Wide ToWide(const Id& id) { return (Wide{id.high} << 64) | id.low; }

// Of the value mod 37; a division of 128 bits is slow.
size_t CheckOf(const Id& id) {
  constexpr uint64_t kOfHigh = (~uint64_t{0} % 37 + 1) % 37;  // 2^64 mod 37
  return static_cast<size_t>((id.high % 37 * kOfHigh + id.low % 37) % 37);
}

// By character, either case; -1 is no symbol.
constexpr std::array<int8_t, 256> kValues = [] {
  std::array<int8_t, 256> values{};
  values.fill(-1);
  const auto set = [&values](char symbol, int8_t value) {
    values[static_cast<unsigned char>(symbol)] = value;
    if (symbol >= 'A' && symbol <= 'Z') {
      values[static_cast<unsigned char>(symbol - 'A' + 'a')] = value;
    }
  };
  for (int8_t i = 0; i < 37; ++i) set(kSymbols[i], i);
  set('O', 0);
  set('I', 1);
  set('L', 1);
  return values;
}();

int ValueOfSymbol(char c) { return kValues[static_cast<unsigned char>(c)]; }

bool IsLowerOrDigit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

// Random words of the operating system, fetched many at a time: a call costs
// more than its bytes. None is given out twice, or by two threads.
uint64_t NextWord() {
  thread_local std::array<uint64_t, 128> words;
  thread_local size_t next = words.size();
  if (next == words.size()) {
    size_t filled = 0;
    while (filled < sizeof(words)) {
      const ssize_t got =
          getrandom(reinterpret_cast<char*>(words.data()) + filled,
                    sizeof(words) - filled, 0);
      if (got > 0) {
        filled += static_cast<size_t>(got);
      } else if (errno != EINTR) {
        std::abort();  // an id that is not random must never leave
      }
    }
    next = 0;
  }
  return std::exchange(words[next++], 0);
}

}  // namespace

Id NewId() {
  for (;;) {
    const Id id{NextWord(), NextWord()};
    const size_t check = CheckOf(id);
    // Symbols 32-35 need quoting; U is a letter.
    if (!id.IsZero() && (check < 32 || check == 36)) return id;
  }
}

std::string FormatId(const Id& id) {
  std::string text(kDigits + 1, '0');
  Wide value = ToWide(id);
  text[kDigits] = kSymbols[CheckOf(id)];
  for (int i = kDigits - 1; i >= 0; --i) {
    text[static_cast<size_t>(i)] = kSymbols[static_cast<size_t>(value % 32)];
    value /= 32;
  }
  return text;
}

absl::StatusOr<Id> ParseId(absl::string_view text) {
  if (text.size() != kDigits + 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("an id has 27 characters, not ", text.size()));
  }
  Wide value = 0;
  for (int i = 0; i < kDigits; ++i) {
    const int digit = ValueOfSymbol(text[static_cast<size_t>(i)]);
    if (digit < 0 || digit > 31 || (i == 0 && digit > 7)) {
      return absl::InvalidArgumentError(absl::StrCat(
          "character ", i + 1, " of an id must be of Crockford's base 32"));
    }
    value = value * 32 + static_cast<unsigned>(digit);
  }
  const Id id{static_cast<uint64_t>(value >> 64), static_cast<uint64_t>(value)};
  if (ValueOfSymbol(text[kDigits]) != static_cast<int>(CheckOf(id))) {
    return absl::InvalidArgumentError(
        "the check symbol (last character) of the id does not fit the rest: "
        "mistyped");
  }
  if (id.IsZero()) {
    return absl::InvalidArgumentError("the id of zeros stands for nothing");
  }
  return id;
}

std::string IdToBytes(const Id& id) {
  std::string bytes(16, '\0');
  for (size_t i = 0; i < 8; ++i) {
    bytes[i] = static_cast<char>(id.high >> (56 - 8 * i));
    bytes[8 + i] = static_cast<char>(id.low >> (56 - 8 * i));
  }
  return bytes;
}

Id IdFromBytes(absl::string_view bytes) {
  Id id;
  for (size_t i = 0; i < 8; ++i) {
    id.high = (id.high << 8) | static_cast<unsigned char>(bytes[i]);
    id.low = (id.low << 8) | static_cast<unsigned char>(bytes[8 + i]);
  }
  return id;
}

bool IsSiteId(absl::string_view text) {
  if (text.size() < 4 || text.size() > 63) return false;
  if (!IsLowerOrDigit(text.front()) || !IsLowerOrDigit(text.back())) {
    return false;
  }
  for (const char c : text) {
    if (!IsLowerOrDigit(c) && c != '-') return false;
  }
  return true;
}

}  // namespace enthesis::model
