// EXPECT OK: a weak reference to nothing of others
// SPDX-License-Identifier: Apache-2.0
if (globalThis.ref?.deref() !== undefined) throw new Error("found");
globalThis.ref = new WeakRef({ secret: event.id });
