// SPDX-License-Identifier: Apache-2.0
#include "events/webhook_addresses.h"

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "events/webhook_token.h"

namespace sublet::events {
namespace {

using Json = nlohmann::json;
using Status = EventEnqueued::Status;

constexpr const char* kAddressKind = "webhook";
constexpr const char* kOwnerKind = "webhook_of";
// Others make and revoke the same one at the same moment: so often it is tried again.
constexpr int kTries = 8;
// Two records for each.
constexpr std::uint32_t kSweepPage = EventQueue::kMaxRecordWrites / 2;

Error busy() {
  return {ErrorCode::kUnavailable, "the webhook's address is being changed by others; try again"};
}

std::string name_of(const WebhookOwner& owner) { return owner.extension + "/" + owner.name; }

// The text that comes right before `name` among names of printable ASCII.
std::string before(std::string name) {
  if (name.empty()) return name;
  --name.back();
  return name + '\x7f';
}

std::string to_text(const WebhookOwner& owner) {
  const Json json = {
      {"tenant", owner.tenant}, {"extension", owner.extension}, {"name", owner.name}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::optional<WebhookOwner> read_owner(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  WebhookOwner owner;
  const std::array<std::pair<const char*, std::string*>, 3> members = {
      {{"tenant", &owner.tenant}, {"extension", &owner.extension}, {"name", &owner.name}}};
  for (const auto& [name, out] : members) {
    const auto found = json.find(name);
    if (found == json.end() || !found->is_string()) return std::nullopt;
    *out = found->get<std::string>();
  }
  return owner;
}

EventRecordWrite write_of(const char* kind, std::string tenant, std::string name,
                          std::optional<std::string> data, std::optional<std::uint64_t> expected) {
  EventRecordWrite write;
  write.kind = kind;
  write.tenant = std::move(tenant);
  write.name = std::move(name);
  write.data = std::move(data);
  write.expected = expected;
  return write;
}

// Takes away a record of kind "webhook_of" as it was read, and its address.
void add_removal(const EventRecord& record, std::vector<EventRecordWrite>& writes) {
  writes.push_back(write_of(kOwnerKind, record.tenant, record.name, std::nullopt, record.version));
  writes.push_back(write_of(kAddressKind, {}, address_hash(record.data), std::nullopt, {}));
}

}  // namespace

// One look for an address's owner.
struct WebhookAddresses::Search {
  Search(std::shared_ptr<WebhookAddresses> for_whom,
         EventCallback<std::optional<WebhookOwner>> then)
      : home(std::move(for_whom)), done(std::move(then)) {
    ++home->reads_;
  }
  ~Search() { --home->reads_; }
  Search(const Search&) = delete;
  Search& operator=(const Search&) = delete;

  const std::shared_ptr<WebhookAddresses> home;
  const Once<std::optional<WebhookOwner>> done;
  std::string hash;
  std::uint64_t round = 0;
  WebhookOwner owner;
};

// An extension's addresses go, a page at a time.
struct WebhookAddresses::Sweep {
  std::string tenant;
  std::string prefix;
  Once<bool> done;
  int tries = kTries;
  bool any = false;
};

void WebhookAddresses::read_one(const char* kind, std::string tenant, std::string name,
                                EventCallback<std::optional<EventRecord>> done) {
  std::string after = before(name);
  queue_->read_records(
      kind, std::move(tenant), std::move(after), 1,
      [name = std::move(name), done = std::move(done)](Result<std::vector<EventRecord>> read) {
        if (!read) return done(std::move(read).error());
        if (read->empty() || read->front().name != name) return done(std::optional<EventRecord>());
        done(std::optional<EventRecord>(std::move(read->front())));
      });
}

void WebhookAddresses::address(WebhookOwner owner, EventCallback<std::string> done) {
  address_again(std::move(owner), kTries, Once<std::string>(std::move(done)));
}

void WebhookAddresses::address_again(WebhookOwner owner, int tries, Once<std::string> done) {
  if (tries == 0) return done(busy());
  const std::string tenant = owner.tenant;
  const std::string name = name_of(owner);
  read_one(kOwnerKind, tenant, name,
           done.guard([self = shared_from_this(), owner = std::move(owner), tries,
                       done](Result<std::optional<EventRecord>> read) {
             if (!read) return done(std::move(read).error());
             if (read->has_value()) return done(std::move((*read)->data));
             self->make(owner, tries, done);
           }));
}

void WebhookAddresses::make(WebhookOwner owner, int tries, Once<std::string> done) {
  const std::optional<std::string> made = random_address();
  if (!made) return done(Error{ErrorCode::kUnavailable, "there are no random bytes to be had"});
  std::vector<EventRecordWrite> writes;
  writes.push_back(write_of(kOwnerKind, owner.tenant, name_of(owner), *made, 0));
  writes.push_back(write_of(kAddressKind, {}, address_hash(*made), to_text(owner), 0));
  queue_->write_records(std::move(writes),
                        done.guard([self = shared_from_this(), owner = std::move(owner),
                                    made = *made, tries, done](Result<EventEnqueued> written) {
                          if (!written) return done(std::move(written).error());
                          if (written->status == Status::kEnqueued) return done(made);
                          self->address_again(owner, tries - 1, done);
                        }));
}

void WebhookAddresses::find(std::string_view address,
                            EventCallback<std::optional<WebhookOwner>> done) {
  std::string hash = address_hash(address);
  if (auto known = cache_.find(hash)) return done(std::move(known->owner));
  if (reads_ >= kMostReads) {
    return done(Error{ErrorCode::kResourceExhausted, "too many addresses are looked for at once"});
  }
  const auto search = std::make_shared<Search>(shared_from_this(), std::move(done));
  search->hash = std::move(hash);
  search->round = cache_.round();
  read_one(kAddressKind, {}, search->hash,
           search->done.guard([search](Result<std::optional<EventRecord>> read) {
             if (!read) return search->done(std::move(read).error());
             if (!read->has_value()) return search->home->finish(*search, std::nullopt);
             search->home->confirm(search, **read);
           }));
}

// An address that was revoked, or whose tenant was erased, is nobody's, whatever is left of it.
void WebhookAddresses::confirm(const std::shared_ptr<Search>& search, const EventRecord& found) {
  auto owner = read_owner(found.data);
  if (!owner) return finish(*search, std::nullopt);
  search->owner = *std::move(owner);
  read_one(kOwnerKind, search->owner.tenant, name_of(search->owner),
           search->done.guard([search](Result<std::optional<EventRecord>> read) {
             if (!read) return search->done(std::move(read).error());
             const bool holds = read->has_value() && address_hash((*read)->data) == search->hash;
             search->home->finish(*search, holds ? std::optional(search->owner) : std::nullopt);
           }));
}

void WebhookAddresses::finish(const Search& search, std::optional<WebhookOwner> owner) {
  cache_.keep(search.hash, owner, search.round);
  search.done(std::move(owner));
}

void WebhookAddresses::remove(WebhookOwner owner, EventCallback<bool> done) {
  remove_again(std::move(owner), kTries, Once<bool>(std::move(done)));
}

void WebhookAddresses::remove_again(WebhookOwner owner, int tries, Once<bool> done) {
  if (tries == 0) return done(busy());
  const std::string tenant = owner.tenant;
  const std::string name = name_of(owner);
  read_one(kOwnerKind, tenant, name,
           done.guard([self = shared_from_this(), owner = std::move(owner), tries,
                       done](Result<std::optional<EventRecord>> read) {
             if (!read) return done(std::move(read).error());
             if (!read->has_value()) return done(false);
             std::vector<EventRecordWrite> writes;
             add_removal(**read, writes);
             self->remove_records(std::move(writes),
                                  done.guard([self, owner, tries, done](Result<bool> gone) {
                                    if (!gone || *gone) return done(std::move(gone));
                                    self->remove_again(owner, tries - 1, done);
                                  }));
           }));
}

// False: somebody was faster.
void WebhookAddresses::remove_records(std::vector<EventRecordWrite> writes,
                                      EventCallback<bool> done) {
  std::vector<std::string> hashes;
  for (const EventRecordWrite& write : writes) {
    if (write.kind == kAddressKind) hashes.push_back(write.name);
  }
  queue_->write_records(std::move(writes), [self = shared_from_this(), hashes = std::move(hashes),
                                            done = std::move(done)](Result<EventEnqueued> written) {
    for (const std::string& hash : hashes) self->cache_.forget(hash);
    if (!written) return done(std::move(written).error());
    done(written->status == Status::kEnqueued);
  });
}

void WebhookAddresses::remove_all(std::string tenant, std::string extension,
                                  EventCallback<bool> done) {
  sweep(std::make_shared<Sweep>(
      Sweep{std::move(tenant), std::move(extension) + "/", Once<bool>(std::move(done))}));
}

void WebhookAddresses::sweep(const std::shared_ptr<Sweep>& sweep) {
  if (sweep->tries == 0) return sweep->done(busy());
  queue_->read_records(
      kOwnerKind, sweep->tenant, sweep->prefix, kSweepPage,
      sweep->done.guard([self = shared_from_this(), sweep](Result<std::vector<EventRecord>> read) {
        if (!read) return sweep->done(std::move(read).error());
        std::vector<EventRecordWrite> writes;
        for (const EventRecord& record : *read) {
          if (record.name.starts_with(sweep->prefix)) add_removal(record, writes);
        }
        if (writes.empty()) return sweep->done(sweep->any);
        self->remove_records(std::move(writes), sweep->done.guard([self, sweep](Result<bool> gone) {
          if (!gone) return sweep->done(std::move(gone).error());
          sweep->any = sweep->any || *gone;
          sweep->tries = *gone ? kTries : sweep->tries - 1;
          self->sweep(sweep);
        }));
      }));
}

}  // namespace sublet::events
