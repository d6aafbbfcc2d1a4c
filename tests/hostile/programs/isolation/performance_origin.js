// EXPECT OK: the clock tells no time of the host
// SPDX-License-Identifier: Apache-2.0
if (performance.now() > 3_600_000) throw new Error("time since the host began: " + performance.now());
