// EXPECT CONTAINED: a thenable as the result
// SPDX-License-Identifier: Apache-2.0
globalThis.handler = () => ({ then() { for (;;); } });
