// EXPECT ANY: every object is a thenable that loops
// SPDX-License-Identifier: Apache-2.0
Object.prototype.then = function () { for (;;); };
globalThis.handler = () => ({ a: 1 });
