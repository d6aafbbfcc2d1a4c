// SPDX-License-Identifier: Apache-2.0
#include "policy/request/render.h"

#include "policy/request/context_values.h"
#include "request_support.h"

namespace sublet::policy {
namespace {

using test::body;
using test::compiled;
using test::fault;
using test::Input;
using test::rendered;
using test::url;

std::string json_string(std::string_view value) {
  return "{\"a\": \"" + std::string(value) + "\"}";
}

constexpr std::string_view kPath =
    R"({"host": "api.example.com", "path": "/x/<%= context.a %>/y"})";
constexpr std::string_view kHeader =
    R"({"host": "api.example.com", "headers": {"X-A": "v <%= context.a %>"}})";

std::string post(std::string_view rest) {
  return R"({"host": "api.example.com", "method": "POST", )" + std::string(rest) + "}";
}

}  // namespace

TEST_CASE("render: a whole request") {
  const auto outcome = rendered(R"({"method": "PUT", "host": "api.<%= param.domain %>:8443",
    "path": "/v1/t/<%= context.t.id %>", "query": {"limit": "<%= param.limit %>", "q": "a b<%= context.q %>"},
    "headers": {"Authorization": "Basic <%= encode(param.user + ':' + secret.password) %>"},
    "body": {"live": "<%= param.live %>", "all": "<%= context.t %>", "text": "T: <%= context.t.n %>"}})",
                                Input(R"({"t": {"id": 7, "n": 1.5}, "q": "&x=1"})"));
  REQUIRE(outcome.ok());
  const RenderedRequest& made = outcome.request;
  CHECK(made.method == "PUT");
  CHECK(made.url() == "https://api.acme.example.com:8443/v1/t/7?limit=25&q=a%20b%26x%3D1");
  REQUIRE(made.headers.size() == 2);
  CHECK(made.headers[0].second == "Basic YW5uOnBhc3Mgd29yZCAx");
  CHECK(made.headers[1].first == "Content-Type");
  CHECK(made.headers[1].second == "application/json");
  CHECK(made.body == R"({"live":true,"all":{"id": 7, "n": 1.5},"text":"T: 1.5"})");
  REQUIRE(made.secrets.size() == 2);
  CHECK(made.secrets[0].name == "secret.password");
  CHECK(made.secrets[0].value == "pass word 1");
  CHECK(made.secrets[0].place == SecretPlace::kHeader);
  CHECK(made.secrets[0].detail == "Authorization");
  CHECK(made.secrets[1].value == "YW5uOnBhc3Mgd29yZCAx");
}

TEST_CASE("render: a path's value is one segment and never climbs") {
  const auto path = [](std::string_view value) { return url(kPath, Input(json_string(value))); };
  const std::string prefix = "https://api.example.com/x/";
  CHECK(path("a b") == prefix + "a%20b/y");
  CHECK(path("a/b") == prefix + "a%2Fb/y");
  CHECK(path("a?b#c") == prefix + "a%3Fb%23c/y");
  CHECK(path("%2e%2e%2f") == prefix + "%252e%252e%252f/y");
  CHECK(path("\\u00e9") == prefix + "%C3%A9/y");
  CHECK(path("...") == prefix + ".../y");
  for (const char* wrong : {".", "..", "../..", "a/..", "..\\\\b", "%2e%2E", "./a", "", "a\\u0000",
                            "a\\r\\nb", "\\u007f"}) {
    CAPTURE(wrong);
    CHECK(path(wrong) == "url_refused");
  }
  const auto dotted = R"({"host": "api.example.com", "path": "/.<%= context.a %>"})";
  CHECK(url(dotted, Input(json_string("."))) == "url_refused");
  CHECK(url(dotted, Input(json_string("b"))) == "https://api.example.com/.b");
}

TEST_CASE("render: the host stays what the manifest and its parameters say") {
  const auto with_domain = [](const std::string& value) {
    Input input;
    input.values["domain"].text = value;
    return url(R"({"host": "<%= param.domain %>", "path": "/p"})", input);
  };
  CHECK(with_domain("ACME.example.com") == "https://acme.example.com/p");
  for (const char* wrong :
       {"evil.com", "acme.example.com/x", "a@b.example.com", "x.example.com:80", "", ".example.com",
        "a..example.com", "127.0.0.1", "0x7f.1", "[::1]", "a.example.com#", "a\nb.example.com"}) {
    CAPTURE(wrong);
    CHECK(with_domain(wrong) == "url_refused");
  }
  Input unasked;
  unasked.host_allowed = nullptr;
  CHECK(url(R"({"host": "<%= param.domain %>"})", unasked) == "url_refused");
}

TEST_CASE("render: a header's value cannot be more than one") {
  for (const char* wrong :
       {"a\\r\\nX-B: 1", "a\\nb", "a\\rb", "a\\u0000", "\\t", "\\u007f", "\\u00e9", "\\ud800"}) {
    CAPTURE(wrong);
    CHECK(fault(kHeader, Input(json_string(wrong))) == "header_injection");
  }
  CHECK(rendered(kHeader, Input(json_string("a: \\\"b\\\""))).request.headers[0].second ==
        "v a: \"b\"");
  const std::string large(kMaxHeaderBytes + 1, 'a');
  CHECK(fault(kHeader, Input(json_string(large))) == "header_injection");
}

