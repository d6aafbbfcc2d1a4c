// EXPECT EXCEPTION: the callback of reduce reduces
// SPDX-License-Identifier: Apache-2.0
const again = () => [1, 2].reduce(again);
again();
