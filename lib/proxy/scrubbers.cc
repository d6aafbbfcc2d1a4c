// SPDX-License-Identifier: Apache-2.0
#include "proxy/scrubbers.h"

#include <algorithm>
#include <utility>

#include "policy/http_fields.h"

namespace sublet::proxy {

Scrubbing::Scrubbing(std::vector<std::string> of) : secrets(std::move(of)), scrubber(secrets) {
  for (const std::string& secret : secrets) {
    if (secret.size() < policy::kMinScrubbedBytes) continue;
    in_lower_case.push_back(policy::lower_case(secret));
  }
}

std::shared_ptr<const Scrubbing> Scrubbers::get(const std::vector<std::string>& secrets) {
  if (auto found = find(secrets)) return found;
  auto made = std::make_shared<const Scrubbing>(secrets);
  std::shared_ptr<const Scrubbing> forgotten;  // outside the lock
  base::MutexLock lock(mutex_);
  if (kept_.size() == kKept) {
    forgotten = std::move(kept_.back());
    kept_.pop_back();
  }
  kept_.insert(kept_.begin(), made);
  return made;
}

std::shared_ptr<const Scrubbing> Scrubbers::find(const std::vector<std::string>& secrets) {
  base::MutexLock lock(mutex_);
  const auto found = std::find_if(kept_.begin(), kept_.end(),
                                  [&](const auto& one) { return one->secrets == secrets; });
  if (found == kept_.end()) return nullptr;
  std::rotate(kept_.begin(), found, found + 1);
  return kept_.front();
}

}  // namespace sublet::proxy
