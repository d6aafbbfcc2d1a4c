// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/json_scan.h"
#include "fuzz/fuzz_check.h"
#include "policy/manifest.h"
#include "policy/request/compile.h"
#include "policy/request/render.h"

namespace {

using namespace sublet;
using policy::RenderedRequest;

bool plain(std::string_view text, char low) {
  return std::all_of(text.begin(), text.end(), [&](char c) { return c >= low && c <= '~'; });
}

// Whatever the values, the request has the template's shape.
void check(const policy::CompiledRequest& compiled, const RenderedRequest& made) {
  FUZZ_CHECK(plain(made.url(), '!') && made.url().size() <= policy::kMaxUrlBytes);
  FUZZ_CHECK(made.path.find_first_of("?#\\") == std::string::npos);
  FUZZ_CHECK(made.query.find('#') == std::string::npos);
  const auto slashes = std::count(made.path.begin(), made.path.end(), '/');
  FUZZ_CHECK(static_cast<std::size_t>(slashes) == compiled.segments.size());
  FUZZ_CHECK((made.path + "/").find("/../") == std::string::npos);
  FUZZ_CHECK((made.path + "/").find("/./") == std::string::npos);
  const auto parts = std::count(made.query.begin(), made.query.end(), '=');
  FUZZ_CHECK(static_cast<std::size_t>(parts) <= compiled.query.size());
  for (const auto& [name, value] : made.headers) {
    FUZZ_CHECK(plain(name, '!') && plain(value, ' ') && name.find(':') == std::string::npos);
  }
  if (made.body && compiled.body_kind == policy::BodyKind::kJson) {
    FUZZ_CHECK(base::scan_json(*made.body, 256).ok());
  }
}

}  // namespace

// Apart by a zero byte: one request of a manifest, and the context of a call.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t end = std::min(text.find('\0'), text.size());
  const auto manifest = policy::parse_manifest(
      R"({"name":"a","version":"1.0.0","handlers":{"e":true},"parameters":{"d":{"type":"domain"},)"
      R"("t":{},"s":{"secret":true}},"oauth":{"p":{"client_id":"i","token_url":"https://a/",)"
      R"("authorize_url":"https://a/"}},"requests":{"r":)" +
      std::string(text.substr(0, end)) + "}}");
  if (!manifest) {
    const std::string& message = manifest.error().message;
    FUZZ_CHECK(message.starts_with(policy::kManifestFile) && message.size() < 2000);
    for (const char c : message) FUZZ_CHECK(c >= ' ' && c <= '~');
    return 0;
  }
  if (manifest->requests.empty()) return 0;
  const auto compiled = policy::compile_request(manifest->requests[0], manifest->parameters);
  FUZZ_CHECK(compiled.has_value());
  policy::ParameterValues values;
  const std::string value(end == text.size() ? "" : text.substr(end + 1));
  values["d"] = {false, base::JsonKind::kString, value};
  values["t"] = {false, base::JsonKind::kString, value};
  for (const std::string& context : {value, std::string(R"({"a":"../x\r\n","b":null,"c":[1]})")}) {
    policy::RenderInput input;
    input.context = context;
    input.parameters = &values;
    input.access_token = value;
    input.secret = [&](std::string_view) { return std::optional<std::string>(value); };
    input.host_allowed = [](std::string_view) { return true; };
    const policy::RenderOutcome outcome = policy::render(*compiled, input);
    if (outcome.ok()) check(*compiled, outcome.request);
  }
  return 0;
}
