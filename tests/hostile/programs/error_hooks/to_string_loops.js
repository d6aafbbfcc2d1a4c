// EXPECT ANY: what is thrown loops when made a text
// SPDX-License-Identifier: Apache-2.0
throw { toString() { for (;;); }, [Symbol.toPrimitive]() { for (;;); } };
