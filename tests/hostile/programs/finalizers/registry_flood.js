// EXPECT CONTAINED: a million finalizers
// SPDX-License-Identifier: Apache-2.0
const r = new FinalizationRegistry(() => {});
for (;;) r.register({}, 1);
