// SPDX-License-Identifier: Apache-2.0
#include "policy/http_cache/store.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "policy/resilience/random_source.h"
#include "unit/policy/http_cache/cache_fixture.h"

namespace sublet::policy {
namespace {

using namespace cache_test;

const HttpFields kNoFields;

CacheRequest get(std::string_view url, const HttpFields& fields = kNoFields) {
  return {"GET", url, fields, {}};
}

HttpCacheStore::Response stored_for(const CacheRequest& request, std::string body,
                                    const HttpFields& fields = {}) {
  CacheableResponse response = response_with(fields);
  response.body = std::make_shared<const std::string>(std::move(body));
  return std::make_shared<const StoredResponse>(
      make_stored(request, std::move(response), CacheOptions{}));
}

std::string body_of(const HttpCacheStore::Response& response) {
  return response == nullptr ? "none" : *response->body;
}

// Room for `count` responses with a body of `bytes` and no fields.
Bytes room_for(std::size_t count, std::size_t bytes) {
  HttpCacheStore store(CacheStoreOptions{});
  store.put("t", get("u"), stored_for(get("u"), std::string(bytes, 'x')));
  return Bytes{store.bytes() * count};
}

}  // namespace

TEST_CASE("cache store: finds what was put, and only for the same tenant, URL and credentials") {
  HttpCacheStore store(CacheStoreOptions{});
  const HttpFields alice = {{"Authorization", "alice"}}, bob = {{"Authorization", "bob"}};
  CHECK(store.put("t", get("https://a/"), stored_for(get("https://a/"), "anybody's")));
  CHECK(store.put("t", get("https://a/", alice), stored_for(get("https://a/", alice), "alice's")));
  CHECK(body_of(store.find("t", get("https://a/"))) == "anybody's");
  CHECK(body_of(store.find("t", get("https://a/", alice))) == "alice's");
  CHECK(store.find("t", get("https://a/", bob)) == nullptr);
  CHECK(store.find("u", get("https://a/")) == nullptr);
  CHECK(store.find("", get("https://a/")) == nullptr);
  CHECK(store.find("t", get("https://a/b")) == nullptr);
  CHECK(store.size() == 2);
}

TEST_CASE("cache store: variants by Vary, the newest of those that match") {
  HttpCacheStore store(CacheStoreOptions{});
  const HttpFields english = {{"Accept-Language", "en"}}, german = {{"Accept-Language", "de"}};
  const HttpFields vary = {{"Vary", "Accept-Language"}};
  store.put("t", get("u", english), stored_for(get("u", english), "hello", vary));
  store.put("t", get("u", german), stored_for(get("u", german), "hallo", vary));
  CHECK(body_of(store.find("t", get("u", english))) == "hello");
  CHECK(body_of(store.find("t", get("u", german))) == "hallo");
  CHECK(store.find("t", get("u")) == nullptr);
  store.put("t", get("u", german), stored_for(get("u", german), "guten Tag", vary));
  CHECK(store.size() == 2);
  CHECK(body_of(store.find("t", get("u", german))) == "guten Tag");
  // One without Vary answers all, and takes the place of the one it was asked like.
  store.put("t", get("u", english), stored_for(get("u", english), "all"));
  CHECK(store.size() == 2);
  CHECK(body_of(store.find("t", get("u", german))) == "all");
  CHECK(body_of(store.find("t", get("u"))) == "all");
}

TEST_CASE("cache store: no more variants of a URL than allowed") {
  CacheStoreOptions options;
  options.variants = 3;
  HttpCacheStore store(options);
  for (int i = 0; i < 10; ++i) {
    const HttpFields fields = {{"A", std::to_string(i)}};
    store.put("t", get("u", fields), stored_for(get("u", fields), "x", {{"Vary", "A"}}));
  }
  CHECK(store.size() == 3);
  CHECK(store.find("t", get("u", HttpFields{{"A", "6"}})) == nullptr);
  CHECK(store.find("t", get("u", HttpFields{{"A", "7"}})) != nullptr);
}

TEST_CASE("cache store: forgets by URL and by tenant") {
  HttpCacheStore store(CacheStoreOptions{});
  const HttpFields alice = {{"Authorization", "alice"}};
  for (const char* tenant : {"t", "u"}) {
    store.put(tenant, get("1"), stored_for(get("1"), "x"));
    store.put(tenant, get("1", alice), stored_for(get("1", alice), "x"));
    store.put(tenant, get("2"), stored_for(get("2"), "x"));
  }
  store.invalidate("t", "1");
  store.invalidate("t", "nothing");
  store.invalidate("nobody", "1");
  CHECK(store.size() == 4);
  CHECK(store.find("t", get("1")) == nullptr);
  CHECK(store.find("t", get("1", alice)) == nullptr);
  CHECK(store.find("t", get("2")) != nullptr);
  CHECK(store.find("u", get("1", alice)) != nullptr);
  const HttpCacheStore::Response kept = store.find("u", get("2"));
  store.erase_tenant("u");
  store.erase_tenant("nobody");
  CHECK(*kept->body == "x");  // whoever reads it goes on
  CHECK(store.size() == 1);
  store.invalidate("t", "2");
  CHECK(store.size() == 0);
  CHECK(store.bytes() == 0);
}

TEST_CASE("cache store: the one used least recently goes first") {
  CacheStoreOptions options;
  options.per_tenant = room_for(3, 1000);
  HttpCacheStore store(options);
  for (const char* url : {"1", "2", "3"}) {
    store.put("t", get(url), stored_for(get(url), std::string(1000, 'x')));
  }
  CHECK(store.size() == 3);
  CHECK(store.find("t", get("1")) != nullptr);
  store.put("t", get("4"), stored_for(get("4"), std::string(1000, 'x')));
  CHECK(store.find("t", get("2")) == nullptr);
  CHECK(store.find("t", get("1")) != nullptr);
  CHECK(store.bytes_of("t") == options.per_tenant.count);
}

TEST_CASE("cache store: a response that is too large is not kept, nor the one it follows") {
  CacheStoreOptions options;
  options.per_response = Bytes{4096};
  HttpCacheStore store(options);
  CHECK(store.put("t", get("u"), stored_for(get("u"), "small")));
  CHECK_FALSE(store.put("t", get("u"), stored_for(get("u"), std::string(5000, 'x'))));
  CHECK(store.find("t", get("u")) == nullptr);
  CHECK(store.bytes() == 0);
  options.total = options.per_tenant = options.per_response = Bytes{};
  HttpCacheStore none(options);
  CHECK_FALSE(none.put("t", get("u"), stored_for(get("u"), "")));
}

TEST_CASE("cache store: a tenant that stores much does not push out one that stores little") {
  CacheStoreOptions options;
  options.total = room_for(20, 1000);
  options.per_tenant = options.total;
  HttpCacheStore store(options);
  store.put("quiet", get("1"), stored_for(get("1"), std::string(1000, 'x')));
  for (int i = 0; i < 200; ++i) {
    const std::string url = std::to_string(i);
    store.put("loud", get(url), stored_for(get(url), std::string(1000, 'x')));
  }
  CHECK(store.find("quiet", get("1")) != nullptr);
  CHECK(store.bytes() <= options.total.count);
  CHECK(store.size() == 20);
}

TEST_CASE("cache store: of tenants within their share, the one used least recently by any") {
  CacheStoreOptions options;
  options.total = room_for(3, 1000);
  options.per_tenant = options.total;
  HttpCacheStore store(options);
  for (const char* tenant : {"a", "b", "c"}) {
    store.put(tenant, get("u"), stored_for(get("u"), std::string(1000, 'x')));
  }
  CHECK(store.find("a", get("u")) != nullptr);
  store.put("d", get("u"), stored_for(get("u"), std::string(1000, 'x')));
  CHECK(store.find("b", get("u")) == nullptr);
  CHECK(store.find("a", get("u")) != nullptr);
}

TEST_CASE("cache store: many tenants with one large response each") {
  CacheStoreOptions options;
  options.total = room_for(3, 100'000);
  options.per_tenant = room_for(2, 100'000);
  HttpCacheStore store(options);
  for (int i = 0; i < 50; ++i) {
    const std::string tenant = std::to_string(i);
    REQUIRE(store.put(tenant, get("u"), stored_for(get("u"), std::string(100'000, 'x'))));
    REQUIRE(store.find(tenant, get("u")) != nullptr);
  }
  CHECK(store.size() == 3);
}

TEST_CASE("cache store: a long run stays within its budgets and never mixes tenants up") {
  CacheStoreOptions options;
  options.total = Bytes{200'000};
  options.per_tenant = Bytes{60'000};
  options.per_response = Bytes{20'000};
  options.variants = 2;
  HttpCacheStore store(options);
  SplitMix64 random(17);
  std::uint32_t found = 0;
  for (int i = 0; i < 30'000; ++i) {
    const std::string tenant = std::to_string(random.up_to(7));
    const std::string url = std::to_string(random.up_to(20));
    const HttpFields fields = {{"Authorization", std::to_string(random.up_to(2))}};
    const std::string mark = tenant + "/" + url + "/" + fields[0].value + "/";
    const std::uint64_t drawn = random.up_to(99);
    if (drawn < 60) {
      if (const auto response = store.find(tenant, get(url, fields))) {
        ++found;
        REQUIRE(response->body->starts_with(mark));
      }
    } else if (drawn < 95) {
      std::string body = mark + std::string(random.up_to(25'000), 'x');
      const bool fits = store.put(tenant, get(url, fields), stored_for(get(url, fields), body));
      REQUIRE((store.find(tenant, get(url, fields)) != nullptr) == fits);
    } else if (drawn < 99) {
      store.invalidate(tenant, url);
      REQUIRE(store.find(tenant, get(url, fields)) == nullptr);
    } else {
      store.erase_tenant(tenant);
      REQUIRE(store.bytes_of(tenant) == 0);
    }
    std::size_t sum = 0;
    for (int t = 0; t <= 7; ++t) {
      const std::size_t own = store.bytes_of(std::to_string(t));
      REQUIRE(own <= options.per_tenant.count);
      sum += own;
    }
    REQUIRE(sum == store.bytes());
    REQUIRE(sum <= options.total.count);
  }
  CHECK(found > 100);
  for (int t = 0; t <= 7; ++t) store.erase_tenant(std::to_string(t));
  CHECK(store.bytes() == 0);
  CHECK(store.size() == 0);
}

TEST_CASE("cache store: options are checked, and the message names field and bounds") {
  CHECK(validate(CacheStoreOptions(), "cache."));
  struct Row {
    void (*change)(CacheStoreOptions&);
    std::string_view message;
  };
  const std::vector<Row> rows = {
      {[](CacheStoreOptions& o) { o.total = Bytes::mebibytes(128 * 1024); },
       "cache.total is 128 GiB; it must be between 0 bytes and 64 GiB"},
      {[](CacheStoreOptions& o) { o.per_tenant = Bytes::mebibytes(65); },
       "cache.per_tenant is 65 MiB; it must be between 0 bytes and 64 MiB"},
      {[](CacheStoreOptions& o) { o.per_response = Bytes::mebibytes(9); },
       "cache.per_response is 9 MiB; it must be between 0 bytes and 8 MiB"},
      {[](CacheStoreOptions& o) { o.variants = 0; },
       "cache.variants is 0; it must be between 1 and 64"},
  };
  for (const Row& row : rows) {
    CacheStoreOptions options;
    row.change(options);
    const Result<void> result = validate(options, "cache.");
    REQUIRE_FALSE(result);
    CHECK(result.error().message == row.message);
  }
}

}  // namespace sublet::policy
