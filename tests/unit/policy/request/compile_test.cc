// SPDX-License-Identifier: Apache-2.0
#include "policy/request/compile.h"

#include "request_support.h"

namespace sublet::policy {
namespace {

using test::compiled;
using test::refusal;

bool says(std::string_view message, std::string_view what) {
  return message.find(what) != std::string_view::npos;
}

// A request whose one field is this.
std::string with(std::string_view field) {
  return R"({"host": "api.example.com", )" + std::string(field) + "}";
}

}  // namespace

TEST_CASE("request template: what it may hold is kept") {
  const auto made = compiled(R"({
    "method": "POST", "protocol": "http", "host": "<%= param.domain %>:8080",
    "path": "/v1/<%= context.id %>/x", "query": {"a b": "<%= context.q %>", "n": 5},
    "headers": {"Authorization": "Bearer <%= access_token %>"},
    "body": {"k": "<%= secret.api_key %>"},
    "options": {"oauth": "crm", "timeout_ms": 500, "max_redirects": 0, "collapse": true,
      "retry": {"max_attempts": 3, "on": ["network_error", "429", "5xx"], "idempotent": true},
      "cache": {"stale_if_error_s": 60}}})");
  CHECK(made.method == "POST");
  CHECK_FALSE(made.https);
  CHECK(made.port == 8080);
  CHECK(made.segments.size() == 3);
  CHECK(made.query.size() == 2);
  CHECK(made.query[0].name == "a%20b");
  CHECK(made.uses_access_token);
  CHECK(made.secrets == std::vector<std::string>{"api_key"});
  CHECK(made.context_paths.size() == 2);
  REQUIRE(made.options.retry);
  CHECK(made.options.retry->max_attempts == 3);
  CHECK(made.options.retry->network_error);
  CHECK(made.options.retry->statuses == std::vector<std::uint16_t>{429, 500, 502, 503, 504});
  CHECK(made.options.retry->idempotent);
  CHECK(made.options.timeout == std::chrono::milliseconds(500));
  CHECK(made.options.max_redirects == 0u);
  CHECK(made.options.cache->stale_if_error == std::chrono::seconds(60));
}

TEST_CASE("request template: an error names file, line and field") {
  CHECK(refusal("{\"host\": \"a.example.com\",\n\"path\": \"/<%= parm.x %>\"}") ==
        "extension.json:3: requests.r.path: unknown substitution \"parm.x\"; there are "
        "context.NAME, param.NAME, secret.NAME, access_token and encode(...); did you mean param?");
  CHECK(refusal("{\"host\": \"a.example.com\", \"method\": \"POST\",\n\"body\":\n{\"a\": "
                "1,\n\"b\": \"<%= param.none %>\"}}") ==
        "extension.json:5: requests.r.body: param.none is not declared in parameters");
  CHECK(refusal("{\"host\": \"a.example.com\",\n\"pth\": \"/\"}") ==
        "extension.json:3: unknown field \"requests.r.pth\"; did you mean \"requests.r.path\"?");
  CHECK(refusal("{\"host\": \"a.example.com\",\n\"options\": {\"rety\": 1}}") ==
        "extension.json:3: unknown field \"requests.r.options.rety\"; did you mean "
        "\"requests.r.options.retry\"?");
  CHECK(refusal("{}") == "extension.json:2: requests.r.host is missing");
  CHECK(refusal("{\"host\": \"a\",\n\"host\": \"b\"}") ==
        "extension.json:3: requests.r.host is given twice; first in line 2");
}

TEST_CASE("request template: substitutions that are not understood") {
  for (const char* wrong : {"<%= context %>",
                            "<%= context. %>",
                            "<%= context.a.b",
                            "<% context.a %>",
                            "<%=%>",
                            "<%= %>",
                            "<%= param.user.x %>",
                            "<%= access_token.x %>",
                            "<%= encode(param.user %>",
                            "<%= encode(encode(param.user)) %>",
                            "<%= encode() %>",
                            "<%= param.user + 'x' %>",
                            "<%= 'x' %>",
                            "<%= context.a || 'b' %>",
                            "<%= iparam.user %>",
                            "<%= param.nobody %>",
                            "<%= secret.nobody %>",
                            "<%= context.a.b.c.d.e.f.g.h.i %>",
                            "<%= encode('a) %>",
                            "<%= context.a %><%"}) {
    CAPTURE(wrong);
    CHECK(refusal(with("\"query\": {\"q\": \"" + std::string(wrong) + "\"}")) != "accepted");
  }
  for (const char* right :
       {"<%%= x %>", "%>", "<%=context.a%>", "<%= context.a.0.b-c %>", "<%= context.$x_1 %>",
        "<%= encode(param.user + ':' + secret.password) %>", "<%= encode('%>') %>",
        "a<%= param.user %>b<%= param.limit %>"}) {
    CAPTURE(right);
    CHECK(refusal(with("\"query\": {\"q\": \"" + std::string(right) + "\"}")) == "accepted");
  }
}

TEST_CASE("request template: secrets are called by their name and kept to their places") {
  CHECK(says(refusal(with(R"("query": {"k": "<%= param.api_key %>"})")), "write secret.api_key"));
  CHECK(says(refusal(with(R"("query": {"k": "<%= secret.user %>"})")), "write param.user"));
  CHECK(says(refusal(R"({"host": "<%= secret.api_key %>.example.com"})"), "may not be in a host"));
  CHECK(says(refusal(with(R"("path": "/bot<%= secret.api_key %>")")), "secret_in_path"));
  CHECK(says(refusal(with(R"("path": "/<%= encode(secret.api_key) %>")")), "secret_in_path"));
  CHECK(refusal(
            with(R"("path": "/bot<%= secret.api_key %>", "options": {"secret_in_path": true})")) ==
        "accepted");
  CHECK(says(refusal(with(R"("query": {"k": "<%= access_token %>"})")), "needs options.oauth"));
  CHECK(says(refusal(with(R"("options": {"oauth": "crm"})")), "no text of the request has"));
  CHECK(says(refusal(with(R"("query": {"k": "<%= access_token %>"}, "options": {"oauth": "x"})")),
             "not declared in oauth"));
}

