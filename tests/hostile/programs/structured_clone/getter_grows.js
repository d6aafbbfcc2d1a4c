// EXPECT CONTAINED: a getter that adds a level each time
// SPDX-License-Identifier: Apache-2.0
const level = () => ({ get next() { return level(); } });
structuredClone(level());
