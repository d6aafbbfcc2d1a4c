// EXPECT EXCEPTION: the callback of replace replaces
// SPDX-License-Identifier: Apache-2.0
const again = () => "a".replace(/a/, again);
again();
