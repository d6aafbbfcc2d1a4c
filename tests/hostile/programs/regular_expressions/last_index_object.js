// EXPECT CONTAINED: lastIndex loops when it is read
// SPDX-License-Identifier: Apache-2.0
const r = /a/g;
r.lastIndex = { valueOf() { for (;;); } };
r.exec("a");
