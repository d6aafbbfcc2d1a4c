// EXPECT CONTAINED: a loop in a constructor
// SPDX-License-Identifier: Apache-2.0
class A { constructor() { for (;;); } }
Reflect.construct(Object, [], A);
new A();
