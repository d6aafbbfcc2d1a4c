// EXPECT EXCEPTION: the constructor of what the host handed over
// SPDX-License-Identifier: Apache-2.0
log.constructor.constructor("return process")();
