// EXPECT ANY: setTimeout with a text, as browsers evaluate it
// SPDX-License-Identifier: Apache-2.0
try { setTimeout("globalThis.leaked = 1", 0); } catch {}
await new Promise((resolve) => setTimeout(resolve, 5));
if (globalThis.leaked) throw new Error("evaluated");
