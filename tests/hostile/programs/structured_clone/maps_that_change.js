// EXPECT ANY: a map that changes while it is cloned
// SPDX-License-Identifier: Apache-2.0
const m = new Map();
m.set("a", { get x() { m.set(Math.random(), 1); return 1; } });
structuredClone(m);
