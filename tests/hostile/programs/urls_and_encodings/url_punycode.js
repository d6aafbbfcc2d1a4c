// EXPECT ANY: a host name in Punycode that is no text
// SPDX-License-Identifier: Apache-2.0
for (let i = 0; i < 500; i++) try { new URL("http://xn--" + "9".repeat(20_000) + "a.de"); } catch {}
