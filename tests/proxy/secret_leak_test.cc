// SPDX-License-Identifier: Apache-2.0
// A peer that repeats everything in every encoding, and an extension that reads its own secrets by
// every means: neither gets any of them to JavaScript, into a record, a log or the store's file.
#include <fcntl.h>
#include <unistd.h>

#include "leak_peer.h"
#include "leak_search.h"
#include "proxy_support.h"
#include "scenario/sandbox_support.h"

namespace sublet::scenario {
namespace {

constexpr const char* kKey = R"(aK3y/+"q<&>%7E~=Zs\w)";
constexpr const char* kClientSecret = R"(cl13nt+s3cr3t/&"<x>~)";

std::string host_of(std::uint16_t port, const char* name = "echo.example") {
  return std::string(name) + ":" + std::to_string(port);
}

Json oauth_section(const std::string& origin) {
  const Json client = {{"client_id", "leaky"}, {"client_secret", "<%= secret.client_secret %>"}};
  Json crm = {{"authorize_url", origin + "/authorize"},
              {"token_url", origin + "/token"},
              {"hosts", {origin.substr(8)}}};
  Json broken = {{"flow", "client_credentials"}, {"token_url", origin + "/token_error"}};
  crm.update(client);
  broken.update(client);
  return {{"crm", crm}, {"broken", broken}};
}

Json requests_section(const std::string& host) {
  const Json echo = {{"method", "POST"},
                     {"host", host},
                     {"path", "/echo"},
                     {"query",
                      {{"place", "<%= context.place %>"},
                       {"encoding", "<%= context.encoding %>"},
                       {"key", "<%= secret.api_key %>"}}},
                     {"headers",
                      {{"Authorization", "Bearer <%= access_token %>"},
                       {"X-Key", "<%= secret.api_key %>"},
                       {"X-Basic", "Basic <%= encode(secret.api_key + \":X\") %>"}}},
                     {"body",
                      {{"key", "<%= secret.api_key %>"},
                       {"token", "in a text: <%= access_token %>"},
                       {"mine", "<%= context.mine %>"}}},
                     {"options", {{"oauth", "crm"}}}};
  const Json broken = {{"host", host},
                       {"headers", {{"Authorization", "Bearer <%= access_token %>"}}},
                       {"options", {{"oauth", "broken"}}}};
  return {{"echo", echo}, {"broken", broken}};
}

Bundle bundle_for(const std::string& host, const std::string& other) {
  const std::vector<std::string> events = {"viaTemplate", "viaFetch",  "objects",
                                           "traps",       "elsewhere", "errors"};
  Json manifest = scenario::manifest({.name = "leaky", .events = events});
  manifest["egress"] = {host, other};
  manifest["parameters"] = {{"api_key", {{"secret", true}, {"required", true}, {"hosts", {host}}}},
                            {"client_secret", {{"secret", true}, {"required", true}}},
                            {"shown", {{"default", "everybody may see this"}}}};
  manifest["oauth"] = oauth_section("https://" + host);
  manifest["requests"] = requests_section(host);
  const std::filesystem::path code =
      std::filesystem::path(SUBLET_TEST_DATA) / "secret_leak" / "extension.js";
  auto bundle = Bundle::from_memory(
      {{"extension.json", manifest.dump(2)}, {"extension.js", read_file(code)}});
  REQUIRE_MESSAGE(bundle.has_value(), bundle.error().message);
  return std::move(bundle).value();
}

// All that a host's operator sees of an invocation.
std::string told_by(const InvocationResult& result) {
  std::string text = result.json + "\n";
  if (result.error) {
    text += result.error->name + "\n" + result.error->message + "\n" + result.error->stack + "\n";
  }
  for (const LogLine& line : result.logs) text += line.text + "\n";
  for (const RequestRecord& record : result.requests) {
    for (const std::string& part :
         {record.name, record.method, record.origin, record.error, record.cache, record.span_id}) {
      text += part + "\n";
    }
  }
  return text;
}

struct Leaks {
  TempFolder folder;
  test::Authority authority;
  std::mutex mutex;
  std::string taken;  // what the other service got
  test::HttpPeer other{test::HttpPeer::Options{.identity = authority.issue("other.example")},
                       [this](test::PeerConnection& connection) { take(connection); }};
  LeakPeer peer{authority.issue("echo.example"),
                "https://" + host_of(other.port(), "other.example")};
  std::string host_name = host_of(peer.port());
  std::string origin = "https://" + host_name;
  std::string other_host = host_of(other.port(), "other.example");
  TestHost host{policy(), options()};

