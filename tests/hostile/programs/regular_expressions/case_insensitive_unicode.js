// EXPECT CONTAINED: flags that need case folding
// SPDX-License-Identifier: Apache-2.0
/^(?:[a-z\u00df-\u00ff]+)+$/iu.test("\u017f".repeat(45) + "1");
