// EXPECT ANY: a buffer is transferred twice
// SPDX-License-Identifier: Apache-2.0
const b = new ArrayBuffer(64);
try { structuredClone(b, { transfer: [b, b] }); } catch {}
try { structuredClone([b, b], { transfer: [b] }); } catch {}
try { structuredClone(b); } catch {}
