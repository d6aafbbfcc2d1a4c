// EXPECT CONTAINED: flags loop when they are read
// SPDX-License-Identifier: Apache-2.0
const r = /a/;
Object.defineProperty(r, "flags", { get() { for (;;); } });
"a".matchAll(r);
