// SPDX-License-Identifier: Apache-2.0
#include "sublet/adapters/curl_http_transport.h"

#include <atomic>
#include <exception>
#include <utility>

#include "adapters/curl/engine.h"
#include "adapters/curl/global_init.h"
#include "adapters/curl/settings.h"
#include "adapters/event_loop/loop_thread.h"

namespace sublet {
inline namespace v1 {
namespace curl = adapters::curl;

class CurlHttpTransport::Impl {
 public:
  explicit Impl(curl::Settings settings)
      : engine_(std::make_shared<curl::Engine>(std::move(settings))),
        thread_(std::make_shared<adapters::LoopThread>()) {}
  ~Impl() { thread_->close(); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  bool start() { return thread_->start("sublet-http", engine_); }

  Id send(HttpRequest request, HttpCallback done) noexcept {
    const Id id = ++last_id_;
    // Kept for the case that there is no memory.
    std::unique_ptr<curl::Exchange> exchange;
    try {
      exchange = std::make_unique<curl::Exchange>(id, std::move(request), std::move(done));
    } catch (const std::exception&) {
      // Nothing was moved: the memory comes first.
      HttpResponse response;
      response.failure = HttpFailure::kUnavailable;
      call(done, std::move(response));
      return id;
    }
    // A callback may end the transport.
    const auto thread = thread_;
    if (engine_->submit(std::move(exchange))) thread->wake();
    return id;
  }

  void cancel(Id id) noexcept {
    if (engine_->cancel(id)) thread_->wake();
  }

 private:
  static void call(const HttpCallback& done, HttpResponse response) noexcept {
    try {
      done(std::move(response));
    } catch (...) {
      // The host's own.
    }
  }

  const std::shared_ptr<curl::Engine> engine_;
  const std::shared_ptr<adapters::LoopThread> thread_;
  std::atomic<Id> last_id_{0};
};

CurlHttpTransport::CurlHttpTransport(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

CurlHttpTransport::~CurlHttpTransport() = default;

Result<std::shared_ptr<CurlHttpTransport>> CurlHttpTransport::open(
    CurlHttpTransportOptions options) {
  try {
    auto settings = curl::read_options(std::move(options));
    if (!settings) return settings.error();
    if (!curl::is_ready()) {
      return Error{ErrorCode::kFailedPrecondition, "libcurl does not start"};
    }
    auto impl = std::make_unique<Impl>(*std::move(settings));
    if (!impl->start()) {
      return Error{ErrorCode::kResourceExhausted, "no thread or event loop to be had"};
    }
    return std::shared_ptr<CurlHttpTransport>(new CurlHttpTransport(std::move(impl)));
  } catch (const std::exception&) {
    return Error{ErrorCode::kResourceExhausted, "out of memory"};
  }
}

HttpTransport::Id CurlHttpTransport::send(HttpRequest request, HttpCallback done) noexcept {
  return impl_->send(std::move(request), std::move(done));
}

void CurlHttpTransport::cancel(Id id) noexcept { impl_->cancel(id); }

}  // namespace v1
}  // namespace sublet
