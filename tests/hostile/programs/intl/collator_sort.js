// EXPECT ANY: a long array is sorted by a collator
// SPDX-License-Identifier: Apache-2.0
const words = Array.from({ length: 3e5 }, (_, i) => ((i * 7919) % 300007).toString(36) + "\u00fc");
words.sort(new Intl.Collator("de").compare);
