// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "sublet/events.h"

// What a sender gets to see: a status, and nothing that would help to guess.
namespace sublet::events {

// `reason` is the host's; it is not sent.
WebhookResponse webhook_answer(std::uint16_t status, std::string_view reason);
// With Retry-After, in whole seconds, at least one.
WebhookResponse webhook_answer(std::uint16_t status, std::string_view reason,
                               std::chrono::nanoseconds retry_after);
WebhookResponse webhook_answer(const PublishReceipt& receipt);
// Of an address that could not be looked for, or an event that was not published.
WebhookResponse webhook_answer(const Error& error);

}  // namespace sublet::events
