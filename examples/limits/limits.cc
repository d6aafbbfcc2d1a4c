// SPDX-License-Identifier: Apache-2.0
// What limits do: four handlers that are out of bounds, each in its own way, and one that is not.
// Prints outcome, answer or error, and what it used; a fallback stands in for a missing answer.
// Exit code 0: every limit acted as its handler's name says.
#include <sublet/sublet.h>

#include <cstdio>
#include <string>

namespace {

using namespace std::chrono_literals;

sublet::TenantPolicy policy() {
  sublet::TenantPolicy policy;
  policy.limits.cpu_time = 500ms;
  policy.limits.wall_time = 30s;
  policy.limits.heap = sublet::Bytes::mebibytes(16);
  policy.limits.result = sublet::Bytes::kibibytes(16);
  return policy;
}

bool run(sublet::ExtensionHost& host, const char* event, sublet::Outcome expected,
         std::chrono::milliseconds deadline = 0ms) {
  sublet::InvokeOptions options;
  options.deadline = deadline;
  options.fallback = R"({"answer": "none"})";
  const auto result = host.invoke({.tenant = "acme", .event = event}, options);
  if (!result) {
    std::fprintf(stderr, "%s\n", result.error().message.c_str());
    return false;
  }
  const auto cpu = std::chrono::duration_cast<std::chrono::milliseconds>(result->usage.cpu_time);
  const auto wall = std::chrono::duration_cast<std::chrono::milliseconds>(result->usage.wall_time);
  std::printf("%-15s %-19s cpu %3lld ms, wall %3lld ms, heap %2llu MB, answer %s; %s\n", event,
              sublet::to_string(result->outcome).data(), static_cast<long long>(cpu.count()),
              static_cast<long long>(wall.count()),
              static_cast<unsigned long long>(result->usage.peak_heap.count >> 20),
              result->json.c_str(), result->error ? result->error->message.c_str() : "");
  return result->outcome == expected;
}

}  // namespace

int main() {
  sublet::HostOptions options;
  options.default_policy = policy();
  auto host = sublet::ExtensionHost::create(options);
  const auto bundle = sublet::Bundle::from_directory(EXTENSION_FOLDER);
  if (!host || !bundle || !host.value()->install("acme", *bundle)) return 2;

  bool good = run(**host, "wellBehaved", sublet::Outcome::kOk);
  good &= run(**host, "loopsForever", sublet::Outcome::kExceededCpu);
  good &= run(**host, "waitsForever", sublet::Outcome::kExceededWallTime, 500ms);
  good &= run(**host, "keepsAll", sublet::Outcome::kExceededMemory);
  good &= run(**host, "talksTooMuch", sublet::Outcome::kInvalidResult);
  good &= run(**host, "wellBehaved", sublet::Outcome::kOk);
  return good ? 0 : 1;
}
