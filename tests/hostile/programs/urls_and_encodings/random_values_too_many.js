// EXPECT ANY: more random values than allowed
// SPDX-License-Identifier: Apache-2.0
try { crypto.getRandomValues(new Uint8Array(20 << 20)); } catch {}
const kept = [];
for (let i = 0; i < 1e5; i++) kept.push(crypto.randomUUID());
