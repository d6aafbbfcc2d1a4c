// EXPECT OK: a registered symbol brings nothing along
// SPDX-License-Identifier: Apache-2.0
const s = Symbol.for("shared");
if (globalThis[s] !== undefined || Object.prototype[s] !== undefined) throw new Error("found");
globalThis[s] = Object.prototype[s] = event.id;
