// EXPECT OK: what is queued after the answer is dropped
// SPDX-License-Identifier: Apache-2.0
globalThis.handler = () => {
  setTimeout(() => { for (;;); }, 5);
  return "answered";
};
