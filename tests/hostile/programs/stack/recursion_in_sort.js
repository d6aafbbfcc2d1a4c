// EXPECT EXCEPTION: a comparator sorts
// SPDX-License-Identifier: Apache-2.0
const compare = () => [2, 1].sort(compare)[0];
compare();
