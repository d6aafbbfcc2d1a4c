// EXPECT ANY: counts, 10000 deep
// SPDX-License-Identifier: Apache-2.0
new RegExp('(?:'.repeat(10000) + 'a' + '){2}'.repeat(10000)).test('aaa');
