// SPDX-License-Identifier: Apache-2.0
#include "bench/raw_curl.h"

#include <curl/curl.h>

#include <vector>

#include "bench/host_side.h"
#include "bench/http_server.h"

namespace sublet::bench {
namespace {

std::size_t append(char* data, std::size_t, std::size_t count, void* body) {
  static_cast<std::string*>(body)->append(data, count);
  return count;
}

}  // namespace

struct RawCurl::Impl {
  struct Transfer {
    CURL* easy = nullptr;
    std::string body;
  };

  void begin(Transfer& transfer) {
    transfer.body.clear();
    curl_multi_add_handle(multi, transfer.easy);
  }
  // Takes what has ended; answers how many.
  std::uint64_t take(std::uint64_t& left);

  CURLM* multi = curl_multi_init();
  curl_slist* headers = nullptr;
  curl_slist* resolve = nullptr;
  std::vector<Transfer> transfers;
};

RawCurl::RawCurl(std::uint16_t port, const std::string& authority_file, std::size_t concurrent)
    : impl_(std::make_unique<Impl>()) {
  curl_global_init(CURL_GLOBAL_DEFAULT);
  const std::string at = std::string(kServerName) + ":" + std::to_string(port);
  impl_->headers = curl_slist_append(impl_->headers, "Authorization: Bearer 0123456789abcdef");
  impl_->headers = curl_slist_append(impl_->headers, "Accept: */*");
  impl_->resolve = curl_slist_append(impl_->resolve, (at + ":127.0.0.1").c_str());
  impl_->transfers.resize(concurrent);
  for (Impl::Transfer& transfer : impl_->transfers) {
    transfer.easy = curl_easy_init();
    curl_easy_setopt(transfer.easy, CURLOPT_URL, ("https://" + at + "/items").c_str());
    curl_easy_setopt(transfer.easy, CURLOPT_RESOLVE, impl_->resolve);
    curl_easy_setopt(transfer.easy, CURLOPT_HTTPHEADER, impl_->headers);
    curl_easy_setopt(transfer.easy, CURLOPT_CAINFO, authority_file.c_str());
    curl_easy_setopt(transfer.easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(transfer.easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(transfer.easy, CURLOPT_WRITEFUNCTION, append);
    curl_easy_setopt(transfer.easy, CURLOPT_WRITEDATA, &transfer.body);
    curl_easy_setopt(transfer.easy, CURLOPT_PRIVATE, &transfer);
  }
}

RawCurl::~RawCurl() {
  for (Impl::Transfer& transfer : impl_->transfers) curl_easy_cleanup(transfer.easy);
  curl_multi_cleanup(impl_->multi);
  curl_slist_free_all(impl_->headers);
  curl_slist_free_all(impl_->resolve);
}

std::uint64_t RawCurl::Impl::take(std::uint64_t& left) {
  std::uint64_t ended = 0;
  int queued = 0;
  while (CURLMsg* message = curl_multi_info_read(multi, &queued)) {
    if (message->msg != CURLMSG_DONE) continue;
    CURL* easy = message->easy_handle;
    const CURLcode result = message->data.result;
    if (result != CURLE_OK) throw Failure(curl_easy_strerror(result));
    Transfer* transfer = nullptr;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &transfer);
    if (transfer->body.empty()) throw Failure("an answer without a body");
    curl_multi_remove_handle(multi, easy);
    ++ended;
    if (left == 0) continue;
    --left;
    begin(*transfer);
  }
  return ended;
}

void RawCurl::run(std::uint64_t count) {
  std::uint64_t left = count;
  std::uint64_t under_way = 0;
  for (Impl::Transfer& transfer : impl_->transfers) {
    if (left == 0) break;
    --left;
    ++under_way;
    impl_->begin(transfer);
  }
  std::uint64_t open = under_way + left;
  while (open > 0) {
    int running = 0;
    curl_multi_perform(impl_->multi, &running);
    const std::uint64_t ended = impl_->take(left);
    open -= ended;
    if (ended == 0) curl_multi_poll(impl_->multi, nullptr, 0, 1000, nullptr);
  }
}

}  // namespace sublet::bench
