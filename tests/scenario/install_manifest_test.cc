// SPDX-License-Identifier: Apache-2.0
#include "support.h"

// A manifest that is wrong in any way is refused with one sentence that begins with file and line
// and names the field, and what was active stays active.
namespace sublet::scenario {
namespace {

// A good manifest, one field a line; `replace` changes lines by number, from 1.
std::string manifest_lines(std::size_t line, const std::string& text) {
  std::vector<std::string> lines = {
      "{",
      R"(  "name": "ext",)",
      R"(  "version": "2.0.0",)",
      R"(  "main": "extension.js",)",
      R"(  "handlers": {)",
      R"(    "run": "run")",
      "  }",
      "}",
  };
  lines.at(line - 1) = text;
  std::string joined;
  for (const std::string& each : lines) joined += each + "\n";
  return joined;
}

std::map<std::string, std::string> with_manifest(std::string manifest) {
  return {{"extension.json", std::move(manifest)},
          {"extension.js", "export const run = () => 'new';\nexport const value = 1;\n"}};
}

struct Wrong {
  const char* what;
  std::size_t line;
  const char* text;
  // What the message says beside the line.
  const char* named;
};

const Wrong kWrong[] = {
    {"no JSON", 2, R"(  "name": ext,)", "JSON"},
    {"a trailing comma", 6, R"(    "run": "run",)", "JSON"},
    {"an unknown key", 2, R"(  "name": "ext", "colour": 1,)", "colour"},
    {"a misspelt key", 4, R"(  "handler": {}, "main": "extension.js",)", "handlers"},
    {"a key given twice", 3, R"(  "version": "2.0.0", "version": "2.0.0",)", "version"},
    {"a name of the wrong type", 2, R"(  "name": 7,)", "name"},
    {"a name with a capital", 2, R"(  "name": "Ext",)", "name"},
    {"a name that is too long", 2,
     R"(  "name": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",)",
     "name"},
    {"an empty name", 2, R"(  "name": "",)", "name"},
    {"a version that is none", 3, R"(  "version": "two",)", "version"},
    {"a version with two parts", 3, R"(  "version": "2.0",)", "version"},
    {"a version of the wrong type", 3, R"(  "version": 2,)", "version"},
    {"a main that is not there", 4, R"(  "main": "other.js",)", "main"},
    {"a main that climbs out", 4, R"(  "main": "../extension.js",)", "main"},
    {"an absolute main", 4, R"(  "main": "/extension.js",)", "main"},
    {"a main that is no JavaScript", 4, R"(  "main": "extension.json",)", "main"},
    {"handlers of the wrong type", 4, R"(  "main": "extension.js", "handlers": [],)", "handlers"},
    {"a handler of the wrong type", 6, R"(    "run": 1)", "handlers.run"},
    {"a handler that is no identifier", 6, R"(    "run": "a-b")", "handlers.run"},
    {"an event name with a blank", 6, R"(    "on run": "run")", "handlers"},
    {"a handler that is not exported", 6, R"(    "run": "walk")", "walk"},
    {"a handler that is no function", 6, R"(    "run": "value")", "value"},
    {"an unknown state", 3, R"(  "version": "2.0.0", "state": "forever",)", "state"},
    {"a state of the wrong type", 3, R"(  "version": "2.0.0", "state": true,)", "state"},
    {"an unknown realm", 3, R"(  "version": "2.0.0", "realm": "cold",)", "realm"},
    {"realm and state that contradict", 3,
     R"(  "version": "2.0.0", "state": "tenant", "realm": "frozen",)", "realm"},
    {"a date that is none", 3, R"(  "version": "2.0.0", "compatibility_date": "2026-02-30",)",
     "compatibility_date"},
    {"a limit below its range", 3, R"(  "version": "2.0.0", "limits": {"cpu_ms": 0},)",
     "limits.cpu_ms"},
    {"a limit above its range", 3, R"(  "version": "2.0.0", "limits": {"heap_mb": 999999},)",
     "limits.heap_mb"},
    {"a limit that is no whole number", 3, R"(  "version": "2.0.0", "limits": {"timers": 1.5},)",
     "limits.timers"},
    {"an unknown limit", 3, R"(  "version": "2.0.0", "limits": {"memory": 1},)", "limits.memory"},
    {"an unknown isolation", 3, R"(  "version": "2.0.0", "isolation": "container",)", "isolation"},
    {"bytes that are no UTF-8", 2, "  \"name\": \"\xff\",", "UTF-8"},
};

}  // namespace

