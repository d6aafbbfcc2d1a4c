// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "engine/host_call_port.h"
#include "hostcall/answer_check.h"

// How a host call is taken up.
namespace sublet::hostcall {

// Names in messages are the tenant's own text: so much of them is shown.
inline constexpr std::size_t kShownName = 128;

inline engine::HostCallStart refused(std::string text) {
  return {engine::HostCallStart::Kind::kRefused, 0, std::move(text)};
}

inline engine::HostCallStart started(CheckedAnswer answer) {
  const auto kind =
      answer.ok ? engine::HostCallStart::Kind::kAnswered : engine::HostCallStart::Kind::kRefused;
  return {kind, 0, std::move(answer.text), answer.bytes, std::move(answer.code)};
}

}  // namespace sublet::hostcall
