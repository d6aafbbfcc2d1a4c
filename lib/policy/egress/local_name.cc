// SPDX-License-Identifier: Apache-2.0
#include "policy/egress/local_name.h"

namespace sublet::policy {
namespace {

struct LocalName {
  std::string_view suffix;
  std::string_view use;
};

constexpr std::string_view kMetadataService = "a metadata service";
constexpr std::string_view kThisMachine = "the machine itself";
constexpr std::string_view kLocalNetwork = "the local network";

// The first that fits counts; each stands for itself and what is below it.
constexpr LocalName kLocalNames[] = {
    // By their makers' manuals. Most would be refused by their addresses too.
    {"metadata.google.internal", kMetadataService},
    {"metadata.goog", kMetadataService},
    {"metadata.azure.internal", kMetadataService},
    {"instance-data.ec2.internal", kMetadataService},
    {"metadata.tencentyun.com", kMetadataService},
    {"metadata.packet.net", kMetadataService},
    {"metadata.platformequinix.com", kMetadataService},
    {"metadata", kMetadataService},
    {"instance-data", kMetadataService},
    {"rancher-metadata", kMetadataService},

    {"localhost", kThisMachine},    // RFC 6761, 6.3
    {"localdomain", kThisMachine},  // /etc/hosts of many systems
    {"localdomain4", kThisMachine},
    {"localdomain6", kThisMachine},

    {"local", kLocalNetwork},      // RFC 6762
    {"internal", kLocalNetwork},   // ICANN, 29 July 2024
    {"home.arpa", kLocalNetwork},  // RFC 8375
    {"intranet", kLocalNetwork},   // these five: RFC 6762, appendix G
    {"private", kLocalNetwork},
    {"corp", kLocalNetwork},
    {"home", kLocalNetwork},
    {"lan", kLocalNetwork},
    {"svc", kLocalNetwork},  // Kubernetes' services
    {"consul", kLocalNetwork},
    {"onion", "a network of its own"},  // RFC 7686
    {"alt", "a network of its own"},    // RFC 9476
};

bool is_below_or_at(std::string_view name, std::string_view suffix) {
  if (!name.ends_with(suffix)) return false;
  return name.size() == suffix.size() || name[name.size() - suffix.size() - 1] == '.';
}

}  // namespace

std::string_view local_use_of(std::string_view name) noexcept {
  for (const LocalName& local : kLocalNames) {
    if (is_below_or_at(name, local.suffix)) return local.use;
  }
  // Looked up with the search list of the machine.
  return name.find('.') == std::string_view::npos ? kLocalNetwork : std::string_view{};
}

}  // namespace sublet::policy
