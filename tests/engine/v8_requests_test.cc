// SPDX-License-Identifier: Apache-2.0
// The SDK's requests over the engine: what the host is given, and what its answers become.
#include <doctest/doctest.h>

#include <array>

#include "engine/engine_fixture.h"

namespace sublet::engine {
namespace {

using Status = TurnReport::Status;
using Kind = HostCallStart::Kind;

constexpr std::array kRealms = {Realm::kStandard, Realm::kFrozen};

constexpr const char* kAnswer =
    R"({"status":200,"statusText":"OK","url":"https://a.test/","redirected":false,)"
    R"("headers":[["content-type","application/json"]],"text":"{\"a\":\"é\"}"})";

std::string handler(const std::string& body) {
  return "export async function run(event, api) { const { request, fetch, secret, limits } = "
         "api; " +
         body + " }";
}

// A head without `text`, its length before it, and the body.
std::string frame_of(std::string_view body) {
  const std::string head =
      R"({"status":201,"statusText":"","url":"","redirected":false,"headers":[["a","b"]]})";
  std::string frame = {static_cast<char>(head.size()), 0, 0, 0};
  return frame + head + std::string(body);
}

TEST_SUITE_BEGIN("engine");

TEST_CASE("requests: a template's request and its answer") {
  for (const Realm realm : kRealms) {
    CAPTURE(static_cast<int>(realm));
    Running js(handler("const r = await request('create', { context: { a: 'é' }, body: { b: 1 }, "
                       "timeout: 50, user: 'u' }); return [r, r.json().a, r.headers, r.text()];"),
               realm);
    REQUIRE(js.run().status == Status::kAwaiting);
    REQUIRE(js.port.calls.size() == 1);
    CHECK(js.port.calls[0].first == "request");
    CHECK(js.port.calls[0].second ==
          R"(["create",{"context":{"a":"é"},"timeout":50,"user":"u","type":"json"}])");
    CHECK(js.port.bodies[0] == R"({"b":1})");
    const std::array completions = {HostCallCompletion{1, true, kAnswer}};
    const TurnReport report = js.context->resume(1, completions);
    REQUIRE(report.status == Status::kFinished);
    CHECK(report.json ==
          R"([{"status":200,"ok":true,"headers":{"content-type":"application/json"},)"
          R"("url":"https://a.test/","redirected":false,"body":"{\"a\":\"é\"}"},"é",)"
          R"({"content-type":"application/json"},"{\"a\":\"é\"}"])");
  }
}

TEST_CASE("requests: bodies of texts and bytes reach the host as they are") {
  Running js(
      handler("request('a', { body: 'hé' }); request('a', { body: new Uint8Array([0, 255]) }); "
              "fetch('https://a.test/', { method: 'PUT', body: '\\ud800' }); "
              "fetch('https://a.test/', { method: 'PUT', body: new Uint8Array([255, 0]) });"));
  js.run();
  REQUIRE(js.port.bodies.size() == 4);
  CHECK(js.port.bodies[0] == "hé");
  CHECK(js.port.bodies[1] == std::string("\0\xff", 2));
  CHECK(js.port.bodies[2] == "\xef\xbf\xbd");
  CHECK(js.port.bodies[3] == std::string("\xff\0", 2));
  CHECK(js.port.calls[0].second == R"(["a",{"type":"text"}])");
  CHECK(js.port.calls[1].second == R"(["a",{"type":"bytes"}])");
}

TEST_CASE("requests: half a surrogate pair is no body of a template") {
  Running js(
      handler("try { await request('a', { body: '\\ud800' }); } catch (e) { return [e.code, "
              "e.message]; }"));
  CHECK(js.run().json ==
        R"(["request_argument","request: the body is no Unicode: it has half a surrogate pair"])");
  CHECK(js.port.calls.empty());
}

TEST_CASE("requests: fetch and its Response") {
  for (const Realm realm : kRealms) {
    CAPTURE(static_cast<int>(realm));
    Running js(
        handler("const r = await fetch('https://a.test/?x', { method: 'post', headers: { A: "
                "secret('key') && 'b' }, body: '' }); const c = r.clone(); return [r.status, "
                "[...r.headers], (await r.json()).a, r.bodyUsed, await c.text(), r instanceof "
                "Response];"),
        realm);
    REQUIRE(js.run().status == Status::kAwaiting);
    REQUIRE(js.port.calls.size() == 1);
    CHECK(js.port.calls[0].first == "fetch");
    const std::string& text = js.port.calls[0].second;
    const std::string start = R"([{"url":"https://a.test/?x","method":"POST","headers":[["a","b"],)"
                              R"(["content-type","text/plain;charset=UTF-8"]],"redirect":"follow",)"
                              R"("cache":"default","body":true,"nonce":")";
    CHECK(text.substr(0, start.size()) == start);
    CHECK(text.size() == start.size() + 32 + 3);
    const std::array completions = {HostCallCompletion{1, true, kAnswer}};
    CHECK(js.context->resume(1, completions).json ==
          R"([200,[["content-type","application/json"]],"é",true,"{\"a\":\"é\"}",true])");
  }
}

TEST_CASE("requests: a body that is no UTF-8 comes as a frame") {
  for (const Realm realm : kRealms) {
    CAPTURE(static_cast<int>(realm));
    Running js(
        handler("const r = await request('a'); const f = await fetch('https://a.test/'); const b "
                "= await f.clone().arrayBuffer(); return [r.status, [...r.body], r.text(), "
                "b.byteLength, [...new Uint8Array(b)], await f.text(), r.headers.a];"),
        realm);
    js.port.next = {Kind::kAnswered, 0, frame_of(std::string("\xff\0z", 3)), true};
    CHECK(js.run().json == R"([201,[255,0,122],"�\u0000z",3,[255,0,122],"�\u0000z","b"])");
  }
}

TEST_CASE("requests: refusals keep their code") {
  Running js(
      handler("const seen = []; for (const call of [() => request('a'), () => "
              "fetch('https://a.test/')]) { try { await call(); } catch (e) { "
              "seen.push(e.name, e.message, e.code); } } return seen;"));
  js.port.next = {Kind::kRefused, 0, "not allowed", false, "request_denied"};
  CHECK(js.run().json ==
        R"(["Error","not allowed","request_denied","TypeError","not allowed","request_denied"])");
}

TEST_CASE("requests: an abort leaves the host's answer unused") {
  Running js(
      handler("const c = new AbortController(); const p = fetch('https://a.test/', { signal: "
              "c.signal }); c.abort('why'); try { await p; } catch (e) { return e; }"));
  const TurnReport report = js.run();
  CHECK(report.status == Status::kFinished);
  CHECK(report.json == "\"why\"");
  CHECK(js.port.calls.size() == 1);
}

TEST_CASE("requests: none while the extension starts") {
  Running js(
      "const { fetch: f } = globalThis; let told; f('https://a.test/').catch((e) => { told = "
      "e.message; }); new Request('https://a.test/'); export const run = () => told;");
  REQUIRE(js.loaded.ok);
  CHECK(js.run().json == "\"host calls and timers are not available while the extension starts\"");
}

TEST_CASE("requests: how many are left") {
  Running js(
      handler("const { kvOperations, requests } = limits.remaining(); return [kvOperations, "
              "requests];"));
  CHECK(js.run().json == "[5,6]");
}

TEST_SUITE_END();

}  // namespace
}  // namespace sublet::engine
