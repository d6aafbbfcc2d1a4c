// EXPECT ANY: host calls beyond the limit, not caught
// SPDX-License-Identifier: Apache-2.0
for (let i = 0; i < 1e5; i++) await host.print(i);
