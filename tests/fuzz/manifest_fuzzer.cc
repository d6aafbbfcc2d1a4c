// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <string_view>

#include "fuzz/fuzz_check.h"
#include "policy/effective_limits.h"
#include "policy/manifest.h"
#include "policy/module_path.h"
#include "policy/names.h"
#include "policy/version.h"

// A manifest is refused with one line that names the file, or keeps every promise of Manifest.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sublet;
  const Result<policy::Manifest> result =
      policy::parse_manifest({reinterpret_cast<const char*>(data), size});
  if (!result) {
    const std::string& message = result.error().message;
    FUZZ_CHECK(message.starts_with(policy::kManifestFile));
    FUZZ_CHECK(message.size() < 1000);
    for (const char c : message) FUZZ_CHECK(c >= ' ' && c <= '~');
    return 0;
  }
  const policy::Manifest* manifest = &result.value();
  FUZZ_CHECK(size <= policy::kMaxManifestBytes);
  FUZZ_CHECK(policy::check_extension_name("name", manifest->name).has_value());
  FUZZ_CHECK(policy::is_semantic_version(manifest->version));
  FUZZ_CHECK(policy::check_bundle_path(manifest->main).has_value());
  FUZZ_CHECK(!manifest->handlers.empty() && manifest->handlers.size() <= policy::kMaxHandlers);
  for (const policy::ManifestHandler& handler : manifest->handlers) {
    FUZZ_CHECK(policy::check_event_name("event", handler.event).has_value());
    FUZZ_CHECK(policy::check_export_name("export", handler.export_name).has_value());
    FUZZ_CHECK(handler.line >= 1);
  }
  FUZZ_CHECK(!(manifest->state == State::kTenant && manifest->realm == Realm::kFrozen));
  FUZZ_CHECK(validate(policy::effective_limits(Limits(), manifest->limits)).has_value());
  FUZZ_CHECK(
      validate(policy::effective_limits(Limits::for_events(), manifest->limits)).has_value());
  return 0;
}
