// SPDX-License-Identifier: Apache-2.0
#include "policy/http_cache/validation.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "policy/http_cache/invalidation.h"
#include "unit/policy/http_cache/cache_fixture.h"

namespace sublet::policy {
namespace {

using namespace std::chrono_literals;
using namespace cache_test;

constexpr const char* kEarlier = "Sat, 05 Nov 1994 08:49:37 GMT";

}  // namespace

TEST_CASE("validation: what a request asks by (9111 4.3.1)") {
  CHECK(conditional_fields(stored_with({{"ETag", "W/\"1\""}, {"Last-Modified", kEarlier}})) ==
        HttpFields{{"If-None-Match", "W/\"1\""}, {"If-Modified-Since", kEarlier}});
  CHECK(conditional_fields(stored_with({{"etag", " \"1\" "}})) ==
        HttpFields{{"If-None-Match", "\"1\""}});
  CHECK(conditional_fields(stored_with({{"Last-Modified", kEarlier}})) ==
        HttpFields{{"If-Modified-Since", kEarlier}});
  CHECK(conditional_fields(stored_with({{"Cache-Control", "max-age=1"}})).empty());
  CHECK(conditional_fields(stored_with({{"ETag", "\"1\""}, {"ETag", "\"2\""}})).empty());
}

TEST_CASE("validation: whether a 304 speaks of the stored response (9111 4.3.4)") {
  struct Row {
    std::string_view source;
    HttpFields stored;
    HttpFields not_modified;
    bool expected;
  };
  const std::vector<Row> rows = {
      {"the same strong tag", {{"ETag", "\"1\""}}, {{"ETag", "\"1\""}}, true},
      {"another strong tag", {{"ETag", "\"1\""}}, {{"ETag", "\"2\""}}, false},
      {"a strong tag for a weak one", {{"ETag", "W/\"1\""}}, {{"ETag", "\"1\""}}, false},
      {"the same weak tag", {{"ETag", "W/\"1\""}}, {{"ETag", "W/\"1\""}}, true},
      {"a weak tag for a strong one", {{"ETag", "\"1\""}}, {{"ETag", "W/\"1\""}}, true},
      {"another weak tag", {{"ETag", "W/\"1\""}}, {{"ETag", "W/\"2\""}}, false},
      {"a tag for none", {{"Last-Modified", kEarlier}}, {{"ETag", "\"1\""}}, false},
      {"the same date", {{"Last-Modified", kEarlier}}, {{"Last-Modified", kEarlier}}, true},
      {"another date", {{"Last-Modified", kEarlier}}, {{"Last-Modified", kNowText}}, false},
      {"a date beside a tag", {{"ETag", "\"1\""}}, {{"Last-Modified", kNowText}}, true},
      {"nothing named", {{"ETag", "\"1\""}}, {}, true},
  };
  for (const Row& row : rows) {
    CAPTURE(row.source);
    const auto merged = refreshed(stored_with(row.stored), response_with(row.not_modified, 304));
    CHECK(merged.has_value() == row.expected);
  }
}

TEST_CASE("validation: a 304 is merged into the stored response (9111 3.2)") {
  const StoredResponse stored = stored_with({{"ETag", "\"1\""},
                                             {"Cache-Control", "max-age=10"},
                                             {"Date", kEarlier},
                                             {"Age", "500"},
                                             {"Content-Length", "4"},
                                             {"Content-Type", "text/plain"},
                                             {"X-Kept", "1"},
                                             {"X-Changed", "1"},
                                             {"X-Changed", "2"}});
  CacheableResponse answer = response_with({{"ETag", "\"1\""},
                                            {"cache-control", "max-age=60"},
                                            {"Date", kNowText},
                                            {"Content-Length", "0"},
                                            {"Content-Type", "text/html"},
                                            {"X-Changed", "3"},
                                            {"X-New", "1"}},
                                           304);
  answer.body = nullptr;
  const auto merged = refreshed(stored, answer);
  REQUIRE(merged);
  CHECK(merged->status == 200);
  CHECK(*merged->body == "body");
  CHECK(merged->fields == HttpFields{{"Content-Length", "4"},
                                     {"Content-Type", "text/plain"},
                                     {"X-Kept", "1"},
                                     {"ETag", "\"1\""},
                                     {"cache-control", "max-age=60"},
                                     {"Date", kNowText},
                                     {"X-Changed", "3"},
                                     {"X-New", "1"}});
  const HttpFields none;
  const StoredResponse again =
      make_stored({"GET", "https://a.example/x", none, {}}, *merged, CacheOptions{});
  CHECK(again.lifetime == 60s);
  CHECK(again.age(kNow) == 0s);  // fresh again, though the first had an Age
}

TEST_CASE("validation: a 304 that forbids storing is obeyed") {
  const auto merged = refreshed(stored_with({{"ETag", "\"1\""}, {"Cache-Control", "max-age=10"}}),
                                response_with({{"Cache-Control", "no-store"}}, 304));
  REQUIRE(merged);
  const HttpFields none;
  CHECK(check_storable({"GET", "https://a.example/x", none, {}}, *merged, CacheOptions{}) ==
        NotStored::kNoStore);
}

TEST_CASE("invalidation: which URLs (9111 4.4)") {
  struct Row {
    std::string_view source;
    std::string_view method;
    std::uint16_t status;
    HttpFields response;
    std::vector<std::string> expected;
  };
  const std::string own = "https://a.example/x";
  const std::vector<Row> rows = {
      {"POST", "POST", 201, {}, {own}},
      {"PUT", "PUT", 204, {}, {own}},
      {"DELETE", "DELETE", 200, {}, {own}},
      {"PATCH", "PATCH", 200, {}, {own}},
      {"a method whose safety is unknown", "MOVE", 200, {}, {own}},
      {"9110 9.1 case-sensitive", "get", 200, {}, {own}},
      {"3xx is no error", "POST", 303, {}, {own}},
      {"an error", "POST", 400, {}, {}},
      {"an error", "POST", 503, {}, {}},
      {"9110 9.2.1 GET", "GET", 200, {{"Location", "/y"}}, {}},
      {"9110 9.2.1 HEAD", "HEAD", 200, {}, {}},
      {"9110 9.2.1 OPTIONS", "OPTIONS", 200, {}, {}},
      {"Location", "POST", 201, {{"Location", "/y"}}, {own, "https://a.example/y"}},
      {"Content-Location", "PUT", 200, {{"content-location", "/y"}}, {own, "https://a.example/y"}},
      {"of another origin: left alone", "POST", 201, {{"Location", "https://b.example/y"}}, {own}},
      {"itself, once", "PUT", 200, {{"Location", "/x"}}, {own}},
  };
  const ResolveInOrigin resolve = [](std::string_view reference) -> std::optional<std::string> {
    if (!reference.starts_with('/')) return std::nullopt;
    return "https://a.example" + std::string(reference);
  };
  const HttpFields none;
  for (const Row& row : rows) {
    CAPTURE(row.source);
    CHECK(invalidated_urls({row.method, own, none, {}}, row.status, row.response, resolve) ==
          row.expected);
  }
}

}  // namespace sublet::policy
