// SPDX-License-Identifier: Apache-2.0
#include "sublet/adapters/dns_name_resolver.h"

#include <arpa/inet.h>

#include <exception>
#include <utility>

#include "adapters/dns/channel.h"
#include "adapters/event_loop/loop_thread.h"

namespace sublet {
inline namespace v1 {
namespace dns = adapters::dns;
namespace {

bool is_number(const std::string& name) noexcept {
  unsigned char bytes[sizeof(in6_addr)];
  return ::inet_pton(AF_INET, name.c_str(), bytes) == 1 ||
         ::inet_pton(AF_INET6, name.c_str(), bytes) == 1;
}

Result<void> check(const DnsNameResolverOptions& options) {
  using std::chrono::milliseconds;
  const auto wrong = [](const char* what) { return Error{ErrorCode::kInvalidArgument, what}; };
  if (options.timeout < milliseconds(10) || options.timeout > milliseconds(60'000)) {
    return wrong("timeout: 10 ms to 60 s");
  }
  if (options.tries < 1 || options.tries > 10) return wrong("tries: 1 to 10");
  if (options.max_under_way < 1 || options.max_under_way > 1'000'000) {
    return wrong("max_under_way: 1 to 1,000,000");
  }
  return {};
}

}  // namespace

class DnsNameResolver::Impl {
 public:
  explicit Impl(std::shared_ptr<dns::Channel> channel)
      : channel_(std::move(channel)), thread_(std::make_shared<adapters::LoopThread>()) {}
  ~Impl() { thread_->close(); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  bool start() { return thread_->start("sublet-dns", channel_); }

  void submit(std::unique_ptr<dns::Lookup> lookup) noexcept {
    // A callback may end the resolver.
    const auto thread = thread_;
    if (channel_->submit(std::move(lookup))) thread->wake();
  }

 private:
  const std::shared_ptr<dns::Channel> channel_;
  const std::shared_ptr<adapters::LoopThread> thread_;
};

DnsNameResolver::DnsNameResolver(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

DnsNameResolver::~DnsNameResolver() = default;

Result<std::shared_ptr<DnsNameResolver>> DnsNameResolver::open(DnsNameResolverOptions options) {
  try {
    if (Result<void> checked = check(options); !checked) return checked.error();
    auto channel = std::make_shared<dns::Channel>(std::move(options));
    if (Result<void> opened = channel->open(); !opened) return opened.error();
    auto impl = std::make_unique<Impl>(std::move(channel));
    if (!impl->start()) {
      return Error{ErrorCode::kResourceExhausted, "no thread or event loop to be had"};
    }
    return std::shared_ptr<DnsNameResolver>(new DnsNameResolver(std::move(impl)));
  } catch (const std::exception&) {
    return Error{ErrorCode::kResourceExhausted, "out of memory"};
  }
}

void DnsNameResolver::resolve(std::string name, ResolveCallback done) noexcept {
  std::unique_ptr<dns::Lookup> lookup(new (std::nothrow) dns::Lookup{});
  if (!lookup) {
    dns::Lookup{{}, std::move(done)}.answer(Error{ErrorCode::kUnavailable, ""});
    return;
  }
  const bool is_name = !is_number(name) && !name.empty() && name.find('\0') == std::string::npos;
  lookup->name = std::move(name);
  lookup->done = std::move(done);
  if (!is_name) return lookup->answer(Error{ErrorCode::kNotFound, "no name"});
  impl_->submit(std::move(lookup));
}

}  // namespace v1
}  // namespace sublet
