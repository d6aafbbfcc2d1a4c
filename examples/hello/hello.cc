// SPDX-License-Identifier: Apache-2.0
// The least that a host does: install one extension for a tenant, and ask it about one event.
// Prints the answer; the extension is in extension/.
// Exit code 0: the extension answered.
#include <sublet/sublet.h>

#include <cstdio>

int main() {
  auto host = sublet::ExtensionHost::create();
  const auto bundle = sublet::Bundle::from_directory(EXTENSION_FOLDER);
  if (!host || !bundle) return 2;
  if (const auto installed = host.value()->install("acme", *bundle); !installed) {
    std::fprintf(stderr, "%s\n", installed.error().message.c_str());
    return 2;
  }

  const auto result = host.value()->invoke(
      {.tenant = "acme", .event = "onGreeting", .payload = R"({"name": "Ada"})"});
  if (!result) {
    std::fprintf(stderr, "%s\n", result.error().message.c_str());
    return 2;
  }
  std::printf("%s %s\n", sublet::to_string(result->outcome).data(), result->json.c_str());
  return result->ok() ? 0 : 1;
}
