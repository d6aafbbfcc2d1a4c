// EXPECT OK: this leads to no other global
// SPDX-License-Identifier: Apache-2.0
if (this !== globalThis) throw new Error("another this");
const own = Object.getOwnPropertyNames(globalThis).filter((name) => /^(process|require|module|exports|Buffer|Deno|Bun|d8|gc|quit|load|read|native|core|internal)/i.test(name));
if (own.length > 0) throw new Error(own.join());
