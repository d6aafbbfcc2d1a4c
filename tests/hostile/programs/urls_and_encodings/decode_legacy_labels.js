// EXPECT ANY: labels of encodings, right and wrong
// SPDX-License-Identifier: Apache-2.0
for (const label of ["latin1", "UTF-16BE", "gbk", "x-user-defined", "", "utf-8\u0000", "u".repeat(1e6), { toString() { throw 1; } }]) {
  try {
    new TextDecoder(label, { fatal: true }).decode(new Uint8Array(1000).map((_, i) => i));
  } catch {}
}
