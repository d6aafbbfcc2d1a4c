// EXPECT EXCEPTION: the process object of Node
// SPDX-License-Identifier: Apache-2.0
process.binding("fs");
