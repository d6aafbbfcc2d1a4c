// SPDX-License-Identifier: Apache-2.0
#include "policy/manifest.h"

#include <doctest/doctest.h>

#include <string>

namespace sublet::policy {
namespace {

std::string refusal(std::string_view text) {
  const auto manifest = parse_manifest(text);
  return manifest ? "accepted" : manifest.error().message;
}

// A manifest of four lines; `field`, which begins with a comma, stands alone in line 3.
std::string with(std::string_view field) {
  return "{\"name\": \"a\", \"version\": \"1.0.0\",\n \"handlers\": {\"e\": true}\n" +
         std::string(field) + "\n}";
}

bool names(std::string_view message, std::string_view what) {
  return message.find(what) != std::string_view::npos;
}

}  // namespace

TEST_CASE("manifest: all fields are read") {
  const auto manifest = parse_manifest(R"({
    "$schema": "extension.schema.json",
    "name": "jira-sync", "version": "1.2.3-rc.1", "description": "Links tickets \u00e9",
    "compatibility_date": "2026-01-31", "main": "lib/main.mjs",
    "handlers": {
      "onTicketCreate": true,
      "ticket.updated": "onUpdate"
    },
    "state": "tenant", "realm": "standard", "isolation": "in_process",
    "limits": {"cpu_ms": 20, "soft_cpu_ms": 1e1, "wall_ms": 200, "heap_mb": 32, "payload_kb": 64}
  })");
  REQUIRE(manifest);
  CHECK(manifest->name == "jira-sync");
  CHECK(manifest->version == "1.2.3-rc.1");
  CHECK(manifest->description == "Links tickets \xC3\xA9");
  CHECK(manifest->compatibility_date == "2026-01-31");
  CHECK(manifest->main == "lib/main.mjs");
  REQUIRE(manifest->handlers.size() == 2);
  CHECK(manifest->handlers[0].event == "onTicketCreate");
  CHECK(manifest->handlers[0].export_name == "onTicketCreate");
  CHECK(manifest->handlers[0].line == 6);
  CHECK(manifest->handlers[1].event == "ticket.updated");
  CHECK(manifest->handlers[1].export_name == "onUpdate");
  CHECK(manifest->handlers[1].line == 7);
  CHECK(manifest->state == State::kTenant);
  CHECK(manifest->realm == Realm::kStandard);
  CHECK(manifest->isolation == Isolation::kInProcess);
  CHECK(manifest->limits.cpu_time == std::chrono::milliseconds(20));
  CHECK(manifest->limits.soft_cpu_time == std::chrono::milliseconds(10));
  CHECK(manifest->limits.heap == Bytes::mebibytes(32));
  CHECK(manifest->limits.payload == Bytes::kibibytes(64));
  CHECK_FALSE(manifest->limits.result.has_value());
}

TEST_CASE("manifest: what is left out has its default") {
  const auto manifest = parse_manifest(R"({"name":"a","version":"0.1.0","handlers":{"e":true}})");
  REQUIRE(manifest);
  CHECK(manifest->main == "extension.js");
  CHECK(manifest->state == State::kInvocation);
  CHECK(manifest->realm == Realm::kStandard);
  CHECK(manifest->isolation == Isolation::kAutomatic);
  CHECK(manifest->compatibility_date.empty());
}

TEST_CASE("manifest: syntax errors name the line") {
  CHECK(refusal("") == "extension.json:1: no valid JSON: the text ends too early");
  CHECK(refusal("{\n\"name\": \"a\",\n}") ==
        "extension.json:3: no valid JSON: unexpected \"}\" at column 1");
  CHECK(refusal("{\n\n'name': 1}") ==
        "extension.json:3: no valid JSON: unexpected \"'\" at column 1");
  CHECK(refusal("{\n\"name\": \"a") == "extension.json:2: no valid JSON: the text ends too early");
  CHECK(refusal("{\"name\":\n\"\xC3(\"}") == "extension.json:2: not UTF-8 at column 2");
  CHECK(refusal("\xEF\xBB\xBF{}") ==
        "extension.json:1: begins with a byte order mark; JSON may not");
  CHECK(refusal(with(",\"x\":" + std::string(32, '[') + std::string(32, ']'))) ==
        "extension.json:3: nested deeper than 32 levels");
  CHECK(refusal("\n[]") == "extension.json:2: must be a JSON object");
  CHECK(refusal(std::string(kMaxManifestBytes + 1, ' ')) ==
        "extension.json has 262145 bytes; it may have at most 262144");
}

