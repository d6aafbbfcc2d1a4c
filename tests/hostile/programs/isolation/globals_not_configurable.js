// EXPECT OK: not even one that cannot be deleted
// SPDX-License-Identifier: Apache-2.0
if ("leftForEver" in globalThis) throw new Error("found a global");
Object.defineProperty(globalThis, "leftForEver", { value: event.id });
