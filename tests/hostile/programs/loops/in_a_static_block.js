// EXPECT CONTAINED: a loop in a static block
// SPDX-License-Identifier: Apache-2.0
class Stuck { static { for (;;); } }
