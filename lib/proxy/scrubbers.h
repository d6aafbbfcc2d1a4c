// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "policy/request/scrubber.h"

namespace sublet::proxy {

// What takes the secrets of a request out of what comes back.
//
// Thread safety: immutable.
struct Scrubbing {
  explicit Scrubbing(std::vector<std::string> of);

  std::vector<std::string> secrets;
  std::vector<std::string> in_lower_case;  // as a header's name would show them
  policy::Scrubber scrubber;
};

// Making one takes longer than using it, and an extension's requests have few secrets: the last few
// are kept.
//
// Ownership: the extension's access; secrets are forgotten with it.
// Thread safety: thread-safe.
class Scrubbers {
 public:
  static constexpr std::size_t kKept = 8;

  std::shared_ptr<const Scrubbing> get(const std::vector<std::string>& secrets)
      SUBLET_EXCLUDES(mutex_);

 private:
  std::shared_ptr<const Scrubbing> find(const std::vector<std::string>& secrets)
      SUBLET_EXCLUDES(mutex_);

  base::Mutex mutex_;
  // The last one used comes first.
  std::vector<std::shared_ptr<const Scrubbing>> kept_ SUBLET_GUARDED_BY(mutex_);
};

}  // namespace sublet::proxy
