// EXPECT EXCEPTION: captureStackTrace on what takes no properties
// SPDX-License-Identifier: Apache-2.0
Error.captureStackTrace(Object.freeze({}));
