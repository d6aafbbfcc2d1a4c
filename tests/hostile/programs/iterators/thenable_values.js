// EXPECT CONTAINED: values with a getter that loops
// SPDX-License-Identifier: Apache-2.0
for (const x of [{ get then() { for (;;); } }]) await x;
