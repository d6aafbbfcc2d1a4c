// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "events/webhooks.h"
#include "sublet/adapters/memory_event_queue.h"
#include "sublet/tenant.h"
#include "support/manual_clock.h"
#include "support/manual_timer_service.h"

namespace sublet::events {

// A queue whose records can fail, and whose answers can wait.
class RecordQueue final : public EventQueue {
 public:
  explicit RecordQueue(EventClock clock) : inner_(std::move(clock)) {}

  bool down = false;
  // Runs before each write, once.
  std::function<void()> before_write;
  std::size_t reads = 0;
  // While it is set, reads wait here.
  bool hold = false;
  std::vector<std::function<void()>> held;

  void write_records(std::vector<EventRecordWrite> writes,
                     EventCallback<EventEnqueued> done) noexcept override {
    if (down) return done(Error{ErrorCode::kUnavailable, "down"});
    if (auto first = std::exchange(before_write, nullptr)) first();
    inner_.write_records(std::move(writes), std::move(done));
  }
  void read_records(std::string kind, std::optional<std::string> tenant, std::string after,
                    std::uint32_t limit,
                    EventCallback<std::vector<EventRecord>> done) noexcept override {
    ++reads;
    if (down) return done(Error{ErrorCode::kUnavailable, "down"});
    auto read = [this, kind, tenant, after, limit, done] {
      inner_.read_records(kind, tenant, after, limit, done);
    };
    if (!hold) return read();
    held.emplace_back(std::move(read));
  }
  void release() {
    hold = false;
    for (auto& one : std::exchange(held, {})) one();
  }

  void enqueue(std::vector<EventEnqueue>,
               EventCallback<std::vector<EventEnqueued>>) noexcept override {}
  void claim(EventClaim, EventCallback<std::vector<EventDelivery>>) noexcept override {}
  void extend(std::vector<EventLease>, std::chrono::milliseconds,
              EventCallback<std::vector<bool>>) noexcept override {}
  void settle(std::vector<EventSettlement>, EventCallback<std::vector<bool>>) noexcept override {}
  void ready(std::string, std::uint32_t, EventCallback<EventReadyPage>) noexcept override {}
  void watch(EventWatch) noexcept override {}
  void peek(EventPeek, EventCallback<std::vector<EventDelivery>>) noexcept override {}
  void count(EventFilter, EventCallback<EventCounts>) noexcept override {}
  void replay(EventFilter, std::uint32_t, EventCallback<std::uint64_t>) noexcept override {}
  void bury(EventFilter, std::string, std::uint32_t,
            std::function<std::string(const EventDelivery&)>,
            EventCallback<std::uint64_t>) noexcept override {}
  void purge(EventFilter, bool, std::uint32_t, EventCallback<std::uint64_t>) noexcept override {}
  void erase(std::string tenant, std::uint32_t limit,
             EventCallback<std::uint64_t> done) noexcept override {
    inner_.erase(std::move(tenant), limit, std::move(done));
  }
  void completions(std::string, std::uint32_t,
                   EventCallback<EventCompletionPage>) noexcept override {}
  void forget_completions(EventTime, std::uint32_t,
                          EventCallback<std::uint64_t>) noexcept override {}
  void due_records(std::string, std::uint32_t,
                   EventCallback<std::vector<EventRecord>>) noexcept override {}

 private:
  MemoryEventQueue inner_;
};

// Keeps what is published, and answers what it is told to; keys are known for ever.
class FakePublisher final : public Publisher {
 public:
  std::vector<Publication> published;
  std::vector<PublishedBy> by;
  std::optional<PublishReceipt> receipt;
  std::optional<Error> error;

  void publish(std::vector<Publication> publications, PublishedBy who,
               PublishCallback done) noexcept override {
    if (error) return done(*error);
    if (receipt) return done(std::vector<PublishReceipt>{*receipt});
    PublishReceipt made;
    const std::string key = publications.at(0).idempotency_key;
    const auto known = keys_.find(key);
    made.status = known == keys_.end() ? PublishStatus::kAccepted : PublishStatus::kDuplicate;
    made.event_id = known == keys_.end() ? "e" + std::to_string(published.size()) : known->second;
    if (!key.empty()) keys_.emplace(key, made.event_id);
    if (known == keys_.end()) {
      published.push_back(std::move(publications.front()));
      by.push_back(std::move(who));
    }
    done(std::vector<PublishReceipt>{made});
  }
  void fire(Publication, std::vector<EventRecordWrite>, EventCallback<bool>) noexcept override {}
  std::vector<NewDelivery> fan_out(const EventDelivery&, const Envelope&) const override {
    return {};
  }

