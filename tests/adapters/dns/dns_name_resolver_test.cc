// SPDX-License-Identifier: Apache-2.0
#include "sublet/adapters/dns_name_resolver.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <stdexcept>
#include <utility>

#include "support/dns_peer.h"

namespace sublet {
namespace {

using test::DnsPeer;
using Addresses = Result<std::vector<std::string>>;

std::shared_ptr<DnsNameResolver> resolver_of(const DnsPeer& peer,
                                             DnsNameResolverOptions options = {}) {
  options.servers = {peer.address()};
  options.hosts_file = false;
  auto opened = DnsNameResolver::open(std::move(options));
  if (!opened) FAIL(opened.error().message);
  return *std::move(opened);
}

std::future<Addresses> start(NameResolver& resolver, const std::string& name) {
  const auto promise = std::make_shared<std::promise<Addresses>>();
  resolver.resolve(name, [promise](Addresses result) { promise->set_value(std::move(result)); });
  return promise->get_future();
}

Addresses resolve(NameResolver& resolver, const std::string& name) {
  return start(resolver, name).get();
}

// a.test has addresses of both families, four.test one; other names do not exist.
std::optional<DnsPeer::Answer> known(const std::string& name, bool ipv6) {
  if (name == "silent.test") return std::nullopt;
  if (name == "broken.test") return DnsPeer::Answer{2, {}};
  if (name == "empty.test" || (name == "four.test" && ipv6)) return DnsPeer::Answer{};
  if (name == "four.test") return DnsPeer::Answer{0, {"192.0.2.4"}};
  if (name != "a.test") return DnsPeer::Answer{3, {}};
  if (ipv6) return DnsPeer::Answer{0, {"2001:db8::1"}};
  return DnsPeer::Answer{0, {"192.0.2.1", "192.0.2.2"}};
}

}  // namespace

TEST_CASE("dns: all addresses of a name, of both families") {
  const DnsPeer peer(known);
  const auto resolver = resolver_of(peer);
  const Addresses found = resolve(*resolver, "a.test");
  REQUIRE(found);
  std::vector<std::string> sorted = *found;
  std::sort(sorted.begin(), sorted.end());
  CHECK(sorted == std::vector<std::string>{"192.0.2.1", "192.0.2.2", "2001:db8::1"});
  CHECK(resolve(*resolver, "four.test").value() == std::vector<std::string>{"192.0.2.4"});
}

TEST_CASE("dns: names that do not exist, and servers that do not know") {
  const DnsPeer peer(known);
  const auto resolver = resolver_of(peer);
  for (const std::string name : {"none.test", "empty.test", "", "192.0.2.1", "::1"}) {
    const Addresses found = resolve(*resolver, name);
    REQUIRE_FALSE(found);
    CHECK(found.error().code == ErrorCode::kNotFound);
  }
  const auto hasty = resolver_of(peer, {.timeout = std::chrono::milliseconds(20)});
  for (const std::string name : {"silent.test", "broken.test"}) {
    const Addresses found = resolve(*hasty, name);
    REQUIRE_FALSE(found);
    CHECK(found.error().code == ErrorCode::kUnavailable);
  }
}

TEST_CASE("dns: answers that change are not kept") {
  std::atomic<int> asked{0};
  const DnsPeer peer([&](const std::string&, bool ipv6) {
    if (ipv6) return std::optional(DnsPeer::Answer{});
    return std::optional(DnsPeer::Answer{0, {++asked == 1 ? "192.0.2.1" : "127.0.0.1"}});
  });
  const auto resolver = resolver_of(peer);
  CHECK(resolve(*resolver, "a.test").value().front() == "192.0.2.1");
  CHECK(resolve(*resolver, "a.test").value().front() == "127.0.0.1");
}

TEST_CASE("dns: the end answers what is under way") {
  const DnsPeer peer([](const std::string&, bool) { return std::optional<DnsPeer::Answer>(); });
  auto resolver = resolver_of(peer, {.max_under_way = 2});
  auto first = start(*resolver, "a.test"), second = start(*resolver, "b.test");
  CHECK(resolve(*resolver, "c.test").error().code == ErrorCode::kUnavailable);
  resolver.reset();
  CHECK(first.get().error().code == ErrorCode::kUnavailable);
  CHECK(second.get().error().code == ErrorCode::kUnavailable);
}

TEST_CASE("dns: callbacks ask again, throw, and end the resolver") {
  const DnsPeer peer(known);
  auto resolver = resolver_of(peer);
  std::promise<bool> done;
  resolver->resolve("a.test", [&](const Addresses&) {
    resolver->resolve("four.test", [&](const Addresses& found) {
      const bool good = found.has_value();
      resolver.reset();
      done.set_value(good);
      throw std::runtime_error("the host's");
    });
  });
  CHECK(done.get_future().get());
}

TEST_CASE("dns: many at once, from inside the limits") {
  const DnsPeer peer(known);
  const auto resolver = resolver_of(peer);
  std::vector<std::future<Addresses>> answers;
  for (int i = 0; i < 64; ++i) answers.push_back(start(*resolver, "four.test"));
  for (auto& answer : answers) CHECK(answer.get().has_value());
}

TEST_CASE("dns: options out of range") {
  const auto refused = [](auto change) {
    DnsNameResolverOptions options;
    change(options);
    const auto opened = DnsNameResolver::open(std::move(options));
    return !opened && opened.error().code == ErrorCode::kInvalidArgument;
  };
  CHECK(refused([](auto& options) { options.servers = {"dns.test"}; }));
  CHECK(refused([](auto& options) { options.timeout = std::chrono::milliseconds(1); }));
  CHECK(refused([](auto& options) { options.tries = 0; }));
  CHECK(refused([](auto& options) { options.max_under_way = 0; }));
}

}  // namespace sublet