TEST_SUITE("scenario") {
  TEST_CASE("install: a wrong manifest is refused by file, line and field; the old version stays") {
    TestHost host;
    host.install("export const run = () => 'old';");
    for (const Wrong& wrong : kWrong) {
      INFO(std::string(wrong.what));
      const auto bundle =
          Bundle::from_memory(with_manifest(manifest_lines(wrong.line, wrong.text)));
      const auto info =
          bundle ? host->install("acme", *bundle) : Result<ExtensionInfo>(bundle.error());
      REQUIRE_FALSE(info.has_value());
      const std::string& message = info.error().message;
      CHECK_MESSAGE(message.find("extension.json") != std::string::npos, message);
      CHECK_MESSAGE(message.find(wrong.named) != std::string::npos, message);
      const std::string name = wrong.what;
      if (name != "a main that is not there" && name != "a trailing comma") {
        const std::string where = "extension.json:" + std::to_string(wrong.line);
        CHECK_MESSAGE(message.find(where) != std::string::npos, message);
      }
      CHECK_MESSAGE(message.find('\n') == std::string::npos, message);
      CHECK_ANSWER(host.run(), "\"old\"");
    }
    REQUIRE(host->list().size() == 1);
    CHECK(host->list()[0].revision == 1);
    CHECK(host->list()[0].version == "1.0.0");
  }

  TEST_CASE("install: the manifest without a mistake replaces the old version") {
    TestHost host;
    host.install("export const run = () => 'old';");
    const auto bundle = Bundle::from_memory(with_manifest(manifest_lines(1, "{")));
    REQUIRE(bundle);
    const auto info = host->install("acme", *bundle);
    REQUIRE_MESSAGE(info.has_value(), info.error().message);
    CHECK(info->revision == 2);
    CHECK(info->version == "2.0.0");
    CHECK_ANSWER(host.run(), "\"new\"");
    CHECK(host.run().extension_version == "2.0.0");
  }

  TEST_CASE("install: a manifest that is missing, oversized or too deep is refused") {
    TestHost host;
    auto missing = bundle_files("export const run = () => 1;");
    missing.erase("extension.json");
    std::string padded = manifest_lines(1, "{");
    padded.append(257 << 10, ' ');
    const std::string deep = R"({"name": )" + std::string(100, '[') + std::string(100, ']') + "}";
    for (const auto& files : {missing, with_manifest(padded), with_manifest(deep),
                              with_manifest(""), with_manifest("[]"), with_manifest("null")}) {
      const auto bundle = Bundle::from_memory(files);
      const auto info =
          bundle ? host->install("acme", *bundle) : Result<ExtensionInfo>(bundle.error());
      REQUIRE_FALSE(info.has_value());
      CHECK(info.error().code == ErrorCode::kInvalidArgument);
      CHECK_MESSAGE(info.error().message.find("extension.json") != std::string::npos,
                    info.error().message);
    }
    CHECK(host->list().empty());
  }

  TEST_CASE("install: each required field is missed by name") {
    TestHost host;
    for (const char* field : {"name", "version", "handlers"}) {
      Json json = manifest();
      json.erase(field);
      const auto bundle = Bundle::from_memory(with_manifest(json.dump()));
      const auto info =
          bundle ? host->install("acme", *bundle) : Result<ExtensionInfo>(bundle.error());
      REQUIRE_FALSE(info.has_value());
      CHECK_MESSAGE(info.error().message.find(field) != std::string::npos, info.error().message);
    }
  }

  TEST_CASE("install: a manifest may ask for less than the policy, and never gets more") {
    auto policy = ample_policy();
    policy.limits.host_calls = 10;
    TestHost host(policy);
    const std::string code = "export const run = (_, { limits }) => limits.remaining().hostCalls;";
    for (const auto& [asked, given] : {std::pair(3, "3"), std::pair(1000, "10")}) {
      auto files = bundle_files(code);
      Json json = manifest();
      json["limits"] = {{"host_calls", asked}};
      files["extension.json"] = json.dump();
      const auto bundle = Bundle::from_memory(files);
      REQUIRE(bundle);
      REQUIRE(host->install("acme", *bundle));
      CHECK_ANSWER(host.run(), given);
    }
  }

  TEST_CASE("install: a tenant's name is checked") {
    TestHost host;
    const Bundle bundle = make_bundle("export const run = () => 1;");
    for (const std::string& tenant : {std::string(), std::string("a b"), std::string("a/b"),
                                      std::string(129, 'a'), std::string("\xc3\xbc")}) {
      const auto info = host->install(tenant, bundle);
      REQUIRE_FALSE(info.has_value());
      CHECK(info.error().code == ErrorCode::kInvalidArgument);
      CHECK(info.error().message.find("tenant") != std::string::npos);
    }
  }
}

}  // namespace sublet::scenario
