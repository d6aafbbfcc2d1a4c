// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "policy/http_fields.h"
#include "proxy/request_plan.h"
#include "sublet/result.h"

// What tenant code gives with `request` and `fetch`, as the SDK writes it. The texts passed
// scan_json(); nothing else of them is taken on trust. The message of an error is one sentence.
namespace sublet::hostcall {

// request(name, { context, body, timeout, user })
struct TemplateArguments {
  std::string name;
  std::string context;  // JSON text of an object; empty: none
  std::optional<std::chrono::milliseconds> timeout;
  std::string user;
  // Instead of the template's: text or bytes as they are, or JSON text.
  std::shared_ptr<const std::string> body;
};

// fetch(url, { method, headers, body, redirect, cache })
struct FetchArguments {
  std::string url;
  std::string method = "GET";
  policy::HttpFields headers;
  std::shared_ptr<const std::string> body;
  proxy::RedirectMode redirect = proxy::RedirectMode::kFollow;
  proxy::CacheMode cache = proxy::CacheMode::kDefault;
  std::optional<std::chrono::milliseconds> timeout;
  std::string nonce;  // of the placeholders that are meant; empty: there are none
};

Result<TemplateArguments> read_template_arguments(std::string_view arguments, std::string body);
Result<FetchArguments> read_fetch_arguments(std::string_view arguments, std::string body);

}  // namespace sublet::hostcall
