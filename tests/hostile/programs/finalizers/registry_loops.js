// EXPECT EXCEPTION: a finalizer that never returns
// SPDX-License-Identifier: Apache-2.0
const r = new FinalizationRegistry(() => { for (;;); });
for (let i = 0; i < 10_000; i++) r.register([i], i);
const garbage = [];
for (let i = 0; i < 1e6; i++) garbage[i % 1000] = [i];
