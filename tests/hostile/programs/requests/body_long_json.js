// EXPECT CONTAINED: a long body, parsed for ever
// SPDX-License-Identifier: Apache-2.0
const text = "[" + "1,".repeat(1e6) + "1]";
for (;;) await new Response(text).json();
