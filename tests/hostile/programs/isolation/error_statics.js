// EXPECT OK: no hook of others on Error
// SPDX-License-Identifier: Apache-2.0
if (Error.prepareStackTrace !== undefined || Error.stackTraceLimit !== 10 && Error.stackTraceLimit !== undefined && Error.stackTraceLimit > 100) throw new Error("hook");
Error.prepareStackTrace = () => "planted";
Error.stackTraceLimit = 200;
