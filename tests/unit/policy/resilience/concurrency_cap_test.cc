// SPDX-License-Identifier: Apache-2.0
#include "policy/resilience/concurrency_cap.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "policy/resilience/random_source.h"

namespace sublet::policy {
namespace {

// How many of `wanted` requests are let through.
std::uint32_t acquire_many(ConcurrencyCap& cap, const TenantCaps& caps, std::string_view tenant,
                           std::string_view origin, int wanted) {
  std::uint32_t admitted = 0;
  for (int i = 0; i < wanted; ++i) admitted += cap.acquire(caps, tenant, origin).admitted;
  return admitted;
}

}  // namespace

TEST_CASE("concurrency cap: each cap is named when it is reached") {
  ConcurrencyCap cap(SharedCaps{100, 30, 100});
  const TenantCaps caps{8, 5};
  CHECK(acquire_many(cap, caps, "a", "x", 5) == 5);
  CHECK(cap.acquire(caps, "a", "x").reached == CapReached::kTenantOrigin);
  CHECK(acquire_many(cap, caps, "a", "y", 3) == 3);
  CHECK(cap.acquire(caps, "a", "z").reached == CapReached::kTenant);
  CHECK(cap.acquire(caps, "b", "x").admitted);
  const TenantCaps wide{1000, 1000};
  CHECK(acquire_many(cap, wide, "c", "x", 1000) == 24);
  CHECK(cap.acquire(wide, "c", "x").reached == CapReached::kOrigin);
  CHECK(cap.under_way() == 33);
  cap.release("a", "x");
  CHECK(cap.acquire(caps, "a", "x").admitted);
  CHECK_FALSE(cap.acquire(caps, "a", "x").admitted);
}

TEST_CASE("concurrency cap: one tenant never takes all of what is shared") {
  ConcurrencyCap cap(SharedCaps{100, 100, 4});
  const TenantCaps wide{1000, 1000};
  CHECK(acquire_many(cap, wide, "loud", "x", 1000) == 80);
  CHECK(cap.acquire(wide, "loud", "y").reached == CapReached::kTotal);
  CHECK(acquire_many(cap, wide, "quiet", "x", 10) == 10);
  CHECK(acquire_many(cap, wide, "third", "x", 4) == 4);
  // As the loud one's requests end, it waits until it has its share again.
  for (int i = 0; i < 20; ++i) cap.release("loud", "x");
  CHECK(cap.acquire(wide, "quiet", "x").admitted);
  CHECK(cap.under_way() == 75);
  CHECK(acquire_many(cap, wide, "loud", "x", 1000) == 8);
}

TEST_CASE("concurrency cap: two that want all get the same") {
  ConcurrencyCap cap(SharedCaps{90, 90, 4});
  const TenantCaps wide{1000, 1000};
  std::uint32_t a = 0, b = 0;
  for (int i = 0; i < 200; ++i) {
    a += cap.acquire(wide, "a", "x").admitted;
    b += cap.acquire(wide, "b", "x").admitted;
  }
  CHECK(a == 40);
  CHECK(b == 40);
}

TEST_CASE("concurrency cap: dry run refuses nothing and takes no room from others") {
  ConcurrencyCap cap(SharedCaps{10, 10, 4});
  const TenantCaps dry{4, 4, Enforcement::kDryRun};
  std::uint32_t counted = 0;
  for (int i = 0; i < 100; ++i) {
    const CapDecision decision = cap.acquire(dry, "dry", "x");
    CHECK(decision.admitted);
    CHECK(decision.counted == (decision.reached == CapReached::kNone));
    counted += decision.counted;
  }
  CHECK(counted == 4);
  CHECK(cap.under_way() == 4);
  CHECK(cap.acquire(TenantCaps{}, "other", "x").admitted);
}

TEST_CASE("concurrency cap: bounded memory, however many origins there were") {
  ConcurrencyCap cap(SharedCaps{4, 4, 100});
  const TenantCaps caps;
  for (int i = 0; i < 1000; ++i) {
    const std::string origin = std::to_string(i);
    REQUIRE(cap.acquire(caps, "t", origin).admitted);
    cap.release("t", origin);
  }
  CHECK(cap.under_way() == 0);
}

TEST_CASE("concurrency cap: a long run never passes a cap and ends with nothing under way") {
  const SharedCaps shared{20, 8, 4};
  const TenantCaps caps{7, 4};
  ConcurrencyCap cap(shared);
  SplitMix64 random(9);
  std::vector<std::pair<std::string, std::string>> under_way;
  std::uint32_t refused = 0;
  for (int i = 0; i < 20'000; ++i) {
    if (random.up_to(99) < 60) {
      const std::string tenant = std::to_string(random.up_to(5));
      const std::string origin = std::to_string(random.up_to(3));
      if (cap.acquire(caps, tenant, origin).admitted) {
        under_way.emplace_back(tenant, origin);
      } else {
        ++refused;
      }
    } else if (!under_way.empty()) {
      const auto at = static_cast<std::ptrdiff_t>(random.up_to(under_way.size() - 1));
      cap.release(under_way[at].first, under_way[at].second);
      under_way.erase(under_way.begin() + at);
    }
    REQUIRE(cap.under_way() == under_way.size());
    REQUIRE(under_way.size() <= shared.requests);
    for (int tenant = 0; tenant <= 5; ++tenant) {
      std::uint32_t own = 0;
      for (const auto& [of, origin] : under_way) own += of == std::to_string(tenant);
      REQUIRE(own <= caps.requests);
    }
  }
  CHECK(refused > 100);
  for (const auto& [tenant, origin] : under_way) cap.release(tenant, origin);
  CHECK(cap.under_way() == 0);
}

TEST_CASE("concurrency cap: options are checked, and the message names field and bounds") {
  CHECK(validate(TenantCaps(), "egress."));
  CHECK(validate(SharedCaps(), "egress."));
  CHECK(validate(TenantCaps{0, 1}, "egress.").error().message ==
        "egress.requests is 0; it must be between 1 and 100000");
  CHECK(validate(TenantCaps{1, 100'001}, "egress.").error().message ==
        "egress.per_origin is 100001; it must be between 1 and 100000");
  CHECK(validate(SharedCaps{0, 1, 1}, "s.").error().message ==
        "s.requests is 0; it must be between 1 and 100000");
  CHECK(validate(SharedCaps{1, 0, 1}, "s.").error().message ==
        "s.per_origin is 0; it must be between 1 and 100000");
  CHECK(validate(SharedCaps{1, 1, 101}, "s.").error().message ==
        "s.share is 101; it must be between 1 and 100");
}

}  // namespace sublet::policy
