// SPDX-License-Identifier: Apache-2.0
// What a host lends to tenants: one function that answers at once, one that answers from another
// thread. The policy says who may call which: "acme" may call both, "globex" only the first.
// Exit code 0: acme got both answers and globex was told why it did not.
#include <sublet/sublet.h>

#include <cstdio>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

class Host {
 public:
  bool start() {
    auto created = sublet::ExtensionHost::create();
    if (!created) return false;
    host_ = std::move(created).value();
    const auto first = host_->register_function(
        "clock.now", [](const sublet::HostCall&) -> sublet::Result<std::string> {
          return std::string(R"("2026-11-21T22:30:00Z")");
        });
    const auto second = host_->register_async_function(
        "customers.plan", [this](const sublet::HostCall& call, sublet::HostCallAnswer answer) {
          // A real host would ask its database here, and answer from its own completion.
          lookups_.emplace_back([call, answer = std::move(answer)] {
            answer.resolve(R"({"asked": )" + call.arguments + R"(, "plan": "enterprise"})");
          });
        });
    return first.has_value() && second.has_value();
  }

  bool add_tenant(const char* tenant, std::vector<std::string> functions) {
    sublet::TenantPolicy policy;
    policy.host_functions = std::move(functions);
    const auto bundle = sublet::Bundle::from_directory(EXTENSION_FOLDER);
    return bundle && host_->set_policy(tenant, policy) && host_->install(tenant, *bundle);
  }

  sublet::Outcome ask(const char* tenant) {
    const auto result = host_->invoke({.tenant = tenant, .event = "onTicketCreate"});
    if (!result) return sublet::Outcome::kInternalError;
    std::printf("%-6s %-9s %s\n", tenant, sublet::to_string(result->outcome).data(),
                result->error ? result->error->message.c_str() : result->json.c_str());
    return result->outcome;
  }

 private:
  std::vector<std::jthread> lookups_;
  std::unique_ptr<sublet::ExtensionHost> host_;  // last: ends first
};

}  // namespace

int main() {
  Host host;
  if (!host.start()) return 2;
  if (!host.add_tenant("acme", {"clock.now", "customers.plan"})) return 2;
  if (!host.add_tenant("globex", {"clock.now"})) return 2;
  const bool good =
      host.ask("acme") == sublet::Outcome::kOk && host.ask("globex") == sublet::Outcome::kException;
  return good ? 0 : 1;
}
