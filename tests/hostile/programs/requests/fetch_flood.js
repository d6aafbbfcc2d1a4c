// EXPECT CONTAINED: requests without end
// SPDX-License-Identifier: Apache-2.0
for (;;) fetch("https://a.test/", { method: "POST", body: "x" }).catch(() => {});
