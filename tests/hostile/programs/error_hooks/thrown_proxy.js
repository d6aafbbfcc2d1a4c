// EXPECT ANY: what is thrown is a proxy, every trap loops
// SPDX-License-Identifier: Apache-2.0
const loop = () => { for (;;); };
throw new Proxy(function () {}, new Proxy({}, { get: () => loop }));
