// EXPECT ANY: decodes a buffer that was given away
// SPDX-License-Identifier: Apache-2.0
const b = new Uint8Array(64);
structuredClone(b.buffer, { transfer: [b.buffer] });
try { new TextDecoder().decode(b); } catch {}
try { new TextEncoder().encodeInto("abc", b); } catch {}
