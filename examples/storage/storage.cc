// SPDX-License-Identifier: Apache-2.0
// Data that outlives the host: the same folder is opened twice, as by two runs of a product. Then
// the tenant's data is exported, and erased. Exit code 0: the second host knew what the first was
// told, and nothing was left in the end.
#include <sublet/sublet.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

namespace {

std::unique_ptr<sublet::ExtensionHost> open_host(const std::filesystem::path& state) {
  sublet::HostOptions options;
  options.state_directory = state;  // SQLite, in key_value.db
  options.default_policy.limits.wall_time = std::chrono::seconds(10);
  auto host = sublet::ExtensionHost::create(std::move(options));
  if (!host) std::printf("%s\n", host.error().message.c_str());
  const auto bundle = sublet::Bundle::from_directory(EXTENSION_FOLDER);
  if (!host || !bundle || !(*host)->install("acme", *bundle)) return nullptr;
  return std::move(host).value();
}

std::string ask(sublet::ExtensionHost& host, const std::string& ticket) {
  const auto result = host.invoke({.tenant = "acme", .event = "onTicketCreate", .payload = ticket});
  const std::string answer = result ? result->json : result.error().message;
  std::printf("%s\n", answer.c_str());
  return answer;
}

bool run(const std::filesystem::path& state) {
  auto host = open_host(state);
  if (host == nullptr) return false;
  ask(*host, R"({"from":"jane","subject":"Refund"})");
  host.reset();

  host = open_host(state);
  if (host == nullptr) return false;
  const std::string answer = ask(*host, R"({"from":"jane","subject":"Thanks"})");

  sublet::KeyValueData data(host->key_value_store());
  const auto exported = data.export_lines("acme", [](std::string_view line) {
    std::printf("%.*s\n", static_cast<int>(line.size()), line.data());
    return true;
  });
  const auto erased = data.erase("acme");
  const auto left = data.usage("acme");
  return exported && *exported == 2 && erased && *erased == 2 && left && left->keys == 0 &&
         answer == R"({"greeting":"Welcome back, ticket 2","all":2})";
}

}  // namespace

int main() {
  const auto state = std::filesystem::temp_directory_path() /
                     ("sublet-example-storage-" + std::to_string(::getpid()));
  std::filesystem::create_directories(state);
  const bool good = run(state);
  std::filesystem::remove_all(state);
  return good ? 0 : 1;
}
