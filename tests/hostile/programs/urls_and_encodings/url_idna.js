// EXPECT ANY: a host name that needs Unicode rules
// SPDX-License-Identifier: Apache-2.0
for (let i = 0; i < 200; i++) try { new URL("http://" + "\u00fc\u0301\u0316".repeat(5000) + ".de"); } catch {}
