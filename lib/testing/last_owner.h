// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <future>
#include <memory>
#include <thread>
#include <utility>

namespace sublet::testing::conformance {

// The last owner of an adapter, let go by the callback of one call.
template <typename Adapter>
class LastOwner {
 public:
  explicit LastOwner(std::shared_ptr<Adapter> adapter)
      : adapter_(std::move(adapter)), caller_(std::this_thread::get_id()) {}

  Adapter& adapter() { return *adapter_; }
  // The call has come back to the caller, who does not use the adapter any more.
  void call_returned() { returned_.set_value(); }
  // One may not end under somebody who is inside a call, but for the call that answers there.
  void let_go() {
    if (std::this_thread::get_id() != caller_) returned_.get_future().wait();
    adapter_.reset();
  }

 private:
  std::shared_ptr<Adapter> adapter_;
  const std::thread::id caller_;
  std::promise<void> returned_;
};

}  // namespace sublet::testing::conformance
