// EXPECT ANY: host calls with no stack left
// SPDX-License-Identifier: Apache-2.0
let n = 0;
const dive = () => {
  try {
    dive();
  } catch {}
  if (n++ < 900) try { host.print("edge").catch(() => {}); } catch {}
};
dive();
