// SPDX-License-Identifier: Apache-2.0
// The manifest's `requests`.
#include <fmt/format.h>

#include <array>

#include "policy/names.h"
#include "policy/request/section_reader.h"

namespace sublet::policy {
namespace {

using base::JsonKind;
using Retry = RequestOptions::Retry;
using Cache = RequestOptions::Cache;

constexpr std::size_t kMaxHostText = 512;
constexpr std::size_t kMaxPathText = 2048;
constexpr std::size_t kMaxNamedTexts = 64;
constexpr std::size_t kMaxNameText = 256;
constexpr std::size_t kMaxValueText = 4096;
constexpr std::size_t kMaxBodyText = 64u << 10;

Result<void> retry_on(SectionReader& reader, const std::string& field, Retry& out) {
  return reader.elements(field, 16, [&](const std::string& inner) -> Result<void> {
    const std::uint32_t line = reader.line();
    std::string word;
    if (auto read = reader.text(inner, 32, word); !read) return read;
    if (word == "network_error") {
      out.network_error = true;
    } else if (word == "5xx") {
      out.statuses.insert(out.statuses.end(), {500, 502, 503, 504});
    } else if (word == "408" || word == "425" || word == "429" ||
               (word.size() == 3 && word >= "500" && word <= "599")) {
      out.statuses.push_back(static_cast<std::uint16_t>(std::stoul(word)));
    } else {
      return reader.refuse_at(line, fmt::format("{} is {}; it must be \"network_error\", \"5xx\", "
                                                "\"408\", \"425\", \"429\" or \"500\" to \"599\"",
                                                inner, in_quotes(word)));
    }
    return {};
  });
}

Result<void> retry(SectionReader& reader, const std::string& field, RequestOptions& out) {
  static constexpr std::array<SectionReader::Field<Retry>, 3> kFields = {{
      {"max_attempts",
       [](SectionReader& r, const std::string& f, Retry& o) -> Result<void> {
         std::uint64_t value = 0;
         auto read = r.number(f, 1, 10, value);
         o.max_attempts = static_cast<std::uint32_t>(value);
         return read;
       }},
      {"on", retry_on},
      {"idempotent",
       [](SectionReader& r, const std::string& f, Retry& o) { return r.flag(f, o.idempotent); }},
  }};
  const std::uint32_t line = reader.line();
  Retry& made = out.retry.emplace();
  if (auto read = reader.object<Retry>(field, kFields, made); !read) return read;
  if (made.network_error || !made.statuses.empty()) return {};
  return reader.refuse_at(line, field + ".on is missing: say what is retried");
}

Result<void> cache(SectionReader& reader, const std::string& field, RequestOptions& out) {
  static constexpr std::array<SectionReader::Field<Cache>, 1> kFields = {{
      {"stale_if_error_s",
       [](SectionReader& r, const std::string& f, Cache& o) -> Result<void> {
         std::uint64_t value = 0;
         auto read = r.number(f, 0, 604'800, value);
         o.stale_if_error = std::chrono::seconds(value);
         return read;
       }},
  }};
  return reader.object<Cache>(field, kFields, out.cache.emplace());
}

Result<void> timeout(SectionReader& reader, const std::string& field, RequestOptions& out) {
  std::uint64_t value = 0;
  auto read = reader.number(field, 1, 600'000, value);
  out.timeout = std::chrono::milliseconds(value);
  return read;
}

Result<void> max_redirects(SectionReader& reader, const std::string& field, RequestOptions& out) {
  std::uint64_t value = 0;
  auto read = reader.number(field, 0, 20, value);
  out.max_redirects = static_cast<std::uint32_t>(value);
  return read;
}

Result<void> options(SectionReader& reader, const std::string& field, RequestDeclaration& out) {
  using Options = RequestOptions;
  static constexpr std::array<SectionReader::Field<Options>, 7> kFields = {{
      {"retry", retry},
      {"cache", cache},
      {"collapse",
       [](SectionReader& r, const std::string& f, Options& o) { return r.flag(f, o.collapse); }},
      {"timeout_ms", timeout},
      {"max_redirects", max_redirects},
      {"oauth", [](SectionReader& r, const std::string& f,
                   Options& o) { return r.text(f, kMaxEventName, o.oauth); }},
      {"secret_in_path", [](SectionReader& r, const std::string& f,
                            Options& o) { return r.flag(f, o.secret_in_path); }},
  }};
  return reader.object<Options>(field, kFields, out.options);
}

// Texts by name; a number or a boolean stands for its text.
Result<void> named_texts(SectionReader& reader, const std::string& field,
                         std::vector<NamedText>& out) {
  return reader.members(
      field, kMaxNamedTexts,
      [&](const std::string& inner, const std::string& name, std::uint32_t line) -> Result<void> {
        if (name.empty() || name.size() > kMaxNameText) {
          return reader.refuse_at(
              line, fmt::format("a name in {} must have 1 to {} bytes", field, kMaxNameText));
        }
        NamedText& made = out.emplace_back(NamedText{name, {}});
        if (reader.kind() == JsonKind::kNumber || reader.kind() == JsonKind::kBoolean) {
          made.value.line = reader.line();
          made.value.text = reader.raw();
          return {};
        }
        return reader.text(inner, kMaxValueText, made.value);
      });
}

Result<void> body(SectionReader& reader, const std::string& field, RequestDeclaration& out) {
  LocatedText& made = out.body.emplace();
  if (reader.kind() == JsonKind::kString) {
    out.body_is_text = true;
    return reader.text(field, kMaxBodyText, made);
  }
  made.line = reader.line();
  made.text = reader.raw();
  if (made.text.size() <= kMaxBodyText) return {};
  return reader.refuse_at(made.line, fmt::format("{} has {} bytes; it may have at most {}", field,
                                                 made.text.size(), kMaxBodyText));
}

Result<void> read_request(SectionReader& reader, const std::string& field,
                          RequestDeclaration& out) {
  using Declaration = RequestDeclaration;
  static constexpr std::array<SectionReader::Field<Declaration>, 8> kFields = {{
      {"method", [](SectionReader& r, const std::string& f,
                    Declaration& o) { return r.text(f, 16, o.method); }},
      {"protocol",
       [](SectionReader& r, const std::string& f, Declaration& o) -> Result<void> {
         bool plain = false;
         auto read = r.word(f, "https", "http", plain);
         o.https = !plain;
         return read;
       }},
      {"host", [](SectionReader& r, const std::string& f,
                  Declaration& o) { return r.text(f, kMaxHostText, o.host); }},
      {"path", [](SectionReader& r, const std::string& f,
                  Declaration& o) { return r.text(f, kMaxPathText, o.path); }},
      {"query", [](SectionReader& r, const std::string& f,
                   Declaration& o) { return named_texts(r, f, o.query); }},
      {"headers", [](SectionReader& r, const std::string& f,
                     Declaration& o) { return named_texts(r, f, o.headers); }},
      {"body", body},
      {"options", options},
  }};
  return reader.object<Declaration>(field, kFields, out);
}

}  // namespace

Result<void> read_requests(SectionReader& reader, std::vector<RequestDeclaration>& out) {
  return reader.members(
      "requests", kMaxRequests,
      [&](const std::string& field, const std::string& name, std::uint32_t line) -> Result<void> {
        if (auto named = check_event_name("the template name in requests", name); !named) {
          return reader.refuse_at(line, named.error().message);
        }
        RequestDeclaration& made = out.emplace_back();
        made.name = name;
        made.line = made.method.line = made.path.line = line;
        if (auto read = read_request(reader, field, made); !read) return read;
        if (!made.host.text.empty()) return {};
        return reader.refuse_at(line, field + ".host is missing");
      });
}

}  // namespace sublet::policy
