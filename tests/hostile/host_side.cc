// SPDX-License-Identifier: Apache-2.0
#include "hostile/host_side.h"

#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include "hostile/hostile_host.h"
#include "hostile/messages.h"

namespace sublet::hostile {
namespace {

Message answer(HostileHost& host, const Message& request) {
  const std::string what = request.value("do", "");
  if (what == "quiet") return host.measure_quiet();
  if (what == "run") return host.run(read_program(request.at("program").get<std::string>()));
  if (what == "soak") return host.soak(request);
  if (what == "figures") return host.figures();
  return {{"error", "no such request: " + what}};
}

}  // namespace

std::vector<std::string> to_arguments(const HostSettings& settings) {
  return {"--tier",         settings.tier == Isolation::kSandboxed ? "sandboxed" : "in_process",
          "--workers",      std::to_string(settings.workers),
          "--limit",        std::to_string(settings.limit_ms),
          "--invocations",  std::to_string(settings.invocations),
          "--quiet-calls",  std::to_string(settings.quiet_calls),
          "--calls-beside", std::to_string(settings.calls_beside),
          "--again",        std::to_string(settings.again)};
}

int serve(const HostSettings& settings, int descriptor) {
  Messages watcher(descriptor);
  std::unique_ptr<HostileHost> host;
  try {
    host = std::make_unique<HostileHost>(settings);
  } catch (const std::exception& error) {
    watcher.send({{"error", error.what()}});
    return 2;
  }
  while (const auto request = watcher.receive(-1)) {
    if (request->value("do", "") == "end") break;
    Message reply;
    try {
      reply = answer(*host, *request);
    } catch (const std::exception& error) {
      reply = {{"error", error.what()}};
    }
    watcher.send(reply);
  }
  // The orderly end is a part of the proof: nothing that is left behind may stop it.
  host.reset();
  watcher.send({{"ended", true}});
  return 0;
}

}  // namespace sublet::hostile
