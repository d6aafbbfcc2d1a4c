// EXPECT ANY: a source map that names files of the host and lines without end
// SPDX-License-Identifier: Apache-2.0
export const run = () => { throw new Error("mapped"); };
//# sourceMappingURL=extension.js.map
