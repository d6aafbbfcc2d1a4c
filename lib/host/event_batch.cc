// SPDX-License-Identifier: Apache-2.0
#include "host/event_batch.h"

#include <fmt/format.h>

#include <iterator>
#include <nlohmann/json.hpp>

#include "base/utc_time.h"

namespace sublet::host {

std::string batch_payload(const std::vector<events::Attempt::Item>& items) {
  std::string text = "[";
  for (const events::Attempt::Item& item : items) {
    if (text.size() > 1) text += ',';
    const std::string id = nlohmann::json(item.delivery.event_id)
                               .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    const std::string& data = item.delivery.payload;
    fmt::format_to(std::back_inserter(text),
                   R"({{"id":{},"attempt":{},"publishedAt":"{}","data":{}}})", id,
                   item.delivery.attempts, base::utc_time(item.envelope.published_at),
                   data.empty() ? "null" : data);
  }
  return text + "]";
}

}  // namespace sublet::host