  Leaks() {
    const Json parameters = {{"api_key", kKey}, {"client_secret", kClientSecret}};
    const auto installed =
        host->install("acme", bundle_for(host_name, other_host), {parameters.dump()});
    REQUIRE_MESSAGE(installed.has_value(), installed.error().message);
    const auto start =
        host->begin_authorization({"acme", "leaky", "crm", ""}, "https://desk.example/back");
    REQUIRE_MESSAGE(start.has_value(), start.error().message);
    const auto done = host->complete_authorization({start->state, "a-code", "", ""});
    REQUIRE_MESSAGE(done.has_value(), done.error().message);
    CHECK(search().find(start->url).empty());
  }
  ~Leaks() {
    std::string faults;
    for (const std::string& fault : host.observer.errors.take()) faults += fault + "\n";
    check_clean(faults);
  }

  TenantPolicy policy() const {
    TenantPolicy made = ample_request_policy();
    made.requests.hosts = {host_name, other_host};
    made.requests.opened_addresses = {"127.0.0.0/8"};
    made.requests.breaker.minimum_calls = 1'000'000;
    return made;
  }
  HostOptions options() const {
    HostOptions made = TestHost::two_workers();
    made.state_directory = folder.path();
    made.secret_keys = [](std::string_view, std::string_view) -> Result<EncryptionKey> {
      EncryptionKey key{"test", {}};
      key.bytes.fill(7);
      return key;
    };
    made.requests.transport =
        transport_that_trusts(folder.write("authority.pem", authority.certificate()));
    made.requests.resolver =
        std::make_shared<KnownNames>(std::map<std::string, std::vector<std::string>>{
            {"echo.example", {"127.0.0.1"}}, {"other.example", {"127.0.0.1"}}});
    made.requests.origin_breaker.minimum_calls = 1'000'000;
    return made;
  }
  void take(test::PeerConnection& connection) {
    for (std::string request; !(request = connection.read_request()).empty();) {
      const std::lock_guard lock(mutex);
      taken += request;
      connection.write_answer("taken");
    }
  }

  LeakSearch search() const {
    LeakSearch made;
    made.add("the API key", kKey);
    made.add("the client's secret", kClientSecret);
    for (const std::string& token : peer.tokens()) made.add("the token " + token, token);
    return made;
  }
  void check_clean(const std::string& text) const {
    for (const std::string& leak : search().find(text)) FAIL_CHECK("there is " << leak);
  }
  // The peer did get secrets, and repeated them so that the search finds them.
  void check_peer(std::size_t at_least) const { CHECK(leaks_in(peer.sent()) >= at_least); }
  std::size_t leaks_in(const std::vector<std::string>& texts) const {
    const LeakSearch made = search();
    std::size_t count = 0;
    for (const std::string& text : texts) count += made.find(text).empty() ? 0 : 1;
    return count;
  }

  InvocationResult run(const std::string& event, Json data) {
    data["origin"] = origin;
    auto result = host.run(Event{.tenant = "acme", .event = event, .payload = data.dump()});
    check_clean(told_by(result));
    return result;
  }
};

Json cases() {
  Json made = Json::array();
  for (const auto& [encoding, unused] : leak_encodings()) made.push_back({"body", encoding});
  for (const std::string& place : LeakPeer::places()) {
    for (const char* encoding : {"raw", "percent", "base64_1", "hex", "json_u", "mixed"}) {
      if (place != "body") made.push_back({place, encoding});
    }
  }
  return made;
}

void check_all_answered(const InvocationResult& result) {
  CHECK_MESSAGE(result.ok(), describe(result));
  CHECK(result.requests.size() == cases().size());
  for (const RequestRecord& record : result.requests) {
    CHECK_MESSAGE(record.error.empty(), record.error);
    CHECK(record.status != 0);
  }
  CHECK(result.json.find("[secret]") != std::string::npos);
}

TEST_CASE("the test's own search finds a secret in every encoding") {
  LeakSearch search;
  search.add("key", kKey);
  for (const auto& [name, encode] : leak_encodings()) {
    const std::string text = "GET / HTTP/1.1\r\nX-Key: " + std::string(kKey) + "\r\n";
    CHECK_MESSAGE(!search.find(encode(text)).empty(), name);
    CHECK_MESSAGE(!search.find(Json(encode(text)).dump()).empty(), name);
  }
  CHECK(search.find("GET / HTTP/1.1\r\nX-Key: [secret]\r\n").empty());
}

TEST_CASE("a template's request whose answer repeats it, in every encoding and place") {
  Leaks leaks;
  check_all_answered(leaks.run("viaTemplate", {{"cases", cases()}}));
  leaks.check_peer(cases().size() - 10);
  // One that was refused was renewed.
  CHECK(leaks.peer.tokens().size() > 2);
}

TEST_CASE("a fetch whose answer repeats what its placeholders stood for") {
  Leaks leaks;
  check_all_answered(leaks.run("viaFetch", {{"cases", cases()}}));
  leaks.check_peer(cases().size() - 10);
  // One that was refused was renewed.
  CHECK(leaks.peer.tokens().size() > 2);
}

TEST_CASE("what objects of the platform and of the API show") {
  Leaks leaks;
  const auto result = leaks.run("objects", Json::object());
  CHECK_MESSAGE(result.ok(), describe(result));
  CHECK(result.json.find("everybody may see this") != std::string::npos);
  CHECK(result.json.find("sublet-secret-") != std::string::npos);
  leaks.check_peer(2);
}

