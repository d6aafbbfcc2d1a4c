// EXPECT ANY: clears timers that are not its own
// SPDX-License-Identifier: Apache-2.0
for (let id = -100; id < 100_000; id++) clearTimeout(id);
for (const id of [NaN, {}, "1", 2 ** 40, 1n]) try { clearInterval(id); } catch {}
