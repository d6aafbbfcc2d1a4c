// EXPECT CONTAINED: the hook that makes a stack text never returns, and is asked here
// SPDX-License-Identifier: Apache-2.0
Error.prepareStackTrace = () => { for (;;); };
new Error("asked").stack;