TEST_CASE("request template: the host is literals and domains") {
  for (const char* wrong :
       {"<%= context.host %>", "<%= param.user %>", "<%= param.region %>.example.com",
        "<%= encode(param.domain) %>", "<%= access_token %>", "https://a.example.com",
        "a.example.com/x", "a@b.example.com", "a.example.com:0", "a.example.com:99999",
        "a.example.com:", "a b", "a.example.com?x", "\\u00e9.example.com", "", "[::1", ":80"}) {
    CAPTURE(wrong);
    CHECK(refusal("{\"host\": \"" + std::string(wrong) + "\"}") != "accepted");
  }
  for (const char* right : {"a.example.com", "A.example.com:8443", "<%= param.domain %>",
                            "api.<%= param.domain %>:444", "[::1]:80", "127.0.0.1:8080"}) {
    CAPTURE(right);
    CHECK(refusal("{\"host\": \"" + std::string(right) + "\"}") == "accepted");
  }
}

TEST_CASE("request template: paths are in the form of a URL") {
  for (const char* wrong : {"x", "", "//x", "/a//b", "/a/../b", "/.", "/%2e%2E/x", "/a?b=c", "/a#b",
                            "/a b", "/%", "/%4", "/a\\\\b", "/\\u00e9", "<%= context.a %>"}) {
    CAPTURE(wrong);
    CHECK(refusal(with("\"path\": \"" + std::string(wrong) + "\"")) != "accepted");
  }
  for (const char* right :
       {"/", "/a/", "/a%20b/c:d@e", "/<%= context.a %>", "/a.<%= context.b %>"}) {
    CAPTURE(right);
    CHECK(refusal(with("\"path\": \"" + std::string(right) + "\"")) == "accepted");
  }
}

TEST_CASE("request template: headers of the transport and of the connection are refused") {
  for (const char* name : {"Host", "content-length", "Transfer-Encoding", "CONNECTION",
                           "Keep-Alive", "Proxy-Authorization", "TE", "Trailer", "Upgrade",
                           "Expect", "Accept-Encoding", "a b", "a:b", "\\u00e9", "x\\n"}) {
    CAPTURE(name);
    CHECK(refusal(with("\"headers\": {\"" + std::string(name) + "\": \"x\"}")) != "accepted");
  }
  CHECK(says(refusal(with(R"("headers": {"X-A": "1", "x-a": "2"})")), "given twice"));
  CHECK(says(refusal(with(R"("headers": {"X-A": "a\r\nb"})")), "printable ASCII"));
  CHECK(says(refusal(with(R"("headers": {"X-A": "\u00e9"})")), "printable ASCII"));
  CHECK(refusal(with(R"("headers": {"Accept": "application/json", "X-N": 5})")) == "accepted");
}

TEST_CASE("request template: bodies fit their type") {
  const auto post = [](std::string_view rest) {
    return refusal(R"({"host": "a.example.com", "method": "POST", )" + std::string(rest) + "}");
  };
  CHECK(says(refusal(with(R"("body": {})")), "GET or HEAD"));
  CHECK(says(post(R"("body": "x")"), "Content-Type"));
  CHECK(says(post(R"("body": {"<%= context.a %>": 1})"), "a name may have no substitution"));
  const std::string json = R"("headers": {"content-type": "application/json"}, "body": )";
  CHECK(post(json + R"("{\"a\": <%= context.a %>, \"b\": \"x<%= context.b %>\"}")") == "accepted");
  for (const char* wrong : {R"("{\"a\": 1<%= context.a %>}")", R"("{<%= context.a %>: 1}")",
                            R"("{\"a\": \"\\<%= context.a %>\"}")", R"("{\"a\": ")",
                            R"("<%= context.a %><%= context.b %>")"}) {
    CAPTURE(wrong);
    CHECK(post(json + wrong) != "accepted");
  }
  CHECK(says(post(R"("headers": {"Content-Type": "<%= context.t %>"}, "body": {})"), "a literal"));
  CHECK(says(post(R"("headers": {"Content-Type": "image/png"}, "body": "<%= context.t %>")"),
             "no substitution"));
  CHECK(says(post(R"("headers": {"Content-Type": "text/plain"}, "body": {})"), "must be a text"));
  CHECK(post(R"("headers": {"Content-Type": "image/png"}, "body": "x")") == "accepted");
}

TEST_CASE("request template: options and methods have their words") {
  for (const char* wrong :
       {R"("options": {"retry": {"max_attempts": 11, "on": ["429"]}})",
        R"("options": {"retry": {"max_attempts": 2}})", R"("options": {"retry": {"on": ["404"]}})",
        R"("options": {"retry": 3})", R"("options": {"timeout_ms": 0})",
        R"("options": {"max_redirects": -1})", R"("options": {"collapse": 1})",
        R"("options": {"cache": true})", R"("method": "get")", R"("method": "CONNECT")",
        R"("method": "<%= context.m %>")", R"("protocol": "ftp")", R"("query": ["a"])",
        R"("query": {"a": null})", R"("query": {"": "a"})",
        R"("query": {"<%= context.a %>": "a"})"}) {
    CAPTURE(wrong);
    CHECK(says(refusal(with(wrong)), "extension.json:2: "));
  }
}

}  // namespace sublet::policy
