// EXPECT CONTAINED: encodeURIComponent of a long text
// SPDX-License-Identifier: Apache-2.0
const s = "\u0fff".repeat(2e6);
for (;;) encodeURIComponent(s);
