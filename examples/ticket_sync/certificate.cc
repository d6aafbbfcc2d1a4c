// SPDX-License-Identifier: Apache-2.0
#include "certificate.h"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace ticket_sync {
namespace {

constexpr long kDay = 24L * 60 * 60;

void need(bool good) {
  if (!good) throw std::runtime_error("OpenSSL makes no certificate");
}

void extend(X509* x509, int nid, const std::string& value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str());
  need(extension != nullptr);
  const bool added = X509_add_ext(x509, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  need(added);
}

}  // namespace

Certificate::Certificate(const std::string& names)
    : key_(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), EVP_PKEY_free),
      x509_(X509_new(), X509_free) {
  need(key_ && x509_ && X509_set_version(x509(), 2) == 1);
  need(ASN1_INTEGER_set(X509_get_serialNumber(x509()), 1) == 1);
  need(X509_gmtime_adj(X509_getm_notBefore(x509()), -kDay) != nullptr);
  need(X509_gmtime_adj(X509_getm_notAfter(x509()), kDay) != nullptr);
  X509_NAME* name = X509_get_subject_name(x509());
  const auto* text = reinterpret_cast<const unsigned char*>("Stand-ins of an example");
  need(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, text, -1, -1, 0) == 1);
  need(X509_set_issuer_name(x509(), name) == 1);
  need(X509_set_pubkey(x509(), key()) == 1);
  extend(x509(), NID_subject_alt_name, names);
  need(X509_sign(x509(), key(), EVP_sha256()) > 0);
}

std::string Certificate::pem() const {
  const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), BIO_free);
  need(out && PEM_write_bio_X509(out.get(), x509()) == 1);
  char* data = nullptr;
  const long size = BIO_get_mem_data(out.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

}  // namespace ticket_sync
