// EXPECT ANY: supportedValuesOf, kept
// SPDX-License-Identifier: Apache-2.0
const kept = [];
for (let i = 0; i < 1e5; i++) kept.push(Intl.supportedValuesOf?.("timeZone"));
