// SPDX-License-Identifier: Apache-2.0
#include "stand_ins.h"

#include <map>
#include <utility>
#include <vector>

namespace ticket_sync {
namespace {

using Addresses = std::map<std::string, std::string>;

class LocalNames final : public sublet::NameResolver {
 public:
  explicit LocalNames(Addresses addresses) : addresses_(std::move(addresses)) {}

  void resolve(std::string name, sublet::ResolveCallback done) noexcept override {
    const auto found = addresses_.find(name);
    if (found != addresses_.end()) return done(std::vector{found->second});
    done(sublet::Error{sublet::ErrorCode::kNotFound, "there is no such name here"});
  }

 private:
  const Addresses addresses_;
};

}  // namespace

std::shared_ptr<sublet::NameResolver> StandIns::resolver() const {
  return std::make_shared<LocalNames>(Addresses{{kTrackerName, tracker.server().address()},
                                                {kTicketsName, tickets.server().address()}});
}

std::string StandIns::browse(const std::string& url, const std::string& ca_file) const {
  const std::size_t path = url.find('/', std::string("https://").size());
  httplib::Client browser(url.substr(0, path));
  browser.set_hostname_addr_map({{kTrackerName, tracker.server().address()}});
  browser.set_ca_cert_path(ca_file);
  const auto answer = browser.Get(url.substr(path));
  return answer ? answer->get_header_value("Location") : "";
}

std::string query_value(const std::string& url, const std::string& name) {
  for (const char before : {'?', '&'}) {
    const std::size_t at = url.find(before + name + "=");
    if (at == std::string::npos) continue;
    const std::size_t begin = at + name.size() + 2;
    return url.substr(begin, url.find_first_of("&#", begin) - begin);
  }
  return {};
}

}  // namespace ticket_sync
