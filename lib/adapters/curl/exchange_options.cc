// SPDX-License-Identifier: Apache-2.0
// What libcurl is told.
#include <algorithm>
#include <string>
#include <utility>

#include "adapters/curl/exchange.h"
#include "adapters/curl/request_check.h"

namespace sublet::adapters::curl {
namespace {

// Sets options of a handle until one fails.
class Options {
 public:
  explicit Options(CURL* easy) : easy_(easy) {}

  template <typename Value>
  Options& set(CURLoption option, Value value) {
    good_ = good_ && curl_easy_setopt(easy_, option, value) == CURLE_OK;
    return *this;
  }
  Options& set(CURLoption option, bool value) { return set(option, value ? 1L : 0L); }
  bool good() const noexcept { return good_; }

 private:
  CURL* easy_;
  bool good_ = true;
};

bool append(List& list, const std::string& line) {
  curl_slist* longer = curl_slist_append(list.get(), line.c_str());
  if (longer == nullptr) return false;
  (void)list.release();
  list.reset(longer);
  return true;
}

void set_trust(Options& options, const CurlHttpTransportOptions& wanted) {
  options.set(CURLOPT_SSL_VERIFYPEER, 1L)
      .set(CURLOPT_SSL_VERIFYHOST, 2L)
      .set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2))  // NOLINT: libcurl's
      // Sessions would be kept with the handle, which serves all pools.
      .set(CURLOPT_SSL_SESSIONID_CACHE, 0L);
  const curl_version_info_data* info = curl_version_info(CURLVERSION_NOW);
  const bool own_file = !wanted.ca_file.empty();
  const bool system_file = wanted.ca_folder.empty() && info->cainfo != nullptr;
  const char* none = nullptr;
  if (own_file) options.set(CURLOPT_CAINFO, wanted.ca_file.c_str());
  // libcurl reads the file once, not for each connection, where there is no folder.
  if (own_file || system_file) options.set(CURLOPT_CAPATH, none);
  if (own_file || wanted.ca_folder.empty()) return;
  options.set(CURLOPT_CAINFO, none).set(CURLOPT_CAPATH, wanted.ca_folder.c_str());
}

// Methods whose message says that there is no body by saying that it is empty.
bool wants_length(const std::string& method) {
  return method == "POST" || method == "PUT" || method == "PATCH";
}

}  // namespace

Easy make_easy(const Settings& settings) {
  Easy easy(curl_easy_init());
  if (!easy) return easy;
  Options options(easy.get());
  options.set(CURLOPT_NOSIGNAL, 1L)
      .set(CURLOPT_PROTOCOLS_STR, "http,https")
      .set(CURLOPT_FOLLOWLOCATION, 0L)
      .set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L)
      .set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED))  // NOLINT: libcurl's
      .set(CURLOPT_NOPROXY, "")
      .set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L)
      .set(CURLOPT_HTTPPROXYTUNNEL, !settings.proxy_address.empty())
      .set(CURLOPT_ACCEPT_ENCODING,
           settings.encodings.empty() ? "identity" : settings.encodings.c_str())
      .set(CURLOPT_DNS_CACHE_TIMEOUT, 60L)
      .set(CURLOPT_MAXAGE_CONN, static_cast<long>(settings.options.idle_timeout.count()))  // NOLINT
      .set(CURLOPT_HTTP_VERSION, static_cast<long>(settings.options.http2  // NOLINT: libcurl's
                                                       ? CURL_HTTP_VERSION_2TLS
                                                       : CURL_HTTP_VERSION_1_1));
  set_trust(options, settings.options);
  if (!options.good()) easy.reset();
  return easy;
}

bool Exchange::set_up(Easy easy, const Settings& settings) {
  easy_ = std::move(easy);
  return make_headers() && set_where(settings) && set_what() && set_callbacks();
}

bool Exchange::make_headers() {
  // What libcurl would add of its own.
  bool good = append(headers_, "Expect:");
  if (!has_header(request_, "accept")) good = good && append(headers_, "Accept:");
  for (const HttpHeader& header : request_.headers) {
    const std::string_view value = trimmed(header.value);
    // libcurl's way to say that it is there and empty.
    good = good && append(headers_, value.empty() ? header.name + ";"
                                                  : header.name + ": " + std::string(value));
  }
  return good;
}

bool Exchange::set_where(const Settings& settings) {
  Options options(easy_.get());
  alias_ = alias_of(request_.pool, addresses_);
  // "+": libcurl may forget it again.
  if (tunnel_to_.empty()) {
    if (!append(pins_, "+" + pin_of(alias_, target_.port, addresses_))) return false;
    if (!append(route_, "::" + alias_ + ":" + std::to_string(target_.port))) return false;
    options.set(CURLOPT_PROXY, "");
  } else {
    const std::string port = std::to_string(settings.proxy_port);
    if (!append(pins_, "+" + pin_of(alias_, settings.proxy_port, {settings.proxy_address}))) {
      return false;
    }
    if (!append(route_, "::" + bracketed(tunnel_to_) + ":" + std::to_string(target_.port))) {
      return false;
    }
    options.set(CURLOPT_PROXY, ("http://" + alias_ + ":" + port).c_str());
  }
  const auto connect = std::clamp<std::int64_t>(request_.connect_timeout.count(), 1, 86'400'000);
  options.set(CURLOPT_CURLU, target_.url.get())
      .set(CURLOPT_RESOLVE, pins_.get())
      .set(CURLOPT_CONNECT_TO, route_.get())
      .set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(connect));  // NOLINT: libcurl's
  return options.good();
}

bool Exchange::set_what() {
  const bool upload = has_body() || wants_length(request_.method);
  const std::size_t size = has_body() ? request_.body->size() : 0;
  Options options(easy_.get());
  // The last request's are taken back by the first of them.
  options.set(CURLOPT_HTTPGET, 1L)
      .set(CURLOPT_UPLOAD, upload)
      .set(CURLOPT_INFILESIZE_LARGE, upload ? static_cast<curl_off_t>(size) : curl_off_t{-1});
  if (request_.method == "HEAD") options.set(CURLOPT_NOBODY, 1L);
  options.set(CURLOPT_CUSTOMREQUEST, request_.method.c_str())
      .set(CURLOPT_HTTPHEADER, headers_.get());
  return options.good();
}

bool Exchange::set_callbacks() {
  void* self = this;
  Options options(easy_.get());
  options.set(CURLOPT_PRIVATE, self)
      .set(CURLOPT_ERRORBUFFER, &error_[0])
      .set(CURLOPT_HEADERFUNCTION, &Exchange::on_header)
      .set(CURLOPT_HEADERDATA, self)
      .set(CURLOPT_WRITEFUNCTION, &Exchange::on_body)
      .set(CURLOPT_WRITEDATA, self)
      .set(CURLOPT_READFUNCTION, &Exchange::on_upload)
      .set(CURLOPT_READDATA, self)
      .set(CURLOPT_SEEKFUNCTION, &Exchange::on_rewind)
      .set(CURLOPT_SEEKDATA, self)
      .set(CURLOPT_OPENSOCKETFUNCTION, &Exchange::on_socket)
      .set(CURLOPT_OPENSOCKETDATA, self)
      .set(CURLOPT_PREREQFUNCTION, &Exchange::on_connection)
      .set(CURLOPT_PREREQDATA, self)
      .set(CURLOPT_RESOLVER_START_FUNCTION, &Exchange::on_lookup)
      .set(CURLOPT_RESOLVER_START_DATA, self);
  return options.good();
}

}  // namespace sublet::adapters::curl
