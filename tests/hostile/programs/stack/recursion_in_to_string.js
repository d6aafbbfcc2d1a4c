// EXPECT EXCEPTION: toString asks for a text of itself
// SPDX-License-Identifier: Apache-2.0
String({ toString() { return `${this}`; } });
