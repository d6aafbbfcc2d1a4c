// EXPECT ANY: a species that answers with what is too small
// SPDX-License-Identifier: Apache-2.0
const a = new Uint8Array(1000);
a.constructor = { [Symbol.species]: function () { return new Uint8Array(2); } };
try { a.map((x) => x + 1); } catch {}
try { a.slice(0, 500); } catch {}
