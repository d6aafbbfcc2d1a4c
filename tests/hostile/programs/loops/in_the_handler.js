// EXPECT CONTAINED: a loop in the handler
// SPDX-License-Identifier: Apache-2.0
globalThis.handler = () => { for (;;); };
