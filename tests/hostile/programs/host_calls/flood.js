// EXPECT ANY: a million host calls that nobody awaits
// SPDX-License-Identifier: Apache-2.0
for (let i = 0; i < 1e6; i++) host.print(i).catch(() => {});
