// EXPECT EXCEPTION: natives syntax
// SPDX-License-Identifier: Apache-2.0
%DebugPrint(1);
