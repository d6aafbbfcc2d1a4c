// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "engine/host_call_port.h"

namespace sublet::runtime {

// What top-level code may ask of the host while its context is prepared: nothing, since it runs for
// no invocation. What it logs is dropped.
class LoadPort final : public engine::HostCallPort {
 public:
  engine::HostCallStart start_call(std::string_view, std::string, std::string) noexcept override {
    return refusal();
  }
  engine::HostCallStart start_timer(std::chrono::milliseconds) noexcept override {
    return refusal();
  }
  void cancel_timer(engine::CallId) noexcept override {}
  void log(LogLevel, std::string_view) noexcept override {}
  engine::RemainingLimits remaining() noexcept override { return {}; }

 private:
  static engine::HostCallStart refusal() noexcept {
    return {engine::HostCallStart::Kind::kRefused, 0, "top-level code cannot call the host"};
  }
};

}  // namespace sublet::runtime
