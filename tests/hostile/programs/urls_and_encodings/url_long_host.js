// EXPECT ANY: a host name of a megabyte
// SPDX-License-Identifier: Apache-2.0
try { new URL("http://" + "a.".repeat(500_000) + "org/"); } catch {}
