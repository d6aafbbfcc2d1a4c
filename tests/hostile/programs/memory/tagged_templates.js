// EXPECT CONTAINED: functions that hold templates
// SPDX-License-Identifier: Apache-2.0
const tag = (parts) => parts;
const kept = [];
for (;;) kept.push((() => tag`a${1}b${2}c`)());
