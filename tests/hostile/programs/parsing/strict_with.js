// EXPECT EXCEPTION: with is not there in modules
// SPDX-License-Identifier: Apache-2.0
with (Math) { void PI; }
