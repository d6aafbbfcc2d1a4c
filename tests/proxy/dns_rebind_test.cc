// SPDX-License-Identifier: Apache-2.0
// A name server of an attacker's, against a whole host with the resolver and transport that it has
// by default: what listens on loopback is never reached.
#include <sublet/adapters/dns_name_resolver.h>

#include <functional>
#include <optional>
#include <set>

#include "proxy_support.h"
#include "support/dns_peer.h"
#include "support/http_peer.h"

namespace sublet::scenario {
namespace {

using test::DnsPeer;
using test::HttpPeer;
using test::PeerConnection;

// The tests have no public address, so this one is opened for them; all others on loopback are
// private, as ever.
constexpr const char* kPublic = "127.0.0.2";
constexpr const char* kSecondPublic = "127.0.0.3";
constexpr const char* kPrivate = "127.0.0.1";

constexpr const char* kCode = R"(
  export async function run({ data: { urls } }) {
    const came = [];
    for (const url of urls) {
      try {
        const answer = await fetch(url, { redirect: "follow" });
        came.push(`${answer.status} ${await answer.text()}`);
      } catch (error) {
        came.push(error.code ?? error.message);
      }
    }
    return came.join(", ");
  })";

// What an attacker owns, and what nobody may reach, all at the same port.
struct Internet {
  using Names = std::function<std::optional<DnsPeer::Answer>(const std::string&, int asked)>;

  explicit Internet(Names names) : names_(std::move(names)) {
    for (int tries = 0; tries < 50 && !second_public; ++tries) {
      try {
        private_peer = std::make_unique<HttpPeer>([](PeerConnection& connection) {
          if (!connection.read_request().empty()) connection.write_answer("PRIVATE");
        });
        const std::uint16_t port = private_peer->port();
        public_peer = open_public(kPublic, port, "public");
        second_public = open_public(kSecondPublic, port, "second");
      } catch (const std::runtime_error&) {
        // The port is taken at one of the addresses.
      }
    }
    REQUIRE(second_public);
    open_host();
  }

  std::unique_ptr<HttpPeer> open_public(const char* address, std::uint16_t port,
                                        const std::string& says) {
    HttpPeer::Options options;
    options.address = address;
    options.port = port;
    return std::make_unique<HttpPeer>(options, [this, says](PeerConnection& connection) {
      for (std::string request; !(request = connection.read_request()).empty();) {
        const std::size_t to = request.find("?to=");
        if (to == std::string::npos) {
          connection.write_answer(says);
          continue;
        }
        const std::string target = request.substr(to + 4, request.find(' ', to) - to - 4);
        connection.write("HTTP/1.1 302 There\r\nContent-Length: 0\r\nLocation: " + target +
                         "\r\n\r\n");
      }
    });
  }

  void open_host() {
    const std::string at_port = ":" + std::to_string(port());
    DnsNameResolverOptions names;
    names.servers = {dns.address()};
    names.hosts_file = false;
    auto resolver = DnsNameResolver::open(names);
    REQUIRE(resolver.has_value());
    auto transport = CurlHttpTransport::open({});
    REQUIRE(transport.has_value());
    HostOptions options = TestHost::two_workers();
    options.requests.resolver = std::move(resolver).value();
    options.requests.transport = std::move(transport).value();
    TenantPolicy policy = ample_request_policy();
    policy.requests.plain_http = true;
    policy.requests.hosts = {"http://*.attacker.example" + at_port, "http://127.0.0.1" + at_port,
                             "http://localhost" + at_port};
    policy.requests.opened_addresses = {kPublic + at_port, kSecondPublic + at_port};
    policy.requests.breaker.minimum_calls = 1'000'000;
    host = std::make_unique<TestHost>(policy, options);
    Json manifest = scenario::manifest();
    manifest["egress"] = policy.requests.hosts;
    const auto bundle =
        Bundle::from_memory({{"extension.json", manifest.dump()}, {"extension.js", kCode}});
    REQUIRE(bundle.has_value());
    const auto installed = (*host)->install("acme", *bundle);
    REQUIRE_MESSAGE(installed.has_value(), installed.error().message);
  }

  std::uint16_t port() const { return private_peer->port(); }
  std::string url(const std::string& name, const std::string& path = "/") const {
    return "http://" + name + ":" + std::to_string(port()) + path;
  }
  // What came of each, one after another: "200 public, private_address".
  std::string visit(const std::vector<std::string>& urls) {
    const auto result = host->run(Json({{"urls", urls}}).dump());
    CHECK_MESSAGE(result.ok(), describe(result));
    CHECK(private_peer->connections() == 0);
    return result.ok() ? Json::parse(result.json).get<std::string>() : "";
  }

  std::unique_ptr<HttpPeer> private_peer, public_peer, second_public;
  DnsPeer dns{[this](const std::string& name, bool ipv6) { return answer(name, ipv6); }};
  std::unique_ptr<TestHost> host;

