// EXPECT CONTAINED: the result is a proxy with no end
// SPDX-License-Identifier: Apache-2.0
const deeper = () => new Proxy({ a: 1 }, { get: (t, k) => (k === "toJSON" ? undefined : deeper()) });
globalThis.handler = () => deeper();
