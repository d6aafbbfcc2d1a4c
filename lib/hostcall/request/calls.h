// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "hostcall/answer_check.h"
#include "hostcall/request/extension_requests.h"
#include "proxy/request_plan.h"
#include "sublet/invocation.h"

namespace sublet::hostcall {

// What one invocation requests: what is under way, and the records. Thread-safe; answers come on
// any thread, also after the invocation has ended.
class RequestCalls : public std::enable_shared_from_this<RequestCalls> {
 public:
  struct Setup {
    std::shared_ptr<const ExtensionRequests> requests;
    const base::Clock* clock = nullptr;  // outlives close()
    base::TimePoint started{};
    base::TimePoint deadline = base::TimePoint::max();
    std::string trace_parent;
    std::string trace_state;
  };

  explicit RequestCalls(Setup setup);

  const ExtensionRequests& requests() const noexcept { return *setup_.requests; }

  // Counts one more; else the refusal.
  std::optional<CheckedAnswer> admit(std::string_view called) SUBLET_EXCLUDES(mutex_);
  // Makes an admitted call. The reply comes on any thread, or inside.
  void start(std::string called, proxy::RequestCall call, AnswerReply reply)
      SUBLET_EXCLUDES(mutex_);
  // The invocation is over: what is under way is canceled.
  void close() SUBLET_EXCLUDES(mutex_);

  std::uint32_t left() const SUBLET_EXCLUDES(mutex_);
  // How an invocation ends that lets a refusal pass.
  std::optional<Outcome> outcome() const SUBLET_EXCLUDES(mutex_);
  void add_to(Usage& usage) const SUBLET_EXCLUDES(mutex_);
  std::vector<RequestRecord> take_records() SUBLET_EXCLUDES(mutex_);

 private:
  void finished(std::size_t place, const proxy::RequestAnswer& answer) SUBLET_EXCLUDES(mutex_);

  const Setup setup_;

  mutable base::Mutex mutex_;
  bool closed_ SUBLET_GUARDED_BY(mutex_) = false;
  bool exceeded_ SUBLET_GUARDED_BY(mutex_) = false;
  bool throttled_ SUBLET_GUARDED_BY(mutex_) = false;
  std::uint32_t count_ SUBLET_GUARDED_BY(mutex_) = 0;
  Bytes sent_ SUBLET_GUARDED_BY(mutex_);
  Bytes received_ SUBLET_GUARDED_BY(mutex_);
  LimitSet passed_ SUBLET_GUARDED_BY(mutex_) = 0;
  std::vector<RequestRecord> records_ SUBLET_GUARDED_BY(mutex_);
  // By the records' places; empty once closed.
  std::vector<proxy::RequestProxy::Id> under_way_ SUBLET_GUARDED_BY(mutex_);
};

}  // namespace sublet::hostcall
