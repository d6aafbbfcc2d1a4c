// EXPECT CONTAINED: the handler is a proxy that loops when called
// SPDX-License-Identifier: Apache-2.0
globalThis.handler = new Proxy(() => 1, { apply() { for (;;); } });
