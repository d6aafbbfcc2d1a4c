// EXPECT CONTAINED: buffers of a megabyte each, errors caught
// SPDX-License-Identifier: Apache-2.0
const kept = [];
for (;;) {
  try {
    kept.push(new ArrayBuffer(1 << 20));
  } catch {}
}
