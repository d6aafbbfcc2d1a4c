// EXPECT ANY: the hook throws what has the same hook
// SPDX-License-Identifier: Apache-2.0
Error.prepareStackTrace = () => { throw new Error("again"); };
throw new Error("first");
