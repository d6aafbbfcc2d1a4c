// EXPECT ANY: timers without end
// SPDX-License-Identifier: Apache-2.0
for (let i = 0; i < 1e6; i++) setTimeout(() => {}, 1);
