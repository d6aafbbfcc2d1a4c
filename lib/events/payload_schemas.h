// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "sublet/result.h"

namespace sublet::events {

// The host's JSON Schemas of event payloads, by event: a subset of draft 2020-12, compiled once.
// Immutable, cheap to copy.
class PayloadSchemas {
 public:
  PayloadSchemas() = default;
  // Schemas as JSON text. An Error names event and place: a keyword that is not supported is one.
  static Result<PayloadSchemas> compile(const std::map<std::string, std::string>& schemas);

  // Whether a payload, which is JSON within the limits of depth, is what its event's schema asks
  // for; anything where there is none. The message names the place: "data.items[2].id must be a
  // string".
  Result<void> check(std::string_view event, std::string_view payload) const;

 private:
  struct Compiled;
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace sublet::events
