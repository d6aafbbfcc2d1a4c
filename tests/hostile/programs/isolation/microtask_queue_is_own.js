// EXPECT OK: a microtask of an invocation that ended does not run here
// SPDX-License-Identifier: Apache-2.0
if (globalThis.ran !== undefined) throw new Error("ran");
globalThis.handler = () => {
  const later = () => { globalThis.ran = 1; };
  host.never().finally(later);
  return null;
};
