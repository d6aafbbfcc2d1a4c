// EXPECT ANY: call, apply and bind are others
// SPDX-License-Identifier: Apache-2.0
Function.prototype.call = Function.prototype.apply = Function.prototype.bind = () => { for (;;); };
globalThis.handler = () => print("still").then(() => new URL("https://example.org/a?b=c").href);
