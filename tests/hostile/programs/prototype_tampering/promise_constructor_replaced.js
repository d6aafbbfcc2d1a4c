// EXPECT ANY: the constructor of promises is another
// SPDX-License-Identifier: Apache-2.0
Promise.prototype.constructor = function () { for (;;); };
globalThis.handler = async () => (await Promise.resolve(1)) + 1;
