// EXPECT ANY: RegExp.prototype.exec loops
// SPDX-License-Identifier: Apache-2.0
RegExp.prototype.exec = () => { for (;;); };
globalThis.handler = () => new URL("https://user:pass@example.org:8080/%7Ea/../b").pathname;
