// EXPECT OK: new memory holds nothing of others
// SPDX-License-Identifier: Apache-2.0
for (let i = 0; i < 50; i++) {
  const b = new Uint8Array(5_000);
  if (b.some((x) => x !== 0)) throw new Error("not zero");
  b.fill(0xaa);
}
