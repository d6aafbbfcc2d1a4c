// SPDX-License-Identifier: Apache-2.0
// The extension of examples/ticket_sync, with its stand-ins for both products, while things go
// wrong: nothing is lost and nothing is done twice.
#include <algorithm>
#include <atomic>
#include <random>
#include <set>

#include "host_setup.h"
#include "proxy_support.h"
#include "stand_ins.h"

namespace sublet::scenario {
namespace {

using ticket_sync::Issue;
using ticket_sync::Note;
using ticket_sync::ProductServer;
using ticket_sync::StandIns;
using ticket_sync::Webhook;

constexpr const char* kTenant = "acme";

struct Sync {
  TempFolder folder;
  StandIns stand_ins;
  std::unique_ptr<TestHost> host;

  explicit Sync(const std::function<void(RequestPolicy&)>& change = {}) : change_(change) {
    open();
    const auto installed = ticket_sync::install(*host->host, stand_ins, kTenant);
    REQUIRE_MESSAGE(installed.has_value(), installed.error().message);
    const auto connected =
        ticket_sync::connect_tracker(*host->host, stand_ins, kTenant, folder.path());
    REQUIRE_MESSAGE(connected.has_value(), connected.error().message);
  }

  // As when a product is started anew: what it knew is in the folder.
  void open() {
    host.reset();
    auto options = ticket_sync::host_options(stand_ins, folder.path());
    REQUIRE_MESSAGE(options.has_value(), options.error().message);
    options->workers = 2;
    // One breaker is enough: the tenant's.
    options->requests.origin_breaker.failure_ratio = 1;
    options->requests.origin_breaker.minimum_calls = 1'000'000;
    TenantPolicy policy = ample_request_policy();
    policy.requests.hosts = options->default_policy.requests.hosts;
    policy.requests.opened_addresses = options->default_policy.requests.opened_addresses;
    if (change_) change_(policy.requests);
    host = std::make_unique<TestHost>(policy, *options);
  }

  static Event event_of(const Webhook& hook) {
    return {.tenant = kTenant, .event = hook.event, .payload = hook.payload};
  }
  InvocationResult deliver(const Webhook& hook) { return host->run(event_of(hook)); }
  // All at once.
  std::vector<InvocationResult> deliver(const std::vector<Webhook>& hooks) {
    for (const Webhook& hook : hooks) host->start(event_of(hook));
    REQUIRE(host->results.wait_for(hooks.size()));
    return host->results.take();
  }
  // As a queue does: until everything has succeeded. What comes comes twice, and at once.
  void deliver_until_done(std::vector<Webhook> hooks) {
    for (int round = 0; round < 100 && !hooks.empty(); ++round) {
      std::vector<Webhook> twice = hooks;
      twice.insert(twice.end(), hooks.begin(), hooks.end());
      deliver(twice);
      std::erase_if(hooks, [&](const Webhook& hook) { return deliver(hook).ok(); });
    }
    CHECK(hooks.empty());
  }
  Webhook ticket(const std::string& subject) {
    stand_ins.tickets.create_ticket(subject);
    auto hooks = stand_ins.tickets.take_webhooks();
    REQUIRE(hooks.size() == 1);
    return hooks.front();
  }

