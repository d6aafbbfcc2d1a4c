// EXPECT ANY: Promise.resolve is another
// SPDX-License-Identifier: Apache-2.0
Promise.resolve = () => ({ then() { for (;;); } });
globalThis.handler = async () => await 1;
