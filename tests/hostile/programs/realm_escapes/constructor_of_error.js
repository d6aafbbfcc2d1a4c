// EXPECT EXCEPTION: the constructor of an error of the engine
// SPDX-License-Identifier: Apache-2.0
try {
  null.x;
} catch (error) {
  error.constructor.constructor("return this")();
}
