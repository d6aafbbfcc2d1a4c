// EXPECT ANY: a buffer is transferred while it is sorted
// SPDX-License-Identifier: Apache-2.0
const a = new Uint8Array(4096).map((_, i) => i);
a.sort((x, y) => {
  try { structuredClone(a.buffer, { transfer: [a.buffer] }); } catch {}
  return x - y;
});