 private:
  std::map<std::string, std::string> keys_;
};

// A host with one tenant "t" and one extension "x", and what it declares.
class FakeHost final : public Directory, public WebhookPort {
 public:
  TenantPolicy policy_of;
  bool installed = true;
  std::map<std::string, policy::WebhookDeclaration> declared;
  std::map<std::string, std::string> secrets;

  std::shared_ptr<const TenantPolicy> policy(std::string_view tenant) const override {
    return tenant == "t" && installed ? std::make_shared<TenantPolicy>(policy_of) : nullptr;
  }
  std::vector<std::string> listeners(std::string_view, std::string_view) const override {
    return {"x"};
  }
  std::optional<DeliveryRules> rules(const EventQueueName&) const override { return {}; }
  std::shared_ptr<const policy::WebhookDeclaration> declaration(
      std::string_view tenant, std::string_view extension, std::string_view name) const override {
    const auto found = declared.find(std::string(name));
    if (!installed || tenant != "t" || extension != "x" || found == declared.end()) return nullptr;
    return std::make_shared<policy::WebhookDeclaration>(found->second);
  }
  std::optional<std::string> secret(std::string_view, std::string_view,
                                    std::string_view parameter) const override {
    const auto found = secrets.find(std::string(parameter));
    if (found == secrets.end()) return std::nullopt;
    return found->second;
  }

  void declare(const std::string& name, policy::SignatureScheme scheme) {
    policy::WebhookDeclaration& made = declared[name];
    made.name = name;
    made.event = "on_" + name;
    made.scheme = scheme;
    if (scheme != policy::SignatureScheme::kNone) made.secret = "key";
  }
};

// The webhooks of one process, or of several over one queue. Everything answers inside the call.
struct WebhooksBed {
  test::ManualClock clock;
  test::ManualTimerService timers{clock};
  EventTime wall{std::chrono::seconds(1'531'420'618)};
  std::shared_ptr<RecordQueue> queue = std::make_shared<RecordQueue>([this] { return wall; });
  std::shared_ptr<FakePublisher> publisher = std::make_shared<FakePublisher>();
  FakeHost host;
  std::shared_ptr<Webhooks> webhooks = process();

  WebhooksBed() {
    host.declare("open", policy::SignatureScheme::kNone);
    host.declare("github", policy::SignatureScheme::kGitHub);
    host.declare("slack", policy::SignatureScheme::kSlack);
    host.secrets["key"] = "a-secret-of-the-tenant";
  }

  std::shared_ptr<Webhooks> process(const std::string& base_url = "https://h.example/hooks") {
    Setup setup;
    setup.queue = queue;
    setup.directory = &host;
    setup.timers = &timers;
    setup.clock = &clock;
    setup.calendar = [this] { return wall; };
    return Webhooks::create(setup, publisher, host, base_url);
  }

  Result<std::string> try_url(Webhooks& of, const std::string& name) {
    std::optional<Result<std::string>> answer;
    of.url("t", "x", name, [&](Result<std::string> url) {
      CHECK_FALSE(answer.has_value());
      answer.emplace(std::move(url));
    });
    REQUIRE(answer.has_value());
    return *answer;
  }
  std::string url(const std::string& name = "open") {
    const auto made = try_url(*webhooks, name);
    REQUIRE(made);
    return *made;
  }
  bool revoke(Webhooks& of, const std::string& name = "open") {
    std::optional<bool> answer;
    of.revoke("t", "x", name, [&](Result<bool> gone) { answer = gone && *gone; });
    REQUIRE(answer.has_value());
    return *answer;
  }
  WebhookResponse send(Webhooks& to, WebhookRequest request) {
    std::optional<WebhookResponse> answer;
    to.deliver(std::move(request), [&](Result<WebhookResponse> response) {
      CHECK_FALSE(answer.has_value());
      REQUIRE(response);
      answer = *response;
    });
    REQUIRE(answer.has_value());
    return *answer;
  }
  WebhookResponse send(WebhookRequest request) { return send(*webhooks, std::move(request)); }
  WebhookResponse post(const std::string& target, const std::string& body = "hi") {
    return send({"POST", target, {}, body});
  }
};

}  // namespace sublet::events
