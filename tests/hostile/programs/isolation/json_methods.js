// EXPECT OK: JSON is as it was
// SPDX-License-Identifier: Apache-2.0
if (JSON.parse.planted !== undefined || JSON.stringify({ a: 1 }) !== '{"a":1}') throw new Error("planted");
JSON.parse = Object.assign(() => "planted", { planted: 1 });
JSON.stringify = () => "planted";
