// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <string>

#include "proxy/requests_support.h"

namespace sublet::scenario {
namespace {

constexpr char kTemplate[] = R"({"parameters":{"who":{},"key":{"secret":true}},"requests":{
  "create":{"method":"POST","host":"$PEER","path":"/items/<%= context.id %>",
    "query":{"who":"<%= param.who %>"},
    "headers":{"Authorization":"Key <%= secret.key %>","Content-Type":"application/json"},
    "body":{"title":"<%= context.title %>"}}}})";
constexpr char kValues[] = R"({"who":"ann","key":"key-0123456789"})";

TEST_CASE("requests: a template goes out as it says, and its answer comes back") {
  std::string seen;
  RequestHost side([&](const std::string& request) {
    seen = request;
    return http_answer(R"({"id":7})", "X-A: 1\r\nX-A: 2\r\n", "201 Created");
  });
  side.install(R"(const answer = await request("create", {
      context: { id: "a/b", title: "x \"y\"" } });
    return [answer.status, answer.ok, answer.json().id, answer.headers["x-a"], answer.url];)",
               kTemplate, kValues);
  const InvocationResult result = side.run();
  CHECK(result.outcome == Outcome::kOk);
  CHECK(Json::parse(result.json) == Json({201, true, 7, "1, 2", side.url("/items/a%2Fb?who=ann")}));
  CHECK(first_line(seen) == "POST /items/a%2Fb?who=ann HTTP/1.1");
  CHECK(sent_header(seen, "authorization") == "Key key-0123456789");
  CHECK(sent_body(seen) == R"({"title":"x \"y\""})");

  REQUIRE(result.requests.size() == 1);
  const RequestRecord& record = result.requests[0];
  CHECK(record.name == "create");
  CHECK(record.method == "POST");
  CHECK(record.origin == "https://" + side.at());
  CHECK(record.status == 201);
  CHECK(record.error.empty());
  CHECK(record.attempts == 1);
  CHECK(record.sent.count > 100);
  CHECK(record.received.count > 50);
  CHECK(record.body.count == 8);
  CHECK(record.total.count() > 0);
  CHECK(result.usage.requests == 1);
  CHECK(result.usage.requests_sent.count == record.sent.count);
}

TEST_CASE("requests: fetch is the platform's, for hosts of the manifest") {
  RequestHost side([](const std::string& request) {
    return http_answer(sent_body(request) + "|" + sent_header(request, "x-a"),
                       "Content-Type: text/plain\r\n");
  });
  const InvocationResult result = side.does(
      R"(const response = await fetch("https://$PEER/echo", {
        method: "post", headers: { "X-A": "b" }, body: "text" });
      return [response instanceof Response, response.status, response.headers.get("content-type"),
        await response.text(), response.bodyUsed];)");
  CHECK(Json::parse(result.json) == Json({true, 200, "text/plain", "text|b", true}));
  CHECK(result.requests.at(0).name == "fetch");
}

TEST_CASE("requests: bytes stay bytes in both directions") {
  std::string seen;
  RequestHost side([&](const std::string& request) {
    seen = sent_body(request);
    return http_answer(std::string("\xFF\x00\x80 ok", 6));
  });
  const InvocationResult result = side.does(
      R"(const response = await fetch("https://$PEER/", {
        method: "POST", body: new Uint8Array([0, 255, 10]) });
      return [...new Uint8Array(await response.arrayBuffer())];)");
  CHECK(Json::parse(result.json) == Json({255, 0, 128, 32, 111, 107}));
  CHECK(seen == std::string("\x00\xFF\x0A", 3));
}

TEST_CASE("requests: what manifest or policy do not name is denied, and nothing is sent") {
  RequestHost side(
      [](const std::string&) { return http_answer("no"); },
      [](HostOptions&, TenantPolicy& policy) { policy.requests.hosts = {"*.example.com"}; });
  side.install(std::string("try { await fetch('https://$PEER/'); } ") + kCatch,
               R"({"egress":["$PEER","api.example.com"]})");
  CHECK(side.run().json.find("TypeError egress_denied") != std::string::npos);
  side.install(std::string("try { await fetch('https://api.other.com/'); } ") + kCatch,
               R"({"egress":["api.example.com"]})");
  CHECK(side.run().json.find("TypeError egress_denied") != std::string::npos);
  side.install(std::string("try { await request('get'); } ") + kCatch,
               R"({"requests":{"get":{"host":"$PEER"}}})");
  CHECK(side.run().json.find("Error egress_denied") != std::string::npos);
  side.install(std::string("try { await fetch('https://$PEER/'); } ") + kCatch);
  CHECK(side.run().json.find("TypeError egress_denied") != std::string::npos);
  CHECK(side.peer.connections() == 0);
}

