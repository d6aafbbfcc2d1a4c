// EXPECT EXCEPTION: a constructor makes another
// SPDX-License-Identifier: Apache-2.0
class A { next = new A(); }
new A();
