// EXPECT EXCEPTION: toJSON asks for JSON of itself
// SPDX-License-Identifier: Apache-2.0
JSON.stringify({ toJSON() { return JSON.stringify(this); } });
