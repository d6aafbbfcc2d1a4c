// EXPECT CONTAINED: a loop in Symbol.hasInstance
// SPDX-License-Identifier: Apache-2.0
void ({} instanceof { [Symbol.hasInstance]() { for (;;); } });
