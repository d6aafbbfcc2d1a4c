// EXPECT CONTAINED: a microtask that is queued with the answer still counts
// SPDX-License-Identifier: Apache-2.0
globalThis.handler = () => {
  queueMicrotask(() => { for (;;); });
  return "answered";
};
