// SPDX-License-Identifier: Apache-2.0
#include "engine/v8_build.h"

#include "engine/v8_compat.h"

namespace sublet::engine {

V8Build v8_build() noexcept {
  V8Build build;
  build.major = V8_MAJOR_VERSION;
  build.minor = V8_MINOR_VERSION;
#if defined(V8_COMPRESS_POINTERS)
  build.pointer_compression = true;
#endif
  // The name changed with V8 11.
#if defined(V8_ENABLE_SANDBOX) || defined(V8_SANDBOX)
  build.sandbox = true;
#endif
  return build;
}

}  // namespace sublet::engine
