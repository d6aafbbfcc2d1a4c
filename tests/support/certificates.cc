// SPDX-License-Identifier: Apache-2.0
#include "support/certificates.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <atomic>
#include <memory>
#include <stdexcept>

namespace sublet::test {
namespace {

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;
using Certificate = std::unique_ptr<X509, Free>;
using Bio = std::unique_ptr<BIO, Free>;

void need(bool good) {
  if (!good) throw std::runtime_error("OpenSSL makes no certificate");
}

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

Identity as_pem(X509* certificate, EVP_PKEY* key) {
  const Bio first(BIO_new(BIO_s_mem())), second(BIO_new(BIO_s_mem()));
  need(PEM_write_bio_X509(first.get(), certificate) == 1);
  need(PEM_write_bio_PrivateKey(second.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
  return {text_of(first.get()), text_of(second.get())};
}

void extend(X509* certificate, int nid, const std::string& value) {
  const std::unique_ptr<X509_EXTENSION, Free> extension(
      X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str()));
  need(extension != nullptr);
  need(X509_add_ext(certificate, extension.get(), -1) == 1);
}

Certificate make(const std::string& name, EVP_PKEY* key, int from, int to) {
  static std::atomic<long> serial{1};
  constexpr long kDay = 24L * 60 * 60;
  Certificate made(X509_new());
  need(X509_set_version(made.get(), 2) == 1);
  need(ASN1_INTEGER_set(X509_get_serialNumber(made.get()), ++serial) == 1);
  need(X509_gmtime_adj(X509_getm_notBefore(made.get()), from * kDay) != nullptr);
  need(X509_gmtime_adj(X509_getm_notAfter(made.get()), to * kDay) != nullptr);
  need(X509_set_pubkey(made.get(), key) == 1);
  const auto* bytes = reinterpret_cast<const unsigned char*>(name.c_str());
  need(X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_ASC, bytes, -1,
                                  -1, 0) == 1);
  return made;
}

void sign(X509* certificate, X509_NAME* issuer, EVP_PKEY* key) {
  need(X509_set_issuer_name(certificate, issuer) == 1);
  need(X509_sign(certificate, key, EVP_sha256()) > 0);
}

Identity signed_by_itself(const std::string& name, bool authority) {
  const Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
  need(key != nullptr);
  const Certificate made = make(name, key.get(), -1, 1);
  if (authority) {
    extend(made.get(), NID_basic_constraints, "critical,CA:TRUE");
    extend(made.get(), NID_key_usage, "critical,keyCertSign");
  } else {
    extend(made.get(), NID_subject_alt_name, "DNS:" + name);
  }
  sign(made.get(), X509_get_subject_name(made.get()), key.get());
  return as_pem(made.get(), key.get());
}

}  // namespace

Authority::Authority() : own_(signed_by_itself("Authority of a test", true)) {}

Identity Authority::issue(const std::string& name, int from, int to, bool addresses) const {
  const Bio own_certificate(BIO_new_mem_buf(own_.certificate.data(), -1));
  const Bio own_key(BIO_new_mem_buf(own_.key.data(), -1));
  const Certificate issuer(PEM_read_bio_X509(own_certificate.get(), nullptr, nullptr, nullptr));
  const Key issuer_key(PEM_read_bio_PrivateKey(own_key.get(), nullptr, nullptr, nullptr));
  const Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
  need(issuer && issuer_key && key);
  const Certificate made = make(name, key.get(), from, to);
  extend(made.get(), NID_subject_alt_name,
         "DNS:" + name + (addresses ? ",IP:127.0.0.1,IP:::1" : ""));
  sign(made.get(), X509_get_subject_name(issuer.get()), issuer_key.get());
  return as_pem(made.get(), key.get());
}

Identity self_signed(const std::string& name) { return signed_by_itself(name, false); }

}  // namespace sublet::test
