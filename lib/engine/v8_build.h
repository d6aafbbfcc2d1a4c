// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace sublet::engine {

// What V8's build has against faults of its own; told by the headers that Sublet was built with.
struct V8Build {
  int major = 0;
  int minor = 0;
  bool pointer_compression = false;
  bool sandbox = false;
};

V8Build v8_build() noexcept;

}  // namespace sublet::engine
