// EXPECT CONTAINED: short clusters, again and again
// SPDX-License-Identifier: Apache-2.0
const s = "e\u0301\u0327".repeat(2000);
for (;;) s.normalize("NFKC");
