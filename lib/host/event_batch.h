// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "events/ports.h"

namespace sublet::host {

// What the handler of a batch gets as `event.data`: an array of {id, data, attempt, publishedAt}.
std::string batch_payload(const std::vector<events::Attempt::Item>& items);

}  // namespace sublet::host
