// SPDX-License-Identifier: Apache-2.0
import { deleteProperty } from "./primordials.js";

// Takes away what no tenant gets: shared memory, callbacks that run outside of any invocation, and
// WebAssembly unless the policy allows it. V8 may put some back into a context that it makes from
// a snapshot, so that the engine calls this again there.
export function scrub() {
  deleteProperty(globalThis, "SharedArrayBuffer");
  deleteProperty(globalThis, "Atomics");
  deleteProperty(globalThis, "FinalizationRegistry");
  if (!native.allowWasm) deleteProperty(globalThis, "WebAssembly");
}
