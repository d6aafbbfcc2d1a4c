// EXPECT ANY: String.fromCharCode with as many arguments as fit
// SPDX-License-Identifier: Apache-2.0
String.fromCharCode.apply(String, new Uint16Array(400_000).fill(97)).length;
