// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_cursor.h"
#include "policy/request/compile.h"

namespace sublet::policy {

inline constexpr std::size_t kMaxBodyDepth = 64;

// Compiles one declaration; the first fault ends it.
//
// Ownership: borrows the declarations.
// Thread safety: none; one thread at a time.
class RequestCompiler {
 public:
  RequestCompiler(const RequestDeclaration& declared,
                  std::span<const ParameterDeclaration> parameters)
      : declared_(declared), parameters_(parameters) {}

  Result<CompiledRequest> run();

 private:
  Error refuse(std::uint32_t line, std::string_view field, std::string_view what) const;
  std::string field(std::string_view name) const;

  // The pieces of a text, each of which has `position`.
  Result<void> text(const LocatedText& source, const std::string& field, Position position,
                    TextTemplate& out);
  Result<void> check_piece(Piece& piece);
  Result<void> check_term(Term& term, Position position);
  Result<void> check_host_term(const Term& term) const;
  const ParameterDeclaration* parameter(const std::string& name) const;
  std::size_t slot_of(const std::vector<std::string>& path);

  Result<void> method();
  Result<void> host();
  Result<void> host_port(const LocatedText& source, std::string& literal);
  Result<void> path();
  Result<void> check_path_literal(std::string_view segment) const;
  Result<void> query();
  Result<void> headers();
  Result<void> check_header_name(const NamedText& header, const std::string& field) const;
  Result<void> options() const;

  Result<void> body();
  Result<void> body_kind(const LocatedText& source);
  Result<void> json_value(const LocatedText& source);
  Result<void> json_members(base::JsonCursor& cursor, const LocatedText& source);
  Result<void> json_element(base::JsonCursor& cursor, const LocatedText& source);
  Result<void> json_text(const LocatedText& source);
  Result<void> form_object(const LocatedText& source);
  // Text that is JSON as it stands.
  void literal(std::string_view text);

  const RequestDeclaration& declared_;
  std::span<const ParameterDeclaration> parameters_;
  std::size_t substitutions_ = 0;
  CompiledRequest made_;
};

}  // namespace sublet::policy
