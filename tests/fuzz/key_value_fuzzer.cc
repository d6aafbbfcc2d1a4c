// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/json_scan.h"
#include "base/utf8.h"
#include "fuzz/fuzz_check.h"
#include "hostcall/key_value/call.h"
#include "sublet/adapters/key_value_update.h"

namespace {

using namespace sublet;

constexpr std::array<std::string_view, 10> kNames = {
    "kv.get",     "kv.set",  "kv.setBytes", "kv.delete", "kv.update",
    "kv.entries", "kv.list", "kv.transact", "kv.usage",  "kv.nothing"};

// What an update makes of a value is JSON, and no larger than what went in.
void apply(std::string_view value, const std::vector<KeyValueUpdate>& updates) {
  std::size_t most = value.size();
  for (const KeyValueUpdate& update : updates) {
    most += update.operand.size() + 8 * update.path.size() + 64;
  }
  const auto made = apply_updates(value, updates);
  if (!made) {
    FUZZ_CHECK(made.error().code == ErrorCode::kInvalidArgument);
    FUZZ_CHECK(base::is_utf8(made.error().message));
    return;
  }
  if (!made->has_value()) return;
  FUZZ_CHECK(base::scan_json(**made, 64).ok());
  FUZZ_CHECK((*made)->size() <= most);
}

void check(const hostcall::KeyValueCall& call, std::string_view value) {
  for (const std::string& key : call.keys) FUZZ_CHECK(!key.empty() && base::is_utf8(key));
  for (const hostcall::KeyValueStep& step : call.steps) {
    FUZZ_CHECK(!step.key.empty() && step.key.size() <= KeyValueStore::kMaxKeyBytes);
    FUZZ_CHECK(base::is_utf8(step.key));
    if (!step.updates.empty()) apply(value, step.updates);
  }
  FUZZ_CHECK(call.steps.size() <= KeyValueStore::kMaxWrites);
}

}  // namespace

// The operation in a byte; then, apart by a zero byte, the call's arguments and a value that is
// there.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view name = kNames[data[0] % kNames.size()];
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t end = std::min(text.find('\0'), text.size());
  const std::string_view arguments = text.substr(0, end);
  const std::string_view value = end == text.size() ? "{}" : text.substr(end + 1);
  // What V8, or the check of a sandboxed process's message, has let through.
  if (!arguments.empty() && !base::scan_json(arguments, base::kMaxJsonDepth).ok()) return 0;
  const auto call = hostcall::read_key_value_call(name, arguments, "body");
  if (!call) {
    FUZZ_CHECK(base::is_utf8(call.error().message) && call.error().message.size() < 4096);
    return 0;
  }
  check(*call, base::scan_json(value, 64).ok() ? value : "{}");
  return 0;
}
