// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fakes.h"
#include "proxy/codes.h"
#include "proxy/request_proxy.h"
#include "support/manual_clock.h"
#include "support/manual_timer_service.h"

namespace sublet::test {

using namespace std::chrono_literals;  // NOLINT: tests

// A proxy over fakes, and an extension that may reach https://api.example.com and its like.
struct ProxyFixture {
  ProxyFixture() {
    // "All" in the sense of what tests need; each test sets its own.
    for (const char* host : {"api.example.com", "other.example.com", "http://api.example.com"}) {
      access.hosts.push_back(pattern(host));
    }
    access.tenant = "acme";
    access.extension = "crm";
    access.egress.allowed = access.hosts;
    setup.transport = [this] { return transport; };
    setup.resolver = [this] { return resolver; };
    setup.timers = &timers;
    setup.clock = &clock;
    setup.calendar = [this] {
      return policy::WallTime(std::chrono::duration_cast<std::chrono::seconds>(
          clock.now().time_since_epoch() + 480'000h));
    };
    setup.random_seed = 7;
    setup.reports.breaker_changed = [this](const BreakerChange& change) {
      changes.push_back(change);
    };
    setup.reports.fault = [this](std::string_view where, std::string_view what) {
      faults.push_back(std::string(where) + ": " + std::string(what));
    };
  }
  ~ProxyFixture() {
    if (made) made->stop();
  }
  ProxyFixture(const ProxyFixture&) = delete;
  ProxyFixture& operator=(const ProxyFixture&) = delete;

  static policy::HostPattern pattern(const std::string& text) {
    return policy::HostPattern::parse("test", text).value();
  }

  proxy::RequestProxy& proxy() {
    if (!made) made = proxy::RequestProxy::create(setup);
    return *made;
  }

  static proxy::RequestPlan plan(std::string url = "https://api.example.com/v1",
                                 std::string method = "GET") {
    proxy::RequestPlan plan;
    plan.method = std::move(method);
    plan.url = std::move(url);
    return plan;
  }
  static proxy::RequestCall call(proxy::RequestPlan plan) {
    proxy::RequestCall call;
    call.name = "test";
    call.plan = [plan = std::move(plan)](std::optional<std::string_view>) -> proxy::Planned {
      return plan;
    };
    return call;
  }

  // Where the answer is to be found when it comes.
  using Slot = std::shared_ptr<std::vector<proxy::RequestAnswer>>;
  Slot start(proxy::RequestCall call) {
    Slot slot = std::make_shared<std::vector<proxy::RequestAnswer>>();
    // A policy of one identity as long as nothing of it changes: see freeze().
    const auto policy = frozen ? frozen : std::make_shared<const proxy::RequestAccess>(access);
    last_id = proxy().start(policy, std::move(call), [slot](proxy::RequestAnswer answer) {
      slot->push_back(std::move(answer));
    });
    return slot;
  }
  Slot start(proxy::RequestPlan plan) { return start(call(std::move(plan))); }
  void freeze() { frozen = std::make_shared<const proxy::RequestAccess>(access); }

  // Of one that is answered at once.
  proxy::RequestAnswer ask(proxy::RequestCall call) {
    const Slot slot = start(std::move(call));
    REQUIRE(slot->size() == 1);
    return slot->front();
  }
  proxy::RequestAnswer ask(proxy::RequestPlan plan = ProxyFixture::plan()) {
    return ask(call(std::move(plan)));
  }
  std::string code(const proxy::RequestAnswer& answer) {
    CHECK(answer.record.error == (answer.error ? answer.error->code : ""));
    return answer.error ? answer.error->code : "";
  }
  std::string code_of(proxy::RequestPlan plan) { return code(ask(std::move(plan))); }
  std::string code_of(proxy::RequestCall call) { return code(ask(std::move(call))); }

  // Every request is answered so, inside send().
  void always(HttpResponse with) {
    transport->program = [with = std::move(with)](const HttpRequest&) { return with; };
  }
  const HttpRequest& last_sent() const { return transport->sent.back(); }
  static std::string header(const HttpRequest& request, const std::string& name) {
    for (const HttpHeader& one : request.headers) {
      if (policy::same_field_name(one.name, name)) return one.value;
    }
    return "(none)";
  }
  static std::string header(const proxy::RequestAnswer& answer, const std::string& name) {
    for (const policy::HttpField& one : answer.headers) {
      if (one.name == name) return one.value;
    }
    return "(none)";
  }

  ManualClock clock;
  ManualTimerService timers{clock};
  std::shared_ptr<FakeTransport> transport = std::make_shared<FakeTransport>();
  std::shared_ptr<FakeResolver> resolver = std::make_shared<FakeResolver>();
  std::shared_ptr<FakeTokens> tokens = std::make_shared<FakeTokens>();
  proxy::RequestAccess access;
  std::shared_ptr<const proxy::RequestAccess> frozen;
  proxy::ProxySetup setup;
  std::vector<BreakerChange> changes;
  std::vector<std::string> faults;
  proxy::RequestProxy::Id last_id = 0;
  std::shared_ptr<proxy::RequestProxy> made;
};

}  // namespace sublet::test
