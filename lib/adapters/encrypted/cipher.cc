// SPDX-License-Identifier: Apache-2.0
#include "adapters/encrypted/cipher.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <memory>

namespace sublet::adapters {
namespace {

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

// EVP counts in int; values are far smaller.
int length(std::string_view text) { return static_cast<int>(text.size()); }

unsigned char* bytes(std::string& text, std::size_t at) {
  return reinterpret_cast<unsigned char*>(text.data()) + at;
}

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

Error failed(const char* what) { return Error{ErrorCode::kInternal, what}; }

}  // namespace

SecretKey::~SecretKey() { wipe(bytes_.data(), bytes_.size()); }

void wipe(void* bytes, std::size_t size) noexcept { OPENSSL_cleanse(bytes, size); }

Bound& Bound::add(std::string_view text) {
  add(std::uint64_t{text.size()});
  text_ += text;
  return *this;
}

Bound& Bound::add(std::uint64_t number) {
  for (int shift = 0; shift < 64; shift += 8) text_ += static_cast<char>((number >> shift) & 0xFF);
  return *this;
}

bool random_bytes(void* out, std::size_t size) noexcept {
  return RAND_bytes(static_cast<unsigned char*>(out), static_cast<int>(size)) == 1;
}

Result<std::string> encrypt(const SecretKey& key, const Bound& bound, std::string_view plain) {
  std::string sealed(kNonceBytes + plain.size() + kTagBytes, '\0');
  if (!random_bytes(sealed.data(), kNonceBytes)) {
    return failed("the machine gives no random bytes");
  }
  const Context context(EVP_CIPHER_CTX_new());
  int written = 0;
  int last = 0;
  const bool done =
      context != nullptr &&
      EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.data(), bytes(sealed, 0)) ==
          1 &&
      EVP_EncryptUpdate(context.get(), nullptr, &written, bytes(bound.text()),
                        length(bound.text())) == 1 &&
      EVP_EncryptUpdate(context.get(), bytes(sealed, kNonceBytes), &written, bytes(plain),
                        length(plain)) == 1 &&
      EVP_EncryptFinal_ex(context.get(),
                          bytes(sealed, kNonceBytes + static_cast<std::size_t>(written)),
                          &last) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes,
                          bytes(sealed, kNonceBytes + plain.size())) == 1;
  if (!done) return failed("a value could not be encrypted");
  return sealed;
}

std::optional<std::string> decrypt(const SecretKey& key, const Bound& bound,
                                   std::string_view sealed) {
  if (sealed.size() < kCipherOverhead) return std::nullopt;
  const std::string_view text = sealed.substr(kNonceBytes, sealed.size() - kCipherOverhead);
  std::string tag(sealed.substr(sealed.size() - kTagBytes));
  // One byte more: Final wants a place to write to, also where nothing is left.
  std::string plain(text.size() + 1, '\0');
  const Context context(EVP_CIPHER_CTX_new());
  int written = 0;
  int last = 0;
  const bool genuine =
      context != nullptr &&
      EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.data(), bytes(sealed)) ==
          1 &&
      EVP_DecryptUpdate(context.get(), nullptr, &written, bytes(bound.text()),
                        length(bound.text())) == 1 &&
      EVP_DecryptUpdate(context.get(), bytes(plain, 0), &written, bytes(text), length(text)) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()) == 1 &&
      EVP_DecryptFinal_ex(context.get(), bytes(plain, static_cast<std::size_t>(written)), &last) ==
          1;
  if (!genuine) {
    wipe(plain.data(), plain.size());
    return std::nullopt;
  }
  plain.resize(text.size());
  return plain;
}

}  // namespace sublet::adapters