 private:
  std::function<void(RequestPolicy&)> change_;
};

bool is_api(const httplib::Request& request) { return request.path.starts_with("/rest/"); }

// Answers so many requests by a status.
ProductServer::Fault answers(int count, int status, std::string retry_after = "") {
  return [left = std::make_shared<std::atomic<int>>(count), status, retry_after](
             const auto& request, auto& response) {
    if (!is_api(request) || left->fetch_sub(1) < 1) return false;
    response.status = status;
    response.set_content("", "text/plain");
    if (!retry_after.empty()) response.set_header("Retry-After", retry_after);
    return true;
  };
}

std::set<std::string> summaries(const StandIns& stand_ins) {
  std::set<std::string> found;
  for (const Issue& issue : stand_ins.tracker.issues()) found.insert(issue.summary);
  return found;
}

TEST_CASE("an expired token is refreshed once, however many events need it") {
  Sync sync;
  std::vector<Webhook> hooks;
  for (int i = 0; i < 12; ++i) hooks.push_back(sync.ticket("ticket " + std::to_string(i)));
  sync.stand_ins.tracker.oauth().expire_tokens();
  for (const InvocationResult& result : sync.deliver(hooks)) {
    CHECK_MESSAGE(result.ok(), describe(result));
  }
  CHECK(sync.stand_ins.tracker.oauth().refreshes() == 1);
  CHECK(sync.stand_ins.tracker.issues().size() == 12);
  CHECK(summaries(sync.stand_ins).size() == 12);
}

TEST_CASE("refresh tokens that are good for one use, and a host that is started anew") {
  Sync sync;
  auto& oauth = sync.stand_ins.tracker.oauth();
  for (int i = 0; i < 3; ++i) {
    oauth.expire_tokens();
    const auto result = sync.deliver(sync.ticket("ticket " + std::to_string(i)));
    CHECK_MESSAGE(result.ok(), describe(result));
    CHECK(oauth.refreshes() == i + 1);
  }

  sync.open();
  const auto bundle = Bundle::from_directory(TICKET_SYNC_EXTENSION);
  REQUIRE(bundle.has_value());
  // Neither the parameters nor the grant are given again.
  const auto installed = (*sync.host)->install(kTenant, *bundle);
  REQUIRE_MESSAGE(installed.has_value(), installed.error().message);
  oauth.expire_tokens();
  const auto result = sync.deliver(sync.ticket("after the restart"));
  CHECK_MESSAGE(result.ok(), describe(result));
  CHECK(oauth.refreshes() == 4);
  CHECK(!oauth.grant_lost());
  CHECK(sync.stand_ins.tracker.issues().size() == 4);
}

TEST_CASE("a tracker that is busy is asked again when it said so") {
  Sync sync;
  sync.stand_ins.tracker.server().set_fault(answers(1, 503, "1"));
  const auto result = sync.deliver(sync.ticket("busy"));
  CHECK_MESSAGE(result.ok(), describe(result));
  REQUIRE(result.requests.size() == 1);
  CHECK(result.requests[0].attempts == 2);
  CHECK(result.requests[0].status == 201);
  CHECK(result.requests[0].waited >= 1s);
  CHECK(sync.stand_ins.tracker.issues().size() == 1);
}

TEST_CASE("an answer that is lost after the work was done makes nothing twice") {
  Sync sync;
  sync.stand_ins.tracker.server().set_late_fault(answers(1, 503));
  const auto created = sync.deliver(sync.ticket("lost"));
  CHECK_MESSAGE(created.ok(), describe(created));
  CHECK(created.requests.at(0).attempts == 2);

  sync.stand_ins.tickets.add_note(1, "Jane", "once");
  const auto notes = sync.stand_ins.tickets.take_webhooks();
  sync.stand_ins.tracker.server().set_late_fault(answers(1, 503));
  CHECK(sync.deliver(notes.at(0)).ok());
  CHECK(sync.deliver(notes.at(0)).ok());
  const auto issues = sync.stand_ins.tracker.issues();
  REQUIRE(issues.size() == 1);
  CHECK(issues[0].comments == std::vector<std::string>{"Jane: once"});
}

TEST_CASE("a tracker that is down opens the breaker, and closes it when it is back") {
  Sync sync([](RequestPolicy& policy) {
    policy.breaker = {.minimum_calls = 3,
                      .open_time = 50ms,
                      .open_growth = 1,
                      .open_jitter = 0,
                      .successes_to_close = 1};
  });
  CHECK(sync.deliver(sync.ticket("before")).ok());
  const Webhook down = sync.ticket("while it is down");
  sync.stand_ins.tracker.server().stop();
  bool refused = false;
  for (int tries = 0; tries < 100 && !refused; ++tries) {
    const auto result = sync.deliver(down);
    REQUIRE(!result.ok());
    REQUIRE(result.requests.size() == 1);
    refused = result.requests[0].error == "circuit_open" && result.requests[0].attempts == 0;
    if (refused) {
      CHECK(result.requests[0].breaker == BreakerState::kOpen);
      CHECK(error_of(result).message.starts_with("request \"createIssue\": requests to "));
    }
  }
  CHECK(refused);

  sync.stand_ins.tracker.server().start();
  InvocationResult result;
  for (int tries = 0; tries < 100'000 && !result.ok(); ++tries) result = sync.deliver(down);
  CHECK_MESSAGE(result.ok(), describe(result));
  CHECK(summaries(sync.stand_ins) == std::set<std::string>{"before", "while it is down"});
  CHECK(sync.stand_ins.tracker.issues().size() == 2);

  std::vector<BreakerState> states;
  for (const BreakerChange& change : sync.host->observer.breakers.items()) {
    CHECK(change.tenant == kTenant);
    CHECK(change.origin == "https://tracker.example:8443");
    states.push_back(change.to);
  }
  REQUIRE(states.size() >= 3);
  CHECK(states.front() == BreakerState::kOpen);
  CHECK(states.back() == BreakerState::kClosed);
}

// What goes wrong in a storm: every request with the same chance.
ProductServer::Fault sometimes(unsigned seed, int status) {
  const auto random = std::make_shared<std::mt19937>(seed);
  const auto mutex = std::make_shared<std::mutex>();
  return [=](const httplib::Request& request, httplib::Response& response) {
    const std::lock_guard lock(*mutex);
    if (request.path.starts_with("/oauth/") || (*random)() % 4 != 0) return false;
    response.status = status;
    return true;
  };
}

TEST_CASE("a storm of faults, events twice and at once: both sides agree in the end") {
  constexpr int kTickets = 8;
  Sync sync([](RequestPolicy& policy) { policy.breaker.minimum_calls = 1'000'000; });
  StandIns& stand_ins = sync.stand_ins;
  stand_ins.tracker.server().set_fault(sometimes(1, 500));
  stand_ins.tracker.server().set_late_fault(sometimes(2, 502));
  stand_ins.tickets.server().set_fault(sometimes(3, 500));
  stand_ins.tickets.server().set_late_fault(sometimes(4, 502));
  for (int i = 0; i < kTickets; ++i) {
    stand_ins.tickets.create_ticket("ticket " + std::to_string(i));
  }
  sync.deliver_until_done(stand_ins.tickets.take_webhooks());
  REQUIRE(stand_ins.tracker.issues().size() == kTickets);

  for (const std::uint64_t id : stand_ins.tickets.ids()) {
    stand_ins.tickets.add_note(id, "Jane", "note of " + std::to_string(id));
  }
  stand_ins.tracker.oauth().expire_tokens();
  sync.deliver_until_done(stand_ins.tickets.take_webhooks());

  std::vector<Webhook> resolved;
  for (const Issue& issue : stand_ins.tracker.issues()) {
    REQUIRE(issue.comments.size() == 1);
    resolved.push_back(stand_ins.tracker.resolve(issue.key, "done"));
  }
  sync.deliver_until_done(resolved);
  // The replies come back as notes, and go nowhere.
  sync.deliver_until_done(stand_ins.tickets.take_webhooks());
  for (const Issue& issue : stand_ins.tracker.issues()) CHECK(issue.comments.size() == 1);
  for (const std::uint64_t id : stand_ins.tickets.ids()) {
    const auto notes = stand_ins.tickets.notes(id);
    REQUIRE(notes.size() == 2);
    CHECK(notes[0].client.empty());
    CHECK(notes[1].client == "ticket-sync");
  }
  CHECK(!stand_ins.tracker.oauth().grant_lost());
}

}  // namespace
}  // namespace sublet::scenario
