// EXPECT CONTAINED: a result whose `then` is a getter that loops
// SPDX-License-Identifier: Apache-2.0
globalThis.handler = () => ({ get then() { for (;;); } });
