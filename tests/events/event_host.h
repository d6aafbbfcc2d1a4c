// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>

#include <chrono>
#include <cstdlib>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "scenario/support.h"
#include "sublet/sublet.h"

namespace sublet::scenario {

using std::chrono::milliseconds;

// What a host was told, and what its extensions said with host.note(...).
class EventWitness final : public Observer {
 public:
  void delivery_settled(const DeliveryRecord& record) override { records_.add(record); }
  void extension_suspended(std::string_view extension, const BreakerChange& change) override {
    suspended_.add(std::string(extension) + ":" + std::string(to_string(change.to)));
  }
  void internal_error(std::string_view where, std::string_view what) override {
    errors_.add(std::string(where) + ": " + std::string(what));
  }
  void note(std::string json) { notes_.add(std::move(json)); }

  // Each waits until there are so many; fails the test where they do not come.
  std::vector<DeliveryRecord> records(std::size_t count) { return await(records_, count); }
  std::vector<std::string> notes(std::size_t count) { return await(notes_, count); }
  std::vector<std::string> suspended(std::size_t count) { return await(suspended_, count); }
  std::vector<std::string> errors() const { return errors_.items(); }

 private:
  template <typename T>
  std::vector<T> await(Collector<T>& seen, std::size_t count) {
    REQUIRE(seen.wait_for(count));
    return seen.items();
  }

  Collector<DeliveryRecord> records_;
  Collector<std::string> notes_;
  Collector<std::string> suspended_;
  Collector<std::string> errors_;
};

// A host with a queue in memory, unless the options have another; in the tier of SUBLET_TEST_TIER.
class EventHost {
 public:
  EventWitness witness;
  HostOptions options;
  std::unique_ptr<ExtensionHost> host;

  EventHost() {
    options.workers = 2;
    options.observer = &witness;
    options.sandbox_helper = SUBLET_TEST_HELPER;
    options.default_policy.host_functions = {"*"};
    options.events.queue = std::make_shared<MemoryEventQueue>();
    options.events.poll = milliseconds(20);
    options.events.webhook_url = "https://hooks.example.com/in/";
    options.default_policy.events.delivery.first_backoff = milliseconds(1);
    options.default_policy.events.delivery.last_backoff = milliseconds(20);
    // A machine that is busy is no reason to fail.
    options.default_policy.events.limits.wall_time = std::chrono::minutes(2);
    options.default_policy.events.limits.cpu_time = std::chrono::seconds(30);
    const char* tier = std::getenv("SUBLET_TEST_TIER");
    if (tier != nullptr && std::string(tier) == "sandboxed") {
      options.default_policy.isolation = Isolation::kSandboxed;
    }
  }

  void start() {
    auto made = ExtensionHost::create(options);
    REQUIRE_MESSAGE(made, (made ? "" : made.error().message));
    host = std::move(made).value();
    const auto added =
        host->register_function("note", [this](const HostCall& call) -> Result<std::string> {
          witness.note(call.arguments);
          return std::string("null");
        });
    REQUIRE(added);
  }

  // The body of one handler for each event; `fields`: further members of the manifest.
  Result<ExtensionInfo> try_install(const std::string& tenant, const std::string& name,
                                    const std::vector<std::pair<std::string, std::string>>& events,
                                    const Json& fields = Json::object(),
                                    const std::string& version = "1.0.0") {
    Json manifest = {{"name", name}, {"version", version}, {"handlers", Json::object()}};
    manifest.update(fields);
    std::string source;
    for (const auto& [event, body] : events) {
      manifest["handlers"][event] = event;
      source += "export async function " + event +
                "(event, { host, kv, events, schedule, webhooks, RetryError }) {\n" + body +
                "\n}\n";
    }
    const auto bundle =
        Bundle::from_memory({{"extension.json", manifest.dump()}, {"extension.js", source}});
    REQUIRE(bundle);
    return host->install(tenant, *bundle);
  }

  void install(const std::string& tenant, const std::string& name,
               const std::vector<std::pair<std::string, std::string>>& events,
               const Json& fields = Json::object(), const std::string& version = "1.0.0") {
    const auto installed = try_install(tenant, name, events, fields, version);
    REQUIRE_MESSAGE(installed, (installed ? "" : installed.error().message));
  }

  PublishReceipt publish(Publication publication) {
    auto receipt = host->publish(std::move(publication));
    REQUIRE_MESSAGE(receipt, (receipt ? "" : receipt.error().message));
    return *receipt;
  }

  // What the extension noted: the one argument of each call.
  std::vector<Json> notes(std::size_t count) {
    std::vector<Json> read;
    for (const std::string& note : witness.notes(count)) read.push_back(Json::parse(note).at(0));
    return read;
  }
};

inline Publication of(const std::string& tenant, const std::string& event,
                      const Json& data = nullptr) {
  Publication publication;
  publication.tenant = tenant;
  publication.event = event;
  publication.payload = data.dump();
  return publication;
}

}  // namespace sublet::scenario
