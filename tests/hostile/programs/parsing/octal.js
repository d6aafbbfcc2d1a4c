// EXPECT EXCEPTION: old octal numbers are not there in modules
// SPDX-License-Identifier: Apache-2.0
void 0777;
