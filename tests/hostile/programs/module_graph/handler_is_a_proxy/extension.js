// EXPECT CONTAINED: the handler is a proxy
// SPDX-License-Identifier: Apache-2.0
export const run = new Proxy(() => 1, { apply() { for (;;); } });
