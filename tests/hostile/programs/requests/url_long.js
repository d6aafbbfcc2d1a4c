// EXPECT ANY: URLs of a million characters, plain and not
// SPDX-License-Identifier: Apache-2.0
new Request("https://a.test/" + "a/".repeat(5e5)).url.length;
new Request("https://a.test/" + "../".repeat(3e5)).url.length;
