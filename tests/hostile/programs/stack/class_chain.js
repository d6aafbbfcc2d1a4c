// EXPECT ANY: classes that extend each other
// SPDX-License-Identifier: Apache-2.0
let A = class {};
for (let i = 0; i < 20_000; i++) A = class extends A {};
new A();
