// EXPECT ANY: kept state that grows with each invocation
// SPDX-License-Identifier: Apache-2.0
const kept = [];
export const run = () => {
  for (let i = 0; i < 30; i++) kept.push(new Array(100_000).fill(i));
  return kept.length;
};
