// EXPECT ANY: the handler is an import that changes
// SPDX-License-Identifier: Apache-2.0
export let run = () => {
  run = () => { for (;;); };
  return 1;
};
