// EXPECT EXCEPTION: recursion
// SPDX-License-Identifier: Apache-2.0
const dive = () => dive() + 1;
dive();
