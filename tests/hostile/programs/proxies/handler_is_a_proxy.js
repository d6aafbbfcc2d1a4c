// EXPECT EXCEPTION: a handler that is a proxy of a proxy of itself
// SPDX-License-Identifier: Apache-2.0
const traps = new Proxy({}, { get: (t, key) => Reflect.get(traps, key) });
new Proxy({}, traps).x;
