// EXPECT CONTAINED: a trap that never returns
// SPDX-License-Identifier: Apache-2.0
new Proxy({}, { get() { for (;;); } }).x;
