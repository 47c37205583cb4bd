#include "client/sealed_text.h"

#include <sodium.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace enthesis::client {
namespace {

constexpr absl::string_view kSealedMark = "enthesis-sealed ";
constexpr absl::string_view kSealedVersion = "1";
constexpr absl::string_view kKeyMethod = "argon2id13";
constexpr size_t kChunkBytes = 64 << 10;
// A changed first line must not make the machine work for hours.
constexpr uint64_t kMostOps = 64;
constexpr uint64_t kMostMemory = uint64_t{2} << 30;

// libsodium must be made ready before anything else of it is used.
void StartSodium() {
  if (sodium_init() < 0) std::abort();  // no random numbers
}

const unsigned char* Bytes(absl::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* Bytes(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

// What the first line says of the key.
struct KeyCost {
  uint64_t ops = crypto_pwhash_OPSLIMIT_MODERATE;
  uint64_t memory = crypto_pwhash_MEMLIMIT_MODERATE;
  std::string salt;  // bytes
};

std::string FormatFirstLine(const KeyCost& cost) {
  return absl::StrCat(kSealedMark, kSealedVersion, " ", kKeyMethod, " ",
                      cost.ops, " ", cost.memory, " ",
                      absl::BytesToHexString(cost.salt), "\n");
}

absl::Status UnknownSeal() {
  return absl::FailedPreconditionError(
      "it is encrypted in a way that this program does not know; a later "
      "version wrote it, or its first line was changed");
}

absl::StatusOr<KeyCost> ParseFirstLine(absl::string_view line) {
  const std::vector<absl::string_view> words = absl::StrSplit(line, ' ');
  KeyCost cost;
  if (words.size() != 6 || words[1] != kSealedVersion ||
      words[2] != kKeyMethod || !absl::SimpleAtoi(words[3], &cost.ops) ||
      !absl::SimpleAtoi(words[4], &cost.memory) ||
      words[5].size() != 2 * crypto_pwhash_SALTBYTES ||
      words[5].find_first_not_of("0123456789abcdef") !=
          absl::string_view::npos ||
      cost.ops < crypto_pwhash_OPSLIMIT_MIN || cost.ops > kMostOps ||
      cost.memory < crypto_pwhash_MEMLIMIT_MIN || cost.memory > kMostMemory) {
    return UnknownSeal();
  }
  cost.salt = absl::HexStringToBytes(words[5]);
  return cost;
}

}  // namespace

struct Seal::Key {
  unsigned char bytes[crypto_secretstream_xchacha20poly1305_KEYBYTES];

  Key() { sodium_mlock(bytes, sizeof bytes); }
  ~Key() { sodium_munlock(bytes, sizeof bytes); }  // wipes it, too
  Key(const Key&) = delete;
  Key& operator=(const Key&) = delete;

  absl::Status Derive(const KeyCost& cost, absl::string_view passphrase) {
    if (crypto_pwhash(bytes, sizeof bytes, passphrase.data(), passphrase.size(),
                      Bytes(cost.salt), cost.ops,
                      static_cast<size_t>(cost.memory),
                      crypto_pwhash_ALG_ARGON2ID13) == 0) {
      return absl::OkStatus();
    }
    return absl::ResourceExhaustedError(
        absl::StrCat("the key of the passphrase needs ", cost.memory >> 20,
                     " MiB of memory, which are not there"));
  }
};

Seal::Seal() : key_(std::make_unique<Key>()) {}
Seal::~Seal() = default;

bool IsSealed(absl::string_view bytes) {
  return absl::StartsWith(bytes, kSealedMark);
}

absl::StatusOr<std::unique_ptr<Seal>> Seal::New(absl::string_view passphrase) {
  StartSodium();
  KeyCost cost;
  cost.salt.resize(crypto_pwhash_SALTBYTES);
  randombytes_buf(cost.salt.data(), cost.salt.size());
  std::unique_ptr<Seal> seal(new Seal);
  seal->first_line_ = FormatFirstLine(cost);
  const absl::Status status = seal->key_->Derive(cost, passphrase);
  if (!status.ok()) return status;
  return seal;
}

std::string Seal::Close(absl::string_view text) const {
  constexpr size_t kMore = crypto_secretstream_xchacha20poly1305_ABYTES;
  std::string sealed = first_line_;
  crypto_secretstream_xchacha20poly1305_state state;
  std::string header(crypto_secretstream_xchacha20poly1305_HEADERBYTES, '\0');
  crypto_secretstream_xchacha20poly1305_init_push(&state, Bytes(header),
                                                  key_->bytes);
  sealed += header;
  for (bool last = false; !last;) {
    const absl::string_view chunk = text.substr(0, kChunkBytes);
    text.remove_prefix(chunk.size());
    last = text.empty();
    std::string closed(chunk.size() + kMore, '\0');
    crypto_secretstream_xchacha20poly1305_push(
        &state, Bytes(closed), nullptr, Bytes(chunk), chunk.size(),
        Bytes(first_line_), first_line_.size(),
        last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0);
    sealed += closed;
  }
  sodium_memzero(&state, sizeof state);
  return sealed;
}

absl::StatusOr<std::unique_ptr<Seal>> Seal::Open(absl::string_view sealed,
                                                 absl::string_view passphrase,
                                                 std::string& text) {
  constexpr size_t kMore = crypto_secretstream_xchacha20poly1305_ABYTES;
  constexpr size_t kHeader = crypto_secretstream_xchacha20poly1305_HEADERBYTES;
  StartSodium();
  text.clear();
  const size_t end = sealed.find('\n');
  if (!IsSealed(sealed) || end == absl::string_view::npos) return UnknownSeal();
  const absl::StatusOr<KeyCost> cost = ParseFirstLine(sealed.substr(0, end));
  if (!cost.ok()) return cost.status();
  std::unique_ptr<Seal> seal(new Seal);
  seal->first_line_ = std::string(sealed.substr(0, end + 1));
  sealed.remove_prefix(end + 1);
  const absl::Status derived = seal->key_->Derive(*cost, passphrase);
  if (!derived.ok()) return derived;
  crypto_secretstream_xchacha20poly1305_state state;
  const absl::Status damaged = absl::InvalidArgumentError(
      "it was changed or cut short; restore it from a backup");
  if (sealed.size() < kHeader ||
      crypto_secretstream_xchacha20poly1305_init_pull(&state, Bytes(sealed),
                                                      seal->key_->bytes) != 0) {
    return damaged;
  }
  sealed.remove_prefix(kHeader);
  for (unsigned char tag = 0;
       tag != crypto_secretstream_xchacha20poly1305_TAG_FINAL;) {
    const absl::string_view chunk = sealed.substr(0, kChunkBytes + kMore);
    if (chunk.size() < kMore) return damaged;
    std::string opened(chunk.size() - kMore, '\0');
    if (crypto_secretstream_xchacha20poly1305_pull(
            &state, Bytes(opened), nullptr, &tag, Bytes(chunk), chunk.size(),
            Bytes(seal->first_line_), seal->first_line_.size()) != 0) {
      if (!text.empty()) return damaged;
      return absl::PermissionDeniedError(
          "it cannot be opened: the passphrase is another one, or the file "
          "was changed");
    }
    text += opened;
    sealed.remove_prefix(chunk.size());
  }
  sodium_memzero(&state, sizeof state);
  if (!sealed.empty()) return damaged;
  return seal;
}

void Wipe(std::string& secret) {
  sodium_memzero(secret.data(), secret.size());
  secret.clear();
}

}  // namespace enthesis::client
