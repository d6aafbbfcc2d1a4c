// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

namespace ticket_sync {

// A certificate for some names, good for a day, and its own authority: whoever trusts pem() trusts
// it. Throws std::runtime_error where OpenSSL makes none.
class Certificate {
 public:
  // "DNS:a.example,DNS:b.example"
  explicit Certificate(const std::string& names);

  X509* x509() const { return x509_.get(); }
  EVP_PKEY* key() const { return key_.get(); }
  std::string pem() const;

 private:
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
  std::unique_ptr<X509, decltype(&X509_free)> x509_;
};

}  // namespace ticket_sync