TEST_CASE("render: JSON bodies take values as they are and text as text") {
  const std::string whole = post(R"("body": {"v": "<%= context.a %>"})");
  CHECK(body(whole, Input(R"({"a": "x\",\"y\":1"})")) == R"({"v":"x\",\"y\":1"})");
  CHECK(body(whole, Input(R"({"a": [1, {"b": null}]})")) == R"({"v":[1, {"b": null}]})");
  CHECK(body(whole, Input(R"({"a": 12345678901234567890})")) == R"({"v":12345678901234567890})");
  CHECK(body(whole, Input(R"({"a": null})")) == R"({"v":null})");
  const std::string inside = post(R"("body": {"v": "-<%= context.a %>-"})");
  CHECK(body(inside, Input(R"({"a": "\"\\\n\u0001"})")) == R"({"v":"-\"\\\n\u0001-"})");
  CHECK(body(inside, Input(R"({"a": false})")) == R"({"v":"-false-"})");
  CHECK(body(inside, Input(R"({"a": null})")) == R"({"v":"--"})");
  CHECK(body(inside, Input(R"({"a": {}})")) == "bad_context");
  const std::string text = post(R"("headers": {"Content-Type": "application/json; charset=utf-8"},
      "body": "{\"n\": <%= context.a %>, \"s\": \"<%= context.a %>\"}")");
  CHECK(body(text, Input(R"({"a": 5})")) == R"({"n": 5, "s": "5"})");
  CHECK(body(text, Input(R"({"a": "5, \"x\": 1"})")) ==
        R"({"n": "5, \"x\": 1", "s": "5, \"x\": 1"})");
  CHECK(body(post(R"("body": {"a": "<%% <%= param.user %>"})"), Input()) == R"({"a":"<% ann"})");
}

TEST_CASE("render: forms, XML and plain text") {
  const std::string form = R"("headers": {"Content-Type": "application/x-www-form-urlencoded"}, )";
  const std::string object =
      post(form + R"("body": {"a b": "x &<%= context.a %>", "n": 1, "o": "<%= context.o %>"})");
  CHECK(body(object, Input(R"({"a": "&c=d+e\u00e9", "o": null})")) ==
        "a+b=x+%26%26c%3Dd%2Be%C3%A9&n=1");
  CHECK(body(post(form + R"("body": "a=<%= context.a %>&b=2")"), Input(R"({"a": "&"})")) ==
        "a=%26&b=2");
  const std::string xml =
      post(R"("headers": {"Content-Type": "text/xml"}, "body": "<a><%= context.a %></a>")");
  CHECK(body(xml, Input(R"({"a": "</a>&\"'"})")) == "<a>&lt;/a&gt;&amp;&quot;&#39;</a>");
  CHECK(body(xml, Input(R"({"a": "\u0000"})")) == "body_invalid");
  const std::string plain =
      post(R"("headers": {"Content-Type": "text/plain"}, "body": "-<%= context.a %>")");
  CHECK(body(plain, Input(R"({"a": "\n<"})")) == "-\n<");
}

TEST_CASE("render: null leaves out what is nothing else") {
  const auto request =
      R"({"host": "api.example.com", "path": "/p", "query": {"a": "<%= context.a %>",
      "b": "x<%= context.a %>"}, "headers": {"X-A": "<%= context.a %>", "X-B": "b<%= context.a %>"}})";
  const auto outcome = rendered(request, Input(R"({"a": null})"));
  REQUIRE(outcome.ok());
  CHECK(outcome.request.query == "b=x");
  REQUIRE(outcome.request.headers.size() == 1);
  CHECK(outcome.request.headers[0].first == "X-B");
  CHECK(fault(kPath, Input(R"({"a": null})")) == "missing_context");
}

TEST_CASE("render: what is missing is an error with its name") {
  CHECK(fault(kPath, Input("{}")) == "missing_context");
  CHECK(rendered(kPath, Input("{}")).message == "requests.r.path: context.a is not given");
  CHECK(fault(kPath, Input("")) == "missing_context");
  CHECK(fault(kPath, Input("[]")) == "bad_context");
  CHECK(fault(kPath, Input("{")) == "bad_context");
  CHECK(fault(kPath, Input(R"({"a": [1]})")) == "bad_context");
  const std::string deep = "{\"a\":" + std::string(100, '[') + std::string(100, ']') + "}";
  CHECK(fault(kPath, Input(deep)) == "bad_context");
  CHECK(fault(kPath, Input(std::string(kMaxContextBytes + 1, ' '))) == "bad_context");

  const auto secret = R"({"host": "a.example.com", "query": {"q": "<%= secret.api_key %>"}})";
  Input none;
  none.secret = nullptr;
  CHECK(fault(secret, none) == "missing_parameter");
  Input without;
  without.values.clear();
  CHECK(fault(R"({"host": "a.example.com", "path": "/<%= param.user %>"})", without) ==
        "missing_parameter");
  // A secret that strayed among the parameters is not taken from there.
  Input strayed;
  strayed.values["user"].secret = true;
  CHECK(fault(R"({"host": "a.example.com", "path": "/<%= param.user %>"})", strayed) ==
        "missing_parameter");
  Input untold;
  untold.access_token.reset();
  CHECK(fault(R"({"host": "a.example.com", "query": {"q": "<%= access_token %>"},
                  "options": {"oauth": "crm"}})",
              untold) == "missing_access_token");
}

