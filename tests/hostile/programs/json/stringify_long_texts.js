// EXPECT CONTAINED: a text of fifteen megabytes that needs escapes
// SPDX-License-Identifier: Apache-2.0
const s = "\u0007".repeat(15e6);
for (;;) JSON.stringify(s);
