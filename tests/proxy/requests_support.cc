// SPDX-License-Identifier: Apache-2.0
#include "proxy/requests_support.h"

#include <strings.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

namespace sublet::scenario {

CertificateFile::CertificateFile(const std::string& text) : path_("/tmp/sublet-test-XXXXXX") {
  const int file = mkstemp(path_.data());
  REQUIRE(file >= 0);
  close(file);
  std::ofstream(path_) << text;
}

CertificateFile::~CertificateFile() { unlink(path_.c_str()); }

std::string sent_header(const std::string& request, const std::string& name) {
  std::size_t at = request.find("\r\n");
  while (at != std::string::npos && at + 2 < request.size()) {
    const std::size_t begin = at + 2;
    at = request.find("\r\n", begin);
    const std::string line = request.substr(begin, at - begin);
    if (line.empty()) break;
    if (line.size() > name.size() && line[name.size()] == ':' &&
        strncasecmp(line.c_str(), name.c_str(), name.size()) == 0) {
      return line.substr(line.find_first_not_of(' ', name.size() + 1));
    }
  }
  return "(none)";
}

HttpPeer::Program answering_each(std::function<std::string(const std::string&)> answer) {
  return [answer = std::move(answer)](PeerConnection& connection) {
    for (std::string request = connection.read_request(); !request.empty();
         request = connection.read_request()) {
      if (!connection.write(answer(request))) return;
    }
  };
}

std::string http_answer(const std::string& body, const std::string& headers,
                        const std::string& status) {
  return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         headers + "\r\n" + body;
}

HttpPeer::Options RequestHost::with_tls(const test::Authority& authority) {
  HttpPeer::Options options;
  options.identity = authority.issue(kPeer);
  return options;
}

RequestHost::RequestHost(HttpPeer::Program program, const Change& change)
    : peer(with_tls(authority), std::move(program)),
      setup_(setup(change)),
      host(setup_.policy, setup_.options) {}

RequestHost::Setup RequestHost::setup(const Change& change) const {
  Setup made{TestHost::two_workers(), ample_policy()};
  made.policy.limits.requests = 1000;
  made.policy.requests.hosts = {"*"};
  made.policy.requests.opened_addresses = {"127.0.0.1:" + std::to_string(peer.port())};
  made.policy.requests.breaker.minimum_calls = 1000;
  CurlHttpTransportOptions transport;
  transport.ca_file = authority_file.path();
  auto opened = CurlHttpTransport::open(transport);
  REQUIRE(opened.has_value());
  made.options.requests.transport = *opened;
  made.options.requests.resolver = std::make_shared<LoopbackNames>();
  if (change) change(made.options, made.policy);
  return made;
}

namespace {

std::string with_peer(std::string text, const std::string& at) {
  constexpr std::string_view kMark = "$PEER";
  for (std::size_t place = text.find(kMark); place != std::string::npos;
       place = text.find(kMark, place + at.size())) {
    text.replace(place, kMark.size(), at);
  }
  return text;
}

}  // namespace

Bundle RequestHost::bundle(const std::string& code, const std::string& more) const {
  auto files = bundle_files("export const run = async (event, { request, fetch, secret, " +
                            std::string("parameters, kv, limits, log }) => { ") +
                            with_peer(code, at()) + " };");
  Json changed = Json::parse(files["extension.json"]);
  changed.update(Json::parse(with_peer(more, at())));
  files["extension.json"] = changed.dump();
  auto made = Bundle::from_memory(std::move(files));
  REQUIRE(made.has_value());
  return std::move(made).value();
}

Result<ExtensionInfo> RequestHost::try_install(const std::string& code, const std::string& manifest,
                                               const std::string& parameters,
                                               const std::string& tenant) {
  InstallOptions options;
  if (!parameters.empty()) options.parameters = parameters;
  return host->install(tenant, bundle(code, manifest), options);
}

}  // namespace sublet::scenario
