// EXPECT ANY: addresses of many forms
// SPDX-License-Identifier: Apache-2.0
for (const h of ["[::]", "[1:2:3:4:5:6:7:8:9]", "0x7f.1", "1".repeat(10_000), "[" + ":".repeat(10_000) + "]", "256.256.256.256", "0".repeat(1e6)]) try { new URL("http://" + h + "/"); } catch {}
