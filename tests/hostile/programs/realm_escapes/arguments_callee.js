// EXPECT EXCEPTION: the callee of arguments
// SPDX-License-Identifier: Apache-2.0
(function () { return arguments.callee.caller; })();
