// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace sublet::bench {

// What is measured against: libcurl's multi interface alone, on one thread, which sends the same
// request again and again and keeps so many under way.
//
// Thread safety: none.
class RawCurl {
 public:
  RawCurl(std::uint16_t port, const std::string& authority_file, std::size_t concurrent);
  ~RawCurl();
  RawCurl(const RawCurl&) = delete;
  RawCurl& operator=(const RawCurl&) = delete;

  // Sends so many and takes their answers. Throws Failure where one fails.
  void run(std::uint64_t count);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sublet::bench
