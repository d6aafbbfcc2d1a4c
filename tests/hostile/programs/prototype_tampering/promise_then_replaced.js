// EXPECT ANY: Promise.prototype.then loops
// SPDX-License-Identifier: Apache-2.0
Promise.prototype.then = () => { for (;;); };
globalThis.handler = async () => 1;
