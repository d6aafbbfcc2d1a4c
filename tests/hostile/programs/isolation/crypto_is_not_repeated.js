// EXPECT OK: random values are not those of another invocation
// SPDX-License-Identifier: Apache-2.0
const id = crypto.randomUUID();
if (!/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)) throw new Error(id);
if (globalThis.last === id) throw new Error("repeated");
globalThis.last = id;
