// EXPECT ANY: the name loops when the host reads it
// SPDX-License-Identifier: Apache-2.0
throw Object.defineProperty(new Error("x"), "name", { get() { for (;;); } });
