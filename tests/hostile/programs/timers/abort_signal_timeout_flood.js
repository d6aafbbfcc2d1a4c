// EXPECT ANY: AbortSignal.timeout without end
// SPDX-License-Identifier: Apache-2.0
const kept = [];
for (let i = 0; i < 1e5; i++) kept.push(AbortSignal.timeout(1e6));
