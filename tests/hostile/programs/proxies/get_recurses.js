// EXPECT EXCEPTION: a trap that asks itself
// SPDX-License-Identifier: Apache-2.0
const p = new Proxy({}, { get: (t, key, self) => self[key] });
p.x;
