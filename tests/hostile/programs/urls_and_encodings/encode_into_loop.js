// EXPECT CONTAINED: encodeInto for ever
// SPDX-License-Identifier: Apache-2.0
const s = "\ud83d\ude00".repeat(1e6);
const b = new Uint8Array(4e6);
for (;;) new TextEncoder().encodeInto(s, b);
