// EXPECT ANY: every object has a toJSON that loops
// SPDX-License-Identifier: Apache-2.0
Object.prototype.toJSON = function () { for (;;); };
globalThis.handler = () => ({ a: 1 });
