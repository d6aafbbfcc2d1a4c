// EXPECT EXCEPTION: another realm
// SPDX-License-Identifier: Apache-2.0
new ShadowRealm().evaluate("1");
