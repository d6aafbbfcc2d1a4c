// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "hostcall/request/extension_requests.h"
#include "policy/manifest.h"

namespace sublet::hostcall {

// What an extension brings whose manifest has these sections, with two secrets and a parameter.
inline std::shared_ptr<ExtensionRequests> extension_requests(std::string_view requests) {
  const std::string text =
      R"({"name":"a","version":"1.0.0","handlers":{"e":true},"parameters":{)"
      R"("domain":{"type":"domain"},"api_key":{"secret":true},"password":{"secret":true},)"
      R"("unset":{"secret":true}},)"
      R"("oauth":{"crm":{"token_url":"https://id.example.com/t","client_id":"i",)"
      R"("authorize_url":"https://id.example.com/a"}},"requests":)" +
      std::string(requests) + "}";
  const auto manifest = policy::parse_manifest(text);
  if (!manifest) FAIL(manifest.error().message);

  const auto hosts = [](const char* text) {
    return std::vector{*policy::HostPattern::parse("hosts", text)};
  };
  auto templates = std::make_shared<RequestTemplates>();
  for (const auto& request : manifest->requests) {
    templates->requests.emplace(request.name,
                                *policy::compile_request(request, manifest->parameters));
  }
  templates->secrets = {{"api_key", hosts("api.example.com")},
                        {"password", hosts("*.example.com")},
                        {"unset", hosts("*.example.com")}};
  templates->providers = {{"crm", hosts("api.example.com")}};

  auto values = std::make_shared<InstalledValues>();
  using base::JsonKind;
  values->values["domain"] = {false, JsonKind::kString, "acme.example.com"};
  values->values["api_key"] = {true, JsonKind::kString, "key-0123456789"};
  values->values["password"] = {true, JsonKind::kString, "pass word 12"};
  values->shown = R"({"domain":"acme.example.com"})";

  auto access = std::make_shared<proxy::RequestAccess>();
  access->tenant = "acme";
  access->extension = "a";
  access->any_host = true;

  auto made = std::make_shared<ExtensionRequests>();
  made->access = std::move(access);
  made->templates = std::move(templates);
  made->parameters = std::move(values);
  return made;
}

}  // namespace sublet::hostcall
