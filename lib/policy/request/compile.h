// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "policy/request/declaration.h"
#include "policy/request/expression.h"
#include "sublet/result.h"

// What one request template comes to: everything that can be known when it is installed is checked
// here, so that at run time only values can be wrong.
//
// What may stand where:
//   method          a literal
//   host            literals, and parameters of type "domain"
//   path            anything but an object or null; a secret only with options.secret_in_path
//   query, headers  their values: anything; their names: literals
//   body            anything, as the Content-Type has it, which is a literal where there is a body
namespace sublet::policy {

enum class BodyKind : std::uint8_t {
  kNone,
  kJson,    // application/json and whatever ends in +json
  kForm,    // application/x-www-form-urlencoded
  kXml,     // application/xml, text/xml and whatever ends in +xml
  kPlain,   // text/plain: values go in as they are
  kOpaque,  // any other type: no values go in
};

// A text whose pieces are known, and where it stands.
struct TextTemplate {
  std::string field;  // "requests.create.headers.Authorization"
  std::vector<Piece> pieces;
};

// A query parameter, a header or a field of a form. One whose whole value is a substitution that
// comes to null is left out.
struct NamedTemplate {
  std::string name;
  TextTemplate value;
};

// Immutable once compiled; any number of threads may render it.
struct CompiledRequest {
  std::string name;
  std::string method;
  bool https = true;
  TextTemplate host;
  std::optional<std::uint16_t> port;   // where the host names one
  std::string path_field;              // for messages
  std::vector<TextTemplate> segments;  // of the path; none for "/"
  std::vector<NamedTemplate> query;
  std::vector<NamedTemplate> headers;  // with a Content-Type where the body needs one
  BodyKind body_kind = BodyKind::kNone;
  bool has_body = false;
  TextTemplate body;
  std::vector<NamedTemplate> form;  // where a form's body was given as an object
  RequestOptions options;
  std::vector<std::vector<std::string>> context_paths;  // by slot
  std::vector<std::string> secrets;                     // the names that are used
  bool uses_access_token = false;
};

// An error names file, line and field: 'extension.json:7: requests.create.host: ...'.
Result<CompiledRequest> compile_request(const RequestDeclaration& declared,
                                        std::span<const ParameterDeclaration> parameters);

}  // namespace sublet::policy
