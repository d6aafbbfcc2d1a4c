// SPDX-License-Identifier: Apache-2.0
#include "engine/v8_page_ledger.h"

#include <doctest/doctest.h>
#include <sys/mman.h>

namespace sublet::engine {
namespace {

TEST_SUITE_BEGIN("engine");

constexpr std::size_t kPage = 4096;

struct CountingWatcher final : PageWatcher {
  void on_large_piece() noexcept override { ++large; }
  void on_mark_passed() noexcept override { ++marks; }
  int large = 0;
  int marks = 0;
};

struct Owner {
  CountingWatcher watcher;
  PageAccount account{watcher};
};

TEST_CASE("page ledger: what is accessible twice is charged once") {
  PageLedger ledger;
  Owner owner;
  CHECK(ledger.commit(10 * kPage, 4 * kPage, &owner.account));
  CHECK(ledger.commit(12 * kPage, 4 * kPage, &owner.account));
  CHECK(owner.account.committed() == 6 * kPage);
  CHECK(ledger.commit(8 * kPage, 12 * kPage, &owner.account));
  CHECK(owner.account.committed() == 12 * kPage);
  ledger.release(0, 100 * kPage);
  CHECK(owner.account.committed() == 0);
}

TEST_CASE("page ledger: the middle of a range goes back alone") {
  PageLedger ledger;
  Owner owner;
  CHECK(ledger.commit(0, 10 * kPage, &owner.account));
  ledger.release(3 * kPage, 4 * kPage);
  ledger.release(4 * kPage, kPage);
  CHECK(owner.account.committed() == 6 * kPage);
  ledger.release(2 * kPage, 6 * kPage);
  CHECK(owner.account.committed() == 4 * kPage);
  CHECK(ledger.commit(0, 10 * kPage, &owner.account));
  CHECK(owner.account.committed() == 10 * kPage);
}

TEST_CASE("page ledger: pages go back to whom they were charged to, whoever gives them back") {
  PageLedger ledger;
  Owner first;
  Owner second;
  CHECK(ledger.commit(0, 4 * kPage, &first.account));
  CHECK(ledger.commit(2 * kPage, 4 * kPage, &second.account));
  CHECK(second.account.committed() == 2 * kPage);
  ledger.release(0, 6 * kPage);
  CHECK(first.account.committed() == 0);
  CHECK(second.account.committed() == 0);
}

TEST_CASE("page ledger: a refusal changes nothing, and no owner is refused nothing") {
  PageLedger ledger;
  Owner owner;
  owner.account.set_limits(4 * kPage, 100 * kPage);
  CHECK(ledger.commit(0, 3 * kPage, &owner.account));
  CHECK_FALSE(owner.account.refused());
  CHECK_FALSE(ledger.commit(2 * kPage, 3 * kPage, &owner.account));
  CHECK(owner.account.refused());
  CHECK(owner.account.committed() == 3 * kPage);
  CHECK(ledger.commit(2 * kPage, 2 * kPage, &owner.account));
  CHECK(ledger.commit(100 * kPage, 1000 * kPage, nullptr));
}

TEST_CASE("page ledger: its watcher is told of a large piece, and once of a mark") {
  PageLedger ledger;
  Owner owner;
  owner.account.set_limits(100 * kPage, 5 * kPage);
  owner.account.watch(8 * kPage);
  CHECK(ledger.commit(0, 5 * kPage, &owner.account));
  CHECK(owner.watcher.large == 0);
  CHECK(ledger.commit(10 * kPage, 6 * kPage, &owner.account));
  CHECK(owner.watcher.large == 1);
  CHECK(owner.watcher.marks == 1);
  CHECK(ledger.commit(20 * kPage, kPage, &owner.account));
  CHECK(owner.watcher.marks == 1);
  owner.account.watch(12 * kPage);
  CHECK(ledger.commit(30 * kPage, kPage, &owner.account));
  CHECK(owner.watcher.marks == 2);
}

TEST_CASE("page ledger: an account that ended is not touched any more") {
  PageLedger ledger;
  {
    Owner owner;
    CHECK(ledger.commit(0, 4 * kPage, &owner.account));
    ledger.forget(owner.account);
    CHECK(owner.account.committed() == 4 * kPage);
  }
  ledger.release(0, 4 * kPage);
  Owner next;
  CHECK(ledger.commit(0, 4 * kPage, &next.account));
  CHECK(next.account.committed() == 4 * kPage);
}

TEST_CASE("page ledger: discarded memory is zero, and its neighbours' is not") {
  PageLedger ledger;
  Owner parked;
  Owner other;
  void* const mapped =
      ::mmap(nullptr, 2 * kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  REQUIRE(mapped != MAP_FAILED);
  auto* const bytes = static_cast<char*>(mapped);
  bytes[0] = 'a';
  bytes[kPage] = 'b';
  const auto start = reinterpret_cast<std::uintptr_t>(mapped);
  CHECK(ledger.commit(start, kPage, &parked.account));
  CHECK(ledger.commit(start + kPage, kPage, &other.account));
  ledger.discard(parked.account);
  CHECK(parked.account.committed() == 0);
  CHECK(other.account.committed() == kPage);
  CHECK(bytes[0] == 0);
  CHECK(bytes[kPage] == 'b');
  ::munmap(mapped, 2 * kPage);
}

TEST_SUITE_END();

}  // namespace
}  // namespace sublet::engine
