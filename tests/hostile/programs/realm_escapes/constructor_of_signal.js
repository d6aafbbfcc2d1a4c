// EXPECT EXCEPTION: the constructor behind the signal
// SPDX-License-Identifier: Apache-2.0
limits.signal.constructor.constructor("return this")();
