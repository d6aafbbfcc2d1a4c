// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "adapters/postgres/events/event_call.h"

namespace sublet::adapters::postgres {

// Puts right what a clock that went back left too late, some rows at a time. Nobody waits for it
// but claims that found out.
class MendCall final : public EventCall {
 public:
  explicit MendCall(EventContext& context) : EventCall(context) {}
  ~MendCall() override { tell(false); }
  void send(Sender& sender) override;
  void take(std::size_t statement, const Rows& rows) override;
  void finish() override { tell(true); }
  void fail(Error) noexcept override { tell(false); }

 private:
  void tell(bool committed) noexcept;

  std::uint64_t mended_ = 0;
  bool more_ = false;
  bool told_ = false;
};

}  // namespace sublet::adapters::postgres
