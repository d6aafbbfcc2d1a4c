// EXPECT CONTAINED: a replacer that adds a level each time
// SPDX-License-Identifier: Apache-2.0
JSON.stringify({}, () => ({ again: 1 }));
