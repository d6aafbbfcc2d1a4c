// EXPECT EXCEPTION: the constructor of an error of the host
// SPDX-License-Identifier: Apache-2.0
try {
  await host.fail();
} catch (error) {
  error.constructor.constructor("return this")();
}
