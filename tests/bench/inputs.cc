// SPDX-License-Identifier: Apache-2.0
#include "bench/inputs.h"

#include <cstdint>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string_view>

#include "bench/host_side.h"
#include "bench/raw_v8.h"

namespace sublet::bench {
namespace {

// FNV-1a, to see whether a generated input is what the published figures were measured with.
std::uint64_t checksum(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return hash;
}

std::string generate(const std::string& call, std::uint64_t expected) {
  std::string text = run_in_raw_v8(read_input("generate.js") + "\n" + call);
  if (checksum(text) != expected) {
    throw Failure("generate.js makes other bytes than it should: " + call.substr(0, 24));
  }
  return text;
}

// The handler itself becomes the export, so that V8 has no function more to optimise; a bundle that
// only leaves it on the global gets one that calls it.
std::string module_of(std::string text) {
  const std::string_view declared = "\nfunction handler(event) {";
  const std::size_t at = text.find(declared);
  if (at == std::string::npos || text.find("globalThis.handler") != std::string::npos) {
    return text + "\nexport function onTicket(event) { return handler(event.data); }\n";
  }
  return text.replace(at, declared.size(), "\nexport function onTicket({ data: event }) {");
}

}  // namespace

std::string read_input(const std::string& file) {
  const std::string path = std::string(SUBLET_BENCH_INPUTS "/") + file;
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  if (!stream || text.str().empty()) throw Failure("cannot read " + path);
  return std::move(text).str();
}

std::string make_large_event() { return generate("makeLargeEvent()", 0xee9b49b88fcdce11u); }

std::string make_large_bundle() {
  const std::string handler = nlohmann::json(read_input("w1.js")).dump();
  return generate("makeLargeBundle(" + handler + ")", 0xea12cb2922dd212fu);
}

namespace {

Bundle bundle_of(std::string module, State state, Realm realm) {
  const nlohmann::json manifest = {
      {"name", "bench"},
      {"version", "1.0.0"},
      {"handlers", {{kEventName, kEventName}}},
      {"state", state == State::kTenant ? "tenant" : "invocation"},
      {"realm", realm == Realm::kFrozen ? "frozen" : "standard"},
  };
  return checked(Bundle::from_memory(
      {{"extension.json", manifest.dump()}, {"extension.js", std::move(module)}}));
}

}  // namespace

Bundle extension_of(const std::string& handler, State state, Realm realm) {
  return bundle_of(module_of(handler), state, realm);
}

Bundle module_bundle(const std::string& module) {
  return bundle_of(module, State::kTenant, Realm::kStandard);
}

}  // namespace sublet::bench
