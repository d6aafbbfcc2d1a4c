// EXPECT CONTAINED: the registry of symbols holds what it is given
// SPDX-License-Identifier: Apache-2.0
for (let i = 0; ; i++) Symbol.for("registered-" + i + "x".repeat(1000));
