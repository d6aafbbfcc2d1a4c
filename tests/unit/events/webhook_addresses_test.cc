// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "base/sha256.h"
#include "events/webhook_cache.h"
#include "policy/events/webhook_target.h"
#include "unit/events/webhooks_bed.h"

namespace sublet::events {
namespace {

std::vector<EventRecord> records(WebhooksBed& bed, const std::string& kind) {
  std::vector<EventRecord> all;
  bed.queue->read_records(kind, std::nullopt, "", 1000,
                          [&](Result<std::vector<EventRecord>> read) { all = *read; });
  return all;
}

}  // namespace

TEST_CASE("webhook addresses: one is made, and stays") {
  WebhooksBed bed;
  const std::string url = bed.url();
  CHECK(url.starts_with("https://h.example/hooks/"));
  CHECK(policy::webhook_address(url).size() == 32);
  CHECK(bed.url() == url);
  CHECK(bed.url("github") != url);
  CHECK(*bed.try_url(*bed.process("https://h.example/hooks/"), "open") == url);
}

TEST_CASE("webhook addresses: who reads the records they are found by learns none") {
  WebhooksBed bed;
  const std::string address(policy::webhook_address(bed.url()));
  const auto found = records(bed, "webhook");
  REQUIRE(found.size() == 1);
  CHECK(found[0].name == base::to_hex(base::sha256(address)));
  CHECK(found[0].data.find(address) == std::string::npos);
}

TEST_CASE("webhook addresses: none of what is not declared, and none without a base") {
  WebhooksBed bed;
  CHECK(bed.try_url(*bed.webhooks, "other").error().code == ErrorCode::kNotFound);
  const auto without = bed.process("");
  CHECK(bed.try_url(*without, "open").error().code == ErrorCode::kFailedPrecondition);
  bed.queue->down = true;
  CHECK(bed.try_url(*bed.webhooks, "open").error().code == ErrorCode::kUnavailable);
}

TEST_CASE("webhook addresses: two processes at once make one") {
  WebhooksBed bed;
  const auto other = bed.process();
  std::string theirs;
  bed.queue->before_write = [&] { theirs = *bed.try_url(*other, "open"); };
  const std::string ours = bed.url();
  CHECK(ours == theirs);
  CHECK(records(bed, "webhook").size() == 1);
}

TEST_CASE("webhook addresses: a revoked one is nobody's here at once, elsewhere after 30 s") {
  WebhooksBed bed;
  const auto other = bed.process();
  const std::string url = bed.url();
  CHECK(bed.send(*other, {"POST", url, {}, ""}).status == 202);
  CHECK(bed.post(url).status == 202);
  CHECK(bed.revoke(*bed.webhooks));
  CHECK(bed.post(url).status == 404);
  CHECK(bed.send(*other, {"POST", url, {}, ""}).status == 202);
  bed.clock.advance(WebhookCache::kOwnerStays);
  CHECK(bed.send(*other, {"POST", url, {}, ""}).status == 404);
  CHECK_FALSE(bed.revoke(*bed.webhooks));
  CHECK(records(bed, "webhook").empty());
  CHECK(records(bed, "webhook_of").empty());
  CHECK(bed.url() != url);
}

TEST_CASE("webhook addresses: what is read while it is revoked is not remembered") {
  WebhooksBed bed;
  const std::string url = bed.url();
  bed.queue->hold = true;
  std::optional<std::uint16_t> status;
  bed.webhooks->deliver({"POST", url, {}, ""},
                        [&](Result<WebhookResponse> response) { status = response->status; });
  // The address is read; its owner is read after the revocation.
  auto first = std::exchange(bed.queue->held, {});
  REQUIRE(first.size() == 1);
  first[0]();
  bed.queue->hold = false;
  CHECK(bed.revoke(*bed.webhooks));
  bed.queue->release();
  CHECK(status == 404);
  CHECK(bed.post(url).status == 404);
}

TEST_CASE("webhook addresses: an uninstall revokes all of the extension's") {
  WebhooksBed bed;
  std::vector<std::string> urls;
  for (int i = 0; i < 20; ++i) {
    const std::string name = "w" + std::to_string(i);
    bed.host.declare(name, policy::SignatureScheme::kNone);
    urls.push_back(bed.url(name));
  }
  std::optional<bool> any;
  const auto note = [&](Result<bool> gone) { any = *gone; };
  bed.webhooks->revoke_all("t", "x-other", note);
  CHECK(any == false);
  CHECK(bed.post(urls[0]).status == 202);
  bed.webhooks->revoke_all("t", "x", note);
  CHECK(any == true);
  for (const std::string& url : urls) CHECK(bed.post(url).status == 404);
  CHECK(records(bed, "webhook").empty());
}

TEST_CASE("webhook addresses: those of an erased tenant are nobody's, also when it comes back") {
  WebhooksBed bed;
  const std::string url = bed.url();
  bed.queue->erase("t", 1000, [](Result<std::uint64_t>) {});
  CHECK(bed.post(url).status == 404);
  CHECK(bed.url() != url);
  bed.clock.advance(WebhookCache::kNobodyStays);
  CHECK(bed.post(url).status == 404);
}

TEST_CASE("webhook addresses: guesses are remembered for a while, and bounded at once") {
  WebhooksBed bed;
  const std::string guess = "/" + std::string(32, 'a');
  CHECK(bed.post(guess).status == 404);
  const std::size_t reads = bed.queue->reads;
  CHECK(bed.post(guess).status == 404);
  CHECK(bed.queue->reads == reads);
  bed.clock.advance(WebhookCache::kNobodyStays);
  CHECK(bed.post(guess).status == 404);
  CHECK(bed.queue->reads == reads + 1);
  // What cannot be one is not looked for.
  CHECK(bed.post("/" + std::string(31, 'a')).status == 404);
  CHECK(bed.queue->reads == reads + 1);
}

TEST_CASE("webhook addresses: only so many are looked for at once") {
  WebhooksBed bed;
  bed.queue->hold = true;
  std::vector<std::uint16_t> statuses;
  for (int i = 0; i < 300; ++i) {
    std::string guess = std::to_string(i);
    guess = "/" + std::string(32 - guess.size(), 'a') + guess;
    bed.webhooks->deliver({"POST", guess, {}, ""}, [&](Result<WebhookResponse> response) {
      statuses.push_back(response->status);
    });
  }
  CHECK(bed.queue->held.size() == 256);
  CHECK(statuses == std::vector<std::uint16_t>(44, 503));
  bed.queue->release();
  CHECK(statuses.size() == 300);
  CHECK(bed.post("/" + std::string(32, 'b')).status == 404);
}

TEST_CASE("webhook addresses: the memory of owners is bounded, and guesses do not touch it") {
  test::ManualClock clock;
  WebhookCache cache(clock);
  const WebhookOwner owner{"t", "x", "w"};
  cache.keep("one", owner, cache.round());
  for (std::size_t i = 0; i < 2 * WebhookCache::kMostNobodies; ++i) {
    cache.keep("guess" + std::to_string(i), std::nullopt, cache.round());
  }
  REQUIRE(cache.find("one"));
  CHECK(cache.find("one")->owner == owner);
  CHECK_FALSE(cache.find("guess0"));
  for (std::size_t i = 0; i < WebhookCache::kMostOwners; ++i) {
    cache.keep(std::to_string(i), owner, cache.round());
  }
  CHECK_FALSE(cache.find("one"));
  const std::uint64_t round = cache.round();
  cache.forget("1");
  CHECK_FALSE(cache.find("1"));
  cache.keep("1", owner, round);
  CHECK_FALSE(cache.find("1"));
}

}  // namespace sublet::events