 private:
  // IPv4 only, unless an answer has addresses of the other family.
  std::optional<DnsPeer::Answer> answer(const std::string& name, bool ipv6) {
    int& asked = asked_[{name, ipv6}];
    return names_(name, asked++);
  }

  const Names names_;
  std::map<std::pair<std::string, bool>, int> asked_;
};

using Answer = DnsPeer::Answer;

TEST_CASE("a name that is public first and private then") {
  Internet net([](const std::string&, int asked) {
    return Answer{.addresses = {asked == 0 ? kPublic : kPrivate}, .ttl = 0};
  });
  const std::string url = net.url("a.attacker.example");
  CHECK(net.visit({url, url, url}) == "200 public, private_address, private_address");
  // The connection was there, and good; the name does not lead to it any more.
  CHECK(net.public_peer->requests() == 1);
}

TEST_CASE("a name that changes with every answer, asked often") {
  Internet net([](const std::string&, int asked) {
    return Answer{.addresses = {asked % 2 == 0 ? kPublic : kPrivate}, .ttl = 0};
  });
  std::string expected;
  std::vector<std::string> urls;
  for (int i = 0; i < 40; ++i) {
    urls.push_back(net.url("a.attacker.example"));
    expected += i == 0 ? "" : ", ";
    expected += i % 2 == 0 ? "200 public" : "private_address";
  }
  CHECK(net.visit(urls) == expected);
}

TEST_CASE("one private address among many") {
  Internet net([](const std::string& name, int) {
    Answer answer;
    for (int i = 0; i < 20; ++i) answer.addresses.emplace_back(kPublic);
    if (name.starts_with("first")) answer.addresses.front() = kPrivate;
    if (name.starts_with("middle")) answer.addresses[10] = kPrivate;
    if (name.starts_with("last")) answer.addresses.back() = kPrivate;
    if (name.starts_with("six")) answer.addresses.emplace_back("::1");
    if (name.starts_with("mapped")) answer.addresses.emplace_back("::ffff:127.0.0.1");
    if (name.starts_with("nat64")) answer.addresses.emplace_back("64:ff9b::7f00:1");
    return answer;
  });
  CHECK(net.visit({net.url("none.attacker.example")}) == "200 public");
  for (const char* name : {"first", "middle", "last", "six", "mapped", "nat64"}) {
    CHECK_MESSAGE(
        net.visit({net.url(std::string(name) + ".attacker.example")}) == "private_address", name);
  }
  CHECK(net.public_peer->requests() == 1);
}

TEST_CASE("an alias of a local name") {
  Internet net([](const std::string& name, int) {
    const bool harmless = name.starts_with("harmless");
    return Answer{.addresses = {harmless ? kPublic : kPrivate},
                  .alias = harmless ? "somewhere.example" : "localhost",
                  .ttl = 0};
  });
  CHECK(net.visit({net.url("harmless.attacker.example"), net.url("bad.attacker.example"),
                   net.url("localhost")}) == "200 public, private_address, private_address");
}

TEST_CASE("redirects to what is private, by name and by number") {
  Internet net([](const std::string& name, int) {
    return Answer{.addresses = {name.starts_with("inside") ? kPrivate : kPublic}};
  });
  const std::string from = net.url("a.attacker.example", "/?to=");
  const std::string port = ":" + std::to_string(net.port()) + "/";
  CHECK(net.visit({from + net.url("b.attacker.example")}) == "200 public");
  for (const std::string host :
       {"inside.attacker.example", "127.0.0.1", "2130706433", "0x7f.1", "017700000001", "127.1",
        "[::1]", "[::ffff:127.0.0.1]", "localhost", "LOCALHOST", "a.attacker.example@127.0.0.1"}) {
    const std::string came = net.visit({from + "http://" + host + port});
    CHECK_MESSAGE(came.find(' ') == std::string::npos, host << ": " << came);
  }
  CHECK(net.visit({from + "//inside.attacker.example" + port}) == "private_address");
}

TEST_CASE("a connection is not used again for a name that has moved") {
  Internet net([](const std::string&, int asked) {
    return Answer{.addresses = {asked < 2 ? kPublic : kSecondPublic}, .ttl = 0};
  });
  const std::string url = net.url("a.attacker.example");
  CHECK(net.visit({url, url, url, url}) == "200 public, 200 public, 200 second, 200 second");
  CHECK(net.public_peer->requests() == 2);
  CHECK(net.second_public->requests() == 2);
}

TEST_CASE("a name server that is silent, or has nothing, is an error and no address") {
  Internet net([](const std::string& name, int) -> std::optional<Answer> {
    if (name.starts_with("nothing")) return Answer{.code = 3, .addresses = {}};
    return Answer{.addresses = {}};
  });
  CHECK(net.visit({net.url("nothing.attacker.example")}) == "name_not_found");
  CHECK(net.visit({net.url("empty.attacker.example")}) == "name_not_found");
}

}  // namespace
}  // namespace sublet::scenario
