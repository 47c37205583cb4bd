// Text under a passphrase: the key by Argon2id, the text by libsodium's
// secretstream (XChaCha20-Poly1305). Without the passphrase it cannot be read,
// and any change to it is noticed.
//
//   enthesis-sealed 1 argon2id13 OPS MEMORY SALT\n    first line, in ASCII
//   HEADER CHUNK...                                   as secretstream has them
//     OPS, MEMORY (bytes)  the cost of the key
//     SALT                 16 bytes in hexadecimal
//     CHUNK                64 KiB of text, the last one shorter and tagged
//                          final; each is bound to the first line
//
// Threads: a Seal is not changed by closing; distinct seals are independent.

#ifndef ENTHESIS_CLIENT_SEALED_TEXT_H_
#define ENTHESIS_CLIENT_SEALED_TEXT_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace enthesis::client {

// Whether the bytes begin as a sealed text does.
bool IsSealed(absl::string_view bytes);

// The key of one text; kept while it may be written again, and wiped after.
class Seal {
 public:
  // A key of its own salt. Takes about a second and 256 MiB, which is what a
  // guess costs, too. RESOURCE_EXHAUSTED without that memory.
  static absl::StatusOr<std::unique_ptr<Seal>> New(
      absl::string_view passphrase);

  // The key of `sealed`, whose text is put into `text`. PERMISSION_DENIED where
  // the passphrase is another one or the beginning was changed;
  // INVALID_ARGUMENT where the rest was changed or cut; FAILED_PRECONDITION for
  // a version that this program does not know.
  static absl::StatusOr<std::unique_ptr<Seal>> Open(
      absl::string_view sealed, absl::string_view passphrase,
      std::string& text);

  ~Seal();
  Seal(const Seal&) = delete;
  Seal& operator=(const Seal&) = delete;

  // `text` sealed; no two are alike.
  std::string Close(absl::string_view text) const;

 private:
  struct Key;
  Seal();

  std::string first_line_;
  std::unique_ptr<Key> key_;
};

// Overwrites what a passphrase was in.
void Wipe(std::string& secret);

}  // namespace enthesis::client

#endif  // ENTHESIS_CLIENT_SEALED_TEXT_H_
