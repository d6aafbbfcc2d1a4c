// EXPECT CONTAINED: a stream of halves of characters, kept
// SPDX-License-Identifier: Apache-2.0
const d = new TextDecoder("utf-16le");
const kept = [];
for (;;) kept.push(d.decode(new Uint8Array(99_999).fill(0xd8), { stream: true }));
