// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "sublet/export.h"
#include "sublet/result.h"

namespace sublet {
inline namespace v1 {

// Who calls a host function, and with what.
struct HostCall {
  std::string tenant;
  std::string extension;
  std::string event_id;
  // The arguments as the text of a JSON array, at most Limits::payload bytes and payload_depth deep.
  std::string arguments;
  // Stops when the invocation ends before the answer came; the answer is then dropped.
  std::stop_token stop;
};

// Takes the answer of one asynchronous host call; made by Sublet, handed to the host's function.
//
// Ownership: shared; may be copied, moved and kept beyond the invocation.
// Thread safety: thread-safe; the first answer counts, later ones are dropped.
// Blocking: never.
// Errors: dropping every copy without an answer rejects the call with "no answer".
class SUBLET_EXPORT HostCallAnswer {
 public:
  using Deliver = std::function<void(Result<std::string>)>;

  explicit HostCallAnswer(Deliver deliver);

  // `json` is JSON text (empty means undefined). Text that is not JSON rejects the call.
  void resolve(std::string json) const;
  // The promise rejects with an Error of this message.
  void reject(std::string message) const;

 private:
  struct Once;
  std::shared_ptr<Once> once_;
};

// Answers at once, on the worker thread that runs the tenant's code: it must be quick, since its
// time is not the tenant's CPU time but holds a worker. It must not call back into the host's
// blocking functions. An exception is caught and rejects the call with "host function failed".
using SyncHostFunction = std::function<Result<std::string>(const HostCall&)>;

// Starts the work and returns; answers later from any thread. The worker goes on to other tenants.
using AsyncHostFunction = std::function<void(const HostCall&, HostCallAnswer)>;

}  // namespace v1
}  // namespace sublet
