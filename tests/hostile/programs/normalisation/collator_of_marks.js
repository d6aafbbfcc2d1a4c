// EXPECT ANY: a collator is given marks to sort
// SPDX-License-Identifier: Apache-2.0
const order = new Intl.Collator("vi", { usage: "sort" });
const words = Array.from({ length: 2000 }, (_, i) => "a" + "\u0323\u0302".repeat(i));
for (let i = 0; i < 100; i++) words.sort(order.compare);
