// EXPECT ANY: signals that follow signals
// SPDX-License-Identifier: Apache-2.0
let s = new AbortController().signal;
for (let i = 0; i < 20_000; i++) s = AbortSignal.any([s]);
const c = new AbortController();
c.signal.addEventListener("abort", () => c.abort());
c.abort();
