// SPDX-License-Identifier: Apache-2.0
#include "host/extension_registry.h"

#include <doctest/doctest.h>

#include <thread>

namespace sublet::host {
namespace {

using View = ExtensionRegistry::View;

View with_extension(const View& before, const std::string& name) {
  auto changed = before == nullptr ? std::make_shared<TenantView>()
                                   : std::make_shared<TenantView>(*before);
  changed->extensions[name] = std::make_shared<const Installed>();
  return changed;
}

TEST_SUITE_BEGIN("host");

TEST_CASE("registry: a view that was read stays as it was") {
  ExtensionRegistry registry;
  CHECK(registry.find("acme") == nullptr);
  registry.update("acme", [](const View& view) { return with_extension(view, "a"); });
  const View before = registry.find("acme");
  registry.update("acme", [](const View& view) { return with_extension(view, "b"); });
  CHECK(before->extensions.size() == 1);
  CHECK(registry.find("acme")->extensions.size() == 2);
}

TEST_CASE("registry: a change to nothing forgets the tenant") {
  ExtensionRegistry registry;
  registry.update("acme", [](const View& view) { return with_extension(view, "a"); });
  registry.update("globex", [](const View& view) { return with_extension(view, "a"); });
  CHECK(registry.all().size() == 2);
  registry.update("acme", [](const View&) { return View(); });
  CHECK(registry.find("acme") == nullptr);
  CHECK(registry.all().size() == 1);
}

TEST_CASE("registry: changes from many threads are all there at the end") {
  ExtensionRegistry registry;
  constexpr int kEach = 100;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&registry, thread] {
      for (int i = 0; i < kEach; ++i) {
        const std::string name = std::to_string(thread) + "-" + std::to_string(i);
        registry.update("acme", [&](const View& view) { return with_extension(view, name); });
        (void)registry.find("acme");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(registry.find("acme")->extensions.size() == 4 * kEach);
}

TEST_SUITE_END();

}  // namespace
}  // namespace sublet::host
