// SPDX-License-Identifier: Apache-2.0
#include "events/payload_schemas.h"

#include <utility>

#include "policy/events/json_schema.h"
#include "policy/names.h"

namespace sublet::events {

struct PayloadSchemas::Compiled {
  std::map<std::string, policy::JsonSchema, std::less<>> by_event;
};

Result<PayloadSchemas> PayloadSchemas::compile(const std::map<std::string, std::string>& schemas) {
  auto compiled = std::make_shared<Compiled>();
  for (const auto& [event, text] : schemas) {
    if (Result<void> name = policy::check_event_name("event", event); !name) {
      return std::move(name).error();
    }
    Result<policy::JsonSchema> schema = policy::JsonSchema::compile(text);
    if (!schema) {
      return Error{schema.error().code,
                   "schema of " + policy::in_quotes(event) + ", " + schema.error().message};
    }
    compiled->by_event.emplace(event, std::move(schema).value());
  }
  PayloadSchemas made;
  if (!schemas.empty()) made.compiled_ = std::move(compiled);
  return made;
}

Result<void> PayloadSchemas::check(std::string_view event, std::string_view payload) const {
  if (compiled_ == nullptr) return {};
  const auto schema = compiled_->by_event.find(event);
  if (schema == compiled_->by_event.end()) return {};
  return schema->second.check("data", payload.empty() ? "null" : payload);
}

}  // namespace sublet::events
