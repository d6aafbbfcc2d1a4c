// EXPECT CONTAINED: one signal for requests without end
// SPDX-License-Identifier: Apache-2.0
const { signal } = new AbortController();
for (;;) await fetch("https://a.test/", { signal }).catch(() => {});
