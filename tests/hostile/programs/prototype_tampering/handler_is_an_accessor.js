// EXPECT CONTAINED: the handler is an accessor that loops
// SPDX-License-Identifier: Apache-2.0
Object.defineProperty(globalThis, "handler", { get() { for (;;); } });
