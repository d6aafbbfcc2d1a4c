// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/request/context_values.h"
#include "policy/request/render.h"

namespace sublet::policy {

// Renders one request; the first fault ends it.
//
// Ownership: borrows the template and the input.
// Thread safety: none; one thread at a time.
class Renderer {
 public:
  Renderer(const CompiledRequest& compiled, const RenderInput& input)
      : compiled_(compiled), input_(input) {}

  RenderOutcome run();

 private:
  // Where a text goes, for the list of secrets.
  struct Place {
    SecretPlace place;
    std::string_view detail;
  };

  bool fail(RenderFault fault, std::string_view field, std::string_view what);

  bool host();
  bool path();
  bool segment(const TextTemplate& source, std::string& out);
  bool query();
  bool headers();
  bool body();
  bool given_body();
  bool check_body(std::string body);
  bool fail_too_large(std::string_view field);

  // Each answers whether it went well.
  bool text(const TextTemplate& source, Place place, std::string& out);
  bool piece(const TextTemplate& source, const Piece& piece, Place place, std::string& out);
  bool named(const NamedTemplate& source, Place place, std::optional<std::string>& out);
  bool value_of(const TextTemplate& source, const Term& term, Place place, Value& out);
  bool parameter(const TextTemplate& source, const Term& term, Value& out);
  bool encoded(const TextTemplate& source, const Piece& piece, Place place, Value& out);
  bool append(const TextTemplate& source, const Term& term, Position position, const Value& value,
              std::string& out);
  bool append_json_value(const Value& value, std::string& out);
  bool append_segment(const TextTemplate& source, const Term& term, const Value& value,
                      std::string& out);
  bool append_header(const TextTemplate& source, const Term& term, const Value& value,
                     std::string& out);
  void used(std::string name, std::string_view value, Place place);

  const CompiledRequest& compiled_;
  const RenderInput& input_;
  std::vector<std::optional<Value>> context_;
  std::size_t rendered_ = 0;  // bytes of all texts so far, also of those that are thrown away
  RenderOutcome outcome_;
};

}  // namespace sublet::policy