TEST_CASE("render: a body of the call's own is sent as it is") {
  Input input;
  input.body = R"({"a": "<%= secret.api_key %>"})";
  const auto outcome = rendered(post(R"("body": {"b": "<%= secret.password %>"})"), input);
  REQUIRE(outcome.ok());
  CHECK(outcome.request.body == R"({"a": "<%= secret.api_key %>"})");
  CHECK(outcome.request.secrets.empty());
  CHECK(body(post(R"("path": "/")"), input) == R"({"a": "<%= secret.api_key %>"})");
  CHECK(fault(R"({"host": "a.example.com"})", input) == "body_invalid");
  input.body = "no json";
  CHECK(fault(post(R"("path": "/")"), input) == "body_invalid");
  CHECK(body(post(R"("headers": {"Content-Type": "text/csv"})"), input) == "no json");
  input.max_body_bytes = 3;
  CHECK(fault(post(R"("headers": {"Content-Type": "text/csv"})"), input) == "request_too_large");
}

TEST_CASE("render: what grows is refused before it has grown") {
  const std::string context = R"({"v":")" + std::string(100'000, '&') + R"("})";
  Input input(context);
  input.max_body_bytes = 1000;
  std::string request = R"({"method":"POST","host":"a.example.com","body":{)";
  for (int i = 0; i < 30; ++i) {
    request += (i == 0 ? "\"f" : ",\"f") + std::to_string(i) + R"(":"<%= context.v %>")";
  }
  request += R"(},"headers":{"Content-Type":"application/x-www-form-urlencoded"}})";
  CHECK(fault(request, input) == "request_too_large");
}

TEST_CASE("render: no message shows a value") {
  const auto request = R"({"host": "a.example.com", "headers": {"X-A": "<%= secret.api_key %>"}})";
  Input input;
  input.secret = [](std::string_view) { return std::optional<std::string>("topsecret\n12345"); };
  const auto outcome = rendered(request, input);
  CHECK(outcome.fault == RenderFault::kHeaderInjection);
  CHECK(outcome.message.find("topsecret") == std::string::npos);
  CHECK(outcome.request.secrets.empty());
}

TEST_CASE("render: secrets are escaped like values, and listed with their place") {
  const auto outcome = rendered(R"({"host": "a.example.com", "method": "POST",
    "path": "/bot<%= secret.api_key %>", "query": {"k": "<%= secret.api_key %>"},
    "body": {"k": "<%= secret.api_key %>"}, "options": {"secret_in_path": true}})",
                                Input());
  REQUIRE(outcome.ok());
  CHECK(outcome.request.path == "/botkey%2F%2B%3D%26%22%3C12345");
  CHECK(outcome.request.query == "k=key%2F%2B%3D%26%22%3C12345");
  CHECK(outcome.request.body == R"({"k":"key/+=&\"<12345"})");
  REQUIRE(outcome.request.secrets.size() == 3);
  CHECK(outcome.request.secrets[0].place == SecretPlace::kPath);
  CHECK(outcome.request.secrets[1].detail == "k");
  CHECK(outcome.request.secrets[2].place == SecretPlace::kBody);
}

TEST_CASE("render: a URL has a limit") {
  const auto long_value = json_string(std::string(kMaxUrlBytes, 'a'));
  CHECK(url(kPath, Input(long_value)) == "url_refused");
}

TEST_CASE("context: paths are found in one pass, the last of equal names") {
  const std::vector<std::vector<std::string>> paths = {{"a"}, {"a", "b"}, {"a", "b", "1"},
                                                       {"c"}, {"a", "x"}, {"l", "0", "k"}};
  const auto found = find_in_context(
      R"({"a": {"x": 1}, "z": {"a": 5}, "a": {"b": [1, "t\u00e9"]}, "l": [{"k": true}]})", paths);
  REQUIRE(found);
  CHECK((*found)[0]->text == R"({"b": [1, "t\u00e9"]})");
  CHECK((*found)[1]->text == R"([1, "t\u00e9"])");
  CHECK((*found)[2]->text == "t\xC3\xA9");
  CHECK_FALSE((*found)[3].has_value());
  CHECK_FALSE((*found)[4].has_value());
  CHECK((*found)[5]->text == "true");
}

}  // namespace sublet::policy
