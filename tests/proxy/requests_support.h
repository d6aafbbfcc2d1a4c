// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "scenario/support.h"
#include "support/http_peer.h"

// What tests of requests through a whole host share: a peer with TLS on loopback, and a host whose
// extensions may reach it, as "peer.test".
namespace sublet::scenario {

using test::HttpPeer;
using test::PeerConnection;

inline constexpr char kPeer[] = "peer.test";

// Every name is at 127.0.0.1.
class LoopbackNames final : public NameResolver {
 public:
  void resolve(std::string, ResolveCallback done) noexcept override {
    done(std::vector<std::string>{"127.0.0.1"});
  }
};

// A file that goes with it.
class CertificateFile {
 public:
  explicit CertificateFile(const std::string& text);
  ~CertificateFile();
  CertificateFile(const CertificateFile&) = delete;
  CertificateFile& operator=(const CertificateFile&) = delete;
  const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
};

// The text of a request's first line, "GET /x HTTP/1.1".
inline std::string first_line(const std::string& request) {
  return request.substr(0, request.find("\r\n"));
}
// The value of a header as it was sent; "(none)".
std::string sent_header(const std::string& request, const std::string& name);
inline std::string sent_body(const std::string& request) {
  return request.substr(request.find("\r\n\r\n") + 4);
}

// Answers every request on a connection with what `answer` makes of it: a whole response.
HttpPeer::Program answering_each(std::function<std::string(const std::string& request)> answer);
// A response with Content-Length.
std::string http_answer(const std::string& body, const std::string& headers = "",
                        const std::string& status = "200 OK");

struct RequestHost {
  using Change = std::function<void(HostOptions&, TenantPolicy&)>;

  explicit RequestHost(std::function<std::string(const std::string&)> answer,
                       const Change& change = nullptr)
      : RequestHost(answering_each(std::move(answer)), change) {}
  explicit RequestHost(HttpPeer::Program program, const Change& change = nullptr);

  // "peer.test:PORT"
  std::string at() const { return std::string(kPeer) + ":" + std::to_string(peer.port()); }
  std::string url(const std::string& path) const { return "https://" + at() + path; }

  // A bundle whose handler "run" has this body, with the tenant's API in reach, and whose manifest
  // has these members too. "$PEER" in either stands for at().
  Bundle bundle(const std::string& code, const std::string& manifest = "{}") const;
  Result<ExtensionInfo> try_install(const std::string& code, const std::string& manifest = "{}",
                                    const std::string& parameters = "",
                                    const std::string& tenant = "acme");
  void install(const std::string& code, const std::string& manifest = "{}",
               const std::string& parameters = "", const std::string& tenant = "acme") {
    const auto info = try_install(code, manifest, parameters, tenant);
    REQUIRE_MESSAGE(info.has_value(), info.error().message);
  }
  InvocationResult run(const std::string& payload = "", const std::string& tenant = "acme") {
    return host.run(payload, tenant);
  }
  // Installs with the peer in `egress`, and runs.
  InvocationResult does(const std::string& code) {
    install(code, R"({"egress":["$PEER"]})");
    return run();
  }

  test::Authority authority;
  HttpPeer peer;
  CertificateFile authority_file{authority.certificate()};

 private:
  struct Setup {
    HostOptions options;
    TenantPolicy policy;
  };
  static HttpPeer::Options with_tls(const test::Authority& authority);
  Setup setup(const Change& change) const;
  const Setup setup_;

 public:
  TestHost host;
};

// The error that an invocation ended with, "code" or the name of what was thrown.
inline const char* const kCatch =
    "catch (error) { return `${error.name} ${error.code}: ${error.message}`; }";

}  // namespace sublet::scenario