TEST_CASE("replaced built-ins, traps and planted properties hear nothing") {
  Leaks leaks;
  const auto result = leaks.run("traps", Json::object());
  CHECK_MESSAGE(result.ok(), describe(result));
  if (result.ok()) CHECK(Json::parse(result.json).at(0).get<int>() > 0);
  leaks.check_peer(1);
}

TEST_CASE("secrets go to nobody else: redirects, other hosts, ports and schemes") {
  Leaks leaks;
  const std::string port = std::to_string(leaks.peer.port());
  const Json others = {"https://" + leaks.other_host + "/take",
                       "https://echo.example/take",
                       "https://echo.example.:" + port + "/take",
                       "http://echo.example:" + port + "/take",
                       "https://127.0.0.1:" + port + "/take",
                       "https://echo.example:" + std::to_string(leaks.other.port()) + "/take"};
  const auto result =
      leaks.run("elsewhere", {{"others", others}, {"places", LeakPeer::places_elsewhere()}});
  CHECK_MESSAGE(result.ok(), describe(result));
  const std::lock_guard lock(leaks.mutex);
  CHECK(leaks.taken.find("/take") != std::string::npos);
  leaks.check_clean(leaks.taken);
  CHECK(leaks.leaks_in(leaks.peer.received()) >= 2 * LeakPeer::places_elsewhere().size());
}

TEST_CASE("errors, their stacks, and what an invocation ends with") {
  Leaks leaks;
  const auto result = leaks.run("errors", Json::object());
  CHECK(result.outcome == Outcome::kException);
  CHECK(result.requests.size() >= 6);
  std::set<std::string> codes;
  for (const RequestRecord& record : result.requests) codes.insert(record.error);
  CHECK(codes.contains("token_failed"));
  CHECK(codes.contains("timeout_total"));
  leaks.check_peer(3);
}

// What is in the readable memory of a process; empty where it may not be read.
std::vector<std::string> memory_of(pid_t pid) {
  std::vector<std::string> found;
  const std::string folder = "/proc/" + std::to_string(pid);
  std::ifstream maps(folder + "/maps");
  const int memory = ::open((folder + "/mem").c_str(), O_RDONLY | O_CLOEXEC);
  for (std::string line; memory >= 0 && std::getline(maps, line);) {
    unsigned long long from = 0, to = 0;
    char permissions[5] = {};
    if (std::sscanf(line.c_str(), "%llx-%llx %4s", &from, &to, permissions) != 3) continue;
    // What the process can have written itself.
    if (permissions[0] != 'r' || permissions[1] != 'w' || to - from > (1ULL << 30)) continue;
    std::string bytes(to - from, '\0');
    const auto count = ::pread(memory, bytes.data(), bytes.size(), static_cast<off_t>(from));
    if (count <= 0) continue;
    bytes.resize(static_cast<std::size_t>(count));
    found.push_back(std::move(bytes));
  }
  if (memory >= 0) ::close(memory);
  return found;
}

TEST_CASE("the sandboxed process never had them") {
  if (!in_sandboxed_tier()) return;
  Leaks leaks;
  const std::string marker = "m4rker-of-an-event";
  Json few = Json::array();
  for (const std::string& place : {std::string("body"), std::string("expired"), marker}) {
    few.push_back(Json::array({place, "raw"}));
  }
  CHECK(leaks.run("viaTemplate", {{"cases", few}}).ok());
  CHECK(leaks.run("viaFetch", {{"cases", few}}).ok());
  bool has_marker = false;
  for (const pid_t pid : sandboxes()) {
    for (const std::string& bytes : memory_of(pid)) {
      has_marker = has_marker || bytes.find(marker) != std::string::npos;
      CHECK(bytes.find(kKey) == std::string::npos);
      CHECK(bytes.find(kClientSecret) == std::string::npos);
      for (const std::string& token : leaks.peer.tokens()) {
        CHECK(bytes.find(token) == std::string::npos);
      }
    }
  }
  if (!has_marker) MESSAGE("the memory of sandboxed processes may not be read here");
}

TEST_CASE("the store's files have them encrypted only") {
  Leaks leaks;
  const Json two = Json::array({Json::array({"body", "raw"}), Json::array({"expired", "raw"})});
  CHECK(leaks.run("viaTemplate", {{"cases", two}}).ok());
  CHECK(leaks.run("objects", Json::object()).ok());
  std::string all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(leaks.folder.path())) {
    if (!entry.is_regular_file()) continue;
    const std::string bytes = read_file(entry.path());
    leaks.check_clean(bytes);
    all += bytes;
  }
  // What the extension stored can be read there, and that there are tokens can be seen.
  CHECK(all.find("everybody may see this") != std::string::npos);
  CHECK(all.find("sublet/oauth") != std::string::npos);
}

}  // namespace
}  // namespace sublet::scenario
