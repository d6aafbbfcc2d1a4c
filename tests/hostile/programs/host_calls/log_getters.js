// EXPECT ANY: logged objects with getters that loop
// SPDX-License-Identifier: Apache-2.0
log({ get x() { for (;;); } });
console.log({ [Symbol.toStringTag]: { toString() { for (;;); } } });
console.log(new Proxy({}, { ownKeys() { for (;;); } }));
