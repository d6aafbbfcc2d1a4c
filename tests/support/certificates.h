// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace sublet::test {

// A certificate and its key, as PEM.
struct Identity {
  std::string certificate;
  std::string key;
};

// An authority of a test's own.
//
// Ownership: owns its key.
// Thread safety: const-safe.
// Errors: throws std::runtime_error.
class Authority {
 public:
  Authority();

  // For a DNS name, and for 127.0.0.1 and ::1 where `addresses` says so. Valid from `from` to `to`,
  // in days from now.
  Identity issue(const std::string& name, int from = -1, int to = 1, bool addresses = true) const;
  const std::string& certificate() const noexcept { return own_.certificate; }

 private:
  Identity own_;
};

// That nobody else vouches for.
Identity self_signed(const std::string& name);

}  // namespace sublet::test
