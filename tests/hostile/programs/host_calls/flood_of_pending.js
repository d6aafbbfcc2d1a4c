// EXPECT ANY: host calls that are never answered
// SPDX-License-Identifier: Apache-2.0
const all = [];
for (let i = 0; i < 10_000; i++) all.push(host.never(i).catch(() => {}));
await Promise.all(all);