TEST_CASE("manifest: unknown fields are named, with what was probably meant") {
  CHECK(refusal(with(",\"sate\": \"tenant\"")) ==
        "extension.json:3: unknown field \"sate\"; did you mean \"state\"?");
  CHECK(refusal(with(",\"permissions\": []")) == "extension.json:3: unknown field \"permissions\"");
  CHECK(refusal(with(",\"limits\": {\"cpu_msec\": 1}")) ==
        "extension.json:3: unknown field \"limits.cpu_msec\"; did you mean \"limits.cpu_ms\"?");
  CHECK(names(refusal(with(",\"a\\nb\\u0000\": 1")), "unknown field \"a\\x0ab\\x00\""));
}

TEST_CASE("manifest: a field given twice is refused, with both lines") {
  CHECK(refusal(with(",\"name\": \"b\"")) ==
        "extension.json:3: name is given twice; first in line 1");
  CHECK(refusal(with(",\"limits\": {\"cpu_ms\": 1,\n\"cpu_ms\": 2}")) ==
        "extension.json:4: limits.cpu_ms is given twice; first in line 3");
  CHECK(refusal("{\"handlers\":{\"e\":true,\n\"e\":\"f\"}}") ==
        "extension.json:2: handlers.e is given twice; first in line 1");
  CHECK(refusal(with(",\"n\\u0061me\": \"b\"")) ==
        "extension.json:3: name is given twice; first in line 1");
}

TEST_CASE("manifest: missing fields are named") {
  CHECK(refusal("{}") == "extension.json:1: name is missing");
  CHECK(refusal("\n{\"name\":\"a\"}") == "extension.json:2: version is missing");
  CHECK(refusal("{\"name\":\"a\",\"version\":\"1.0.0\"}") ==
        "extension.json:1: handlers is missing");
}

TEST_CASE("manifest: every field of a wrong type is refused by name and line") {
  for (const std::string field : {"$schema", "main", "description", "compatibility_date", "state",
                                  "realm", "isolation", "limits"}) {
    for (const char* value : {"1", "null", "true", "[]"}) {
      const std::string message = refusal(with(",\n\"" + field + "\":" + value));
      CHECK(message.starts_with("extension.json:4: " + field + " must be "));
    }
  }
  CHECK(refusal("{\n\"name\": 7}") == "extension.json:2: name must be a string");
  CHECK(refusal("{\n\"version\": 1.0}") == "extension.json:2: version must be a string");
  CHECK(refusal("{\"handlers\": [\"e\"]}") ==
        "extension.json:1: handlers must be an object of event name to export name");
  for (const char* value : {"1", "null", "false", "[]", "{}"}) {
    CHECK(refusal("{\"handlers\": {\n\"onTicketCreate\": " + std::string(value) + "}}") ==
          "extension.json:2: handlers.onTicketCreate must be the name of an export, or true where "
          "the "
          "export has the event's name");
  }
}

