// EXPECT EXCEPTION: the constructor of the error of an overflown stack
// SPDX-License-Identifier: Apache-2.0
const dive = () => dive();
try {
  dive();
} catch (error) {
  error.constructor.constructor("return this")();
}
