// EXPECT ANY: the hook answers with a text of half a gigabyte
// SPDX-License-Identifier: Apache-2.0
Error.prepareStackTrace = () => "s".repeat(2 ** 29 - 24);
throw new Error("long");
