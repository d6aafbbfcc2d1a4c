// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "policy/names.h"
#include "policy/token_bucket.h"
#include "proxy/shared/entries.h"
#include "proxy/shared/shared_time.h"
#include "support/manual_clock.h"

namespace sublet::proxy {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

base::TimePoint at(base::Nanoseconds since_start) {
  return base::TimePoint(seconds(1'700'000'000) + since_start);
}
const Rate kRate{10, seconds(1), 20};

}  // namespace

TEST_CASE("shared limits: no tenant can have the name that they are kept under") {
  CHECK_FALSE(policy::check_tenant_id("tenant", kHostTenant));
  CHECK(validate_key_value_name("tenant", kHostTenant));
}

TEST_CASE("shared limits: a key of any length has a place of its own") {
  const std::string long_key(2000, 'k');
  CHECK(bucket_place(long_key).key.size() <= KeyValueStore::kMaxKeyBytes);
  CHECK(bucket_place(long_key) != bucket_place(long_key + "k"));
  CHECK(bucket_place("a") != breaker_place("a"));
  CHECK(bucket_place("rate/tenant/a").key == "bucket/rate/tenant/a");
}

TEST_CASE("shared limits: a lease takes what is wanted, else what there is, else nothing") {
  LeasedTokens first = lease_tokens({}, kRate, 1, 15, at({}));
  CHECK(first.count == 15);
  CHECK(first.wait.count() == 0);
  LeasedTokens second = lease_tokens(first.after, kRate, 1, 15, at({}));
  CHECK(second.count == 5);
  CHECK(second.wait == milliseconds(100));
  LeasedTokens third = lease_tokens(second.after, kRate, 2, 15, at(milliseconds(150)));
  CHECK(third.count == 0);
  CHECK(third.wait == milliseconds(50));
  CHECK(lease_tokens(second.after, kRate, 2, 15, at(milliseconds(200))).count == 2);
  CHECK(lease_tokens(second.after, kRate, 1, 100, at(seconds(60))).count == 20);
  // More than there ever are.
  CHECK(lease_tokens({}, kRate, 21, 21, at({})).count == 0);
}

TEST_CASE("shared limits: a clock that is behind takes the time from the bucket") {
  const LeasedTokens ahead = lease_tokens({}, kRate, 20, 20, at(seconds(30)));
  const LeasedTokens behind = lease_tokens(ahead.after, kRate, 1, 1, at({}));
  CHECK(behind.count == 0);
  CHECK(behind.wait == milliseconds(100));
  CHECK(lease_tokens(ahead.after, kRate, 1, 1, at(seconds(30) + milliseconds(100))).count == 1);
}

TEST_CASE("shared limits: nobody waits for a burst slower than its own") {
  const Rate slow{1, std::chrono::hours(24), 100};
  const LeasedTokens of_slow = lease_tokens({}, slow, 100, 100, at({}));
  CHECK(lease_tokens(of_slow.after, kRate, 1, 1, at({})).wait == milliseconds(100));
}

TEST_CASE("shared limits: entries come back as they were written, others count as none") {
  KeyValueEntry entry;
  entry.value = write_bucket({at(seconds(5)), at(seconds(2))});
  REQUIRE(read_bucket(&entry));
  CHECK(read_bucket(&entry)->full_at == at(seconds(5)));
  CHECK(read_bucket(&entry)->at == at(seconds(2)));
  entry.value = write_breaker({at(seconds(5)), at(seconds(2)), "a b \n c"});
  REQUIRE(read_breaker(&entry));
  CHECK(read_breaker(&entry)->process == "a b \n c");
  CHECK(read_breaker(&entry)->until == at(seconds(5)));
  for (const char* text : {"", "1", "1 ", "1 5", "1 5 ", "1 5 6", "2 5 6 ", "1 -5 6 ", "1 5 x ",
                           "1 5 4000000000000000001 ", "1 5 99999999999999999999 ", "1  5 6 "}) {
    CAPTURE(text);
    entry.value.data = text;
    CHECK_FALSE(read_bucket(&entry));
    CHECK_FALSE(read_breaker(&entry));
  }
  CHECK_FALSE(read_bucket(nullptr));
}

TEST_CASE("shared limits: the largest rates and the last time fit") {
  const Rate most{1, std::chrono::hours(24), 1'000'000'000};
  LeasedTokens tokens = lease_tokens({}, most, 1'000'000'000, UINT32_MAX, SharedTime::kLast);
  CHECK(tokens.count == 1'000'000'000);
  KeyValueEntry entry;
  entry.value = write_bucket(tokens.after);
  REQUIRE(read_bucket(&entry));
  CHECK(expiry_after(base::Nanoseconds::max() / 2).ttl == KeyValueStore::kMaxTtl);
  CHECK(expiry_after({}).ttl >= KeyValueStore::kMinTtl);
}

TEST_CASE("shared limits: shared time is that of the clock furthest ahead, and never goes back") {
  test::ManualClock clock;
  SharedTime time(clock, [] { return KeyValueTime(seconds(1'700'000'000)); });
  CHECK(time.now() == at({}));
  time.observe(at(seconds(-5)));
  CHECK(time.now() == at({}));
  time.observe(at(seconds(5)));
  clock.advance(seconds(1));
  CHECK(time.now() == at(seconds(6)));
  time.observe(base::TimePoint::max());
  clock.advance(seconds(1));
  CHECK(time.now() == SharedTime::kLast);
  SharedTime strange(clock, [] { return KeyValueTime::max(); });
  CHECK(strange.now() < SharedTime::kLast);
}

}  // namespace sublet::proxy
