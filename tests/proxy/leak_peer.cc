// SPDX-License-Identifier: Apache-2.0
#include "leak_peer.h"

#include <algorithm>
#include <utility>

namespace sublet::scenario {
namespace {

using test::PeerConnection;

std::string answer_of(const std::string& status, const std::string& body,
                      const std::string& headers = "") {
  return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         headers + "\r\n" + body;
}

std::string chunked(const std::string& body, const std::string& trailers = "") {
  std::string out = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const char c : body) out += "1\r\n" + std::string(1, c) + "\r\n";
  return out + "0\r\n" + trailers + "\r\n";
}

std::string without_lines(std::string text) {
  std::erase_if(text, [](char c) { return c == '\r' || c == '\n'; });
  return text;
}

std::string percent(const std::string& text) { return leak_encodings().at("percent")(text); }

std::string lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return text;
}

}  // namespace

std::string header_of(const std::string& request, const std::string& name) {
  const std::size_t at = lower(request).find("\r\n" + lower(name) + ": ");
  if (at == std::string::npos) return {};
  const std::size_t begin = at + name.size() + 4;
  return request.substr(begin, request.find("\r\n", begin) - begin);
}

std::string parameter_of(const std::string& request, const std::string& name) {
  const std::string line = request.substr(0, request.find("\r\n"));
  for (const char before : {'?', '&'}) {
    const std::size_t at = line.find(before + name + "=");
    if (at == std::string::npos) continue;
    const std::size_t begin = at + name.size() + 2;
    return line.substr(begin, line.find_first_of("& ", begin) - begin);
  }
  return {};
}

LeakPeer::LeakPeer(const test::Identity& identity, std::string other)
    : other_(std::move(other)),
      peer_(test::HttpPeer::Options{.identity = identity},
            [this](PeerConnection& connection) { serve(connection); }) {}

const std::vector<std::string>& LeakPeer::places() {
  static const std::vector<std::string> kPlaces = {"body",     "chunks", "binary", "header",
                                                   "cookie",   "status", "error",  "trailer",
                                                   "location", "self",   "expired"};
  return kPlaces;
}

const std::vector<std::string>& LeakPeer::places_elsewhere() {
  static const std::vector<std::string> kPlaces = {"other_301", "other_302", "other_303",
                                                   "other_307", "other_308"};
  return kPlaces;
}

std::vector<std::string> LeakPeer::received() const {
  const std::lock_guard lock(mutex_);
  return received_;
}

std::vector<std::string> LeakPeer::sent() const {
  const std::lock_guard lock(mutex_);
  return sent_;
}

std::set<std::string> LeakPeer::tokens() const {
  const std::lock_guard lock(mutex_);
  return tokens_;
}

void LeakPeer::serve(PeerConnection& connection) {
  for (std::string request; !(request = connection.read_request()).empty();) {
    {
      const std::lock_guard lock(mutex_);
      received_.push_back(request);
    }
    if (!answer(connection, request)) return;
  }
}

bool LeakPeer::write(PeerConnection& connection, const std::string& text) {
  {
    const std::lock_guard lock(mutex_);
    sent_.push_back(text);
  }
  return connection.write(text);
}

bool LeakPeer::answer(PeerConnection& connection, const std::string& request) {
  if (request.starts_with("POST /token ")) return grant(connection);
  if (request.starts_with("POST /token_error ")) {
    const std::string said = leak_encodings().at("json")(request);
    return write(
        connection,
        answer_of("400 Bad", R"({"error":")" + said + R"(","error_description":")" + said + R"("})",
                  "Content-Type: application/json\r\n"));
  }
  return echo(connection, request);
}

bool LeakPeer::grant(PeerConnection& connection) {
  std::string access;
  std::string refresh;
  {
    const std::lock_guard lock(mutex_);
    const std::string number = std::to_string(tokens_.size());
    access = "acc3ss/+t0ken~%41&<" + number;
    refresh = "r3fr3sh/+t0ken~%42&>" + number;
    tokens_.insert({access, refresh});
  }
  return connection.write(answer_of("200 OK",
                                    R"({"token_type":"Bearer","expires_in":3600,"access_token":")" +
                                        access + R"(","refresh_token":")" + refresh + R"("})",
                                    "Content-Type: application/json\r\n"));
}

// Refuses a token, and then answers with all that were refused to who has another one.
bool LeakPeer::expire(PeerConnection& connection, const std::string& request) {
  std::string all = request;
  bool good = false;
  {
    const std::lock_guard lock(mutex_);
    const std::string authorization = header_of(request, "Authorization");
    const std::string last = refused_.empty() ? "" : *refused_.rbegin();
    good = !last.empty() && authorization != last;
    all += last;
    refused_.clear();
    if (!good) refused_.insert(authorization);
  }
  return write(connection, answer_of(good ? "200 OK" : "401 No", all));
}

bool LeakPeer::echo(PeerConnection& connection, const std::string& request) {
  const std::string place = parameter_of(request, "place");
  const auto encoding = leak_encodings().find(parameter_of(request, "encoding"));
  if (encoding == leak_encodings().end()) return write(connection, answer_of("200 OK", request));
  const std::string all = encoding->second(request);
  if (place == "body") return write(connection, answer_of("200 OK", all));
  if (place == "chunks") return write(connection, chunked(all));
  if (place == "binary") return write(connection, answer_of("200 OK", "\xff\xfe" + all + "\xc3"));
  if (place == "error") {
    return write(connection, answer_of("500 Oops", "<html><p>" + all + "</p></html>",
                                       "Content-Type: text/html\r\n"));
  }
  if (place == "expired") return expire(connection, request);
  const std::string key = without_lines(encoding->second(header_of(request, "X-Key")));
  return echo_in_head(connection, place, key, request);
}

bool LeakPeer::echo_in_head(PeerConnection& connection, const std::string& place,
                            const std::string& text, const std::string& request) {
  if (place == "header")
    return write(connection, answer_of("200 OK", "", "X-Echo: " + text + "\r\n"));
  if (place == "cookie") {
    return write(connection, answer_of("200 OK", "", "Set-Cookie: a=" + text + "; Path=/\r\n"));
  }
  if (place == "status") return write(connection, answer_of("200 " + text, ""));
  if (place == "trailer") return write(connection, chunked("x", "X-Echo: " + text + "\r\n"));
  if (place == "location") {
    return write(connection, answer_of("201 Made", "", "Location: /made?key=" + text + "\r\n"));
  }
  if (place == "self") {
    const std::string to = "/echo?place=body&encoding=raw&copy=" + percent(text);
    return write(connection, answer_of("302 There", text, "Location: " + to + "\r\n"));
  }
  if (place.starts_with("other_")) {
    return write(connection,
                 answer_of(place.substr(6) + " There", "", "Location: " + other_ + "/take\r\n"));
  }
  return go_wrong(connection, place, request);
}

bool LeakPeer::go_wrong(PeerConnection& connection, const std::string& place,
                        const std::string& request) {
  if (place == "broken") {
    write(connection, "HTXP " + request);
  } else if (place == "bad_header") {
    write(connection, "HTTP/1.1 200 OK\r\n" + header_of(request, "X-Key") + "\r\n\r\n");
  } else if (place == "cut") {
    write(connection, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + request);
  } else if (place == "silent") {
    connection.wait_closed();
  } else {
    return write(connection, answer_of("404 No", request));
  }
  return false;
}

}  // namespace sublet::scenario