TEST_CASE("manifest: every value that is out of its range is refused by name and line") {
  CHECK(refusal("{\n\"name\": \"A\"}") ==
        "extension.json:2: name \"A\" must start with a-z or 0-9 and may only have a-z 0-9 . _ -");
  CHECK(names(refusal("{\"name\": \"\"}"), "extension.json:1: name is empty"));
  CHECK(refusal("{\n\"version\": \"1.0\"}") ==
        "extension.json:2: version \"1.0\" must be a semantic version like \"1.0.0\"");
  CHECK(refusal(with(",\"compatibility_date\": \"2026-02-30\"")) ==
        "extension.json:3: compatibility_date \"2026-02-30\" must be a day like \"2026-01-31\"");
  CHECK(refusal(with(",\"main\": \"../x.js\"")) ==
        "extension.json:3: main: the file path \"../x.js\" climbs out: \"..\" is not allowed");
  CHECK(refusal(with(",\"main\": \"x.ts\"")) ==
        "extension.json:3: main \"x.ts\" must end in .js or .mjs");
  CHECK(refusal(with(",\"state\": \"forever\"")) ==
        "extension.json:3: state is \"forever\"; it must be \"invocation\" or \"tenant\"");
  CHECK(names(refusal(with(",\"realm\": \"open\"")), "extension.json:3: realm is \"open\""));
  CHECK(
      names(refusal(with(",\"isolation\": \"none\"")), "extension.json:3: isolation is \"none\""));
  CHECK(refusal(with(",\"description\": \"" + std::string(1025, 'd') + "\"")) ==
        "extension.json:3: description has 1025 bytes; it may have at most 1024");
  CHECK(refusal("{\"handlers\": {}}") ==
        "extension.json:1: handlers is empty; name at least one event");
  CHECK(names(refusal("{\"handlers\": {\n\"a b\": true}}"),
              "extension.json:2: the event name in handlers \"a b\" may only have"));
  CHECK(names(refusal("{\"handlers\": {\n\"a.b\": true}}"),
              "extension.json:2: handlers.a.b \"a.b\" must be a JavaScript identifier"));
  CHECK(names(refusal("{\"handlers\": {\"e\":\n\"a-b\"}}"),
              "extension.json:2: handlers.e \"a-b\" must be a JavaScript identifier"));
  std::string many;
  for (int i = 0; i < 257; ++i) many += (i == 0 ? "\"e" : ",\"e") + std::to_string(i) + "\":true";
  CHECK(refusal("{\"handlers\": {" + many + "}}") ==
        "extension.json:1: handlers has more than 256 events");
}

TEST_CASE("manifest: limits out of range are refused by name and line") {
  for (const ManifestLimitField& field : kManifestLimitFields) {
    const std::string name(field.name);
    const auto asked = [&](const std::string& value) {
      return refusal(with(",\"limits\": {\"" + name + "\":" + value + "}"));
    };
    CHECK(asked(std::to_string(field.low)) == "accepted");
    CHECK(asked(std::to_string(field.high)) == "accepted");
    const std::string prefix = "extension.json:3: limits." + name + " ";
    CHECK(asked(std::to_string(field.high + 1)).starts_with(prefix + "is "));
    CHECK(asked("-1").starts_with(prefix + "is -1; it must be a whole number between "));
    CHECK(asked("1.5").starts_with(prefix + "is 1.5; it must be a whole number"));
    CHECK(asked("\"1\"").starts_with(prefix + "must be a whole number between "));
    CHECK(asked("null").starts_with(prefix + "must be a whole number between "));
  }
}

TEST_CASE("manifest: fields that contradict each other are refused") {
  CHECK(names(refusal(with(",\"state\": \"tenant\",\n\"realm\": \"frozen\"")),
              "extension.json:4: realm \"frozen\" contradicts state \"tenant\""));
  CHECK(names(refusal(with(",\"realm\": \"frozen\",\n\"state\": \"tenant\"")), "contradicts"));
  CHECK(refusal(with(",\"limits\": {\"soft_cpu_ms\": 11, \"cpu_ms\": 10}")) ==
        "extension.json:3: limits.soft_cpu_ms is 11; it must be at most limits.cpu_ms, 10");
}

TEST_CASE("manifest: each of the three isolations can be asked for") {
  for (const auto wanted :
       {Isolation::kAutomatic, Isolation::kInProcess, Isolation::kSandboxed}) {
    const auto manifest =
        parse_manifest(with(",\"isolation\": \"" + std::string(to_string(wanted)) + "\""));
    REQUIRE(manifest);
    CHECK(manifest->isolation == wanted);
  }
}

}  // namespace sublet::policy
