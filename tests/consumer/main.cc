// SPDX-License-Identifier: Apache-2.0

// What every consumer project builds and runs: an extension is installed and answers.
#include <sublet/sublet.h>

#include <cstdio>

namespace {

constexpr char kManifest[] =
    R"({"name": "greeter", "version": "1.0.0", "handlers": {"onGreet": "greet"}})";
constexpr char kModule[] = "export function greet(event) { return { hello: event.data.name }; }";

int fail(const char* step, const std::string& message) {
  std::fprintf(stderr, "%s: %s\n", step, message.c_str());
  return 1;
}

}  // namespace

int main() {
  auto bundle =
      sublet::Bundle::from_memory({{"extension.json", kManifest}, {"extension.js", kModule}});
  if (!bundle) return fail("bundle", bundle.error().message);
  auto host = sublet::ExtensionHost::create();
  if (!host) return fail("create", host.error().message);
  auto installed = host.value()->install("acme", bundle.value());
  if (!installed) return fail("install", installed.error().message);

  auto result = host.value()->invoke(
      {.tenant = "acme", .event = "onGreet", .payload = R"({"name": "Ada"})"}, {});
  if (!result) return fail("invoke", result.error().message);
  if (result->json != R"({"hello":"Ada"})") return fail("answer", result->json);
  std::puts(result->json.c_str());
  return 0;
}
