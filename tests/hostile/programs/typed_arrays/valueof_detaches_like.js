// EXPECT ANY: an index that changes the array while it is used
// SPDX-License-Identifier: Apache-2.0
const a = new Uint8Array(64);
a.fill({ valueOf() { a.set(new Uint8Array(64).fill(7)); return 3; } });
a.copyWithin({ valueOf: () => 2 ** 40 }, { valueOf: () => -(2 ** 40) });
globalThis.handler = () => a[0];
