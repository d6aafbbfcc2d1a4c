// SPDX-License-Identifier: Apache-2.0
// The part of a session that is `kv`.
#include <optional>
#include <utility>

#include "base/utf8.h"
#include "hostcall/await_reply.h"
#include "hostcall/host_call_session.h"
#include "hostcall/key_value/calls.h"

namespace sublet::hostcall {

using engine::HostCallStart;

HostCallStart HostCallSession::call_key_value(std::string_view name, std::string_view arguments,
                                              std::string body) {
  const auto shown_name = [&] {
    return std::string(base::cut_utf8(name.substr(0, name.find('@')), kShownName));
  };
  if (setup_.key_value == nullptr) {
    return started(
        {false, shown_name() + ": this host has no key-value store", 0, false, "kv_unavailable"});
  }
  Result<KeyValueCall> call = read_key_value_call(name, arguments, std::move(body));
  if (!call) {
    return started({false, shown_name() + ": " + call.error().message, 0, false, "kv_argument"});
  }
  const std::shared_ptr<KeyValueCalls> calls = key_value();
  if (auto refusal = calls->tally().admit(*call)) return started(*std::move(refusal));
  return await_reply(
      true, [&](AnswerReply reply) { calls->start(std::move(call).value(), std::move(reply)); });
}

HostCallStart HostCallSession::commit() noexcept {
  std::shared_ptr<KeyValueCalls> calls;
  {
    base::MutexLock lock(mutex_);
    calls = key_value_;
  }
  if (calls == nullptr || !calls->has_writes()) return {HostCallStart::Kind::kAnswered, 0, {}};
  try {
    return await_reply(false, [&](AnswerReply reply) { calls->commit(std::move(reply)); });
  } catch (...) {  // no memory
    return {};
  }
}

std::shared_ptr<KeyValueCalls> HostCallSession::key_value() {
  base::MutexLock lock(mutex_);
  if (!key_value_) {
    key_value_ = std::make_shared<KeyValueCalls>(setup_.key_value, *setup_.clock);
  }
  return key_value_;
}

}  // namespace sublet::hostcall
