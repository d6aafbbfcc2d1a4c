// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "hostcall/host_call_inbox.h"
#include "hostcall/host_call_session.h"
#include "hostcall/start_forms.h"

namespace sublet::hostcall {

template <typename Start>
engine::HostCallStart HostCallSession::await_reply(bool limited, const Start& start) {
  engine::CallId id = 0;
  std::shared_ptr<HostCallInbox> inbox;
  if (std::string refusal = open_call(id, inbox, limited); !refusal.empty()) {
    return refused(std::move(refusal));
  }
  start([inbox, id](CheckedAnswer answer) { inbox->settle(id, std::move(answer)); });
  std::optional<CheckedAnswer> early = inbox->take_early(id);
  if (!early) return {engine::HostCallStart::Kind::kPending, id, {}};
  return started(*std::move(early));
}

}  // namespace sublet::hostcall
