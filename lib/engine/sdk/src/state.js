// SPDX-License-Identifier: Apache-2.0
const nativeState = native.state;

// What belongs to the current invocation and ends with it. Start-up code has none: what it leaves
// there is forgotten at once.
export function invocationState() {
  return nativeState() ?? { __proto__: null };
}
