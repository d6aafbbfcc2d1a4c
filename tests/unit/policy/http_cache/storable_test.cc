// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "unit/policy/http_cache/cache_fixture.h"

namespace sublet::policy {
namespace {

using namespace std::chrono_literals;
using namespace cache_test;

const HttpField kMaxAge{"Cache-Control", "max-age=60"};
const HttpField kTag{"ETag", "\"1\""};
const HttpField kAuthorized{"Authorization", "Bearer secret"};

std::string_view check(std::string_view method, const HttpFields& request, std::uint16_t status,
                       const HttpFields& response, const CacheOptions& options = {}) {
  return to_string(check_storable({method, "https://a.example/x", request, {}},
                                  response_with(response, status), options));
}

}  // namespace

TEST_CASE("storing: requests whose answers may be stored") {
  struct Row {
    std::string_view source;
    std::string_view method;
    HttpFields request;
    std::string_view expected;
  };
  const std::vector<Row> rows = {
      {"9111 3 GET", "GET", {}, "none"},
      {"9110 9.3.3 POST", "POST", {}, "request"},
      {"9110 9.3.4 PUT", "PUT", {}, "request"},
      {"9111 2 HEAD: not kept here", "HEAD", {}, "request"},
      {"9110 9.1 case-sensitive", "get", {}, "request"},
      {"9111 5.2.1.5 no-store", "GET", {{"Cache-Control", "no-store"}}, "request"},
      {"9111 5.2.1.4 no-cache", "GET", {{"Cache-Control", "no-cache"}}, "none"},
      {"9111 3.3 a part", "GET", {{"Range", "bytes=0-1"}}, "request"},
      {"9111 4.3.2 conditions of its own", "GET", {{"If-None-Match", "\"1\""}}, "request"},
      {"9111 4.3.2", "GET", {{"if-modified-since", kNowText}}, "request"},
      {"9110 13.1.1", "GET", {{"If-Match", "*"}}, "request"},
      {"9110 13.1.4", "GET", {{"If-Unmodified-Since", kNowText}}, "request"},
      {"9110 13.1.5", "GET", {{"If-Range", "\"1\""}}, "request"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.source);
    CHECK(check(row.method, row.request, 200, {kMaxAge}) == row.expected);
  }
}

TEST_CASE("storing: what a GET with a body asks for, its URL does not say (9110 9.3.1)") {
  const HttpFields none;
  CacheRequest request{"GET", "https://a.example/x", none, {}, true};
  CHECK_FALSE(is_cache_request(request));
  CHECK(check_storable(request, response_with({kMaxAge}), {}) == NotStored::kRequest);
  request.has_body = false;
  CHECK(is_cache_request(request));
}

TEST_CASE("storing: responses that may be stored") {
  struct Row {
    std::string_view source;
    std::uint16_t status;
    HttpFields response;
    std::string_view expected;
  };
  const auto control = [](const char* value) { return HttpField{"Cache-Control", value}; };
  const std::vector<Row> rows = {
      {"9111 3 max-age", 200, {kMaxAge}, "none"},
      {"9111 3 Expires", 200, {{"Expires", "Sun, 06 Nov 1994 08:50:37 GMT"}}, "none"},
      {"9111 3 public", 302, {control("public"), kTag}, "none"},
      {"9111 3 private, in a private cache", 302, {control("private"), kTag}, "none"},
      {"9111 3 heuristic status, to validate", 200, {kTag}, "none"},
      {"9111 3 heuristic status", 404, {kTag}, "none"},
      {"9111 3 no heuristic status", 302, {kTag}, "not_cacheable"},
      {"9111 3 no heuristic status", 403, {kTag}, "not_cacheable"},
      {"9111 3 max-age makes it", 403, {kMaxAge}, "none"},
      {"9111 3 an error with max-age", 503, {kMaxAge}, "none"},
      {"9111 3 s-maxage is for others", 302, {control("s-maxage=60"), kTag}, "not_cacheable"},
      {"9111 3 not final", 103, {kMaxAge}, "status"},
      {"9111 3.3 a part", 206, {kMaxAge}, "status"},
      {"9111 3 304", 304, {kMaxAge}, "status"},
      {"9111 5.2.2.5", 200, {control("no-store")}, "no_store"},
      {"9111 5.2.2.5 stands above max-age", 200, {control("max-age=60, no-store")}, "no_store"},
      {"9111 5.2.2.3 understood", 200, {control("must-understand, no-store, max-age=1")}, "none"},
      {"9111 5.2.2.3 not", 299, {control("must-understand, no-store, max-age=1")}, "status"},
      {"9111 5.2.2.3 not, without no-store",
       299,
       {control("must-understand, max-age=1")},
       "status"},
      {"9111 5.2.2.4 stored to be validated", 200, {control("no-cache"), kTag}, "none"},
      {"9111 5.2.2.4 nothing to validate by", 200, {control("no-cache, max-age=60")}, "useless"},
      {"stale from the start", 200, {}, "useless"},
      {"stale from the start", 200, {control("max-age=0")}, "useless"},
      {"older than it is fresh", 200, {kMaxAge, {"Age", "60"}}, "useless"},
      {"5861 3", 200, {control("max-age=0, stale-while-revalidate=5")}, "none"},
      {"5861 4", 200, {control("max-age=0, stale-if-error=5")}, "none"},
      {"5861 4 forbidden",
       200,
       {control("max-age=0, stale-if-error=5, must-revalidate")},
       "useless"},
      {"9111 4.1 Vary: *", 200, {kMaxAge, {"Vary", "*"}}, "vary"},
      {"9111 4.1 Vary with *", 200, {kMaxAge, {"Vary", "Accept"}, {"Vary", "X, *"}}, "vary"},
      {"9111 4.1 Vary", 200, {kMaxAge, {"Vary", "Accept"}}, "none"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.source);
    CAPTURE(row.status);
    CHECK(check("GET", {}, row.status, row.response) == row.expected);
  }
}

TEST_CASE("storing: answers to requests with Authorization (9111 3.5)") {
  struct Row {
    const char* control;
    std::string_view expected;
  };
  const std::vector<Row> rows = {
      {"max-age=60", "authorization"},    {"max-age=60, public", "none"},
      {"max-age=60, private", "none"},    {"max-age=60, must-revalidate", "none"},
      {"max-age=60, s-maxage=1", "none"}, {"max-age=60, public, no-store", "no_store"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.control);
    const HttpFields response = {{"Cache-Control", row.control}};
    CHECK(check("GET", {kAuthorized}, 200, response) == row.expected);
  }
  CacheOptions options;
  options.authorized_needs_permission = false;
  CHECK(check("GET", {kAuthorized}, 200, {kMaxAge}, options) == "none");
}

TEST_CASE("storing: a Vary of more names than anybody means is as good as *") {
  std::string vary;
  for (int i = 0; i < 33; ++i) vary.append("x").append(std::to_string(i)).append(",");
  CHECK(check("GET", {}, 200, {kMaxAge, {"Vary", vary}}) == "vary");
}

TEST_CASE("storing: the fields of the connection are left out (9111 3.1)") {
  const StoredResponse stored = stored_with({{"Connection", "X-Hop, keep-alive"},
                                             {"x-hop", "1"},
                                             {"Keep-Alive", "5"},
                                             {"Transfer-Encoding", "chunked"},
                                             {"Proxy-Authenticate", "Basic"},
                                             {"Set-Cookie", "a=b"},
                                             kMaxAge});
  CHECK(stored.fields == HttpFields{{"Set-Cookie", "a=b"}, kMaxAge});
}

TEST_CASE("keys: which requests a response answers (9111 4.1)") {
  struct Row {
    std::string_view source;
    std::string vary;
    HttpFields first;
    HttpFields second;
    bool same;
  };
  const std::vector<Row> rows = {
      {"no Vary", "", {{"Accept", "a"}}, {{"Accept", "b"}}, true},
      {"the same", "Accept", {{"Accept", "a"}}, {{"accept", "a"}}, true},
      {"another value", "Accept", {{"Accept", "a"}}, {{"Accept", "b"}}, false},
      {"values are compared as they are", "Accept", {{"Accept", "a"}}, {{"Accept", "A"}}, false},
      {"absent from both", "Accept", {}, {}, true},
      {"absent from one", "Accept", {}, {{"Accept", "a"}}, false},
      {"absent and empty differ", "Accept", {}, {{"Accept", ""}}, false},
      {"white space around", "Accept", {{"Accept", " a "}}, {{"Accept", "a"}}, true},
      {"lines are joined", "A", {{"A", "a"}, {"A", "b"}}, {{"A", "a, b"}}, true},
      {"their order counts", "A", {{"A", "a"}, {"A", "b"}}, {{"A", "b"}, {"A", "a"}}, false},
      {"all that are named", "A, B", {{"A", "1"}, {"B", "2"}}, {{"A", "1"}, {"B", "3"}}, false},
      {"nothing moves between", "A, B", {{"A", "1"}}, {{"B", "1"}}, false},
      {"credentials", "", {kAuthorized}, {}, false},
      {"credentials", "", {kAuthorized}, {{"Authorization", "Bearer other"}}, false},
      {"credentials", "", {kAuthorized}, {kAuthorized}, true},
      {"cookies", "", {{"Cookie", "a=1"}}, {{"Cookie", "a=2"}}, false},
      {"a field that carries a secret", "", {{"X-Key", "1"}}, {{"X-Key", "2"}}, false},
  };
  const std::vector<std::string> secret_fields = {"X-Key"};
  for (const Row& row : rows) {
    CAPTURE(row.source);
    const CacheRequest first{"GET", "https://a.example/", row.first, secret_fields};
    const CacheRequest second{"GET", "https://a.example/", row.second, secret_fields};
    const StoredResponse stored =
        make_stored(first, response_with({{"Vary", row.vary}, kMaxAge}), CacheOptions{});
    CHECK(stored.matches(first, credentials_key(first)));
    CHECK(stored.matches(second, credentials_key(second)) == row.same);
  }
}

TEST_CASE("keys: Vary's names, whatever their order and case") {
  const auto names = vary_names({{"Vary", "B, a"}, {"vary", "A,,"}});
  REQUIRE(names);
  CHECK(*names == std::vector<std::string>{"a", "b"});
  CHECK(vary_names({})->empty());
}

TEST_CASE("keys: a single flight is of one tenant, method, URL, credentials, fields and body") {
  const HttpFields fields = {{"Accept", "a"}, {"X-Trace", "1"}, kAuthorized};
  const HttpFields traced = {{"Accept", "a"}, {"X-Trace", "2"}, kAuthorized};
  const HttpFields accepts = {{"Accept", "b"}, {"X-Trace", "1"}, kAuthorized};
  const HttpFields anonymous = {{"Accept", "a"}, {"X-Trace", "1"}};
  const std::vector<std::string> names = {"accept"};
  const auto key = [&names](std::string_view tenant, std::string_view method, std::string_view url,
                            const HttpFields& of, std::string_view body) {
    return base::to_hex(single_flight_key(tenant, {method, url, of, {}}, names, body));
  };
  const std::string one = key("t", "GET", "https://a/", fields, "body");
  CHECK(one == key("t", "GET", "https://a/", fields, "body"));
  CHECK(one == key("t", "GET", "https://a/", traced, "body"));
  CHECK(one != key("u", "GET", "https://a/", fields, "body"));
  CHECK(one != key("t", "HEAD", "https://a/", fields, "body"));
  CHECK(one != key("t", "GET", "https://a/b", fields, "body"));
  CHECK(one != key("t", "GET", "https://a/", accepts, "body"));
  CHECK(one != key("t", "GET", "https://a/", anonymous, "body"));
  CHECK(one != key("t", "GET", "https://a/", fields, "other"));
  CHECK(key("tG", "ET", "https://a/", fields, "") != key("t", "GET", "https://a/", fields, ""));
}

}  // namespace sublet::policy
