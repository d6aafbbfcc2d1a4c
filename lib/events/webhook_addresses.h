// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "events/once.h"
#include "events/webhook_cache.h"
#include "sublet/adapters/event_queue.h"

namespace sublet::events {

// The addresses of webhooks, as records of the queue: kind "webhook_of", of the tenant, named
// "<extension>/<webhook>", holds the address, and what it holds is in force; kind "webhook", of no
// tenant, named by the address's SHA-256, says whose it is. Both are written together, on the
// condition that neither was there, so that processes agree on one address. url() has to answer the
// same again, so that who reads the database can read the addresses in "webhook_of": it has to be
// kept as the payloads beside it are, and a signature is what keeps strangers out even then.
//
// Ownership: shared, since answers of the queue may come late.
// Thread safety: thread-safe. A callback runs exactly once, on any thread or inside the call, under
// no lock.
class WebhookAddresses : public std::enable_shared_from_this<WebhookAddresses> {
 public:
  // Reads under way at once for addresses that are not in memory: what comes besides is told to
  // come again, so that guessing does not fill the queue.
  static constexpr std::uint32_t kMostReads = 256;

  WebhookAddresses(std::shared_ptr<EventQueue> queue, const base::Clock& clock)
      : queue_(std::move(queue)), cache_(clock) {}

  // The address, made where there is none.
  void address(WebhookOwner owner, EventCallback<std::string> done);
  // Nullopt: nobody's.
  void find(std::string_view address, EventCallback<std::optional<WebhookOwner>> done);
  // False: there was none.
  void remove(WebhookOwner owner, EventCallback<bool> done);
  // All of an extension's.
  void remove_all(std::string tenant, std::string extension, EventCallback<bool> done);

 private:
  struct Search;
  struct Sweep;

  // The record of exactly this name; nullopt: there is none.
  void read_one(const char* kind, std::string tenant, std::string name,
                EventCallback<std::optional<EventRecord>> done);
  void make(WebhookOwner owner, int tries, Once<std::string> done);
  void address_again(WebhookOwner owner, int tries, Once<std::string> done);
  void remove_again(WebhookOwner owner, int tries, Once<bool> done);
  void remove_records(std::vector<EventRecordWrite> writes, EventCallback<bool> done);
  void confirm(const std::shared_ptr<Search>& search, const EventRecord& found);
  void finish(const Search& search, std::optional<WebhookOwner> owner);
  void sweep(const std::shared_ptr<Sweep>& sweep);

  std::shared_ptr<EventQueue> queue_;
  WebhookCache cache_;
  std::atomic<std::uint32_t> reads_{0};
};

}  // namespace sublet::events
