// SPDX-License-Identifier: Apache-2.0
#include "hostcall/request/plans.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "unit/hostcall/request/requests_fixture.h"

namespace sublet::hostcall {
namespace {

using proxy::Planned;
using proxy::RequestError;
using proxy::RequestPlan;
using Texts = std::vector<std::string>;

constexpr std::string_view kNonce = "00112233445566778899aabbccddeeff";

std::string placeholder(std::string_view json) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out = "sublet-secret-" + std::string(kNonce) + "-";
  for (const char c : json) {
    out += kDigits[static_cast<unsigned char>(c) >> 4];
    out += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return out + "-";
}

Planned planned(std::string_view request, TemplateArguments arguments = {},
                std::optional<std::string_view> token = std::nullopt) {
  const auto requests = extension_requests("{\"r\":" + std::string(request) + "}");
  return plan_template(*requests, requests->templates->requests.at("r"), arguments, token);
}

FetchArguments fetch_of(std::string url, policy::HttpFields headers) {
  FetchArguments arguments;
  arguments.url = std::move(url);
  arguments.headers = std::move(headers);
  arguments.nonce = kNonce;
  return arguments;
}

Planned fetched(const FetchArguments& arguments,
                std::optional<std::string_view> token = std::nullopt) {
  return plan_fetch(*extension_requests("{}"), arguments, token);
}

const RequestPlan& plan(const Planned& made) {
  const auto* error = std::get_if<RequestError>(&made);
  if (error != nullptr) FAIL(error->message);
  return std::get<RequestPlan>(made);
}

std::string code(const Planned& made) {
  const auto* error = std::get_if<RequestError>(&made);
  return error == nullptr ? "planned" : error->code;
}

TEST_CASE("template plan: where its secrets are, and which host it names") {
  TemplateArguments arguments;
  arguments.context = R"({"id":"a/b"})";
  const Planned made = planned(
      R"({"method":"POST","host":"<%= param.domain %>:8443","path":"/t/<%= context.id %>",)"
      R"("query":{"k":"<%= secret.password %>"},)"
      R"("headers":{"Authorization":"Key <%= secret.api_key %>","Content-Type":"application/json"},)"
      R"("body":{"p":"<%= secret.api_key %>"}})",
      arguments);
  const RequestPlan& sent = plan(made);
  CHECK(sent.method == "POST");
  CHECK(sent.url == "https://acme.example.com:8443/t/a%2Fb?k=pass%20word%2012");
  CHECK(*sent.body == R"({"p":"key-0123456789"})");
  CHECK(sent.secret_fields == Texts{"Authorization"});
  CHECK(sent.secret_in_url);
  CHECK(sent.secret_in_body);
  CHECK(sent.secrets.size() == 2);
  REQUIRE(sent.declared.has_value());
  CHECK(sent.declared->to_string() == "acme.example.com:8443");
}

TEST_CASE("template plan: without secrets it has none, and a body may be the caller's") {
  TemplateArguments arguments;
  arguments.body = std::make_shared<const std::string>("[1]");
  const Planned made = planned(R"({"method":"PUT","protocol":"http","host":"a.example.com",)"
                               R"("headers":{"Content-Type":"application/json"},"body":{}})",
                               arguments);
  const RequestPlan& sent = plan(made);
  CHECK(sent.url == "http://a.example.com/");
  CHECK(*sent.body == "[1]");
  CHECK_FALSE(sent.secret_in_url);
  CHECK_FALSE(sent.secret_in_body);
  CHECK(sent.secrets.empty());
  CHECK(sent.declared->to_string() == "http://a.example.com");
}

TEST_CASE("template plan: an access token is a secret like another") {
  const std::string request =
      R"({"host":"a.example.com","headers":{"Authorization":"Bearer <%= access_token %>"},)"
      R"("options":{"oauth":"crm"}})";
  const Planned made = planned(request, {}, "token-42-token");
  CHECK(plan(made).headers.at(0).value == "Bearer token-42-token");
  CHECK(plan(made).secrets == Texts{"token-42-token"});
  CHECK(code(planned(request)) == "missing_access_token");
}

TEST_CASE("template plan: what is missing or wrong has its code") {
  CHECK(code(planned(R"({"host":"a.example.com","path":"/<%= context.id %>"})")) ==
        "missing_context");
  CHECK(code(planned(R"({"host":"a.example.com","headers":{"X":"<%= secret.unset %>"}})")) ==
        "missing_parameter");
  TemplateArguments arguments;
  arguments.context = R"({"v":"a\r\nb: c"})";
  CHECK(code(planned(R"({"host":"a.example.com","headers":{"X":"<%= context.v %>"}})",
                     arguments)) == "header_injection");
}

TEST_CASE("fetch plan: placeholders are replaced for the hosts that their secret names") {
  const std::string key = placeholder(R"({"secret":"api_key"})");
  const Planned made =
      fetched(fetch_of("https://api.example.com/x", {{"X-Key", key}, {"Accept", "*/*"}}));
  CHECK(plan(made).headers.at(0).value == "key-0123456789");
  CHECK(plan(made).secret_fields == Texts{"X-Key"});
  CHECK(plan(made).secrets == Texts{"key-0123456789"});
  CHECK_FALSE(plan(made).declared.has_value());

  for (const char* url :
       {"https://other.example.com/x", "http://api.example.com/", "https://api.example.com:8443/",
        "https://api.example.com.evil.com/", "https://api.example.com@evil.com/", "not a url"}) {
    CAPTURE(url);
    CHECK(code(fetched(fetch_of(url, {{"X-Key", key}}))) == "secret_denied");
  }
}

TEST_CASE("fetch plan: Basic credentials hide what they are made of, and themselves") {
  const std::string text =
      placeholder(R"({"encode":"ann:)" + placeholder(R"({"secret":"password"})") + R"("})");
  const Planned made =
      fetched(fetch_of("https://a.example.com/", {{"Authorization", "Basic " + text}}));
  CHECK(plan(made).headers.at(0).value == "Basic YW5uOnBhc3Mgd29yZCAxMg==");
  CHECK(plan(made).secrets == Texts{"pass word 12", "YW5uOnBhc3Mgd29yZCAxMg=="});
}

TEST_CASE("fetch plan: secrets that are none, have no value, or are parameters are refused") {
  for (const char* json : {R"({"secret":"nothing"})", R"({"secret":"unset"})",
                           R"({"secret":"domain"})", R"({"token":"nobody"})"}) {
    CAPTURE(json);
    CHECK(code(fetched(fetch_of("https://api.example.com/", {{"X", placeholder(json)}}),
                       "token")) == "secret_denied");
  }
}

TEST_CASE("fetch plan: a token is found before it is there, one to a request") {
  const std::string token = placeholder(R"({"token":"crm","user":"u-1"})");
  const FetchArguments one = fetch_of("https://api.example.com/", {{"A", "Bearer " + token}});
  const auto wanted = find_token(one);
  REQUIRE(wanted);
  CHECK(wanted->provider == "crm");
  CHECK(wanted->user == "u-1");
  CHECK(plan(fetched(one, "token-42-token")).headers.at(0).value == "Bearer token-42-token");

  const FetchArguments none = fetch_of("https://api.example.com/", {{"A", "b"}});
  CHECK(find_token(none)->provider.empty());
  const FetchArguments two =
      fetch_of("https://api.example.com/", {{"A", token}, {"B", placeholder(R"({"token":"x"})")}});
  CHECK_FALSE(find_token(two).has_value());
}

}  // namespace
}  // namespace sublet::hostcall
