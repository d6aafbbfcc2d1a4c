// SPDX-License-Identifier: Apache-2.0
#include "host_setup.h"

#include <sublet/adapters/curl_http_transport.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

namespace ticket_sync {
namespace {

constexpr const char* kExtension = "ticket-sync";

// A host's own key would come from its vault.
sublet::Result<sublet::EncryptionKey> secret_key(std::string_view, std::string_view) {
  sublet::EncryptionKey key{"example-1", {}};
  key.bytes.fill(0x5a);
  return key;
}

sublet::RequestPolicy request_policy(const StandIns& stand_ins) {
  sublet::RequestPolicy policy;
  policy.hosts = {"tracker.example:8443", "*.tickets.example:8443"};
  // The stand-ins are on this machine, which no extension could reach otherwise.
  policy.opened_addresses = {stand_ins.tracker.server().endpoint(),
                             stand_ins.tickets.server().endpoint()};
  return policy;
}

}  // namespace

std::filesystem::path ca_file(const std::filesystem::path& folder) {
  return folder / "stand_ins.pem";
}

sublet::Result<sublet::HostOptions> host_options(const StandIns& stand_ins,
                                                 const std::filesystem::path& folder) {
  std::ofstream(ca_file(folder)) << stand_ins.certificate.pem();
  sublet::CurlHttpTransportOptions transport;
  transport.ca_file = ca_file(folder);
  auto opened = sublet::CurlHttpTransport::open(transport);
  if (!opened) return opened.error();

  sublet::HostOptions options;
  options.state_directory = folder;
  options.secret_keys = secret_key;
  options.requests.transport = std::move(opened).value();
  options.requests.resolver = stand_ins.resolver();
  options.default_policy.limits = sublet::Limits::for_events();
  options.default_policy.limits.requests = 100;
  options.default_policy.requests = request_policy(stand_ins);
  return options;
}

sublet::Result<void> install(sublet::ExtensionHost& host, const StandIns& stand_ins,
                             const std::string& tenant) {
  const auto bundle = sublet::Bundle::from_directory(TICKET_SYNC_EXTENSION);
  if (!bundle) return bundle.error();
  const nlohmann::json parameters = {{"tickets_domain", kTicketsName},
                                     {"tickets_api_key", stand_ins.api_key},
                                     {"tracker_client_secret", stand_ins.client_secret}};
  const auto installed = host.install(tenant, *bundle, {parameters.dump()});
  return installed ? sublet::Result<void>() : installed.error();
}

sublet::Result<void> connect_tracker(sublet::ExtensionHost& host, const StandIns& stand_ins,
                                     const std::string& tenant,
                                     const std::filesystem::path& folder) {
  const auto start = host.begin_authorization({tenant, kExtension, "tracker", ""},
                                              "https://desk.example/oauth/callback");
  if (!start) return start.error();
  const std::string sent_to = stand_ins.browse(start->url, ca_file(folder));
  const std::string state = query_value(sent_to, "state");
  // A host would compare it with what it keeps in the browser's session.
  if (state != start->state) {
    return sublet::Error{sublet::ErrorCode::kFailedPrecondition, "this is somebody else's answer"};
  }
  const auto whose = host.complete_authorization({state, query_value(sent_to, "code"), "", ""});
  return whose ? sublet::Result<void>() : whose.error();
}

}  // namespace ticket_sync
