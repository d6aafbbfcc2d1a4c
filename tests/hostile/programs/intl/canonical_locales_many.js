// EXPECT ANY: a hundred thousand language tags to canonicalise
// SPDX-License-Identifier: Apache-2.0
const tags = [];
for (let i = 0; i < 1e5; i++) tags.push("de-DE-x-" + i.toString(36));
for (let i = 0; i < 100; i++) Intl.getCanonicalLocales(tags);