TEST_CASE("requests: an address that is not public is refused, whatever its name is") {
  RequestHost side(
      [](const std::string&) { return http_answer("no"); },
      [](HostOptions&, TenantPolicy& policy) { policy.requests.opened_addresses.clear(); });
  const InvocationResult result =
      side.does(std::string("try { await fetch('https://$PEER/'); } ") + kCatch);
  CHECK(result.json.find("TypeError private_address") != std::string::npos);
  CHECK(result.json.find("127.0.0.1") == std::string::npos);
  CHECK(side.peer.connections() == 0);
}

TEST_CASE("requests: where the host listens stays closed, unless its endpoint is opened") {
  const auto listening = [](const std::string& opened) {
    return [opened](HostOptions& options, TenantPolicy& policy) {
      const std::string endpoint = policy.requests.opened_addresses.at(0);
      options.requests.own_listeners = {"0.0.0.0" + endpoint.substr(endpoint.find(':'))};
      if (!opened.empty()) policy.requests.opened_addresses = {opened};
    };
  };
  const std::string code =
      std::string("try { return (await fetch('https://$PEER/')).status; } ") + kCatch;
  RequestHost range([](const std::string&) { return http_answer("no"); }, listening("127.0.0.0/8"));
  CHECK(range.does(code).json.find("private_address") != std::string::npos);
  CHECK(range.peer.connections() == 0);
  RequestHost endpoint([](const std::string&) { return http_answer("yes"); }, listening(""));
  CHECK(endpoint.does(code).json == "200");
}

TEST_CASE("requests: limits of an invocation, and what is left of them") {
  RequestHost side([](const std::string&) { return http_answer("yes"); },
                   [](HostOptions&, TenantPolicy& policy) { policy.limits.requests = 2; });
  const InvocationResult result = side.does(
      std::string("await fetch('https://$PEER/'); const left = limits.remaining().requests;"
                  "await fetch('https://$PEER/');"
                  "try { await fetch('https://$PEER/'); } catch (e) { return [left, e.code]; }"));
  CHECK(Json::parse(result.json) == Json({1, "too_many_requests"}));
  const InvocationResult uncaught = side.does("for (;;) await fetch('https://$PEER/');");
  CHECK(uncaught.outcome == Outcome::kExceededHostCalls);
  CHECK(uncaught.requests.size() == 2);
}

TEST_CASE("requests: sizes are refused, with a code") {
  RequestHost side(
      [](const std::string& request) {
        return http_answer(std::string(request.find("/large") < 20 ? 2000 : 10, 'x'));
      },
      [](HostOptions&, TenantPolicy& policy) {
        policy.limits.request_body = Bytes{1000};
        policy.limits.response_body = Bytes{1000};
      });
  const auto code = [&](const std::string& call) {
    return side.does("try { return (await " + call + ").status } catch (e) { return e.code; }")
        .json;
  };
  CHECK(code("fetch('https://$PEER/large')") == R"("response_too_large")");
  CHECK(code("fetch('https://$PEER/', { method: 'POST', body: 'x'.repeat(1001) })") ==
        R"("request_too_large")");
  CHECK(code("fetch('https://$PEER/', { method: 'POST', body: 'x'.repeat(1000) })") == "200");
}

TEST_CASE("requests: an invocation that ends does not wait for them") {
  RequestHost side(HttpPeer::Program([](PeerConnection& connection) {
    connection.read_request();
    connection.wait_closed();
  }));
  side.install("fetch('https://$PEER/').catch(() => {}); await null; return 'done';",
               R"({"egress":["$PEER"]})");
  const InvocationResult result = side.run();
  CHECK(result.json == R"("done")");
  REQUIRE(result.requests.size() == 1);
  CHECK(result.requests[0].error == "canceled");
}

TEST_CASE("requests: a wall limit ends an invocation that waits for an answer") {
  RequestHost side(HttpPeer::Program([](PeerConnection& connection) {
                     connection.read_request();
                     connection.wait_closed();
                   }),
                   [](HostOptions&, TenantPolicy& policy) {
                     policy.limits.wall_time = std::chrono::milliseconds(300);
                   });
  side.install("await fetch('https://$PEER/');", R"({"egress":["$PEER"]})");
  const InvocationResult result = side.run();
  // The request's own deadline is the same moment.
  CHECK((result.outcome == Outcome::kExceededWallTime || result.outcome == Outcome::kException));
  side.peer.wait_until_closed(1);
}

}  // namespace
}  // namespace sublet::scenario
