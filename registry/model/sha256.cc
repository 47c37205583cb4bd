#include "registry/model/sha256.h"

#include <openssl/evp.h>

#include <cstdlib>
#include <memory>

namespace enthesis::model {
namespace {

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

}  // namespace

std::string Sha256(absl::string_view bytes) {
  // Looking the method up takes longer than a digest of a thousand bytes.
  static EVP_MD* const method = EVP_MD_fetch(nullptr, "SHA2-256", nullptr);
  thread_local const std::unique_ptr<EVP_MD_CTX, FreeContext> context(
      EVP_MD_CTX_new());
  std::string digest(kSha256Bytes, '\0');
  if (method == nullptr || context == nullptr ||
      EVP_DigestInit_ex2(context.get(), method, nullptr) != 1 ||
      EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) != 1 ||
      EVP_DigestFinal_ex(context.get(),
                         reinterpret_cast<unsigned char*>(digest.data()),
                         nullptr) != 1) {
    std::abort();  // a digest that is none would let two contents be one
  }
  return digest;
}

}  // namespace enthesis::model
