// EXPECT ANY: a reviver that adds what it has to visit next
// SPDX-License-Identifier: Apache-2.0
JSON.parse("[[0]]", function (key, value) {
  if (Array.isArray(this)) this.push([0]);
  return value;
});
