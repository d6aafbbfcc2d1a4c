// EXPECT CONTAINED: a loop in a default value
// SPDX-License-Identifier: Apache-2.0
((x = (() => { for (;;); })()) => x)();
