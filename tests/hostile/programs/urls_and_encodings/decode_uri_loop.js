// EXPECT CONTAINED: decodeURIComponent of a long text
// SPDX-License-Identifier: Apache-2.0
const s = "%E0%BF%BF".repeat(1e6);
for (;;) decodeURIComponent(s);
